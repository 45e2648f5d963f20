//! One measurement, and one that is still running.

use std::time::{Duration, Instant};

/// One finished measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// When it ended: the order in which the threads' measurements are merged.
    pub(crate) at: Instant,
    /// Nanoseconds measured, without the paused ones.
    pub(crate) time: u64,
    /// Nanoseconds paused.
    pub(crate) paused: u64,
}

/// A clock's reading. Two of one clock have a distance, never a negative one: a clock that steps back has stood still.
pub(crate) trait Reading: Copy {
    fn since(self, earlier: Self) -> Duration;
}

impl Reading for Instant {
    #[inline]
    fn since(self, earlier: Instant) -> Duration {
        self.saturating_duration_since(earlier)
    }
}

/// Nanoseconds of some process's clock.
impl Reading for u64 {
    fn since(self, earlier: u64) -> Duration {
        Duration::from_nanos(self.saturating_sub(earlier))
    }
}

/// A running measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<R = Instant> {
    pub(crate) started: R,
    pub(crate) paused_at: Option<R>,
    pub(crate) paused: Duration,
}

impl Frame {
    #[inline]
    pub(crate) fn begin() -> Frame {
        Frame::at(Instant::now())
    }

    /// What was measured up to `now`.
    #[inline]
    pub(crate) fn sample(&self, now: Instant) -> Sample {
        self.measured(now, now)
    }

    /// What was measured up to `now`; the frame starts again from there, running.
    pub(crate) fn lap(&mut self, now: Instant) -> Sample {
        let sample = self.sample(now);
        *self = Frame::at(now);
        sample
    }
}

impl<R: Reading> Frame<R> {
    #[inline]
    pub(crate) fn at(now: R) -> Frame<R> {
        Frame { started: now, paused_at: None, paused: Duration::ZERO }
    }

    /// False if it was paused already.
    pub(crate) fn pause(&mut self, now: R) -> bool {
        let first = self.paused_at.is_none();
        self.paused_at.get_or_insert(now);
        first
    }

    /// False if it was not paused.
    pub(crate) fn resume(&mut self, now: R) -> bool {
        match self.paused_at.take() {
            Some(since) => {
                self.paused = self.paused.saturating_add(now.since(since));
                true
            }
            None => false,
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused_at.is_some()
    }

    /// What was measured up to `now`, as something that ended at `at`.
    #[inline]
    pub(crate) fn measured(&self, now: R, at: Instant) -> Sample {
        let mut paused = self.paused;
        if let Some(since) = self.paused_at {
            paused = paused.saturating_add(now.since(since));
        }
        let total = now.since(self.started);
        Sample { at, time: nanos(total.saturating_sub(paused)), paused: nanos(paused) }
    }
}

/// The longest time that is kept: 292 years. The difference of two times then fits an `i64`.
pub(crate) const MAX_NANOS: u64 = i64::MAX.cast_unsigned();

/// Nanoseconds, held at [`MAX_NANOS`].
#[inline]
pub(crate) fn nanos(d: Duration) -> u64 {
    d.as_secs().saturating_mul(1_000_000_000).saturating_add(u64::from(d.subsec_nanos())).min(MAX_NANOS)
}
