//! What both circuits do, by one set of tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use suitkaise_circuits::{BreakingCircuit, Circuit};

const MS: Duration = Duration::from_millis(1);

macro_rules! both {
    ($($name:ident($circuit:ident) $body:block)*) => {
        mod circuit {
            use super::*;
            $(#[test] fn $name() { type $circuit = Circuit; $body })*
        }
        mod breaking_circuit {
            use super::*;
            $(#[test] fn $name() { type $circuit = BreakingCircuit; $body })*
        }
    };
}

both! {
    defaults_are_those_of_the_spec(C) {
        let c = C::new(5);
        assert_eq!((c.num_shorts_to_trip(), c.times_shorted(), c.total_trips()), (5, 0, 0));
        assert_eq!(c.current_sleep_time(), Duration::ZERO);
        c.set_sleep_time_after_trip(100).unwrap();
        assert_eq!(c.current_sleep_time(), Duration::from_secs(10), "capped by max_sleep_time");
        assert_eq!(c.trip_without_sleep().sleep, Duration::from_secs(10), "no jitter");
    }

    short_is_true_only_when_it_trips(C) {
        let c = C::new(3);
        assert_eq!([c.short(), c.short(), c.short(), c.short()], [false, false, true, false]);
        assert_eq!((c.total_trips(), c.times_shorted()), (1, 1));
    }

    a_trip_sleeps_on_the_thread_that_tripped(C) {
        let c = C::new(1).sleep_time_after_trip(10 * MS);
        let start = Instant::now();
        assert!(c.short());
        assert!(start.elapsed() >= 10 * MS);
    }

    a_custom_sleep_is_taken_as_it_is(C) {
        let c = C::new(2).sleep_time_after_trip(1000).max_sleep_time(0).jitter(1.0);
        let start = Instant::now();
        assert!(!c.short_for(1000.0).unwrap());
        assert!(c.short_for(10 * MS).unwrap());
        let trip = c.trip_for(0.01).unwrap();
        assert!(start.elapsed() >= 20 * MS);
        assert_eq!((trip.number, trip.sleep), (2, 10 * MS));
    }

    trip_trips_at_once_and_starts_the_count_again(C) {
        let c = C::new(3);
        c.short();
        assert_eq!(c.trip().number, 1);
        assert_eq!((c.times_shorted(), c.total_trips()), (0, 1));
    }

    every_n_shorts_of_all_threads_are_exactly_one_trip(C) {
        let c = C::new(7);
        let trips = AtomicU64::new(0);
        thread::scope(|s| {
            for _ in 0..8 {
                s.spawn(|| {
                    for _ in 0..7000 {
                        if c.short() {
                            trips.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!((trips.into_inner(), c.total_trips(), c.times_shorted()), (8000, 8000, 0));
    }

    a_sleeping_thread_keeps_nobody_waiting(C) {
        let c = C::new(2).sleep_time_after_trip(0.2);
        thread::scope(|s| {
            s.spawn(|| { c.short(); c.short() });
            while c.total_trips() == 0 {
                thread::yield_now();
            }
            let start = Instant::now();
            assert!(!c.short());
            assert_eq!(c.times_shorted(), 1);
            c.set_jitter(0.5).unwrap();
            c.reset_backoff();
            assert!(start.elapsed() < 150 * MS, "waited for the sleeper: {:?}", start.elapsed());
        });
    }

    on_trip_is_called_with_the_trip_before_the_sleep(C) {
        let seen = Arc::new(AtomicU64::new(0));
        let c = C::new(2).sleep_time_after_trip(5 * MS).on_trip({
            let seen = Arc::clone(&seen);
            move |trip| {
                assert_eq!(trip.sleep, 5 * MS);
                seen.fetch_add(trip.number, Ordering::Relaxed);
            }
        });
        c.short();
        assert_eq!(seen.load(Ordering::Relaxed), 0);
        c.short();
        assert_eq!(seen.load(Ordering::Relaxed), 1);
        c.trip();
        assert_eq!(seen.load(Ordering::Relaxed), 3);
    }

    jitter_moves_the_sleep_within_its_share_and_the_cap(C) {
        let c = C::new(1).sleep_time_after_trip(100 * MS).jitter(0.2);
        let sleeps: Vec<_> = (0..200).map(|_| c.trip_without_sleep().sleep).collect();
        assert!(sleeps.iter().all(|s| *s >= 80 * MS && *s <= 120 * MS), "{sleeps:?}");
        assert!(sleeps.iter().any(|s| *s < 95 * MS) && sleeps.iter().any(|s| *s > 105 * MS));
        c.set_max_sleep_time(0.1).unwrap();
        assert!((0..200).all(|_| c.trip_without_sleep().sleep <= 100 * MS));
    }

    jitter_is_held_to_0_to_1(C) {
        let c = C::new(1).sleep_time_after_trip(1).jitter(-3.0);
        assert_eq!(c.trip_without_sleep().sleep, Duration::from_secs(1));
        c.set_jitter(f64::INFINITY).unwrap();
        assert!((0..200).all(|_| c.trip_without_sleep().sleep <= Duration::from_secs(2)));
    }

    a_lower_limit_keeps_the_shorts_and_the_next_one_trips(C) {
        let c = C::new(10);
        for _ in 0..7 {
            c.short();
        }
        c.set_num_shorts_to_trip(5).unwrap();
        assert_eq!(c.times_shorted(), 4);
        assert!(c.short());
        c.set_num_shorts_to_trip(3).unwrap();
        assert_eq!([c.short(), c.short(), c.short()], [false, false, true]);
    }

    a_call_shorts_on_err_and_resets_the_backoff_on_ok(C) {
        let c = C::new(1).sleep_time_after_trip(MS).backoff_factor(2.0);
        assert!(c.call(|| Err::<(), _>("failed")).is_err());
        reset(&c);
        assert_eq!((c.total_trips(), c.current_sleep_time()), (1, 2 * MS));
        assert_eq!(c.call(|| Ok::<_, &str>(7)).unwrap(), 7);
        assert_eq!(c.current_sleep_time(), MS);
    }

    a_call_that_panics_counts_as_a_short_without_the_sleep(C) {
        let c = C::new(1).sleep_time_after_trip(1000).max_sleep_time(1000);
        thread::scope(|s| {
            let call = s.spawn(|| c.call(|| -> Result<(), ()> { std::panic::resume_unwind(Box::new("failed")) }));
            assert!(call.join().is_err());
        });
        assert_eq!(c.total_trips(), 1);
    }

    a_callback_that_panics_leaves_the_circuit_whole(C) {
        let c = C::new(1).on_trip(|_| std::panic::resume_unwind(Box::new("failed")));
        thread::scope(|s| assert!(s.spawn(|| c.short()).join().is_err()));
        assert_eq!((c.total_trips(), c.times_shorted()), (1, 0));
        c.set_sleep_time_after_trip(1).unwrap();
    }

    debug_is_one_line(C) {
        let c = C::new(5).sleep_time_after_trip(0.5);
        c.short();
        assert!(format!("{c:?}").ends_with("Circuit(closed, 1 of 5 shorts, 0 trips, next sleep 500ms)"), "{c:?}");
    }
}

/// Closes a circuit that does not close by itself.
fn reset(c: &dyn Reset) {
    c.reset();
}

trait Reset {
    fn reset(&self);
}
impl Reset for Circuit {
    fn reset(&self) {}
}
impl Reset for BreakingCircuit {
    fn reset(&self) {
        BreakingCircuit::reset(self);
    }
}

proptest! {
    #[test]
    fn no_sleep_is_ever_above_the_maximum(
        first in 0.0..1e6_f64, factor in 0.0..1e6_f64, max in 0.0..1e6_f64, jitter in -1.0..2.0_f64,
    ) {
        let c = Circuit::new(1).sleep_time_after_trip(first).backoff_factor(factor).max_sleep_time(max).jitter(jitter);
        for _ in 0..20 {
            prop_assert!(c.trip_without_sleep().sleep <= Duration::from_secs_f64(max));
        }
        prop_assert!(c.check().is_ok());
    }

    #[test]
    fn counting_agrees_with_arithmetic(limit in 1..50_u32, shorts in 0..500_u32) {
        let c = Circuit::new(limit);
        let trips = (0..shorts).filter(|_| c.short()).count();
        prop_assert_eq!(trips as u32, shorts / limit);
        prop_assert_eq!((c.total_trips(), c.times_shorted()), (u64::from(shorts / limit), shorts % limit));
    }
}
