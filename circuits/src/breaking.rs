//! The circuit that stays broken.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "share")]
use suitkaise_sk::sk;

use crate::breaker::{Breaker, Reset};
use crate::call::ShortOnPanic;
use crate::methods::{settings, trips};
#[cfg(feature = "share")]
use crate::settings::Setting;
use crate::{CallError, Result, Seconds, Trip};

/// A circuit that trips after so many failures and stays broken until it is reset: for stopping work that has no hope.
///
/// [`short`](BreakingCircuit::short) counts a failure. The one that reaches `num_shorts_to_trip` *trips*: the circuit is
/// [`broken`](BreakingCircuit::broken) for all threads at once, and the calling thread sleeps.
/// [`reset`](BreakingCircuit::reset) closes it again, and makes the next sleep `backoff_factor` times as long, up to
/// `max_sleep_time`. Shorts go on being counted while it is broken, and may trip it again.
///
/// ```
/// use suitkaise_circuits::BreakingCircuit;
///
/// let breaker = BreakingCircuit::new(3).sleep_time_after_trip(0.001);
/// while !breaker.broken() {
///     breaker.short(); // the work failed
/// }
/// assert_eq!(breaker.total_trips(), 1);
/// breaker.reset();
/// assert!(!breaker.broken());
/// ```
#[cfg_attr(feature = "cerial", derive(cerial::Cerial), cerial(state = crate::CircuitState))]
pub struct BreakingCircuit {
    pub(crate) breaker: Breaker,
}

impl BreakingCircuit {
    /// Makes a circuit that breaks at this many shorts, without sleep, backoff and jitter until they are set.
    ///
    /// It is `const`, so a circuit can be a `static`. 0 is refused: the circuit breaks on every short, its first trip
    /// logs an error, and [`check`](BreakingCircuit::check) returns it.
    #[track_caller]
    #[must_use]
    pub const fn new(num_shorts_to_trip: u32) -> BreakingCircuit {
        BreakingCircuit { breaker: Breaker::new(num_shorts_to_trip, Reset::Manual) }
    }
}

/// What only a circuit that stays broken can do.
#[cfg_attr(feature = "share", sk(proxy, extend = breaking))]
impl BreakingCircuit {
    /// Whether it has tripped and was not reset since. One atomic load.
    #[cfg_attr(feature = "share", sk(reads(broken)))]
    #[inline]
    pub fn broken(&self) -> bool {
        self.breaker.broken()
    }

    /// Closes a broken circuit: the count starts again from 0, and the backoff applies to the next sleep.
    ///
    /// True if it was broken. Of several threads that reset one trip, one gets true, and the backoff applies once.
    #[cfg_attr(
        feature = "share",
        sk(reads(broken, backoff_factor, max_sleep_time), writes(broken, times_shorted, current_sleep_time))
    )]
    pub fn reset(&self) -> bool {
        self.breaker.close()
    }
}

impl BreakingCircuit {
    /// Calls this whenever [`reset`](BreakingCircuit::reset) has closed the circuit; no lock is held. A second
    /// callback replaces the first.
    #[must_use]
    pub fn on_reset(self, callback: impl Fn() + Send + Sync + 'static) -> BreakingCircuit {
        self.breaker.set_on_reset(Arc::new(callback));
        self
    }

    /// Calls `f` unless the circuit is broken, counts an `Err` as a short, and puts the backoff back on `Ok`.
    ///
    /// A panic in `f` counts as a short too, without the sleep, and goes on.
    ///
    /// # Errors
    /// [`CallError::Broken`] if the circuit was broken, and `f` was not called; [`CallError::Failed`] with its error.
    ///
    /// # Blocking
    /// As long as `f` does, and as [`short`](BreakingCircuit::short) on a trip.
    ///
    /// ```
    /// use suitkaise_circuits::{BreakingCircuit, CallError};
    ///
    /// let breaker = BreakingCircuit::new(1);
    /// assert!(matches!(breaker.call(|| "x".parse::<u32>()), Err(CallError::Failed(_))));
    /// assert_eq!(breaker.call(|| "7".parse::<u32>()), Err(CallError::Broken));
    /// ```
    pub fn call<T, E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>> {
        if self.broken() {
            return Err(CallError::Broken);
        }
        let guard = ShortOnPanic(&self.breaker);
        let result = f();
        guard.returned();
        match &result {
            Ok(_) => self.reset_backoff(),
            Err(_) => {
                self.short();
            }
        }
        result.map_err(CallError::Failed)
    }

    /// Awaits `future` unless the circuit is broken, counts an `Err` as a short, and puts the backoff back on `Ok`.
    ///
    /// # Errors
    /// As [`call`](BreakingCircuit::call).
    ///
    /// # Cancel safety
    /// Dropping it drops the future; that is no failure.
    #[cfg(feature = "tokio")]
    pub async fn call_async<T, E>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CallError<E>> {
        if self.broken() {
            return Err(CallError::Broken);
        }
        let guard = ShortOnPanic(&self.breaker);
        let result = future.await;
        guard.returned();
        match &result {
            Ok(_) => self.reset_backoff(),
            Err(_) => {
                self.short_async().await;
            }
        }
        result.map_err(CallError::Failed)
    }

    /// It stays broken: nothing follows the sleep.
    #[expect(clippy::unused_self, reason = "the twin of Circuit's")]
    fn slept(&self) {}
}

settings!(BreakingCircuit, trips, breaking);
trips!(BreakingCircuit);

impl fmt::Debug for BreakingCircuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.breaker.state().describe("BreakingCircuit", f)
    }
}
