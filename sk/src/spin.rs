//! A short wait without the kernel.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// About what a wake-up by the kernel takes: who waits this long at the most is never much worse off than one who slept.
const LONGEST: Duration = Duration::from_micros(8);
/// So many waits in a row may spin in vain ..
const TRIES: i32 = 4;
/// .. and then so many do not.
const PAUSE: i32 = 256;

/// How many waits may still spin; below zero, how many must not.
static CREDIT: AtomicI32 = AtomicI32::new(TRIES);

/// Looks again and again for a few microseconds, and tells whether it came true.
///
/// Two threads that hand short calls to each other meet within this time, and neither goes to sleep: that is a tenth of
/// what sleeping and waking costs. Where it does not pay (calls that take longer, processors that are busy with others,
/// so that the other thread cannot run at all) it is soon given up, and tried again now and then. Never on a machine
/// with one processor.
#[inline]
pub(crate) fn spin_until(mut come_true: impl FnMut() -> bool) -> bool {
    if come_true() {
        return true;
    }
    // Racing threads may lose a step of each other's: it is a guess anyway.
    let credit = CREDIT.load(Ordering::Relaxed);
    if credit <= 0 {
        CREDIT.store(if credit == 0 { TRIES } else { credit + 1 }, Ordering::Relaxed);
        return false;
    }
    if !several_processors() {
        return false;
    }
    let met = spin(&mut come_true);
    let left = match credit - 1 {
        _ if met => TRIES,
        0 => -PAUSE,
        left => left,
    };
    // Two threads that meet every time leave it to both of their caches.
    if left != credit {
        CREDIT.store(left, Ordering::Relaxed);
    }
    met
}

fn spin(come_true: &mut impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        // The clock costs as much as several looks.
        for _ in 0..32 {
            if come_true() {
                return true;
            }
            std::hint::spin_loop();
        }
        if start.elapsed() >= LONGEST {
            return come_true();
        }
    }
}

fn several_processors() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| std::thread::available_parallelism().is_ok_and(|n| n.get() > 1))
}

/// A flag that one thread watches while another works on what stands beside it: on a cache line of its own.
#[repr(align(128))]
pub(crate) struct Watched(pub(crate) AtomicBool);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_comes_true_is_given_up_and_tried_again() {
        let spins = |waits: i32| {
            (0..waits)
                .filter(|_| {
                    let mut looks = 0;
                    assert!(!spin_until(|| {
                        looks += 1;
                        false
                    }));
                    looks > 1
                })
                .count()
        };
        let round = TRIES + PAUSE + 1;
        let expected = if several_processors() { TRIES as usize } else { 0 };
        assert_eq!((spins(round), spins(round)), (expected, expected));
        assert!(spin_until(|| true));
    }
}
