//! Circuit and BreakingCircuit.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use suitkaise_circuits::{BreakingCircuit, Circuit};

use crate::harness::{alternate, atomic_addition, per_call, per_call_threads, print};

pub fn run() {
    let n = 1_000_000;
    let counter = AtomicU64::new(0);
    let add = || _ = black_box(&counter).fetch_add(1, Ordering::AcqRel);
    let add_name = "AtomicU64::fetch_add";
    let circuit = Circuit::new(u32::MAX);
    let breaker = BreakingCircuit::new(u32::MAX);

    for (name, threads) in [("1 thread", 1), ("4 threads", 4)] {
        let (ours, peer) = alternate(
            || per_call_threads(threads, n, || _ = black_box(circuit.short())),
            || per_call_threads(threads, n, add),
        );
        print(&format!("circuits/Circuit.short, {name}"), "ns", ours, Some((peer, add_name)));
        let (ours, peer) = alternate(
            || per_call_threads(threads, n, || _ = black_box(breaker.short())),
            || per_call_threads(threads, n, add),
        );
        print(&format!("circuits/BreakingCircuit.short, {name}"), "ns", ours, Some((peer, add_name)));
    }

    let flag = AtomicBool::new(false);
    let (ours, peer) = alternate(
        || per_call(n, || _ = black_box(black_box(&breaker).broken())),
        || per_call(n, || _ = black_box(black_box(&flag).load(Ordering::Acquire))),
    );
    print("circuits/broken", "ns", ours, Some((peer, "AtomicBool::load")));

    let ok = || -> Result<u64, ()> { black_box(Ok(1)) };
    let (ours, peer) =
        alternate(|| per_call(n, || _ = black_box(circuit.call(ok))), || per_call(n, || _ = black_box(ok())));
    print("circuits/call, Ok", "ns", ours, Some((peer, "the plain call")));

    let trips = Circuit::new(1).sleep_time_after_trip(Duration::from_secs(1)).backoff_factor(1.5).jitter(0.2);
    print(
        "circuits/trip with backoff and jitter, no sleep",
        "ns",
        per_call(n, || _ = black_box(trips.trip_without_sleep())),
        Some((atomic_addition(), add_name)),
    );
    let plain = Circuit::new(1);
    print("circuits/short that trips, no sleep", "ns", per_call(n, || _ = black_box(plain.short())), None);
}
