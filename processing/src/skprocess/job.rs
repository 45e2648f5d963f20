//! The handle of a started object.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use cerial::Cerial;
use suitkaise_timing::Seconds;

use super::child::run_object;
use super::error::{ProcessError, ProcessErrorKind};
use super::inbox::Taken;
use super::lifecycle::Skprocess;
use super::message::{OPTIONS, TELL};
use super::supervisor::{Order, Shared, supervise};
use super::timers::Timers;
use crate::os::image;
use crate::raw::Child;

/// A started object. Dropping the handle kills its process.
pub struct Job<P: Skprocess> {
    shared: Arc<Shared>,
    output: PhantomData<fn() -> P>,
}

impl<P: Skprocess> Job<P> {
    pub(super) fn start(object: &P) -> Result<Job<P>, ProcessError> {
        let name = std::any::type_name::<P>();
        let config = object.config();
        if let Some(problem) = &config.problem {
            return Err(ProcessError::config(name, problem));
        }
        let state = OPTIONS
            .serialize(object)
            .map_err(|error| ProcessError::payload(name, "the object cannot be serialized", error))?;
        let Some(place) = image::place_of(run_object::<P>) else {
            let why = "the object's type is not compiled into the program itself but into a shared library";
            return Err(ProcessError::plain(ProcessErrorKind::Start, name, why));
        };
        let order = Order {
            name,
            place,
            handles_error: P::HANDLES_ERROR,
            credentials: config.autoreconnect.clone(),
            config,
            state,
        };
        Ok(Job { shared: supervise(order)?, output: PhantomData })
    }

    /// Asks for a graceful stop and returns at once: the section that runs is finished, then come `onfinish` and
    /// `result`.
    pub fn stop(&self) {
        self.shared.stop();
    }

    /// Kills the process and what it started, at once.
    pub fn kill(&self) {
        self.shared.kill();
    }

    /// Waits for the end. `false`: the time is up, and the process runs on.
    ///
    /// # Blocking
    /// For `timeout` at most; `None`: until the end.
    #[must_use]
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        self.shared.wait(timeout)
    }

    /// Waits for the result. It can be asked for again.
    ///
    /// # Blocking
    /// Until the process has ended.
    ///
    /// # Errors
    /// What kept the object from its result.
    pub fn result(&self) -> Result<P::Output, ProcessError> {
        let _ = self.wait(None);
        self.outcome()
    }

    fn outcome(&self) -> Result<P::Output, ProcessError> {
        let bytes = self.shared.outcome()?;
        OPTIONS.deserialize(&bytes).map_err(|error| self.payload("the result cannot be deserialized", error))
    }

    /// Bounds the wait of the call that follows: `job.timeout(5.0).result()`.
    ///
    /// # Errors
    /// Seconds that are negative or not finite.
    pub fn timeout(&self, limit: impl Seconds) -> Result<TimedJob<'_, P>, ProcessError> {
        let limit =
            limit.checked("timeout").map_err(|e| ProcessError::config(self.shared.name(), &e.to_string()))?;
        Ok(TimedJob { job: self, limit })
    }

    /// Sends a value to the child, where [`Context::listen`](crate::Context::listen) takes it. Values arrive in order.
    ///
    /// # Blocking
    /// While the child does not read and the socket is full.
    ///
    /// # Errors
    /// A value that cannot be serialized, a child that has ended.
    pub fn tell<T: Cerial>(&self, value: &T) -> Result<(), ProcessError> {
        let bytes = OPTIONS
            .serialize(value)
            .map_err(|error| self.payload("a message cannot be serialized", error))?;
        let ended =
            || ProcessError::plain(ProcessErrorKind::Ended, self.shared.name(), "the process has ended");
        let child = self.shared.child().ok_or_else(ended)?;
        child.send(TELL, &bytes, None).map_err(|_| ended())
    }

    /// Waits for a value from the child's [`Context::tell`](crate::Context::tell). `None`: the time is up.
    ///
    /// # Blocking
    /// For `timeout` at most: a `Duration` or seconds.
    ///
    /// # Errors
    /// [`ProcessErrorKind::Ended`] once the process has ended and everything it told was taken; a value of another
    /// type.
    pub fn listen<T: Cerial>(&self, timeout: impl Seconds) -> Result<Option<T>, ProcessError> {
        let limit = timeout
            .checked("listen")
            .map_err(|e| ProcessError::config(self.shared.name(), &e.to_string()))?;
        match self.shared.inbox.take(Some(limit)) {
            Taken::TimedOut => Ok(None),
            Taken::Closed => Err(ProcessError::plain(
                ProcessErrorKind::Ended,
                self.shared.name(),
                "the process has ended, and everything it told was taken",
            )),
            Taken::Message(bytes) => OPTIONS
                .deserialize(&bytes)
                .map(Some)
                .map_err(|error| self.payload("a message cannot be deserialized", error)),
        }
    }

    /// How long the finished sections took, so far.
    #[must_use]
    pub fn timers(&self) -> &Timers {
        &self.shared.timers
    }

    /// The run that the child is in, from 0.
    #[must_use]
    pub fn current_run(&self) -> u64 {
        self.shared.current_run()
    }

    /// Whether the job goes on: also between two lives.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.shared.wait(Some(Duration::ZERO))
    }

    /// The process id of the present life, or of the last one.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.shared.child().map(|child| Child::pid(&child))
    }

    /// Why there is no result, if the job has ended without one.
    #[must_use]
    pub fn error(&self) -> Option<ProcessError> {
        self.shared.wait(Some(Duration::ZERO)).then(|| self.outcome().err()).flatten()
    }

    fn payload(&self, what: &str, error: cerial::Error) -> ProcessError {
        ProcessError::payload(self.shared.name(), what, error)
    }
}

impl<P: Skprocess> fmt::Debug for Job<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("object", &self.shared.name())
            .field("pid", &self.pid())
            .field("current_run", &self.current_run())
            .finish_non_exhaustive()
    }
}

impl<P: Skprocess> Drop for Job<P> {
    fn drop(&mut self) {
        if self.is_alive() {
            self.kill();
        }
    }
}

/// A job whose next wait is bounded.
#[derive(Debug)]
pub struct TimedJob<'a, P: Skprocess> {
    job: &'a Job<P>,
    limit: Duration,
}

impl<P: Skprocess> TimedJob<'_, P> {
    /// [`Job::wait`] within the limit.
    #[must_use]
    pub fn wait(self) -> bool {
        self.job.wait(Some(self.limit))
    }

    /// [`Job::result`] within the limit.
    ///
    /// # Errors
    /// [`ProcessErrorKind::ResultTimeout`] where the time is up: the process runs on, and can be asked again.
    pub fn result(self) -> Result<P::Output, ProcessError> {
        if self.job.wait(Some(self.limit)) {
            return self.job.outcome();
        }
        let why = format!("no result within {:?}; the process runs on", self.limit);
        Err(ProcessError::plain(ProcessErrorKind::ResultTimeout, self.job.shared.name(), why))
    }

    /// [`Job::listen`] within the limit.
    ///
    /// # Errors
    /// As there.
    pub fn listen<T: Cerial>(self) -> Result<Option<T>, ProcessError> {
        self.job.listen(self.limit)
    }
}
