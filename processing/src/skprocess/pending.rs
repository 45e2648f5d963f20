//! What a verb that was put off will give.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use suitkaise_timing::Seconds;

use super::error::ProcessError;
use super::modified::Limit;

type Ask<T> = Box<dyn FnMut(Option<Duration>) -> Result<T, ProcessError> + Send>;
type Look<T> = Box<dyn FnMut(&mut Context<'_>) -> Poll<Result<T, ProcessError>> + Send>;

/// What a verb after [`Job::background`](crate::Job::background) will give: wait for it, or `.await` it under any
/// executor. No thread stands behind it, and dropping it takes nothing; the process lives on while its
/// [`Job`](crate::Job) or this does.
#[must_use = "it is the only way to what the verb gives"]
pub struct Pending<T> {
    limit: Limit,
    object: &'static str,
    ask: Ask<T>,
    look: Look<T>,
}

impl<T> Pending<T> {
    pub(super) fn new(
        limit: Limit,
        object: &'static str,
        ask: impl FnMut(Option<Duration>) -> Result<T, ProcessError> + Send + 'static,
        look: impl FnMut(&mut Context<'_>) -> Poll<Result<T, ProcessError>> + Send + 'static,
    ) -> Pending<T> {
        Pending { limit, object, ask: Box::new(ask), look: Box::new(look) }
    }

    /// Bounds each [`wait`](Self::wait), in place of the limit that stood before the verb. A future has no limit of its
    /// own: its executor has timers.
    pub fn timeout(self, limit: impl Seconds) -> Pending<T> {
        Pending { limit: Limit::new(limit), ..self }
    }

    /// Waits for it. A result can be asked for again.
    ///
    /// # Blocking
    /// Until it is there, for the limit at most.
    ///
    /// # Errors
    /// As the verb's.
    pub fn wait(mut self) -> Result<T, ProcessError> {
        let limit = self.limit.get(self.object)?;
        (self.ask)(limit)
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, ProcessError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        (self.look)(cx)
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("object", &self.object).finish_non_exhaustive()
    }
}
