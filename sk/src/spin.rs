//! A short wait without the kernel.

use std::sync::OnceLock;

/// Looks again and again for a microsecond or a few, and tells whether it came true.
///
/// Two threads that hand a short call to each other meet within this time, and neither goes to sleep: that is a tenth of
/// what a wake-up costs. A longer call costs its caller these few microseconds once. Never on a machine with one
/// processor, where nobody else could make it true.
#[inline]
pub(crate) fn spin_until(mut come_true: impl FnMut() -> bool) -> bool {
    for _ in 0..rounds() {
        if come_true() {
            return true;
        }
        std::hint::spin_loop();
    }
    come_true()
}

fn rounds() -> u32 {
    static ROUNDS: OnceLock<u32> = OnceLock::new();
    let several = || std::thread::available_parallelism().is_ok_and(|n| n.get() > 1);
    *ROUNDS.get_or_init(|| if several() { 64 } else { 0 })
}
