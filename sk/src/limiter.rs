//! The rate limiter: a token bucket in one atomic word.
//!
//! It keeps the time at which the bucket will be full again (the generic cell rate algorithm, the one that governor
//! uses). A caller *reserves* its token and then sleeps until it is due, so callers are served in the order in which
//! they came, nobody polls, and no lock is held while somebody sleeps. The rate is the caller's, the bucket the
//! function's: two call sites with different rates share one bucket, each paying by its own rate.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A bucket of tokens that belongs to one function.
#[derive(Debug, Default)]
pub struct Limiter {
    /// Nanoseconds since [`epoch`] at which the bucket is full again.
    full_at: AtomicU64,
}

/// The rate at which one caller pays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    /// Nanoseconds per token, at least 1.
    pub(crate) interval: u64,
    pub(crate) burst: u32,
}

/// The longest time between two tokens, about 31 years.
const MAX_INTERVAL: f64 = 1e18;

impl Quota {
    pub(crate) fn per_second(rate: f64) -> Result<Quota, String> {
        let interval = 1e9 / rate;
        if !rate.is_finite() || rate <= 0.0 || interval > MAX_INTERVAL {
            return Err(format!("{rate} calls per second is no rate; give a finite number above zero"));
        }
        Ok(Quota { interval: (interval as u64).max(1), burst: 1 })
    }
}

impl Limiter {
    /// Makes a full bucket.
    pub const fn new() -> Limiter {
        Limiter { full_at: AtomicU64::new(0) }
    }

    /// Takes a token and says how long to wait until it is due.
    #[inline]
    pub(crate) fn reserve(&self, quota: Quota) -> Duration {
        self.reserve_at(quota, now())
    }

    #[inline]
    fn reserve_at(&self, quota: Quota, now: u64) -> Duration {
        let depth = quota.interval.saturating_mul(quota.burst.into());
        let mut full_at = self.full_at.load(Ordering::Relaxed);
        loop {
            let next = full_at.max(now).saturating_add(quota.interval);
            match self.full_at.compare_exchange_weak(full_at, next, Ordering::AcqRel, Ordering::Relaxed) {
                // The common case first: no division where nobody waits.
                Ok(_) if next.saturating_sub(depth) <= now => return Duration::ZERO,
                Ok(_) => return Duration::from_nanos(next - depth - now),
                Err(seen) => full_at = seen,
            }
        }
    }
}

/// Nanoseconds since the first call; 584 years of them fit.
#[inline]
fn now() -> u64 {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    let since = EPOCH.get_or_init(Instant::now).elapsed();
    since.as_secs().wrapping_mul(1_000_000_000).wrapping_add(since.subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_passes_at_once_and_the_rest_is_spaced() {
        let limiter = Limiter::new();
        let quota = Quota { burst: 3, ..Quota::per_second(2.0).unwrap() };
        let waits: Vec<u64> =
            (0..5).map(|_| limiter.reserve_at(quota, 10 * SECOND).as_millis() as u64).collect();
        assert_eq!(waits, [0, 0, 0, 500, 1000]);
        assert_eq!(limiter.reserve_at(quota, 13 * SECOND), Duration::ZERO);
    }

    #[test]
    fn two_rates_share_one_bucket() {
        let limiter = Limiter::new();
        let (fast, slow) = (Quota::per_second(10.0).unwrap(), Quota::per_second(1.0).unwrap());
        assert_eq!(limiter.reserve_at(slow, SECOND), Duration::ZERO);
        assert_eq!(limiter.reserve_at(fast, SECOND), Duration::from_secs(1));
        assert_eq!(limiter.reserve_at(fast, SECOND), Duration::from_millis(1100));
    }

    #[test]
    fn rates_that_are_none_are_refused() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-12] {
            assert!(Quota::per_second(bad).is_err(), "{bad}");
        }
    }
}
