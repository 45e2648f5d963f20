//! The guard that times a scope.

use std::borrow::Borrow;
use std::time::{Duration, Instant};

use crate::sample::Frame;
use crate::timer::not_paused;
use crate::{Error, Result, Seconds, Sktimer};

/// Times the scope it lives in and records the time when it is dropped.
///
/// ```
/// use suitkaise_timing::{Sktimer, TimeThis};
///
/// let timer = Sktimer::new();
/// {
///     let _t = TimeThis::on(&timer);
///     // the work
/// }
/// assert_eq!(timer.num_times(), 1);
/// # Ok::<(), suitkaise_timing::Error>(())
/// ```
///
/// - *What fails is not recorded*: a scope that is left by a panic leaves no trace in the timer. A scope left by `?`
///   looks like any other to a guard; call [`discard`](TimeThis::discard), or use
///   [`#[timethis]`](macro@crate::timethis), which sees the `Err`.
/// - *Short ones can be left out*: [`threshold`](TimeThis::threshold).
/// - The guard carries its own clock and no session, so it may be held across `.await`, moved to another thread, and
///   nested freely on one timer. Dropping a future that holds one records the time until then.
///
/// `T` is how the timer is held: `&Sktimer`, `Arc<Sktimer>`, or the guard's own `Sktimer` ([`TimeThis::new`]).
#[must_use = "it times the scope it lives in: bind it with `let _t = ..` (not `let _ = ..`)"]
#[derive(Debug)]
pub struct TimeThis<T: Borrow<Sktimer> = Sktimer> {
    /// None once `into_timer` has handed it over.
    timer: Option<T>,
    ended: bool,
    frame: Frame,
    threshold: Duration,
    refused: Option<Error>,
    /// A guard made while a panic unwinds (in some `drop`) is not itself left by that panic.
    made_in_panic: bool,
}

impl TimeThis {
    /// Starts timing on a timer of its own; [`into_timer`](TimeThis::into_timer) ends the section and hands it over.
    ///
    /// ```
    /// let section = suitkaise_timing::TimeThis::new();
    /// // the work
    /// let timer = section.into_timer();
    /// println!("took {:?}", timer.most_recent());
    /// # assert_eq!(timer.num_times(), 1);
    /// ```
    #[expect(clippy::new_without_default, reason = "it starts a clock: a default would surprise")]
    pub fn new() -> TimeThis {
        TimeThis::on(Sktimer::new())
    }
}

impl<T: Borrow<Sktimer>> TimeThis<T> {
    /// Starts timing on `timer`: a `&Sktimer`, an `Arc<Sktimer>`, or a timer to keep.
    pub fn on(timer: T) -> TimeThis<T> {
        timer.borrow().note_start();
        TimeThis {
            timer: Some(timer),
            ended: false,
            threshold: Duration::ZERO,
            refused: None,
            made_in_panic: std::thread::panicking(),
            frame: Frame::begin(),
        }
    }

    /// Leaves out times shorter than this; 0 by default.
    ///
    /// A value that is negative or not finite is refused: the threshold stays as it was, so nothing is lost, the refusal
    /// is logged as an error, and [`check`](TimeThis::check) returns it.
    #[track_caller]
    pub fn threshold(mut self, threshold: impl Seconds) -> TimeThis<T> {
        match threshold.checked("threshold") {
            Ok(threshold) => self.threshold = threshold,
            Err(error) => {
                log::error!("{error}");
                self.refused.get_or_insert(error);
            }
        }
        self
    }

    /// Returns the guard, or the first value that a setting refused.
    ///
    /// # Errors
    /// [`ErrorKind::BadDuration`](crate::ErrorKind::BadDuration) for a refused threshold; the section ends unrecorded.
    pub fn check(mut self) -> Result<TimeThis<T>> {
        match self.refused.take() {
            None => Ok(self),
            Some(error) => {
                self.ended = true;
                Err(error)
            }
        }
    }

    /// Pauses: the time until `resume` (or the end) does not count. Returns false, and logs a warning, if it was paused
    /// already.
    pub fn pause(&mut self) -> bool {
        let first = self.frame.pause(Instant::now());
        if !first {
            log::warn!("section is paused already; pause() changed nothing");
        }
        first
    }

    /// Goes on after a pause.
    ///
    /// # Errors
    /// [`ErrorKind::NotPaused`](crate::ErrorKind::NotPaused) if it is not paused.
    #[track_caller]
    pub fn resume(&mut self) -> Result<()> {
        if self.frame.resume(Instant::now()) { Ok(()) } else { Err(not_paused()) }
    }

    /// Records the time since the start or the last lap (if it reaches the threshold), returns it, and goes on measuring
    /// from here.
    pub fn lap(&mut self) -> Duration {
        let sample = self.frame.lap(Instant::now());
        let time = Duration::from_nanos(sample.time);
        if let Some(timer) = self.timer.as_ref().filter(|_| time >= self.threshold) {
            timer.borrow().record(sample);
        }
        time
    }

    /// The time so far, without pauses.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.frame.sample(Instant::now()).time)
    }

    /// Ends the section now and returns its time, or `None` if it was below the threshold and so not recorded.
    pub fn finish(mut self) -> Option<Duration> {
        self.end()
    }

    /// Ends the section now without recording it, and returns its time.
    pub fn discard(mut self) -> Duration {
        self.ended = true;
        self.elapsed()
    }

    /// Ends the section now, records it, and hands over the timer.
    pub fn into_timer(mut self) -> T {
        self.end();
        self.timer.take().expect("invariant: only this method takes the timer, and it consumes the guard")
    }

    fn end(&mut self) -> Option<Duration> {
        let sample = self.frame.sample(Instant::now());
        let time = Duration::from_nanos(sample.time);
        let timer = self.timer.as_ref().filter(|_| !self.ended && time >= self.threshold);
        self.ended = true;
        timer?.borrow().record(sample);
        Some(time)
    }
}

impl<T: Borrow<Sktimer>> Drop for TimeThis<T> {
    fn drop(&mut self) {
        let failed = std::thread::panicking() && !self.made_in_panic;
        if !self.ended && !failed {
            self.end();
        }
    }
}
