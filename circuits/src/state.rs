//! A circuit as plain data.

use std::fmt;
use std::time::Duration;

use crate::breaker::{Breaker, Reset};
use crate::{BreakingCircuit, Circuit, Error, Result};

/// What of a circuit can be saved or sent: everything but its callbacks.
///
/// `CircuitState::from(&circuit)` takes it; `Circuit::try_from(state)` and `BreakingCircuit::try_from(state)` give a
/// circuit that goes on from there.
///
/// ```
/// use suitkaise_circuits::{Circuit, CircuitState};
///
/// let circuit = Circuit::new(3);
/// circuit.short();
/// let copy = Circuit::try_from(CircuitState::from(&circuit))?;
/// assert_eq!(copy.times_shorted(), 1);
/// # Ok::<(), suitkaise_circuits::Error>(())
/// ```
#[cfg_attr(feature = "cerial", derive(cerial::Cerial))]
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitState {
    /// Shorts that make a trip; at least 1.
    pub num_shorts_to_trip: u32,
    /// The first sleep.
    pub sleep_time_after_trip: Duration,
    /// What each sleep is multiplied by for the next; finite, zero or more.
    pub backoff_factor: f64,
    /// No sleep is longer.
    pub max_sleep_time: Duration,
    /// The share of a sleep by which chance may move it, 0 to 1.
    pub jitter: f64,
    /// Shorts since the last trip.
    pub times_shorted: u32,
    /// Trips since the circuit was made.
    pub total_trips: u64,
    /// The next sleep, before cap and jitter.
    pub current_sleep_time: Duration,
    /// Whether it is broken; a [`Circuit`] never is.
    pub broken: bool,
}

impl From<&Circuit> for CircuitState {
    fn from(circuit: &Circuit) -> CircuitState {
        circuit.breaker.state()
    }
}

impl From<&BreakingCircuit> for CircuitState {
    fn from(circuit: &BreakingCircuit) -> CircuitState {
        circuit.breaker.state()
    }
}

impl TryFrom<CircuitState> for Circuit {
    type Error = Error;

    /// # Errors
    /// [`ErrorKind::BadState`](crate::ErrorKind::BadState) for a count of 0, or a factor or jitter that is no number.
    fn try_from(state: CircuitState) -> Result<Circuit> {
        Ok(Circuit { breaker: Breaker::from_state(&state, Reset::Auto)? })
    }
}

impl TryFrom<CircuitState> for BreakingCircuit {
    type Error = Error;

    /// # Errors
    /// [`ErrorKind::BadState`](crate::ErrorKind::BadState) for a count of 0, or a factor or jitter that is no number.
    fn try_from(state: CircuitState) -> Result<BreakingCircuit> {
        Ok(BreakingCircuit { breaker: Breaker::from_state(&state, Reset::Manual)? })
    }
}

impl CircuitState {
    /// `Circuit(closed, 2 of 5 shorts, 1 trips, next sleep 500ms)`.
    pub(crate) fn describe(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken = if self.broken { "broken" } else { "closed" };
        let sleep = self.current_sleep_time.min(self.max_sleep_time);
        write!(
            f,
            "{name}({broken}, {} of {} shorts, {} trips, next sleep {sleep:?})",
            self.times_shorted, self.num_shorts_to_trip, self.total_trips
        )
    }
}
