//! Sessions that belong to a task.

use std::borrow::Borrow;
use std::fmt;
use std::time::{Duration, Instant};

use crate::sample::{Frame, Sample};
use crate::timer::{nested, not_paused, not_running, paused_already};
use crate::{Result, Sktimer};

/// A session with a timer that belongs to whoever holds it, not to a thread: for async code.
///
/// An async task may go on on another thread after any `.await`, where `Sktimer`'s own `stop` would find nothing to stop.
/// This value carries its stack of running frames with it; hold it across `.await`s and move it with the task. It records
/// into the same series as everybody else. Dropping it discards what still runs.
///
/// `T` is how the timer is held: `&Sktimer` ([`Sktimer::asynced`]), or an `Arc<Sktimer>` for a task that is spawned.
///
/// ```
/// use std::sync::Arc;
/// use suitkaise_timing::{AsyncSktimer, Sktimer};
///
/// let timer = Arc::new(Sktimer::new());
/// let mut session = AsyncSktimer::on(Arc::clone(&timer));
/// let task = async move {
///     session.start();
///     std::future::ready(()).await; // the work
///     session.lap()?;
///     session.stop()
/// };
/// # let waker = std::task::Waker::noop();
/// # let mut task = Box::pin(task);
/// # assert!(task.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_ready());
/// assert_eq!(timer.num_times(), 2);
/// ```
#[must_use = "a session measures nothing until `start`"]
pub struct AsyncSktimer<T: Borrow<Sktimer>> {
    timer: T,
    frames: Vec<Frame>,
}

impl Sktimer {
    /// Opens a session that belongs to its holder instead of the calling thread, for async code; see [`AsyncSktimer`].
    pub fn asynced(&self) -> AsyncSktimer<&Sktimer> {
        AsyncSktimer::on(self)
    }
}

impl<T: Borrow<Sktimer>> AsyncSktimer<T> {
    /// Opens a session with `timer`: a `&Sktimer` or an `Arc<Sktimer>`.
    pub fn on(timer: T) -> AsyncSktimer<T> {
        AsyncSktimer { timer, frames: Vec::new() }
    }

    /// The timer.
    pub fn timer(&self) -> &Sktimer {
        self.timer.borrow()
    }

    /// As [`Sktimer::start`], in this session.
    pub fn start(&mut self) -> usize {
        self.timer.borrow().note_start();
        self.frames.push(Frame::begin());
        let depth = self.frames.len();
        if depth > 1 {
            nested(depth);
        }
        depth
    }

    /// As [`Sktimer::stop`], in this session.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`](crate::ErrorKind::NotRunning) if nothing runs in this session.
    #[track_caller]
    pub fn stop(&mut self) -> Result<Duration> {
        let now = Instant::now();
        let Some(frame) = self.frames.pop() else { return Err(not_running("stop")) };
        Ok(self.record(frame.sample(now)))
    }

    /// As [`Sktimer::lap`], in this session.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`](crate::ErrorKind::NotRunning) if nothing runs in this session.
    #[track_caller]
    pub fn lap(&mut self) -> Result<Duration> {
        let now = Instant::now();
        let Some(frame) = self.frames.last_mut() else { return Err(not_running("lap")) };
        let sample = frame.lap(now);
        Ok(self.record(sample))
    }

    /// As [`Sktimer::pause`], in this session.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`](crate::ErrorKind::NotRunning) if nothing runs in this session.
    #[track_caller]
    pub fn pause(&mut self) -> Result<bool> {
        let now = Instant::now();
        let Some(frame) = self.frames.last_mut() else { return Err(not_running("pause")) };
        let first = frame.pause(now);
        if !first {
            paused_already();
        }
        Ok(first)
    }

    /// As [`Sktimer::resume`], in this session.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`](crate::ErrorKind::NotRunning) if nothing runs in this session,
    /// [`ErrorKind::NotPaused`](crate::ErrorKind::NotPaused) if it is not paused.
    #[track_caller]
    pub fn resume(&mut self) -> Result<()> {
        let now = Instant::now();
        let Some(frame) = self.frames.last_mut() else { return Err(not_running("resume")) };
        if frame.resume(now) { Ok(()) } else { Err(not_paused()) }
    }

    /// As [`Sktimer::discard`], in this session.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`](crate::ErrorKind::NotRunning) if nothing runs in this session.
    #[track_caller]
    pub fn discard(&mut self) -> Result<Duration> {
        let now = Instant::now();
        let Some(frame) = self.frames.pop() else { return Err(not_running("discard")) };
        Ok(Duration::from_nanos(frame.sample(now).time))
    }

    /// How many measurements run in this session.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    fn record(&self, sample: Sample) -> Duration {
        self.timer.borrow().record(sample);
        Duration::from_nanos(sample.time)
    }
}

impl<T: Borrow<Sktimer>> fmt::Debug for AsyncSktimer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AsyncSktimer({} running, {})", self.frames.len(), self.timer())
    }
}
