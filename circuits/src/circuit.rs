//! The circuit that closes by itself.

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
use crate::{Result, Seconds, Trip};

/// A circuit that trips after so many failures, sleeps, and goes on: for rate limits, retries, busy resources.
///
/// [`short`](Circuit::short) counts a failure. The one that reaches `num_shorts_to_trip` *trips*: it sleeps on the
/// calling thread, the count starts again from 0, and the next sleep is `backoff_factor` times as long, up to
/// `max_sleep_time`. There is nothing to reset; [`reset_backoff`](Circuit::reset_backoff) says that all is well again.
///
/// Threads share a circuit by reference: every `num_shorts_to_trip` shorts, whoever makes them, are exactly one trip,
/// and only the thread that tripped sleeps. A short that does not trip is one atomic addition.
///
/// ```
/// use suitkaise_circuits::Circuit;
///
/// let circuit = Circuit::new(2).sleep_time_after_trip(0.001).backoff_factor(1.5).max_sleep_time(10.0).jitter(0.2);
/// let mut failures = ["busy", "busy", "busy"].iter();
/// while let Some(_busy) = failures.next() {
///     if circuit.short() {
///         println!("slept a little");
///     }
/// }
/// assert_eq!((circuit.total_trips(), circuit.times_shorted()), (1, 1));
/// ```
#[cfg_attr(feature = "cerial", derive(cerial::Cerial), cerial(state = crate::CircuitState))]
pub struct Circuit {
    pub(crate) breaker: Breaker,
}

impl Circuit {
    /// Makes a circuit that trips at this many shorts, without sleep, backoff and jitter until they are set.
    ///
    /// It is `const`, so a circuit can be a `static`. 0 is refused: the circuit trips on every short, its first trip logs
    /// an error, and [`check`](Circuit::check) returns it.
    #[track_caller]
    #[must_use]
    pub const fn new(num_shorts_to_trip: u32) -> Circuit {
        Circuit { breaker: Breaker::new(num_shorts_to_trip, Reset::Auto) }
    }

    /// Calls this whenever the circuit has closed again, after the sleep of a trip; no lock is held. A second callback
    /// replaces the first.
    #[must_use]
    pub fn on_reset(self, callback: impl Fn() + Send + Sync + 'static) -> Circuit {
        self.breaker.set_on_reset(Arc::new(callback));
        self
    }

    /// Calls `f`, counts an `Err` as a short, and puts the backoff back on `Ok`.
    ///
    /// A panic in `f` counts as a short too, without the sleep, and goes on.
    ///
    /// # Errors
    /// Whatever `f` returns.
    ///
    /// # Blocking
    /// As long as `f` does, and as [`short`](Circuit::short) on a trip.
    ///
    /// ```
    /// let circuit = suitkaise_circuits::Circuit::new(3).sleep_time_after_trip(0.1);
    /// assert_eq!(circuit.call(|| "7".parse::<u32>()), Ok(7));
    /// assert!(circuit.call(|| "x".parse::<u32>()).is_err());
    /// assert_eq!(circuit.times_shorted(), 1);
    /// ```
    pub fn call<T, E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let guard = ShortOnPanic(&self.breaker);
        let result = f();
        guard.returned();
        match &result {
            Ok(_) => self.reset_backoff(),
            Err(_) => {
                self.short();
            }
        }
        result
    }

    /// Awaits `future`, counts an `Err` as a short, and puts the backoff back on `Ok`.
    ///
    /// # Errors
    /// Whatever the future returns.
    ///
    /// # Cancel safety
    /// Dropping it drops the future; that is no failure.
    #[cfg(feature = "tokio")]
    pub async fn call_async<T, E>(&self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let guard = ShortOnPanic(&self.breaker);
        let result = future.await;
        guard.returned();
        match &result {
            Ok(_) => self.reset_backoff(),
            Err(_) => {
                self.short_async().await;
            }
        }
        result
    }

    fn slept(&self) {
        self.breaker.notify_reset();
    }
}

settings!(Circuit, trips);
trips!(Circuit);

impl fmt::Debug for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.breaker.state().describe("Circuit", f)
    }
}
