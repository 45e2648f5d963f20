//! Processes and pools beside procspawn, rayon (the floor: no process at all) and Python's multiprocessing.
//!
//! Each figure is a line `BENCH {"row", "unit", "ours", "peer", "peer_name"}`. The Python original's figures are those
//! that were recorded of it (suitkaise 0.4.14, CPython 3.11, a machine of this kind; best of its runs).
//!
//! Times are medians. `BENCH_QUANTILE=0.1` takes another quantile, of both sides alike: on a machine that is busy with
//! something else, the median measures that.

mod harness;
mod objects;
#[path = "../../../processing/benches/pool.rs"]
mod pool;
mod pools;
mod python;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("bare") {
        return objects::bare();
    }
    // Each of the two knows its own children by a variable of its own.
    suitkaise_processing::init();
    procspawn::init();
    match std::env::args().nth(1).as_deref() {
        Some("family") => return objects::family(),
        Some("objects") => return objects::run(),
        Some("python") => return python::run(),
        Some("pools") => return pools::run(),
        _ => {}
    }
    objects::run();
    pool::measure(false);
    pools::run();
    python::run();
}
