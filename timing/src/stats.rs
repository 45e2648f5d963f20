//! A frozen picture of a timer.

use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::summary::{self, Summary};
use crate::{Histogram, Result, human};

/// The statistics of a timer at one moment. Later measurements do not change it.
///
/// Everything but [`median`](TimerStats::median) and [`percentile`](TimerStats::percentile) was computed in the one pass
/// that made the snapshot; those two select from the times in linear time.
///
/// ```
/// let timer = suitkaise_timing::Sktimer::new();
/// for t in [0.1, 0.2, 0.4] {
///     timer.add_time(t)?;
/// }
/// let stats = timer.stats();
/// timer.add_time(100)?;
/// assert_eq!(stats.num_times(), 3);
/// assert_eq!(stats.slowest_index(), Some(2));
/// assert_eq!(stats.to_string(), "n=3 mean=233ms p50=200ms p95=380ms min=100ms max=400ms");
/// # Ok::<(), suitkaise_timing::Error>(())
/// ```
#[cfg_attr(feature = "cerial", derive(cerial::Cerial), cerial(state = crate::TimerState))]
#[derive(Clone, Debug, PartialEq)]
pub struct TimerStats {
    times: Box<[(u64, u64)]>,
    summary: Summary,
    original_start_time: Option<SystemTime>,
}

impl TimerStats {
    /// Of `(time, paused)` pairs in nanoseconds, and their summary.
    pub(crate) fn new(times: Box<[(u64, u64)]>, summary: Summary, start: Option<SystemTime>) -> TimerStats {
        TimerStats { times, summary, original_start_time: start }
    }

    /// How many measurements there are.
    pub fn num_times(&self) -> usize {
        self.summary.count()
    }

    /// The measurement that ended last; `None` if empty.
    pub fn most_recent(&self) -> Option<Duration> {
        self.summary.most_recent()
    }

    /// The same as [`most_recent`](TimerStats::most_recent).
    pub fn result(&self) -> Option<Duration> {
        self.most_recent()
    }

    /// The index of the measurement that ended last; `None` if empty.
    pub fn most_recent_index(&self) -> Option<usize> {
        self.summary.most_recent_index()
    }

    /// The measurement at `index`, 0 being the oldest; negative ones count from the end. `None` outside.
    pub fn get_time(&self, index: isize) -> Option<Duration> {
        summary::index(index, self.times.len()).map(|i| Duration::from_nanos(self.times[i].0))
    }

    /// All measurements, oldest first.
    pub fn times(&self) -> impl DoubleEndedIterator<Item = Duration> + ExactSizeIterator {
        self.times.iter().map(|t| Duration::from_nanos(t.0))
    }

    /// The paused part of each measurement, oldest first.
    pub fn paused_times(&self) -> impl DoubleEndedIterator<Item = Duration> + ExactSizeIterator {
        self.times.iter().map(|t| Duration::from_nanos(t.1))
    }

    /// The sum of all measurements.
    pub fn total_time(&self) -> Duration {
        self.summary.total()
    }

    /// The sum of all pauses.
    pub fn total_time_paused(&self) -> Duration {
        self.summary.total_paused()
    }

    /// The arithmetic mean; `None` if empty.
    pub fn mean(&self) -> Option<Duration> {
        self.summary.mean()
    }

    /// The middle measurement, or the mean of the middle two; `None` if empty.
    pub fn median(&self) -> Option<Duration> {
        summary::percentile(self.raw_times(), 50.0)
    }

    /// The shortest measurement; `None` if empty.
    pub fn min(&self) -> Option<Duration> {
        self.summary.min()
    }

    /// The longest measurement; `None` if empty.
    pub fn max(&self) -> Option<Duration> {
        self.summary.max()
    }

    /// The same as [`min`](TimerStats::min).
    pub fn fastest_time(&self) -> Option<Duration> {
        self.min()
    }

    /// The same as [`max`](TimerStats::max).
    pub fn slowest_time(&self) -> Option<Duration> {
        self.max()
    }

    /// The index of the first shortest measurement; `None` if empty.
    pub fn fastest_index(&self) -> Option<usize> {
        self.summary.fastest_index()
    }

    /// The index of the first longest measurement; `None` if empty.
    pub fn slowest_index(&self) -> Option<usize> {
        self.summary.slowest_index()
    }

    /// The sample standard deviation (n - 1); `None` below two measurements.
    pub fn stdev(&self) -> Option<Duration> {
        self.summary.stdev()
    }

    /// The sample variance (n - 1) in seconds squared; `None` below two measurements.
    pub fn variance(&self) -> Option<f64> {
        self.summary.variance()
    }

    /// The time that `percent` percent of the measurements do not exceed, interpolated linearly between two ranks;
    /// `None` if empty.
    ///
    /// # Errors
    /// [`ErrorKind::BadPercentile`](crate::ErrorKind::BadPercentile) if `percent` is outside `0..=100`.
    #[track_caller]
    pub fn percentile(&self, percent: f64) -> Result<Option<Duration>> {
        let percent = summary::check_percent(percent)?;
        Ok(summary::percentile(self.raw_times(), percent))
    }

    /// When the timer was first used; `None` if never.
    pub fn original_start_time(&self) -> Option<SystemTime> {
        self.original_start_time
    }

    /// A picture of the distribution for a terminal; see [`Histogram`].
    pub fn histogram(&self) -> Histogram {
        Histogram::new(self.raw_times())
    }

    /// One JSON object: the statistics under the names of the methods, times in seconds, absent ones `null`,
    /// `original_start_time` in seconds since the epoch, and all `times` and `paused_times`.
    pub fn to_json(&self) -> String {
        let seconds = |d: Option<Duration>| number(d.map(|d| d.as_secs_f64()));
        let index = |i: Option<usize>| i.map_or_else(|| "null".to_owned(), |i| i.to_string());
        let rows = [
            ("num_times", self.num_times().to_string()),
            ("original_start_time", number(self.original_start_time.map(since_epoch))),
            ("total_time", seconds(Some(self.total_time()))),
            ("total_time_paused", seconds(Some(self.total_time_paused()))),
            ("most_recent", seconds(self.most_recent())),
            ("most_recent_index", index(self.most_recent_index())),
            ("mean", seconds(self.mean())),
            ("median", seconds(self.median())),
            ("p95", seconds(summary::percentile(self.raw_times(), 95.0))),
            ("p99", seconds(summary::percentile(self.raw_times(), 99.0))),
            ("min", seconds(self.min())),
            ("max", seconds(self.max())),
            ("fastest_index", index(self.fastest_index())),
            ("slowest_index", index(self.slowest_index())),
            ("stdev", seconds(self.stdev())),
            ("variance", number(self.variance())),
            ("times", list(self.times())),
            ("paused_times", list(self.paused_times())),
        ];
        let mut json = String::from("{");
        for (i, (name, value)) in rows.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            let _ = write!(json, "{comma}\"{name}\":{value}");
        }
        json.push('}');
        json
    }

    /// A CSV table with a row per measurement: `index,seconds,paused_seconds`.
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("index,seconds,paused_seconds\n");
        for (i, (time, paused)) in self.times.iter().enumerate() {
            let (time, paused) = (Duration::from_nanos(*time), Duration::from_nanos(*paused));
            let _ = writeln!(csv, "{i},{:?},{:?}", time.as_secs_f64(), paused.as_secs_f64());
        }
        csv
    }

    fn raw_times(&self) -> Vec<u64> {
        self.times.iter().map(|t| t.0).collect()
    }
}

/// One line: `n=1000 mean=1.2ms p50=1.1ms p95=2.04ms min=1ms max=3.1ms`.
impl fmt::Display for TimerStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n={}", self.num_times())?;
        let rows = [
            ("mean", self.mean()),
            ("p50", self.median()),
            ("p95", summary::percentile(self.raw_times(), 95.0)),
            ("min", self.min()),
            ("max", self.max()),
        ];
        for (name, value) in rows {
            if let Some(value) = value {
                write!(f, " {name}={}", human::short(value))?;
            }
        }
        if !self.total_time_paused().is_zero() {
            write!(f, " paused={}", human::short(self.total_time_paused()))?;
        }
        Ok(())
    }
}

/// Rust's shortest form of a finite float is JSON's too, but for the exponent forms, which JSON also reads.
fn number(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map_or_else(|| "null".to_owned(), |v| format!("{v:?}"))
}

fn list(times: impl Iterator<Item = Duration>) -> String {
    let mut json = String::from("[");
    for (i, time) in times.enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let _ = write!(json, "{comma}{:?}", time.as_secs_f64());
    }
    json.push(']');
    json
}

fn since_epoch(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).map_or_else(|e| -e.duration().as_secs_f64(), |d| d.as_secs_f64())
}
