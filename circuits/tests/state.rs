//! A circuit as plain data and back.

use std::time::Duration;

use suitkaise_circuits::{BreakingCircuit, Circuit, CircuitState};

#[test]
fn a_circuit_goes_through_its_state_and_goes_on() {
    let c = Circuit::new(3).sleep_time_after_trip(1).backoff_factor(2.0).max_sleep_time(60).jitter(0.0);
    c.trip_without_sleep();
    c.short();
    let state = CircuitState::from(&c);
    let copy = Circuit::try_from(state.clone()).unwrap();
    assert_eq!(CircuitState::from(&copy), state);
    assert_eq!([copy.short(), copy.short_without_sleep().is_some()], [false, true]);
    assert_eq!((copy.total_trips(), copy.current_sleep_time()), (2, Duration::from_secs(4)));
    copy.reset_backoff();
    assert_eq!(copy.current_sleep_time(), Duration::from_secs(1));
}

#[test]
fn a_broken_circuit_stays_broken_through_its_state() {
    let c = BreakingCircuit::new(1);
    c.short();
    let copy = BreakingCircuit::try_from(CircuitState::from(&c)).unwrap();
    assert!(copy.broken() && copy.reset());
}

#[test]
fn a_count_above_the_limit_is_cut() {
    let state = CircuitState { times_shorted: 9, ..CircuitState::from(&Circuit::new(3)) };
    let c = Circuit::try_from(state).unwrap();
    assert_eq!(c.times_shorted(), 2);
    assert!(c.short());
}
