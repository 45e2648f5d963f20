//! What only the circuit that closes by itself does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use suitkaise_circuits::Circuit;

const MS: Duration = Duration::from_millis(1);

#[test]
fn backoff_applies_after_each_trip_and_is_capped() {
    let c = Circuit::new(1).sleep_time_after_trip(0.1).backoff_factor(2.0).max_sleep_time(0.5);
    let sleeps: Vec<_> = (0..5).map(|_| c.short_without_sleep().unwrap().sleep).collect();
    assert_eq!(sleeps, [100 * MS, 200 * MS, 400 * MS, 500 * MS, 500 * MS]);
    c.reset_backoff();
    assert_eq!(c.current_sleep_time(), 100 * MS);
}

#[test]
fn the_cap_applies_to_the_first_sleep_whatever_the_order_of_settings() {
    let c = Circuit::new(1).sleep_time_after_trip(20).max_sleep_time(30);
    assert_eq!(c.current_sleep_time(), Duration::from_secs(20));
    let c = Circuit::new(1).sleep_time_after_trip(20);
    assert_eq!(c.trip_without_sleep().sleep, Duration::from_secs(10));
}

#[test]
fn a_factor_below_one_shortens_the_sleeps() {
    let c = Circuit::new(1).sleep_time_after_trip(0.1).backoff_factor(0.5);
    assert_eq!([c.trip_without_sleep().sleep, c.trip_without_sleep().sleep], [100 * MS, 50 * MS]);
    c.set_backoff_factor(0.0).unwrap();
    c.trip_without_sleep();
    assert_eq!(c.current_sleep_time(), Duration::ZERO);
}

#[test]
fn it_closes_by_itself_and_says_so_after_the_sleep() {
    let resets = Arc::new(AtomicU32::new(0));
    let c = Circuit::new(2).on_reset({
        let resets = Arc::clone(&resets);
        move || {
            resets.fetch_add(1, Ordering::Relaxed);
        }
    });
    c.short();
    assert_eq!(resets.load(Ordering::Relaxed), 0);
    c.short();
    c.trip();
    assert_eq!(resets.load(Ordering::Relaxed), 2);
}

#[test]
fn a_circuit_may_be_static() {
    static CIRCUIT: Circuit = Circuit::new(2);
    assert_eq!([CIRCUIT.short(), CIRCUIT.short()], [false, true]);
}
