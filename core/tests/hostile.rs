//! Hostile bytes: whatever they are, reading them gives a value or an error, within the limits.
//!
//! Memory is measured by this binary's allocator, per thread. `HOSTILE_ROUNDS` sets how many random mutations are
//! tried (20,000 by default), `HOSTILE_SEED` where they start; the release run is
//! `HOSTILE_ROUNDS=10000000 cargo test --release -p cerial --test hostile -- --nocapture`.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

#[path = "hostile/allocator.rs"]
mod allocator;
#[path = "hostile/attacks.rs"]
mod attacks;
#[path = "golden/cases.rs"]
mod cases;
#[path = "hostile/floods.rs"]
mod floods;
#[path = "hostile/mutations.rs"]
mod mutations;

use std::time::{Duration, Instant};

use cerial::{Limits, Mode, Options, Result};

/// The memory that one reading may take.
const MEMORY: u64 = 1 << 20;
/// What does not depend on the bytes: tables, error messages, the copy of the input.
const SLACK: usize = 96 << 10;
/// How long one reading may take, on a slow and busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

fn tight(mode: Mode) -> Options {
    Options::new().mode(mode).canonical(true).limits(Limits::untrusted().alloc_bytes(MEMORY))
}

/// Runs a reading and holds it to the budgets. Returns the result and the memory at its peak.
#[track_caller]
fn held<T>(what: &str, input: usize, read: impl FnOnce() -> Result<T>) -> (Result<T>, usize) {
    let start = Instant::now();
    let (result, peak) = allocator::peak_of(read);
    let most = MEMORY as usize + SLACK + input;
    assert!(peak <= most, "{what}: {peak} bytes at the peak, {most} are allowed for {input} bytes of input");
    assert!(start.elapsed() < DEADLINE, "{what}: {:?}", start.elapsed());
    (result, peak)
}
