//! The handle of a started object.

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
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
use crate::bag;
use crate::deadline::Deadline;
use crate::os::image;
use crate::raw::{Child, Death, SendError};

/// How long a process that gave its outcome may take to be gone, before it is looked at as it is.
const EXITING: Duration = Duration::from_secs(1);

/// A started object. Dropping the handle kills its process, unless something put off by
/// [`background`](Self::background) still waits for it.
pub struct Job<P: Skprocess>(Arc<Guard<P>>);

/// What keeps the process alive: the job, and what waits for it elsewhere.
pub(super) struct Guard<P: Skprocess> {
    shared: Arc<Shared>,
    output: PhantomData<fn() -> P>,
}

impl<P: Skprocess> Job<P> {
    pub(super) fn start(object: &P) -> Result<Job<P>, ProcessError> {
        let name = std::any::type_name::<P>();
        let config = object.config();
        if let Some(problem) = config.problem() {
            return Err(ProcessError::config(name, problem));
        }
        let (state, packed) = bag::pack(|| OPTIONS.serialize(object));
        let state =
            state.map_err(|error| ProcessError::payload(name, "the object cannot be serialized", error))?;
        let Some(place) = image::place_of(run_object::<P>) else {
            let why = "the object's type is not compiled into the program itself but into a shared library";
            return Err(ProcessError::plain(ProcessErrorKind::Start, name, why));
        };
        let (fds, ends): (Vec<_>, Vec<_>) = packed.into_iter().map(|packet| (packet.fd, packet.end)).unzip();
        let order = Order {
            name,
            place,
            handles_error: P::HANDLES_ERROR,
            credentials: config.autoreconnect.clone(),
            config,
            state,
            fds,
        };
        let shared = supervise(order)?;
        // The ends of pipes in the object are the child's now.
        ends.iter().flatten().for_each(|end| end.leave());
        Ok(Job(Arc::new(Guard { shared, output: PhantomData })))
    }

    pub(super) fn guard(&self) -> &Arc<Guard<P>> {
        &self.0
    }

    pub(super) fn name(&self) -> &'static str {
        self.0.name()
    }

    /// Asks for a graceful stop and returns at once: the section that runs is finished, then come `onfinish` and
    /// `result`.
    pub fn stop(&self) {
        self.0.shared.stop();
    }

    /// Kills the process and what it started, at once.
    pub fn kill(&self) {
        self.0.shared.kill();
    }

    /// Waits for the end. `false`: the time is up, and the process runs on.
    ///
    /// Messages that nobody listens to are kept meanwhile without bound, so that the child can come to its end.
    ///
    /// # Blocking
    /// For `timeout` at most; `None`: until the end.
    #[must_use]
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        self.0.shared.wait(timeout)
    }

    /// Waits for the result. It can be asked for again.
    ///
    /// # Blocking
    /// Until the process has ended; as [`wait`](Self::wait).
    ///
    /// # Errors
    /// What kept the object from its result.
    pub fn result(&self) -> Result<P::Output, ProcessError> {
        self.0.result(None)
    }

    /// Sends a value to the child, where [`Context::listen`](crate::Context::listen) takes it. Values arrive in order.
    ///
    /// Between two lives it waits for the next one. What a life has not taken when it ends is lost with it: who needs an
    /// answer waits for it, and asks again.
    ///
    /// # Blocking
    /// While the child does not read and the socket is full; `job.timeout(1.0).tell(..)` has a limit.
    ///
    /// # Errors
    /// A value that cannot be serialized, a child that has ended.
    pub fn tell<T: Cerial>(&self, value: &T) -> Result<(), ProcessError> {
        self.0.tell(value, None)
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
        let limit =
            timeout.checked("listen").map_err(|e| ProcessError::config(self.name(), &e.to_string()))?;
        self.0.listen(Some(limit))
    }

    /// How long the finished sections took, so far.
    #[must_use]
    pub fn timers(&self) -> &Timers {
        &self.0.shared.timers
    }

    /// The run that the child is in, from 0.
    #[must_use]
    pub fn current_run(&self) -> u64 {
        self.0.shared.current_run()
    }

    /// Whether the job goes on: also between two lives.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !self.0.shared.has_ended()
    }

    /// The process id of the present life, or of the last one.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.0.shared.child().map(|child| Child::pid(&child))
    }

    /// How the process of the present life ended, with cause, panic and last lines; `None` while it runs.
    #[must_use]
    pub fn death(&self) -> Option<Arc<Death>> {
        self.0.ended_child()?.death()
    }

    /// What the present life wrote to its stdout so far, where it is [captured](crate::Stdio::Capture).
    #[must_use]
    pub fn stdout(&self) -> Option<Vec<u8>> {
        self.0.ended_child()?.stdout()
    }

    /// What the present life wrote to its stderr so far, where it is [captured](crate::Stdio::Capture).
    #[must_use]
    pub fn stderr(&self) -> Option<Vec<u8>> {
        self.0.ended_child()?.stderr()
    }

    /// Why there is no result, if the job has ended without one.
    #[must_use]
    pub fn error(&self) -> Option<ProcessError> {
        self.0.shared.has_ended().then(|| self.0.outcome().err()).flatten()
    }
}

impl<P: Skprocess> Guard<P> {
    pub(super) fn name(&self) -> &'static str {
        self.shared.name()
    }

    /// The process of the present life; once there is an outcome, at its very end.
    fn ended_child(&self) -> Option<Arc<Child>> {
        let child = self.shared.child()?;
        if self.shared.has_ended() {
            let _ = child.wait(Some(EXITING));
        }
        Some(child)
    }

    fn outcome(&self) -> Result<P::Output, ProcessError> {
        let bytes = self.shared.outcome()?;
        OPTIONS.deserialize(&bytes).map_err(|error| self.payload("the result cannot be deserialized", error))
    }

    pub(super) fn result(&self, limit: Option<Duration>) -> Result<P::Output, ProcessError> {
        if self.shared.wait(limit) {
            return self.outcome();
        }
        Err(ProcessError::result_timeout(self.name(), limit))
    }

    pub(super) fn poll_wait(&self, cx: &Context<'_>) -> Poll<()> {
        self.shared.poll_wait(cx)
    }

    pub(super) fn poll_result(&self, cx: &Context<'_>) -> Poll<Result<P::Output, ProcessError>> {
        ready!(self.poll_wait(cx));
        Poll::Ready(self.outcome())
    }

    pub(super) fn listen<T: Cerial>(&self, limit: Option<Duration>) -> Result<Option<T>, ProcessError> {
        self.heard(self.shared.inbox.take(Deadline::after(limit)))
    }

    pub(super) fn poll_listen<T: Cerial>(&self, cx: &Context<'_>) -> Poll<Result<Option<T>, ProcessError>> {
        self.shared.inbox.poll(cx).map(|taken| self.heard(taken))
    }

    fn heard<T: Cerial>(&self, taken: Taken) -> Result<Option<T>, ProcessError> {
        match taken {
            Taken::TimedOut => Ok(None),
            Taken::Closed => Err(self.ended("the process has ended, and everything it told was taken")),
            Taken::Message(frame) => bag::open(frame)
                .map(Some)
                .map_err(|error| self.payload("a message cannot be deserialized", error)),
        }
    }

    pub(super) fn tell<T: Cerial>(&self, value: &T, limit: Option<Duration>) -> Result<(), ProcessError> {
        let (bytes, packed) = bag::pack(|| OPTIONS.serialize(value));
        let bytes = bytes.map_err(|error| self.payload("a message cannot be serialized", error))?;
        let fds: Vec<_> = packed.iter().map(AsFd::as_fd).collect();
        let deadline = Deadline::after(limit);
        let mut child = self.shared.child().filter(|_| !self.shared.has_ended());
        loop {
            let to = child.ok_or_else(|| self.ended("the process has ended"))?;
            let sent = to.send_with(TELL, &[&bytes], &fds, deadline.left());
            if matches!(sent, Ok(()) | Err(SendError::Timeout { partial: true })) {
                bag::sent(&packed);
            }
            let Err(error) = sent else { return Ok(()) };
            match error {
                SendError::Timeout { .. } => {
                    let why =
                        format!("the child did not read a message within {:?}", limit.unwrap_or_default());
                    return Err(ProcessError::plain(ProcessErrorKind::Full, self.name(), why));
                }
                SendError::TooLarge { .. } => {
                    return Err(ProcessError::plain(
                        ProcessErrorKind::Payload,
                        self.name(),
                        error.to_string(),
                    ));
                }
                // Another life, if there is one.
                _ => child = self.shared.child_after(&to, deadline),
            }
        }
    }

    fn ended(&self, why: &str) -> ProcessError {
        ProcessError::plain(ProcessErrorKind::Ended, self.name(), why)
    }

    fn payload(&self, what: &str, error: cerial::Error) -> ProcessError {
        ProcessError::payload(self.name(), what, error)
    }
}

impl<P: Skprocess> Drop for Guard<P> {
    fn drop(&mut self) {
        if !self.shared.has_ended() {
            self.shared.kill();
        }
    }
}

impl<P: Skprocess> fmt::Debug for Job<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("object", &self.name())
            .field("pid", &self.pid())
            .field("current_run", &self.current_run())
            .finish_non_exhaustive()
    }
}
