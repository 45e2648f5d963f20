//! What a reconnector is given while it connects.

use std::any::Any;
use std::time::{Duration, Instant};

use super::{ReconnectPolicy, Secret};
use crate::error::{Error, Result};

/// How long a single connect may take where nobody said.
pub(super) const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// What a reconnector is given while it connects: the secret, the time that is left, which attempt it is.
///
/// ```
/// use cerial::{Connect, Secret};
/// use std::time::Duration;
/// let secret = Secret::from("hunter2");
/// let cx = Connect::new().secret_of(&secret).within(Duration::from_secs(5));
/// assert_eq!(cx.password(), Some("hunter2"));
/// assert!(cx.left() <= Duration::from_secs(5));
/// ```
pub struct Connect<'a> {
    secret: Option<&'a Secret>,
    deadline: Instant,
    attempt: u32,
    runtime: Option<&'a (dyn Any + Send + Sync)>,
    policy: Option<&'a ReconnectPolicy>,
}

impl<'a> Connect<'a> {
    /// No secret, thirty seconds, the first attempt.
    pub fn new() -> Connect<'a> {
        Connect {
            secret: None,
            deadline: Instant::now() + DEFAULT_DEADLINE,
            attempt: 1,
            runtime: None,
            policy: None,
        }
    }

    /// Sets the secret.
    #[must_use]
    pub fn secret_of(mut self, secret: impl Into<Option<&'a Secret>>) -> Connect<'a> {
        self.secret = secret.into();
        self
    }

    /// Sets the time that is left.
    #[must_use]
    pub fn within(self, left: Duration) -> Connect<'a> {
        let deadline = Instant::now().checked_add(left).unwrap_or(self.deadline);
        self.until(deadline)
    }

    /// Sets the moment at which it must be done.
    #[must_use]
    pub fn until(mut self, deadline: Instant) -> Connect<'a> {
        self.deadline = deadline;
        self
    }

    /// Sets which attempt it is, from 1.
    #[must_use]
    pub fn attempt_number(mut self, attempt: u32) -> Connect<'a> {
        self.attempt = attempt;
        self
    }

    /// Gives the runtime of asynchronous drivers: a tokio `Handle`, as anything, so that this crate needs no tokio.
    #[must_use]
    pub fn on_runtime(mut self, runtime: &'a (dyn Any + Send + Sync)) -> Connect<'a> {
        self.runtime = Some(runtime);
        self
    }

    /// Sets what may be started.
    #[must_use]
    pub fn under(mut self, policy: &'a ReconnectPolicy) -> Connect<'a> {
        self.policy = Some(policy);
        self
    }

    /// The secret, if one was given.
    pub fn secret(&self) -> Option<&'a Secret> {
        self.secret
    }

    /// The password, if one was given.
    pub fn password(&self) -> Option<&'a str> {
        self.secret.and_then(Secret::password)
    }

    /// The token, if one was given.
    pub fn token(&self) -> Option<&'a str> {
        self.secret.and_then(Secret::token)
    }

    /// The time that is left: hand it to the driver as its own connect timeout. At least a millisecond, as most
    /// drivers take zero for "endless".
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
    }

    /// The moment at which it must be done.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Fails where no time is left, before another step that cannot be interrupted.
    ///
    /// # Errors
    /// One of [`Failure::Timeout`](super::Failure::Timeout).
    pub fn in_time(&self) -> Result<()> {
        if Instant::now() < self.deadline {
            Ok(())
        } else {
            Err(Error::timed_out("no answer before the deadline"))
        }
    }

    /// Which attempt it is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The runtime of asynchronous drivers, if one of that type was given.
    pub fn runtime<T: 'static>(&self) -> Option<&'a T> {
        self.runtime.and_then(|runtime| runtime.downcast_ref())
    }

    /// What may be touched and started.
    pub fn policy(&self) -> &ReconnectPolicy {
        const DEFAULT: &ReconnectPolicy = &ReconnectPolicy::new();
        self.policy.unwrap_or(DEFAULT)
    }
}

impl Default for Connect<'_> {
    fn default() -> Self {
        Connect::new()
    }
}

impl std::fmt::Debug for Connect<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connect")
            .field("secret", &self.secret)
            .field("left", &self.left())
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
