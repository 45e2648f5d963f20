//! The settings of a chain of modifiers, and the one place that carries them out.
//!
//! Whatever the order in which they were chained, a call takes a token from the rate limiter, then makes its attempts,
//! each with its own timeout.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::background::{Background, Promise};
use crate::limiter::{Limiter, Quota};
use crate::{Error, Failure, FunctionTimeoutError, Seconds, SkModifierError, workers};

type Predicate = Arc<dyn Fn(&dyn Any) -> bool + Send + Sync>;

/// The settings of one chain.
#[derive(Clone)]
pub struct Modifiers {
    pub(crate) function: &'static str,
    pub(crate) times: u32,
    delay: Duration,
    backoff: f64,
    on: Option<Predicate>,
    timeout: Option<Duration>,
    quota: Option<Quota>,
    burst: Option<u32>,
    bad: Option<Box<SkModifierError>>,
    /// Whether anything above needs a look before the first attempt: one branch for the common case.
    gated: bool,
}

/// Why one attempt gave no value.
pub enum Stop<E> {
    /// The function failed.
    Failed(E),
    /// It was not back in time.
    TimedOut(FunctionTimeoutError),
    /// It could not be started.
    Refused(Error),
}

impl fmt::Debug for Modifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(self.function);
        out.field("retry", &self.times).field("delay", &self.delay).field("backoff", &self.backoff);
        out.field("timeout", &self.timeout).field("rate_limit", &self.quota).field("burst", &self.burst);
        out.finish_non_exhaustive()
    }
}

impl<E: Failure> From<Stop<E>> for Error {
    #[cold]
    fn from(stop: Stop<E>) -> Error {
        match stop {
            Stop::Failed(error) => Error::function(error),
            Stop::TimedOut(error) => error.into(),
            Stop::Refused(error) => error,
        }
    }
}

impl Modifiers {
    /// No modifiers yet, for the function of this name.
    #[inline]
    pub const fn new(function: &'static str) -> Modifiers {
        Modifiers {
            function,
            times: 1,
            delay: Duration::from_secs(1),
            backoff: 1.0,
            on: None,
            timeout: None,
            quota: None,
            burst: None,
            bad: None,
            gated: false,
        }
    }

    /// Keeps the first thing that is wrong.
    #[cold]
    pub fn refuse(&mut self, modifier: &'static str, why: impl Into<String>) {
        self.gated = true;
        self.bad.get_or_insert_with(|| Box::new(SkModifierError::new(self.function, modifier, why)));
    }

    /// Sets the number of attempts.
    pub fn retry(&mut self, times: u32) {
        if times == 0 {
            self.refuse("retry", "0 attempts never call it; give 1 or more");
        }
        self.times = times;
    }

    /// Sets the pause after the first failed attempt.
    pub fn delay(&mut self, delay: impl Seconds) {
        match delay.checked() {
            Ok(delay) => self.delay = delay,
            Err(why) => self.refuse("delay", why),
        }
    }

    /// Sets the factor by which each pause is longer than the one before.
    pub fn backoff(&mut self, factor: f64) {
        if factor.is_finite() && factor >= 0.0 {
            self.backoff = factor;
        } else {
            self.refuse("backoff", format!("{factor} is no factor; give a finite number, zero or above"));
        }
    }

    /// Sets which errors are worth another attempt.
    pub fn on<E: 'static>(&mut self, worth: impl Fn(&E) -> bool + Send + Sync + 'static) {
        self.on = Some(Arc::new(move |error| error.downcast_ref::<E>().is_some_and(&worth)));
    }

    /// Sets the limit of each attempt.
    pub fn timeout(&mut self, limit: impl Seconds) {
        match limit.checked() {
            Ok(limit) if limit.is_zero() => self.refuse("timeout", "no call is back in 0 seconds; give more"),
            Ok(limit) => self.timeout = Some(limit),
            Err(why) => self.refuse("timeout", why),
        }
    }

    /// Sets the rate.
    pub fn rate_limit(&mut self, per_second: impl Into<f64>) {
        self.gated = true;
        match Quota::per_second(per_second.into()) {
            Ok(quota) => self.quota = Some(quota),
            Err(why) => self.refuse("rate_limit", why),
        }
    }

    /// Sets how many calls may come at once.
    pub fn burst(&mut self, calls: u32) {
        self.gated = true;
        if calls == 0 {
            self.refuse("burst", "0 calls at once never let one through; give 1 or more");
        }
        self.burst = Some(calls);
    }

    /// Checks the settings, takes a token, and says how long to wait for it.
    fn enter(&self, limiter: &Limiter) -> Result<Duration, Error> {
        match (&self.bad, self.quota) {
            (None, Some(quota)) => Ok(limiter.reserve(Quota { burst: self.burst.unwrap_or(1), ..quota })),
            (bad, _) => Err(self.refusal(bad.as_deref())),
        }
    }

    #[cold]
    fn refusal(&self, bad: Option<&SkModifierError>) -> Error {
        let burst =
            || SkModifierError::new(self.function, "burst", "it belongs to `rate_limit`, which is not set");
        bad.cloned().unwrap_or_else(burst).into()
    }

    fn worth_another<E: Failure>(&self, stop: &Stop<E>) -> bool {
        match stop {
            Stop::Failed(error) => self.on.as_ref().is_none_or(|on| on(error)),
            Stop::TimedOut(_) => true,
            Stop::Refused(_) => false,
        }
    }

    fn longer(&self, delay: Duration) -> Duration {
        Duration::try_from_secs_f64(delay.as_secs_f64() * self.backoff).unwrap_or(Duration::MAX)
    }

    /// Makes the call here: `attempt` is told whether it is the last one.
    ///
    /// # Blocking
    ///
    /// For the token, for the attempts and for the pauses between them.
    #[inline]
    pub fn drive<T, E: Failure>(
        &self,
        limiter: &Limiter,
        mut attempt: impl FnMut(bool) -> Result<T, Stop<E>>,
    ) -> Result<T, Error> {
        if self.gated {
            let wait = self.enter(limiter)?;
            if !wait.is_zero() {
                std::thread::sleep(wait);
            }
        }
        match attempt(self.times <= 1) {
            Ok(value) => Ok(value),
            Err(stop) => self.drive_on(stop, attempt),
        }
    }

    #[cold]
    fn drive_on<T, E: Failure>(
        &self,
        mut stop: Stop<E>,
        mut attempt: impl FnMut(bool) -> Result<T, Stop<E>>,
    ) -> Result<T, Error> {
        let mut delay = self.delay;
        for left in (1..self.times).rev() {
            if !self.worth_another(&stop) {
                break;
            }
            std::thread::sleep(delay);
            delay = self.longer(delay);
            match attempt(left == 1) {
                Ok(value) => return Ok(value),
                Err(next) => stop = next,
            }
        }
        Err(stop.into())
    }

    /// Makes the call here, each attempt on another thread for as long as the timeout allows.
    ///
    /// # Blocking
    ///
    /// As [`drive`](Modifiers::drive), each attempt no longer than the timeout.
    pub fn drive_timed<T, E, J>(
        &self,
        limiter: &Limiter,
        mut attempt: impl FnMut(bool) -> Result<J, Error>,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Failure + Send,
        J: FnOnce() -> Result<T, E> + Send + 'static,
    {
        self.drive(limiter, |last| {
            let job = attempt(last).map_err(Stop::Refused)?;
            let Some(limit) = self.timeout else { return job().map_err(Stop::Failed) };
            // The clock starts before the hand-over: a thread that is slow to start counts against the limit.
            let deadline = Instant::now().checked_add(limit);
            let promise = start(self.function, job).map_err(Stop::Refused)?;
            match promise.wait(deadline).flatten() {
                Some(Ok(result)) => result.map_err(Stop::Failed),
                Some(Err(panic)) => resume_unwind(panic),
                None => Err(Stop::TimedOut(FunctionTimeoutError::new(self.function, limit))),
            }
        })
    }

    /// Makes the whole call on another thread.
    pub fn drive_background<T, E, J>(
        &self,
        limiter: impl Deref<Target = Limiter> + Send + 'static,
        attempt: impl FnMut(bool) -> Result<J, Error> + Send + 'static,
    ) -> Background<T>
    where
        T: Send + 'static,
        E: Failure + Send,
        J: FnOnce() -> Result<T, E> + Send + 'static,
    {
        let modifiers = self.clone();
        let promise = start(self.function, move || modifiers.drive_timed(&limiter, attempt));
        let promise = promise.unwrap_or_else(|error| {
            let promise = Promise::new();
            promise.keep(Ok(Err(error)));
            promise
        });
        Background::new(self.function, promise)
    }
}

/// Starts a job on a kept thread.
pub(crate) fn start<T: Send + 'static>(
    function: &'static str,
    job: impl FnOnce() -> T + Send + 'static,
) -> Result<Arc<Promise<T>>, Error> {
    let promise = Promise::new();
    let kept = Arc::clone(&promise);
    workers::run(Box::new(move |seat| {
        let value = catch_unwind(AssertUnwindSafe(job));
        seat.rest();
        kept.keep(value);
    }))
    .map_err(|e| {
        SkModifierError::new(function, "timeout", format!("no thread can be started for it: {e}"))
    })?;
    Ok(promise)
}

#[cfg(feature = "tokio")]
mod asynced {
    use super::*;
    use std::future::Future;

    impl Modifiers {
        /// Makes the call from async code; `attempt` gives the future of one attempt.
        pub async fn drive_async<T, E: Failure, F: Future<Output = Result<T, Stop<E>>>>(
            &self,
            limiter: &Limiter,
            mut attempt: impl FnMut(bool) -> F,
        ) -> Result<T, Error> {
            self.admit(limiter).await?;
            let mut delay = self.delay;
            let mut left = self.times;
            loop {
                match self.limited(attempt(left <= 1)).await {
                    Ok(value) => return Ok(value),
                    Err(stop) if left <= 1 || !self.worth_another(&stop) => return Err(stop.into()),
                    Err(_) => {}
                }
                left -= 1;
                pause(delay).await;
                delay = self.longer(delay);
            }
        }

        /// Makes the call from async code, in the one attempt there is.
        pub async fn drive_async_once<T, E: Failure>(
            &self,
            limiter: &Limiter,
            attempt: impl Future<Output = Result<T, Stop<E>>>,
        ) -> Result<T, Error> {
            self.admit(limiter).await?;
            Ok(self.limited(attempt).await?)
        }

        async fn admit(&self, limiter: &Limiter) -> Result<(), Error> {
            if self.gated {
                pause(self.enter(limiter)?).await;
            }
            Ok(())
        }

        async fn limited<T, E>(
            &self,
            attempt: impl Future<Output = Result<T, Stop<E>>>,
        ) -> Result<T, Stop<E>> {
            let Some(limit) = self.timeout else { return attempt.await };
            let late = |_| Stop::TimedOut(FunctionTimeoutError::new(self.function, limit));
            tokio::time::timeout(limit, attempt).await.map_err(late)?
        }

        /// Makes the call from async code, each attempt on a thread of its own.
        #[expect(clippy::manual_async_fn, reason = "the bounds on the future are the point")]
        pub fn drive_asynced<T, E, J>(
            self,
            limiter: impl Deref<Target = Limiter> + Send + Sync + 'static,
            mut attempt: impl FnMut(bool) -> Result<J, Error> + Send + 'static,
        ) -> impl Future<Output = Result<T, Error>> + Send + 'static
        where
            T: Send + 'static,
            E: Failure + Send,
            J: FnOnce() -> Result<T, E> + Send + 'static,
        {
            async move {
                let function = self.function;
                self.drive_async(&limiter, |last| {
                    // The call sees the runtime of whoever awaits it.
                    let runtime = tokio::runtime::Handle::try_current().ok();
                    let promise = attempt(last).and_then(|job| {
                        start(function, move || {
                            let _entered = runtime.as_ref().map(tokio::runtime::Handle::enter);
                            job()
                        })
                    });
                    async move {
                        let promise = promise.map_err(Stop::Refused)?;
                        match std::future::poll_fn(|cx| promise.poll(cx)).await {
                            Some(Ok(result)) => result.map_err(Stop::Failed),
                            Some(Err(panic)) => resume_unwind(panic),
                            None => {
                                let why = "the result has been taken already";
                                Err(Stop::Refused(SkModifierError::new(function, "asynced", why).into()))
                            }
                        }
                    }
                })
                .await
            }
        }
    }

    async fn pause(wait: Duration) {
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}
