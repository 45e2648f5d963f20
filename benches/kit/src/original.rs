//! The rows of the Python original's own bench, against the figures that were recorded of it (suitkaise 0.4.14, CPython
//! 3.11, a machine of this kind; best of its runs): it cannot run beside us.

use std::hint::black_box;

use suitkaise_circuits::{BreakingCircuit, Circuit};
use suitkaise_timing::{Sktimer, TimeThis, timethis};

use crate::harness::{median, per_call, print};

#[timethis(max_times = 1000)]
fn timed() {}

pub fn run() {
    let timer = Sktimer::with_max_times(1000).expect("1000 is a window");
    row("Sktimer start+stop", 13.5, || {
        timer.start();
        black_box(timer.stop().ok());
    });
    row("Sktimer add_time", 4.6, || _ = black_box(timer.add_time(1.0)));
    let big = Sktimer::new();
    for n in 0..1000 {
        big.add_time(f64::from(n) / 7.0).expect("a time");
    }
    row("Sktimer mean of 1000", 289.0, || _ = black_box(big.mean()));
    row("Sktimer percentile of 1000", 6.0, || _ = black_box(big.percentile(95.0)));
    row("Sktimer stats of 1000", 1371.0, || _ = black_box(big.stats()));
    row("TimeThis", 14.8, || drop(TimeThis::on(&timer)));
    row("#[timethis]", 14.5, timed);
    let circuit = Circuit::new(u32::MAX);
    row("Circuit.short", 0.56, || _ = black_box(circuit.short()));
    let trips = Circuit::new(1);
    row("Circuit.short that trips, no sleep", 0.67, || _ = black_box(trips.short()));
    let breaker = BreakingCircuit::new(u32::MAX);
    row("BreakingCircuit.short", 0.68, || _ = black_box(breaker.short()));
    row("BreakingCircuit.broken", 0.25, || _ = black_box(black_box(&breaker).broken()));
}

/// `recorded` in microseconds a call.
fn row(name: &str, recorded: f64, mut f: impl FnMut()) {
    let mut ours: Vec<f64> = (0..9).map(|_| per_call(20_000, &mut f) / 1e3).collect();
    print(&format!("original/{name}"), "us", median(&mut ours), Some((recorded, "suitkaise 0.4.14, recorded")));
}
