//! What a timer answers.

use std::fmt;
use std::time::{Duration, SystemTime};

#[cfg(feature = "share")]
use suitkaise_sk::sk;

use crate::store::lock;
use crate::summary::{self, Summary};
#[cfg(feature = "share")]
use crate::timer::SktimerProxy;
use crate::{Histogram, Result, Sktimer, TimerStats};

/// Statistics. Each call reads the series as it is at that moment; one pass answers all
/// until the next measurement.
#[cfg_attr(feature = "share", sk(proxy, extend = queries))]
impl Sktimer {
    /// Everything about this moment, frozen: later measurements do not change it.
    #[cfg_attr(feature = "share", sk(reads(times, paused_times, original_start_time)))]
    pub fn stats(&self) -> TimerStats {
        let mut store = lock(&self.store);
        let start = store.original_start_time;
        let summary = store.summary();
        TimerStats::new(store.samples().iter().map(|s| (s.time, s.paused)).collect(), summary, start)
    }

    /// The same as [`stats`](Sktimer::stats).
    #[cfg_attr(feature = "share", sk(reads(times, paused_times, original_start_time)))]
    pub fn get_statistics(&self) -> TimerStats {
        self.stats()
    }

    /// The same as [`stats`](Sktimer::stats).
    #[cfg_attr(feature = "share", sk(reads(times, paused_times, original_start_time)))]
    pub fn get_stats(&self) -> TimerStats {
        self.stats()
    }

    /// How many measurements are kept.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn num_times(&self) -> usize {
        lock(&self.store).samples().len()
    }

    /// The measurement that ended last; `None` if there is none.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn most_recent(&self) -> Option<Duration> {
        self.get_time(-1)
    }

    /// The same as [`most_recent`](Sktimer::most_recent).
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn result(&self) -> Option<Duration> {
        self.most_recent()
    }

    /// The index of the measurement that ended last; `None` if there is none.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn most_recent_index(&self) -> Option<usize> {
        self.num_times().checked_sub(1)
    }

    /// The measurement at `index`, 0 being the oldest kept; negative ones count from the end. `None` outside.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn get_time(&self, index: isize) -> Option<Duration> {
        let mut store = lock(&self.store);
        let samples = store.samples();
        summary::index(index, samples.len()).map(|i| Duration::from_nanos(samples[i].time))
    }

    /// All kept measurements, oldest first.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn times(&self) -> Vec<Duration> {
        lock(&self.store).samples().iter().map(|s| Duration::from_nanos(s.time)).collect()
    }

    /// The paused part of each kept measurement, oldest first.
    #[cfg_attr(feature = "share", sk(reads(paused_times)))]
    pub fn paused_times(&self) -> Vec<Duration> {
        lock(&self.store).samples().iter().map(|s| Duration::from_nanos(s.paused)).collect()
    }

    /// The sum of all measurements.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn total_time(&self) -> Duration {
        self.summary().total()
    }

    /// The sum of all pauses.
    #[cfg_attr(feature = "share", sk(reads(paused_times)))]
    pub fn total_time_paused(&self) -> Duration {
        self.summary().total_paused()
    }

    /// The arithmetic mean; `None` if empty.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn mean(&self) -> Option<Duration> {
        self.summary().mean()
    }

    /// The middle measurement, or the mean of the middle two; `None` if empty.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn median(&self) -> Option<Duration> {
        lock(&self.store).percentile(50.0)
    }

    /// The shortest measurement; `None` if empty.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn min(&self) -> Option<Duration> {
        self.summary().min()
    }

    /// The longest measurement; `None` if empty.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn max(&self) -> Option<Duration> {
        self.summary().max()
    }

    /// The same as [`min`](Sktimer::min).
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn fastest_time(&self) -> Option<Duration> {
        self.min()
    }

    /// The same as [`max`](Sktimer::max).
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn slowest_time(&self) -> Option<Duration> {
        self.max()
    }

    /// The index of the first shortest measurement; `None` if empty.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn fastest_index(&self) -> Option<usize> {
        self.summary().fastest_index()
    }

    /// The index of the first longest measurement; `None` if empty.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn slowest_index(&self) -> Option<usize> {
        self.summary().slowest_index()
    }

    /// The sample standard deviation (n - 1); `None` below two measurements.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn stdev(&self) -> Option<Duration> {
        self.summary().stdev()
    }

    /// The sample variance (n - 1) in seconds squared; `None` below two measurements.
    #[cfg_attr(feature = "share", sk(reads(times)))]
    pub fn variance(&self) -> Option<f64> {
        self.summary().variance()
    }

    /// The time that `percent` percent of the measurements do not exceed, interpolated linearly between two ranks;
    /// `None` if empty.
    ///
    /// # Errors
    /// [`ErrorKind::BadPercentile`](crate::ErrorKind::BadPercentile) if `percent` is outside `0..=100`.
    #[cfg_attr(feature = "share", sk(via = percentile_from(percent: f64) -> Option<Duration>, reads(times)))]
    #[track_caller]
    pub fn percentile(&self, percent: f64) -> Result<Option<Duration>> {
        let percent = summary::check_percent(percent)?;
        Ok(lock(&self.store).percentile(percent))
    }

    /// When the timer was first used since it was made or reset; `None` if never.
    #[cfg_attr(feature = "share", sk(via = start_nanos() -> Option<i128>, reads(original_start_time)))]
    pub fn original_start_time(&self) -> Option<SystemTime> {
        lock(&self.store).original_start_time
    }

    /// A picture of the distribution for a terminal; see [`Histogram`].
    #[cfg_attr(feature = "share", sk(via = stats() -> TimerStats, reads(times, paused_times, original_start_time)))]
    pub fn histogram(&self) -> Histogram {
        self.stats().histogram()
    }
}

impl Sktimer {
    fn summary(&self) -> Summary {
        lock(&self.store).summary()
    }
}

/// One line: `n=1000 mean=1.2ms p50=1.1ms p95=2.04ms min=1ms max=3.1ms`.
impl fmt::Display for Sktimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stats().fmt(f)
    }
}

impl fmt::Debug for Sktimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sktimer({self})")
    }
}
