//! What a section sees of its surroundings.

use std::cell::Cell;
use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::time::Duration;

use cerial::Cerial;
use suitkaise_timing::Seconds;

use super::lifecycle::{BoxError, Result};
use super::message::{OPTIONS, TELL};
use crate::bag;
use crate::raw::{ChildSide, Frame, Incoming};

/// The child's side of a job, handed to each section.
#[derive(Debug)]
pub struct Context {
    side: ChildSide,
    pub(super) run: u64,
    stopped: Cell<bool>,
    /// Whether a job listens at the other end.
    job: bool,
    /// Messages that came while something else was waited for.
    pub(super) waiting: VecDeque<Frame>,
}

impl Context {
    pub(super) fn new(side: ChildSide, run: u64) -> Context {
        Context { side, run, stopped: Cell::new(false), job: true, waiting: VecDeque::new() }
    }

    /// For an object in a worker of a pool.
    pub(super) fn inline(side: ChildSide, run: u64) -> Context {
        Context { job: false, ..Context::new(side, run) }
    }

    /// The number of the run, from 0.
    #[must_use]
    pub fn current_run(&self) -> u64 {
        self.run
    }

    /// Whether a stop was asked for: by the parent, or by [`stop`](Self::stop).
    #[must_use]
    pub fn stop_requested(&self) -> bool {
        self.stopped.get() || self.side.stop_requested()
    }

    /// Ends the loop of runs after this section; `onfinish` and `result` follow.
    pub fn stop(&self) {
        self.stopped.set(true);
    }

    /// Sends a value to the parent, where [`Job::listen`](crate::Job::listen) takes it. Values arrive in order.
    ///
    /// # Blocking
    /// While the parent has more unheard messages than it keeps (4,096).
    ///
    /// # Errors
    /// A value that cannot be serialized; an object in a [`Pool`](crate::Pool), which has no job.
    pub fn tell<T: Cerial>(&self, value: &T) -> Result {
        self.has_job()?;
        let (bytes, packed) = bag::pack(|| OPTIONS.serialize(value));
        let fds: Vec<_> = packed.iter().map(AsFd::as_fd).collect();
        self.side.send_with(TELL, &[&bytes?], &fds, None)?;
        bag::sent(&packed);
        Ok(())
    }

    /// Waits for a value from the parent's [`Job::tell`](crate::Job::tell). `None`: the time is up, or a stop was
    /// asked for and nothing is left.
    ///
    /// # Blocking
    /// For `timeout` at most: a `Duration` or seconds.
    ///
    /// # Errors
    /// A value of another type, a timeout that is no time span; an object in a [`Pool`](crate::Pool).
    pub fn listen<T: Cerial>(&mut self, timeout: impl Seconds) -> Result<Option<T>> {
        self.has_job()?;
        let timeout: Duration = timeout.checked("listen")?;
        let frame = match self.waiting.pop_front() {
            Some(frame) => frame,
            None => match self.side.recv(Some(timeout)) {
                Incoming::Frame(frame) if frame.kind == TELL => frame,
                Incoming::Frame(frame) => return Err(unexpected(frame.kind)),
                Incoming::Stop | Incoming::Closed | Incoming::TimedOut => return Ok(None),
            },
        };
        Ok(Some(bag::open(frame)?))
    }

    fn has_job(&self) -> Result {
        if self.job {
            Ok(())
        } else {
            Err("an object in a pool has no job to talk to; give it a Point".into())
        }
    }
}

pub(super) fn unexpected(kind: u8) -> BoxError {
    format!("a frame of kind {kind} that a job does not send").into()
}
