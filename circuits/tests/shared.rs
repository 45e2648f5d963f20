//! Circuits that several processes share.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

#[path = "../../sk/tests/common/mirror.rs"]
mod mirror;

use std::time::{Duration, Instant};

use mirror::Mirror;
use suitkaise_circuits::{BreakingCircuit, Circuit, ErrorKind};
use suitkaise_sk::{Shareable, SharedMeta};

#[test]
fn the_metadata_has_a_row_for_every_method_that_others_may_call() {
    let both = [
        "num_shorts_to_trip",
        "times_shorted",
        "total_trips",
        "current_sleep_time",
        "reset_backoff",
        "set_num_shorts_to_trip",
        "set_sleep_time_after_trip",
        "set_backoff_factor",
        "set_max_sleep_time",
        "set_jitter",
        "short",
        "short_for",
        "trip",
        "trip_for",
        "short_without_sleep",
        "trip_without_sleep",
    ];
    let names = |meta: &SharedMeta| meta.methods().map(|m| m.name).collect::<Vec<_>>();
    assert_eq!(names(Circuit::META), both);
    assert_eq!(names(BreakingCircuit::META), [&both[..], &["broken", "reset"]].concat());
    for meta in [Circuit::META, BreakingCircuit::META] {
        assert!(meta.methods().all(|m| m.shared));
        let short = meta.method("short").unwrap();
        for attribute in ["times_shorted", "total_trips", "current_sleep_time", "broken"] {
            assert!(short.may_write(attribute), "{attribute}");
        }
    }
    assert!(BreakingCircuit::META.method("broken").unwrap().getter);
    assert!(BreakingCircuit::META.method("reset").unwrap().may_write("broken"));
}

#[test]
fn shorts_of_all_processes_count_together_and_trip_once() {
    let mirror = Mirror::new(&Circuit::new(4));
    let (one, other) = (mirror.proxy::<Circuit>(1), mirror.proxy::<Circuit>(2));
    let tripped: Vec<bool> =
        (0..8).map(|n| if n % 2 == 0 { one.short().unwrap() } else { other.short().unwrap() }).collect();
    assert_eq!(tripped, [false, false, false, true, false, false, false, true]);
    assert_eq!((one.total_trips().unwrap(), other.times_shorted().unwrap()), (2, 0));
}

#[test]
fn the_caller_sleeps_and_nobody_where_the_circuit_lives() {
    let sleep = Duration::from_millis(30);
    let mirror = Mirror::new(&Circuit::new(1).sleep_time_after_trip(sleep).backoff_factor(2.0));
    let circuit = mirror.proxy::<Circuit>(1);
    let timed = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        start.elapsed()
    };
    assert!(timed(&mut || assert!(circuit.short().unwrap())) >= sleep);
    assert!(timed(&mut || assert_eq!(circuit.trip().unwrap().sleep, sleep * 2)) >= sleep * 2);
    assert!(timed(&mut || assert!(circuit.short_for(0.001).unwrap().unwrap())) >= Duration::from_millis(1));
    assert_eq!(circuit.trip_for(0).unwrap().unwrap().number, 4);
    assert_eq!(circuit.short_without_sleep().unwrap().unwrap().sleep, sleep * 16);
    // the same calls where the circuit lives: five times a thousand seconds, and none of them is slept there
    let mut there = Circuit::new(1).max_sleep_time(1000).sleep_time_after_trip(1000);
    assert!(timed(&mut || mirror.replay(&mut there)) < Duration::from_secs(1000));
    assert_eq!(there.total_trips(), 5);
}

#[test]
fn a_breaking_circuit_is_broken_for_every_process_until_one_resets_it() {
    let mirror = Mirror::new(&BreakingCircuit::new(2));
    let one = mirror.proxy::<BreakingCircuit>(1);
    let other = mirror.proxy::<BreakingCircuit>(2);
    assert!(!one.short().unwrap() && !other.broken().unwrap());
    assert!(other.short().unwrap());
    assert!(one.broken().unwrap() && other.broken().unwrap());
    assert!(one.reset().unwrap() && !other.reset().unwrap());
    assert!(!other.broken().unwrap());
}

#[test]
fn settings_are_checked_here_and_changed_there() {
    let mirror = Mirror::new(&Circuit::new(1));
    let circuit = mirror.proxy::<Circuit>(1);
    let refused = [
        (circuit.set_num_shorts_to_trip(0), ErrorKind::BadCount),
        (circuit.set_sleep_time_after_trip(-1.0), ErrorKind::BadDuration),
        (circuit.set_max_sleep_time(f64::NAN), ErrorKind::BadDuration),
        (circuit.set_backoff_factor(-1.0), ErrorKind::BadFactor),
        (circuit.set_jitter(f64::NAN), ErrorKind::BadFactor),
        (circuit.short_for(-1).map(|r| r.map(|_| ())), ErrorKind::BadDuration),
    ];
    for (result, kind) in refused {
        let error = result.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.location().file()), (kind, "circuits/tests/shared.rs"));
    }
    assert_eq!(mirror.calls(), 0);
    circuit.set_num_shorts_to_trip(3).unwrap().unwrap();
    circuit.set_sleep_time_after_trip(0.5).unwrap().unwrap();
    circuit.set_max_sleep_time(0.25).unwrap().unwrap();
    assert_eq!(circuit.num_shorts_to_trip().unwrap(), 3);
    assert_eq!(circuit.current_sleep_time().unwrap(), Duration::from_millis(250));
}
