//! Waits that are bounded, put off, or awaited: what stands between a job and its verb.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cerial::Cerial;
use suitkaise_timing::Seconds;

use super::error::ProcessError;
use super::job::{Guard, Job};
use super::lifecycle::Skprocess;
use super::pending::Pending;

/// How long a wait may take; a limit that is none is told by the verb.
#[derive(Clone, Debug, Default)]
pub(super) struct Limit(Option<Result<Duration, String>>);

impl Limit {
    pub(super) fn new(limit: impl Seconds) -> Limit {
        Limit(Some(limit.checked("timeout").map_err(|problem| problem.to_string())))
    }

    pub(super) fn get(&self, object: &str) -> Result<Option<Duration>, ProcessError> {
        self.0.clone().transpose().map_err(|problem| ProcessError::config(object, &problem))
    }
}

impl<P: Skprocess> Job<P> {
    /// Bounds the wait of the verb that follows: `job.timeout(5.0).result()`. Seconds, or a `Duration`; a limit that makes
    /// no sense is the verb's error.
    #[must_use]
    pub fn timeout(&self, limit: impl Seconds) -> TimedJob<'_, P> {
        TimedJob { job: self, limit: Limit::new(limit) }
    }

    /// The verb that follows returns at once, with a [`Pending`]: `job.background().result()`.
    ///
    /// ```
    /// # use suitkaise_processing::{Context, ProcessConfig, Result, Skprocess, skprocess};
    /// # #[derive(cerial::Cerial)]
    /// # struct Answer;
    /// # #[skprocess]
    /// # impl Skprocess for Answer {
    /// #     type Output = u8;
    /// #     fn run(&mut self, _: &mut Context) -> Result { Ok(()) }
    /// #     fn result(&mut self, _: &mut Context) -> Result<u8> { Ok(42) }
    /// # }
    /// # fn try_it() -> Result {
    /// let job = Answer.start()?;
    /// let answer = job.background().result();
    /// // something else
    /// assert_eq!(answer.timeout(5.0).wait()?, 42);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn background(&self) -> BackgroundJob<P> {
        BackgroundJob { guard: Arc::clone(self.guard()), limit: Limit::default() }
    }

    /// The verb that follows is to be awaited: `job.asynced().result().await`. No thread of a runtime is blocked.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub fn asynced(&self) -> AsyncJob<P> {
        AsyncJob { guard: Arc::clone(self.guard()), limit: Limit::default() }
    }
}

/// A job whose next wait is bounded.
#[derive(Debug)]
pub struct TimedJob<'a, P: Skprocess> {
    job: &'a Job<P>,
    limit: Limit,
}

impl<P: Skprocess> TimedJob<'_, P> {
    /// [`Job::wait`] within the limit; `false` at once where the limit makes no sense.
    #[must_use]
    pub fn wait(self) -> bool {
        match self.limit.get(self.job.name()) {
            Ok(limit) => self.job.wait(limit),
            Err(_) => false,
        }
    }

    /// [`Job::result`] within the limit.
    ///
    /// # Errors
    /// [`ProcessErrorKind::ResultTimeout`](crate::ProcessErrorKind::ResultTimeout) where the time is up: the process runs
    /// on, and can be asked again.
    pub fn result(self) -> Result<P::Output, ProcessError> {
        let limit = self.limit.get(self.job.name())?;
        self.job.guard().result(limit)
    }

    /// [`Job::listen`] within the limit.
    ///
    /// # Errors
    /// As there.
    pub fn listen<T: Cerial>(self) -> Result<Option<T>, ProcessError> {
        let limit = self.limit.get(self.job.name())?;
        self.job.guard().listen(limit)
    }

    /// [`Job::tell`] within the limit.
    ///
    /// # Errors
    /// As there, and [`ProcessErrorKind::Full`](crate::ProcessErrorKind::Full) where the child did not read in time.
    pub fn tell<T: Cerial>(self, value: &T) -> Result<(), ProcessError> {
        let limit = self.limit.get(self.job.name())?;
        self.job.guard().tell(value, limit)
    }

    /// As [`Job::background`].
    #[must_use]
    pub fn background(self) -> BackgroundJob<P> {
        BackgroundJob { guard: Arc::clone(self.job.guard()), limit: self.limit }
    }

    /// As [`Job::asynced`].
    #[cfg(feature = "tokio")]
    #[must_use]
    pub fn asynced(self) -> AsyncJob<P> {
        AsyncJob { guard: Arc::clone(self.job.guard()), limit: self.limit }
    }
}

/// A job whose next verb returns at once. It keeps the process alive like the [`Job`] itself.
pub struct BackgroundJob<P: Skprocess> {
    guard: Arc<Guard<P>>,
    limit: Limit,
}

impl<P: Skprocess> BackgroundJob<P> {
    /// Bounds the waits of the [`Pending`] that the verb returns.
    #[must_use]
    pub fn timeout(self, limit: impl Seconds) -> BackgroundJob<P> {
        BackgroundJob { limit: Limit::new(limit), ..self }
    }

    /// [`Job::result`], put off.
    pub fn result(self) -> Pending<P::Output> {
        let (ask, poll) = (Arc::clone(&self.guard), self.guard);
        Pending::new(self.limit, poll.name(), move |limit| ask.result(limit), move |cx| poll.poll_result(cx))
    }

    /// [`Job::listen`], put off. A `Pending` that is dropped takes no message.
    pub fn listen<T: Cerial + 'static>(self) -> Pending<Option<T>> {
        let (ask, poll) = (Arc::clone(&self.guard), self.guard);
        Pending::new(self.limit, poll.name(), move |limit| ask.listen(limit), move |cx| poll.poll_listen(cx))
    }
}

impl<P: Skprocess> fmt::Debug for BackgroundJob<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackgroundJob").field("object", &self.guard.name()).finish_non_exhaustive()
    }
}

/// A job whose verbs are awaited. It keeps the process alive like the [`Job`] itself.
#[cfg(feature = "tokio")]
pub struct AsyncJob<P: Skprocess> {
    guard: Arc<Guard<P>>,
    limit: Limit,
}

/// # Cancel safety
/// A future that is dropped has taken nothing: the process runs on, the message stays.
#[cfg(feature = "tokio")]
impl<P: Skprocess> AsyncJob<P> {
    /// Bounds the wait of the verb that follows.
    #[must_use]
    pub fn timeout(self, limit: impl Seconds) -> AsyncJob<P> {
        AsyncJob { limit: Limit::new(limit), ..self }
    }

    /// [`Job::wait`], awaited: `false` where the time is up, or makes no sense.
    pub async fn wait(&self) -> bool {
        let Ok(limit) = self.limit.get(self.guard.name()) else { return false };
        within(limit, |cx| self.guard.poll_wait(cx)).await.is_some()
    }

    /// [`Job::result`], awaited.
    ///
    /// # Errors
    /// As there, and [`ProcessErrorKind::ResultTimeout`](crate::ProcessErrorKind::ResultTimeout).
    pub async fn result(&self) -> Result<P::Output, ProcessError> {
        let limit = self.limit.get(self.guard.name())?;
        match within(limit, |cx| self.guard.poll_result(cx)).await {
            Some(result) => result,
            None => Err(ProcessError::result_timeout(self.guard.name(), limit)),
        }
    }

    /// [`Job::listen`], awaited. `None`: the time is up; without a [`timeout`](Self::timeout) it waits for the end.
    ///
    /// # Errors
    /// As there.
    pub async fn listen<T: Cerial>(&self) -> Result<Option<T>, ProcessError> {
        let limit = self.limit.get(self.guard.name())?;
        within(limit, |cx| self.guard.poll_listen(cx)).await.unwrap_or(Ok(None))
    }
}

#[cfg(feature = "tokio")]
async fn within<T>(
    limit: Option<Duration>,
    poll: impl FnMut(&mut std::task::Context<'_>) -> std::task::Poll<T>,
) -> Option<T> {
    let done = std::future::poll_fn(poll);
    match limit {
        None => Some(done.await),
        Some(limit) => tokio::time::timeout(limit, done).await.ok(),
    }
}

#[cfg(feature = "tokio")]
impl<P: Skprocess> fmt::Debug for AsyncJob<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncJob").field("object", &self.guard.name()).finish_non_exhaustive()
    }
}
