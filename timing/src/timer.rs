//! The timer.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::local::{self, Session};
use crate::sample::{Frame, MAX_NANOS, Sample, nanos};
use crate::store::{Store, lock};
use crate::{Error, ErrorKind, Result, Seconds};

/// A stopwatch with a memory: it records measurements from any number of threads and answers statistics about them.
///
/// Each thread that calls [`start`](Sktimer::start) has its own *session* with the timer: a stack of running frames that
/// no other thread can stop. [`stop`](Sktimer::stop) ends the innermost frame and records it. All threads record into
/// the same series, in the order in which measurements end.
///
/// A session belongs to a thread, and an async task may change threads: in async code use
/// [`#[timethis]`](macro@crate::timethis) or [`TimeThis`](crate::TimeThis), which carry their own clock.
///
/// Recording takes no lock that another recording thread holds, and costs less than the two clock readings it needs.
/// With a rolling window ([`set_max_times`](Sktimer::set_max_times)) only the latest measurements are kept, at the same
/// cost. To ask several questions about the same moment, take a [`stats`](Sktimer::stats) snapshot.
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
#[cfg_attr(feature = "cerial", derive(cerial::Cerial), cerial(state = crate::TimerState))]
pub struct Sktimer {
    /// Key of this timer in every thread's table; 0 until first used.
    id: AtomicU64,
    /// Moved on by `reset`: frames of an earlier epoch are gone.
    epoch: AtomicU64,
    /// Whether `original_start_time` is set, to be asked without the lock.
    started: AtomicBool,
    /// `max_times`, to be asked without the lock; the maximum if there is none.
    window: AtomicUsize,
    pub(crate) store: Mutex<Store>,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Sktimer {
    /// Makes an empty timer that keeps every measurement.
    pub const fn new() -> Sktimer {
        Sktimer {
            id: AtomicU64::new(0),
            epoch: AtomicU64::new(0),
            started: AtomicBool::new(false),
            window: AtomicUsize::new(usize::MAX),
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
    /// [`ErrorKind::BadDuration`] if it is negative, not finite, or above 292 years.
    #[track_caller]
    pub fn add_time(&self, time: impl Seconds) -> Result<()> {
        self.add_paused_time(time, Duration::ZERO)
    }

    /// Records a time that was measured elsewhere, and how long it was paused, which `time` does not include.
    ///
    /// # Errors
    /// [`ErrorKind::BadDuration`] if one is negative, not finite, or above 292 years.
    #[track_caller]
    pub fn add_paused_time(&self, time: impl Seconds, paused: impl Seconds) -> Result<()> {
        let (time, paused) = (time.checked("add_time")?, paused.checked("paused time")?);
        let longest = time.max(paused);
        if longest > Duration::from_nanos(MAX_NANOS) {
            return Err(Error::new(
                ErrorKind::BadDuration,
                format!("add_time must be at most 292 years, got {longest:?}"),
            ));
        }
        self.note_start();
        self.record(Sample { at: Instant::now(), time: nanos(time), paused: nanos(paused) });
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
        self.window.store(max_times.unwrap_or(usize::MAX), Ordering::Relaxed);
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
        session.buffer.push(sample, self.window.load(Ordering::Relaxed));
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
        timer.window.store(max_times.unwrap_or(usize::MAX), Ordering::Relaxed);
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
}

impl Default for Sktimer {
    fn default() -> Sktimer {
        Sktimer::new()
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
