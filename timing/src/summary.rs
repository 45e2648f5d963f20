//! The arithmetic of the statistics, in one pass over the measurements.

use std::time::Duration;

use crate::{Error, ErrorKind, Result};

/// Everything about a series that one pass can find. Sums are exact; variance is summed around the first value, so
/// that long times with a small spread lose no digits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Summary {
    count: usize,
    total: u128,
    total_paused: u128,
    fastest: (usize, u64),
    slowest: (usize, u64),
    last: u64,
    shifted_sum: f64,
    shifted_squares: f64,
}

impl Summary {
    /// Of `(time, paused)` pairs in nanoseconds.
    pub(crate) fn of(series: impl IntoIterator<Item = (u64, u64)>) -> Summary {
        let mut series = series.into_iter().enumerate();
        let Some((_, (first, paused))) = series.next() else { return Summary::default() };
        let mut s = Summary {
            count: 1,
            total: first.into(),
            total_paused: paused.into(),
            fastest: (0, first),
            slowest: (0, first),
            last: first,
            ..Summary::default()
        };
        for (index, (time, paused)) in series {
            s.count += 1;
            s.total += u128::from(time);
            s.total_paused += u128::from(paused);
            if time < s.fastest.1 {
                s.fastest = (index, time);
            }
            if time > s.slowest.1 {
                s.slowest = (index, time);
            }
            s.last = time;
            // both are at most `MAX_NANOS`, so the difference fits
            let shifted = time.cast_signed().wrapping_sub(first.cast_signed()) as f64;
            s.shifted_sum += shifted;
            s.shifted_squares += shifted * shifted;
        }
        s
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }
    pub(crate) fn most_recent(&self) -> Option<Duration> {
        self.if_any(Duration::from_nanos(self.last))
    }
    pub(crate) fn most_recent_index(&self) -> Option<usize> {
        self.count.checked_sub(1)
    }
    pub(crate) fn total(&self) -> Duration {
        duration(self.total)
    }
    pub(crate) fn total_paused(&self) -> Duration {
        duration(self.total_paused)
    }
    pub(crate) fn mean(&self) -> Option<Duration> {
        let count = u128::try_from(self.count).ok().filter(|n| *n > 0)?;
        Some(duration((self.total + count / 2) / count))
    }
    pub(crate) fn fastest_index(&self) -> Option<usize> {
        self.if_any(self.fastest.0)
    }
    pub(crate) fn slowest_index(&self) -> Option<usize> {
        self.if_any(self.slowest.0)
    }
    pub(crate) fn min(&self) -> Option<Duration> {
        self.if_any(Duration::from_nanos(self.fastest.1))
    }
    pub(crate) fn max(&self) -> Option<Duration> {
        self.if_any(Duration::from_nanos(self.slowest.1))
    }

    /// Sample variance (n - 1), in seconds squared.
    pub(crate) fn variance(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let n = self.count as f64;
        let squares = self.shifted_squares - self.shifted_sum * self.shifted_sum / n;
        Some((squares / (n - 1.0)).max(0.0) * 1e-18)
    }

    pub(crate) fn stdev(&self) -> Option<Duration> {
        self.variance().map(|v| Duration::try_from_secs_f64(v.sqrt()).unwrap_or(Duration::MAX))
    }

    fn if_any<T>(&self, value: T) -> Option<T> {
        (self.count > 0).then_some(value)
    }
}

/// Refuses what is outside `0..=100`.
#[track_caller]
pub(crate) fn check_percent(percent: f64) -> Result<f64> {
    if (0.0..=100.0).contains(&percent) {
        Ok(percent)
    } else {
        Err(Error::new(
            ErrorKind::BadPercentile,
            format!("percentile must be between 0 and 100, got {percent:?}"),
        ))
    }
}

/// The percentile of a copy of the times, by selection: linear time. Between two ranks it interpolates linearly (the
/// definition of Excel's PERCENTILE.INC and numpy's default).
pub(crate) fn percentile(mut times: Vec<u64>, percent: f64) -> Option<Duration> {
    let last = times.len().checked_sub(1)?;
    let rank = percent / 100.0 * last as f64;
    let (below, part) = (rank.floor() as usize, rank.fract());
    let (_, &mut low, above) = times.select_nth_unstable(below.min(last));
    let high = above.iter().copied().min().unwrap_or(low);
    Some(Duration::from_nanos(low.saturating_add(((high - low) as f64 * part).round() as u64)))
}

/// Negative indices count from the end.
pub(crate) fn index(index: isize, len: usize) -> Option<usize> {
    if index < 0 {
        len.checked_sub(index.unsigned_abs())
    } else {
        Some(index.unsigned_abs()).filter(|i| *i < len)
    }
}

fn duration(nanos: u128) -> Duration {
    u64::try_from(nanos / 1_000_000_000)
        .map_or(Duration::MAX, |secs| Duration::new(secs, (nanos % 1_000_000_000) as u32))
}
