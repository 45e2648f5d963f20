//! Time and memory, held to limits.

use std::time::{Duration, Instant};

#[path = "../../core/tests/hostile/allocator.rs"]
mod allocator;

/// The memory that one reading may take, as the reader is told.
pub(super) const MEMORY: u64 = 1 << 20;
/// What does not depend on the bytes: tables, error messages, the trail of a deep path.
const SLACK: usize = 160 << 10;
/// How long one reading may take, under a sanitizer on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// Runs a reading and holds it to the budgets.
pub(super) fn held<R>(input: &[u8], read: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let (result, peak) = allocator::peak_of(read);
    let most = MEMORY as usize + SLACK + 2 * input.len();
    assert!(peak <= most, "{peak} bytes at the peak, {most} are allowed for {} bytes of input", input.len());
    assert!(start.elapsed() < DEADLINE, "too slow: {:?} for {} bytes", start.elapsed(), input.len());
    result
}
