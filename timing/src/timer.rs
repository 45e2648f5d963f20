//! The timer.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::local::{self, Session};
use crate::sample::{Frame, Sample, nanos};
use crate::store::{Store, lock};
use crate::summary::{self, Summary};
use crate::{Error, ErrorKind, Histogram, Result, Seconds, TimerStats};

/// A stopwatch with a memory: it records measurements from any number of threads and answers statistics about them.
///
/// Each thread that calls [`start`](Sktimer::start) has its own *session* with the timer: a stack of running frames that
/// no other thread can stop. [`stop`](Sktimer::stop) ends the innermost frame and records it. All threads record into
/// the same series, in the order in which measurements end.
///
/// A session belongs to a thread, and an async task may change threads: in async code use
/// [`#[timethis]`](macro@crate::timethis) or [`TimeThis`](crate::TimeThis), which carry their own clock.
///
/// Recording takes no lock that another recording thread holds, and costs about as much as the two clock readings it
/// needs. With a rolling window ([`set_max_times`](Sktimer::set_max_times)) only the latest measurements are kept, at
/// the same cost. Statistics read the series once per call; to ask several questions about the same moment, take a
/// [`stats`](Sktimer::stats) snapshot.
///
/// `new` is `const`, so a timer can be a `static`.
///
/// ```
/// use suitkaise_timing::Sktimer;
///
/// let timer = Sktimer::new();
/// for n in 0..3u64 {
///     timer.start();
///     std::hint::black_box((0..n * 1000).sum::<u64>());
///     timer.stop()?;
/// }
/// assert_eq!(timer.num_times(), 3);
/// println!("{timer}"); // n=3 mean=1.02µs p50=980ns p95=1.3µs min=31ns max=1.33µs
/// # Ok::<(), suitkaise_timing::Error>(())
/// ```
pub struct Sktimer {
    /// Key of this timer in every thread's table; 0 until first used.
    id: AtomicU64,
    /// Moved on by `reset`: frames of an earlier epoch are gone.
    epoch: AtomicU64,
    /// Whether `original_start_time` is set, to be asked without the lock.
    started: AtomicBool,
    store: Mutex<Store>,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Sktimer {
    /// Makes an empty timer that keeps every measurement.
    pub const fn new() -> Sktimer {
        Sktimer {
            id: AtomicU64::new(0),
            epoch: AtomicU64::new(0),
            started: AtomicBool::new(false),
            store: Mutex::new(Store::new()),
        }
    }

    /// Makes an empty timer that keeps the latest `max_times` measurements.
    ///
    /// # Errors
    /// [`ErrorKind::BadWindow`] if `max_times` is 0.
    #[track_caller]
    pub fn with_max_times(max_times: usize) -> Result<Sktimer> {
        let timer = Sktimer::new();
        timer.set_max_times(max_times)?;
        Ok(timer)
    }

    /// Starts a measurement on the calling thread and returns how many are running there, this one included.
    ///
    /// While one is running, a second one nests in it: each `stop` ends the innermost. That is often a forgotten `stop`,
    /// so it is also logged as a warning.
    pub fn start(&self) -> usize {
        self.note_start();
        let depth = self.session(|s| {
            s.frames.push(Frame::begin());
            s.frames.len()
        });
        let depth = depth.unwrap_or(0);
        if depth > 1 {
            nested(depth);
        }
        depth
    }

    /// Ends the calling thread's innermost measurement, records it and returns it, paused time excluded.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`] if this thread has no running measurement.
    #[track_caller]
    pub fn stop(&self) -> Result<Duration> {
        let now = Instant::now();
        let ended = self.session(|s| {
            let sample = s.frames.pop()?.sample(now);
            Some((sample, self.record_in(s, sample)))
        });
        match ended.flatten() {
            Some((sample, ())) => Ok(Duration::from_nanos(sample.time)),
            None => Err(not_running("stop")),
        }
    }

    /// Records the time since the start or the last lap, returns it, and goes on measuring from here. A paused
    /// measurement is running again afterwards.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`] if this thread has no running measurement.
    #[track_caller]
    pub fn lap(&self) -> Result<Duration> {
        let now = Instant::now();
        let ended = self.session(|s| {
            let sample = s.frames.last_mut()?.lap(now);
            self.record_in(s, sample);
            Some(sample)
        });
        match ended.flatten() {
            Some(sample) => Ok(Duration::from_nanos(sample.time)),
            None => Err(not_running("lap")),
        }
    }

    /// Pauses the calling thread's innermost measurement: the time until `resume` (or `stop`) does not count.
    ///
    /// Returns false, and logs a warning, if it was paused already.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`] if this thread has no running measurement.
    #[track_caller]
    pub fn pause(&self) -> Result<bool> {
        let now = Instant::now();
        match self.session(|s| Some(s.frames.last_mut()?.pause(now))).flatten() {
            Some(true) => Ok(true),
            Some(false) => {
                log::warn!("timer is paused already; pause() changed nothing");
                Ok(false)
            }
            None => Err(not_running("pause")),
        }
    }

    /// Goes on with the calling thread's innermost measurement after a pause.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`] if this thread has no running measurement, [`ErrorKind::NotPaused`] if it is not paused.
    #[track_caller]
    pub fn resume(&self) -> Result<()> {
        let now = Instant::now();
        match self.session(|s| Some(s.frames.last_mut()?.resume(now))).flatten() {
            Some(true) => Ok(()),
            Some(false) => Err(not_paused()),
            None => Err(not_running("resume")),
        }
    }

    /// Ends the calling thread's innermost measurement without recording it, and returns what it would have been.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`] if this thread has no running measurement.
    #[track_caller]
    pub fn discard(&self) -> Result<Duration> {
        let now = Instant::now();
        match self.session(|s| s.frames.pop()).flatten() {
            Some(frame) => Ok(Duration::from_nanos(frame.sample(now).time)),
            None => Err(not_running("discard")),
        }
    }

    /// Records a time that was measured elsewhere.
    ///
    /// # Errors
    /// [`ErrorKind::BadDuration`] if it is negative, not finite, or above 584 years.
    #[track_caller]
    pub fn add_time(&self, time: impl Seconds) -> Result<()> {
        let time = time.checked("add_time")?;
        if time > Duration::from_nanos(u64::MAX) {
            return Err(Error::new(
                ErrorKind::BadDuration,
                format!("add_time must be less than 584 years, got {time:?}"),
            ));
        }
        self.note_start();
        self.record(Sample { at: Instant::now(), time: nanos(time), paused: 0 });
        Ok(())
    }

    /// Forgets every measurement, the running ones of all threads, and the start time. The rolling window stays.
    pub fn reset(&self) {
        let mut store = lock(&self.store);
        self.epoch.fetch_add(1, Ordering::AcqRel);
        store.clear();
        self.started.store(false, Ordering::Release);
    }

    /// Keeps the latest `max_times` measurements from now on (older ones are dropped at once), or all with `None`.
    ///
    /// # Errors
    /// [`ErrorKind::BadWindow`] if `max_times` is 0; the window stays as it was.
    #[track_caller]
    pub fn set_max_times(&self, max_times: impl Into<Option<usize>>) -> Result<()> {
        let max_times = max_times.into();
        if max_times == Some(0) {
            return Err(Error::new(
                ErrorKind::BadWindow,
                "max_times must be at least 1, got 0; use None to keep all measurements",
            ));
        }
        let mut store = lock(&self.store);
        store.collect();
        store.max_times = max_times;
        store.trim();
        Ok(())
    }

    /// The size of the rolling window, if there is one.
    pub fn max_times(&self) -> Option<usize> {
        lock(&self.store).max_times
    }

    /// How many measurements the calling thread has running.
    pub fn depth(&self) -> usize {
        self.session(|s| s.frames.len()).unwrap_or(0)
    }

    /// Whether the calling thread has a measurement running.
    pub fn is_running(&self) -> bool {
        self.depth() > 0
    }

    /// Whether the calling thread's innermost measurement is paused.
    pub fn is_paused(&self) -> bool {
        self.session(|s| s.frames.last().is_some_and(Frame::is_paused)).unwrap_or(false)
    }

    /// Everything about this moment, frozen: later measurements do not change it.
    pub fn stats(&self) -> TimerStats {
        let mut store = lock(&self.store);
        let start = store.original_start_time;
        TimerStats::new(store.samples().iter().map(|s| (s.time, s.paused)), start)
    }

    /// The same as [`stats`](Sktimer::stats).
    pub fn get_statistics(&self) -> TimerStats {
        self.stats()
    }

    /// How many measurements are kept.
    pub fn num_times(&self) -> usize {
        lock(&self.store).samples().len()
    }

    /// The measurement that ended last; `None` if there is none.
    pub fn most_recent(&self) -> Option<Duration> {
        self.get_time(-1)
    }

    /// The same as [`most_recent`](Sktimer::most_recent).
    pub fn result(&self) -> Option<Duration> {
        self.most_recent()
    }

    /// The index of the measurement that ended last; `None` if there is none.
    pub fn most_recent_index(&self) -> Option<usize> {
        self.num_times().checked_sub(1)
    }

    /// The measurement at `index`, 0 being the oldest kept; negative ones count from the end. `None` outside.
    pub fn get_time(&self, index: isize) -> Option<Duration> {
        let mut store = lock(&self.store);
        let samples = store.samples();
        summary::index(index, samples.len()).map(|i| Duration::from_nanos(samples[i].time))
    }

    /// All kept measurements, oldest first.
    pub fn times(&self) -> Vec<Duration> {
        lock(&self.store).samples().iter().map(|s| Duration::from_nanos(s.time)).collect()
    }

    /// The paused part of each kept measurement, oldest first.
    pub fn paused_times(&self) -> Vec<Duration> {
        lock(&self.store).samples().iter().map(|s| Duration::from_nanos(s.paused)).collect()
    }

    /// The sum of all measurements.
    pub fn total_time(&self) -> Duration {
        self.summary().total()
    }

    /// The sum of all pauses.
    pub fn total_time_paused(&self) -> Duration {
        self.summary().total_paused()
    }

    /// The arithmetic mean; `None` if empty.
    pub fn mean(&self) -> Option<Duration> {
        self.summary().mean()
    }

    /// The middle measurement, or the mean of the middle two; `None` if empty.
    pub fn median(&self) -> Option<Duration> {
        summary::percentile(self.raw_times(), 50.0)
    }

    /// The shortest measurement; `None` if empty.
    pub fn min(&self) -> Option<Duration> {
        self.summary().min()
    }

    /// The longest measurement; `None` if empty.
    pub fn max(&self) -> Option<Duration> {
        self.summary().max()
    }

    /// The same as [`min`](Sktimer::min).
    pub fn fastest_time(&self) -> Option<Duration> {
        self.min()
    }

    /// The same as [`max`](Sktimer::max).
    pub fn slowest_time(&self) -> Option<Duration> {
        self.max()
    }

    /// The index of the first shortest measurement; `None` if empty.
    pub fn fastest_index(&self) -> Option<usize> {
        self.summary().fastest_index()
    }

    /// The index of the first longest measurement; `None` if empty.
    pub fn slowest_index(&self) -> Option<usize> {
        self.summary().slowest_index()
    }

    /// The sample standard deviation (n - 1); `None` below two measurements.
    pub fn stdev(&self) -> Option<Duration> {
        self.summary().stdev()
    }

    /// The sample variance (n - 1) in seconds squared; `None` below two measurements.
    pub fn variance(&self) -> Option<f64> {
        self.summary().variance()
    }

    /// The time that `percent` percent of the measurements do not exceed, interpolated linearly between two ranks;
    /// `None` if empty.
    ///
    /// # Errors
    /// [`ErrorKind::BadPercentile`] if `percent` is outside `0..=100`.
    #[track_caller]
    pub fn percentile(&self, percent: f64) -> Result<Option<Duration>> {
        let percent = summary::check_percent(percent)?;
        Ok(summary::percentile(self.raw_times(), percent))
    }

    /// When the timer was first used since it was made or reset; `None` if never.
    pub fn original_start_time(&self) -> Option<SystemTime> {
        lock(&self.store).original_start_time
    }

    /// A picture of the distribution for a terminal; see [`Histogram`].
    pub fn histogram(&self) -> Histogram {
        self.stats().histogram()
    }

    /// Records a measurement that did not run in a session.
    pub(crate) fn record(&self, sample: Sample) {
        if self.session(|s| self.record_in(s, sample)).is_none() {
            // the thread is ending: its buffer is gone
            let mut store = lock(&self.store);
            store.collect();
            store.extend([sample]);
        }
    }

    #[inline]
    fn record_in(&self, session: &Session, sample: Sample) {
        if session.buffer.push(sample) {
            lock(&self.store).flush(&session.buffer);
        }
    }

    #[inline]
    fn session<R>(&self, f: impl FnOnce(&mut Session) -> R) -> Option<R> {
        let epoch = self.epoch.load(Ordering::Acquire);
        local::with(self.id(), epoch, || lock(&self.store).register(), f)
    }

    #[inline]
    fn id(&self) -> u64 {
        match self.id.load(Ordering::Relaxed) {
            0 => self.take_id(),
            id => id,
        }
    }

    #[cold]
    fn take_id(&self) -> u64 {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        match self.id.compare_exchange(0, id, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => id,
            Err(earlier) => earlier,
        }
    }

    /// Notes the wall clock at the first use.
    #[inline]
    pub(crate) fn note_start(&self) {
        if !self.started.load(Ordering::Acquire) {
            self.first_start();
        }
    }

    #[cold]
    fn first_start(&self) {
        let mut store = lock(&self.store);
        store.original_start_time.get_or_insert_with(SystemTime::now);
        self.started.store(true, Ordering::Release);
    }

    /// A timer with these measurements, as another one left them.
    pub(crate) fn restored(
        samples: impl IntoIterator<Item = Sample>,
        max_times: Option<usize>,
        start: Option<SystemTime>,
    ) -> Sktimer {
        let timer = Sktimer::new();
        let mut store = lock(&timer.store);
        store.max_times = max_times;
        store.original_start_time = start;
        store.extend(samples);
        drop(store);
        timer.started.store(start.is_some(), Ordering::Release);
        timer
    }

    /// Measurements, window and start time, of one moment.
    pub(crate) fn saved<R>(&self, f: impl FnOnce(&[Sample], Option<usize>, Option<SystemTime>) -> R) -> R {
        let mut store = lock(&self.store);
        let (max_times, start) = (store.max_times, store.original_start_time);
        f(store.samples(), max_times, start)
    }

    fn summary(&self) -> Summary {
        Summary::of(lock(&self.store).samples().iter().map(|s| (s.time, s.paused)))
    }

    fn raw_times(&self) -> Vec<u64> {
        lock(&self.store).samples().iter().map(|s| s.time).collect()
    }
}

impl Default for Sktimer {
    fn default() -> Sktimer {
        Sktimer::new()
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

#[cold]
fn nested(depth: usize) {
    log::warn!("timer started again while running on this thread: {depth} measurements are nested");
}

#[cold]
#[track_caller]
fn not_running(verb: &str) -> Error {
    let thread = std::thread::current();
    let name = thread.name().map_or_else(|| format!("{:?}", thread.id()), |n| format!("`{n}`"));
    Error::new(
        ErrorKind::NotRunning,
        format!(
            "cannot {verb} the timer: no measurement is running on thread {name}; call start() there first"
        ),
    )
}

#[cold]
#[track_caller]
pub(crate) fn not_paused() -> Error {
    Error::new(ErrorKind::NotPaused, "cannot resume the timer: it is not paused; call pause() first")
}
