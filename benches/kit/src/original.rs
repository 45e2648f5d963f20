//! The rows of the Python original's own bench.
//!
//! It cannot run in this process. Where `SUITKAISE_ORIGINAL` names a Python with the package installed, it is run right
//! before ours, on the machine as it is; otherwise the figures are those that were recorded of it (suitkaise 0.4.14,
//! CPython 3.11, a quiet machine of this kind; medians, as ours are).

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::Command;

use suitkaise_circuits::{BreakingCircuit, Circuit};
use suitkaise_paths::Skpath;
use suitkaise_sk::{blocking, sk};
use suitkaise_timing::{Sktimer, TimeThis, timethis};

use crate::harness::{median, per_call, print};

const PYTHON: &str = "SUITKAISE_ORIGINAL";

#[timethis(max_times = 1000)]
fn timed() {}

#[sk]
#[inline(never)]
fn wrapped(x: u64) -> Result<u64, String> {
    Ok(black_box(x))
}

#[blocking]
#[sk]
fn naps(x: u64) -> u64 {
    black_box(x)
}

struct Thing;

#[sk]
impl Thing {
    #[inline(never)]
    fn method(&self, x: u64) -> u64 {
        black_box(x)
    }
}

pub fn run() {
    let beside = beside_us();
    let rows = Rows { beside };
    rows.print("call of an #[sk] function", 0.040, || _ = black_box(wrapped(1)));
    let (retry, timeout) = (wrapped::retry(3), wrapped::timeout(5));
    let (limited, background) = (wrapped::rate_limit(1e9).burst(u32::MAX), wrapped::background());
    rows.print("retry(3), kept", 0.88, || _ = black_box(retry.call(1)));
    rows.print("timeout", 32.0, || _ = black_box(timeout.call(1)));
    rows.print("rate limit that lets through", 1.10, || _ = black_box(limited.call(1)));
    rows.print("background + result", 22.0, || _ = black_box(background.call(1).result()));
    rows.print("call of a method", 0.72, || _ = black_box(Thing.method(1)));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("cannot make a runtime");
    let asynced = naps::asynced();
    rows.print("asynced", 67.0, || _ = black_box(runtime.block_on(asynced.call(1))));

    let timer = Sktimer::with_max_times(1000).expect("1000 is a window");
    rows.print("Sktimer start+stop", 14.4, || {
        timer.start();
        black_box(timer.stop().ok());
    });
    rows.print("Sktimer add_time", 4.8, || _ = black_box(timer.add_time(1.0)));
    let big = Sktimer::new();
    for n in 0..1000 {
        big.add_time(f64::from(n) / 7.0).expect("a time");
    }
    rows.print("Sktimer mean of 1000", 289.0, || _ = black_box(big.mean()));
    rows.print("Sktimer percentile of 1000", 6.0, || _ = black_box(big.percentile(95.0)));
    rows.print("Sktimer stats of 1000", 1371.0, || _ = black_box(big.stats()));
    rows.print("TimeThis", 14.8, || drop(TimeThis::on(&timer)));
    rows.print("#[timethis]", 14.5, timed);

    let circuit = Circuit::new(u32::MAX);
    rows.print("Circuit.short", 0.57, || _ = black_box(circuit.short()));
    let trips = Circuit::new(1);
    rows.print("Circuit.short that trips, no sleep", 0.67, || _ = black_box(trips.short()));
    let breaker = BreakingCircuit::new(u32::MAX);
    rows.print("BreakingCircuit.short", 0.68, || _ = black_box(breaker.short()));
    rows.print("BreakingCircuit.broken", 0.25, || _ = black_box(black_box(&breaker).broken()));

    let path = || Skpath::try_new("a/b/c.txt").expect("a path");
    rows.print("Skpath and rp", 38.0, || _ = black_box(path().rp().len()));
    rows.print("Skpath and id", 49.0, || _ = black_box(path().id()));
}

struct Rows {
    beside: BTreeMap<String, f64>,
}

impl Rows {
    /// `recorded` in microseconds a call.
    fn print(&self, name: &str, recorded: f64, mut f: impl FnMut()) {
        let mut ours: Vec<f64> = (0..9).map(|_| per_call(10_000, &mut f) / 1e3).collect();
        let (theirs, peer) = match self.beside.get(name) {
            Some(theirs) => (*theirs, "suitkaise 0.4.14, run beside"),
            None => (recorded, "suitkaise 0.4.14, recorded"),
        };
        print(&format!("original/{name}"), "us", median(&mut ours), Some((theirs, peer)));
    }
}

/// The original's figures on this machine, if it is there.
fn beside_us() -> BTreeMap<String, f64> {
    let Some(python) = std::env::var_os(PYTHON) else { return BTreeMap::new() };
    // A file, not `-c`: the original reads the source of what it decorates.
    let script = std::env::temp_dir().join(format!("bench-kit-original-{}.py", std::process::id()));
    std::fs::write(&script, include_str!("original.py")).expect("cannot write the original's bench");
    let out = Command::new(&python).arg(&script).output();
    std::fs::remove_file(&script).expect("cannot remove the original's bench");
    let text = match &out {
        Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stdout),
        Ok(out) => panic!("{PYTHON}: {}: {}", out.status, String::from_utf8_lossy(&out.stderr)),
        Err(e) => panic!("{PYTHON}: cannot start {}: {e}", python.display()),
    };
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|e| panic!("{PYTHON}: want one line of JSON, got `{line}`: {e}"))
}
