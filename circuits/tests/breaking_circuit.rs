//! What only the circuit that stays broken does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use suitkaise_circuits::{BreakingCircuit, CallError};

const MS: Duration = Duration::from_millis(1);

#[test]
fn it_stays_broken_until_reset() {
    let c = BreakingCircuit::new(2);
    c.short();
    assert!(!c.broken());
    assert!(c.short());
    assert!(c.broken());
    c.short();
    assert!(c.broken());
    assert!(c.reset());
    assert_eq!((c.broken(), c.times_shorted(), c.total_trips()), (false, 0, 1));
    c.trip();
    assert!(c.broken());
}

#[test]
fn shorts_while_broken_count_and_may_trip_again() {
    let c = BreakingCircuit::new(2);
    assert_eq!([c.short(), c.short(), c.short(), c.short()], [false, true, false, true]);
    assert_eq!(c.total_trips(), 2);
}

#[test]
fn backoff_applies_on_reset_not_on_the_trip() {
    let c = BreakingCircuit::new(1).sleep_time_after_trip(0.1).backoff_factor(3.0).max_sleep_time(0.5);
    c.trip_without_sleep();
    c.trip_without_sleep();
    assert_eq!(c.current_sleep_time(), 100 * MS);
    c.reset();
    assert_eq!(c.current_sleep_time(), 300 * MS);
    c.trip_without_sleep();
    c.reset();
    assert_eq!(c.current_sleep_time(), 500 * MS);
}

#[test]
fn reset_of_a_closed_circuit_only_clears_the_count() {
    let c = BreakingCircuit::new(3).sleep_time_after_trip(0.1).backoff_factor(2.0);
    c.short();
    assert!(!c.reset());
    assert_eq!((c.times_shorted(), c.current_sleep_time()), (0, 100 * MS));
}

#[test]
fn reset_backoff_leaves_it_broken() {
    let c = BreakingCircuit::new(1).sleep_time_after_trip(0.1).backoff_factor(2.0);
    c.trip_without_sleep();
    c.reset();
    c.trip_without_sleep();
    c.reset_backoff();
    assert_eq!((c.broken(), c.current_sleep_time()), (true, 100 * MS));
}

#[test]
fn all_threads_see_it_broken_at_once() {
    let c = BreakingCircuit::new(1);
    thread::scope(|s| {
        let watchers: Vec<_> = (0..4)
            .map(|_| {
                s.spawn(|| {
                    while !c.broken() {
                        thread::yield_now();
                    }
                })
            })
            .collect();
        c.short();
        assert!(c.broken());
        for watcher in watchers {
            watcher.join().unwrap();
        }
    });
}

#[test]
fn one_of_many_resets_of_a_trip_counts() {
    let resets = Arc::new(AtomicU32::new(0));
    let c = BreakingCircuit::new(1).sleep_time_after_trip(MS).backoff_factor(2.0).on_reset({
        let resets = Arc::clone(&resets);
        move || {
            resets.fetch_add(1, Ordering::Relaxed);
        }
    });
    c.trip();
    let won: usize = thread::scope(|s| {
        let threads: Vec<_> = (0..4).map(|_| s.spawn(|| usize::from(c.reset()))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!((won, resets.load(Ordering::Relaxed)), (1, 1));
    assert_eq!(c.current_sleep_time(), 2 * MS);
}

#[test]
fn a_broken_circuit_refuses_calls() {
    let c = BreakingCircuit::new(1);
    let failed = c.call(|| Err::<(), _>(std::fmt::Error)).unwrap_err();
    assert_eq!(failed, CallError::Failed(std::fmt::Error));
    assert_eq!(failed.to_string(), std::fmt::Error.to_string());
    let refused =
        c.call(|| -> Result<(), std::fmt::Error> { unreachable!("the circuit is broken") }).unwrap_err();
    assert_eq!(refused.to_string(), "not called: the circuit is broken; call reset() to close it");
    assert_eq!(refused.into_failure(), None);
    c.reset();
    assert_eq!(c.call(|| Ok::<_, std::fmt::Error>(1)), Ok(1));
}
