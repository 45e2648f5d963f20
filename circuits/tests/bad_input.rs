//! Every bad setting is an error that says what and where; the circuit stays as it was.

use std::time::Duration;

use suitkaise_circuits::{BreakingCircuit, Circuit, CircuitState, ErrorKind, Result};

#[track_caller]
fn check<T>(result: Result<T>, kind: ErrorKind, text: &str) {
    let error = result.err().expect("refused");
    assert_eq!(error.kind(), kind);
    assert!(error.to_string().starts_with(text), "{error}");
    assert_eq!(error.location().file(), "circuits/tests/bad_input.rs", "{error}");
    assert!(format!("{error:?}").contains(&error.to_string()));
}

#[test]
fn setters_refuse_bad_values_and_keep_the_old() {
    let c = Circuit::new(2).sleep_time_after_trip(1).backoff_factor(2.0).check().unwrap();
    check(c.set_num_shorts_to_trip(0), ErrorKind::BadCount, "num_shorts_to_trip must be at least 1, got 0");
    for bad in [-1.0, f64::NAN, f64::INFINITY, 1e30] {
        check(
            c.set_sleep_time_after_trip(bad),
            ErrorKind::BadDuration,
            "sleep_time_after_trip must be a finite",
        );
        check(c.set_max_sleep_time(bad), ErrorKind::BadDuration, "max_sleep_time must be a finite");
        check(c.short_for(bad), ErrorKind::BadDuration, "custom_sleep must be a finite");
        check(c.trip_for(bad), ErrorKind::BadDuration, "custom_sleep must be a finite");
    }
    for bad in [-0.1, f64::NAN, f64::INFINITY] {
        check(c.set_backoff_factor(bad), ErrorKind::BadFactor, "backoff_factor must be a finite number");
    }
    check(c.set_jitter(f64::NAN), ErrorKind::BadFactor, "jitter must be a number between 0 and 1");
    assert_eq!((c.num_shorts_to_trip(), c.times_shorted(), c.total_trips()), (2, 0, 0));
    assert_eq!(c.current_sleep_time(), Duration::from_secs(1));
    c.trip_without_sleep();
    assert_eq!(c.current_sleep_time(), Duration::from_secs(2));
}

#[test]
fn check_returns_the_first_refusal_of_a_builder() {
    check(Circuit::new(0).check(), ErrorKind::BadCount, "num_shorts_to_trip must be at least 1, got 0");
    check(BreakingCircuit::new(0).jitter(f64::NAN).check(), ErrorKind::BadCount, "num_shorts_to_trip");
    check(
        Circuit::new(1).sleep_time_after_trip(-1.0).backoff_factor(-1.0).check(),
        ErrorKind::BadDuration,
        "sleep_time_after_trip must be a finite number of seconds, zero or more, got -1.0",
    );
    check(BreakingCircuit::new(1).max_sleep_time(-5).check(), ErrorKind::BadDuration, "max_sleep_time");
    check(Circuit::new(1).backoff_factor(f64::NAN).check(), ErrorKind::BadFactor, "backoff_factor");
    check(Circuit::new(1).jitter(f64::NAN).check(), ErrorKind::BadFactor, "jitter");
}

#[test]
fn an_unchecked_bad_circuit_still_works_on_what_it_accepted() {
    let c = Circuit::new(0).sleep_time_after_trip(f64::NAN).backoff_factor(-2.0);
    assert_eq!(c.num_shorts_to_trip(), 1);
    assert!(c.short() && c.short());
    assert_eq!((c.total_trips(), c.current_sleep_time()), (2, Duration::ZERO));
}

#[test]
fn the_longest_sleeps_and_factors_do_not_overflow() {
    let c = Circuit::new(u32::MAX)
        .sleep_time_after_trip(Duration::MAX)
        .backoff_factor(f64::MAX)
        .max_sleep_time(Duration::MAX)
        .jitter(1.0)
        .check()
        .unwrap();
    for _ in 0..10 {
        c.trip_without_sleep();
    }
    assert_eq!(c.current_sleep_time(), Duration::MAX);
    assert!(!c.short());
}

#[test]
fn states_that_no_circuit_can_have_are_refused() {
    let good = CircuitState::from(&Circuit::new(1));
    for bad in [
        CircuitState { num_shorts_to_trip: 0, ..good.clone() },
        CircuitState { backoff_factor: -1.0, ..good.clone() },
        CircuitState { jitter: f64::NAN, ..good },
    ] {
        let error = Circuit::try_from(bad.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadState);
        assert!(error.to_string().starts_with("circuit state: "), "{error}");
        assert!(BreakingCircuit::try_from(bad).is_err());
    }
}
