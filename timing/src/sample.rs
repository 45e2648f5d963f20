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

/// A running measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    started: Instant,
    paused_at: Option<Instant>,
    paused: Duration,
}

impl Frame {
    #[inline]
    pub(crate) fn begin() -> Frame {
        Frame { started: Instant::now(), paused_at: None, paused: Duration::ZERO }
    }

    /// False if it was paused already.
    pub(crate) fn pause(&mut self, now: Instant) -> bool {
        let first = self.paused_at.is_none();
        self.paused_at.get_or_insert(now);
        first
    }

    /// False if it was not paused.
    pub(crate) fn resume(&mut self, now: Instant) -> bool {
        match self.paused_at.take() {
            Some(since) => {
                self.paused += now.saturating_duration_since(since);
                true
            }
            None => false,
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused_at.is_some()
    }

    /// What was measured up to `now`.
    #[inline]
    pub(crate) fn sample(&self, now: Instant) -> Sample {
        let mut paused = self.paused;
        if let Some(since) = self.paused_at {
            paused += now.saturating_duration_since(since);
        }
        let total = now.saturating_duration_since(self.started);
        Sample { at: now, time: nanos(total.saturating_sub(paused)), paused: nanos(paused) }
    }

    /// What was measured up to `now`; the frame starts again from there, running.
    pub(crate) fn lap(&mut self, now: Instant) -> Sample {
        let sample = self.sample(now);
        *self = Frame { started: now, paused_at: None, paused: Duration::ZERO };
        sample
    }
}

/// The longest time that is kept: 292 years. The difference of two times then fits an `i64`.
pub(crate) const MAX_NANOS: u64 = i64::MAX.cast_unsigned();

/// Nanoseconds, held at [`MAX_NANOS`].
#[inline]
pub(crate) fn nanos(d: Duration) -> u64 {
    d.as_secs().saturating_mul(1_000_000_000).saturating_add(u64::from(d.subsec_nanos())).min(MAX_NANOS)
}
