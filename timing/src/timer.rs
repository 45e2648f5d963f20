//! The timer.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

#[cfg(feature = "share")]
use suitkaise_sk::sk;

use crate::local::{self, Session};
use crate::sample::{Frame, MAX_NANOS, Sample, nanos};
#[cfg(feature = "share")]
use crate::shared::Stamp;
use crate::store::{Store, lock};
use crate::{Error, ErrorKind, Result, Seconds};

/// A stopwatch with a memory: it records measurements from any number of threads and answers statistics about them.
///
/// Each thread that calls [`start`](Sktimer::start) has its own *session* with the timer: a stack of running frames that
/// no other thread can stop. [`stop`](Sktimer::stop) ends the innermost frame and records it. All threads record into
/// the same series, in the order in which measurements end.
///
/// A session belongs to a thread, and an async task may change threads: in async code use
/// [`#[timethis]`](macro@crate::timethis) or [`TimeThis`](crate::TimeThis), which carry their own clock, or
/// [`asynced`](Sktimer::asynced) for a session that the task carries with it.
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
}

/// Measuring.
#[cfg_attr(feature = "share", sk(proxy, blocks(queries), process_ended = end_process))]
impl Sktimer {
    /// Starts a measurement on the calling thread and returns how many are running there, this one included.
    ///
    /// While one is running, a second one nests in it: each `stop` ends the innermost. That is often a forgotten `stop`,
    /// so it is also logged as a warning.
    #[cfg_attr(feature = "share", sk(via = start_from(stamp: Stamp) -> usize, reads(sessions), writes(sessions, original_start_time)))]
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
    #[cfg_attr(feature = "share", sk(via = stop_from(stamp: Stamp) -> Option<Duration>, reads(sessions), writes(sessions, times, paused_times)))]
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
    #[cfg_attr(feature = "share", sk(via = lap_from(stamp: Stamp) -> Option<Duration>, reads(sessions), writes(sessions, times, paused_times)))]
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
    #[cfg_attr(feature = "share", sk(via = pause_from(stamp: Stamp) -> Option<bool>, reads(sessions), writes(sessions)))]
    #[track_caller]
    pub fn pause(&self) -> Result<bool> {
        let now = Instant::now();
        match self.session(|s| Some(s.frames.last_mut()?.pause(now))).flatten() {
            Some(true) => Ok(true),
            Some(false) => {
                paused_already();
                Ok(false)
            }
            None => Err(not_running("pause")),
        }
    }

    /// Goes on with the calling thread's innermost measurement after a pause.
    ///
    /// # Errors
    /// [`ErrorKind::NotRunning`] if this thread has no running measurement, [`ErrorKind::NotPaused`] if it is not paused.
    #[cfg_attr(feature = "share", sk(via = resume_from(stamp: Stamp) -> Option<bool>, reads(sessions), writes(sessions)))]
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
    #[cfg_attr(feature = "share", sk(via = discard_from(stamp: Stamp) -> Option<Duration>, reads(sessions), writes(sessions)))]
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
    #[cfg_attr(feature = "share", sk(via = add_from(stamp: Stamp, time: Duration, paused: Duration), writes(times, paused_times, original_start_time)))]
    #[track_caller]
    pub fn add_time(&self, time: impl Seconds) -> Result<()> {
        self.add_paused_time(time, Duration::ZERO)
    }

    /// Records a time that was measured elsewhere, and how long it was paused, which `time` does not include.
    ///
    /// # Errors
    /// [`ErrorKind::BadDuration`] if one is negative, not finite, or above 292 years.
    #[cfg_attr(feature = "share", sk(via = add_from(stamp: Stamp, time: Duration, paused: Duration), writes(times, paused_times, original_start_time)))]
    #[track_caller]
    pub fn add_paused_time(&self, time: impl Seconds, paused: impl Seconds) -> Result<()> {
        let (time, paused) = check_times(time, paused)?;
        self.note_start();
        self.record(Sample { at: Instant::now(), time: nanos(time), paused: nanos(paused) });
        Ok(())
    }

    /// Forgets every measurement, the running ones of all threads, and the start time. The rolling window stays.
    #[cfg_attr(feature = "share", sk(writes(times, sessions, paused_times, original_start_time)))]
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
    #[cfg_attr(feature = "share", sk(via = set_window(max_times: Option<usize>), writes(max_times, times, paused_times)))]
    #[track_caller]
    pub fn set_max_times(&self, max_times: impl Into<Option<usize>>) -> Result<()> {
        self.set_window(check_window(max_times.into())?);
        Ok(())
    }

    /// The size of the rolling window, if there is one.
    #[cfg_attr(feature = "share", sk(reads(max_times)))]
    pub fn max_times(&self) -> Option<usize> {
        lock(&self.store).max_times
    }

    /// How many measurements the calling thread has running.
    #[cfg_attr(feature = "share", sk(via = depth_from(stamp: Stamp) -> usize, reads(sessions)))]
    pub fn depth(&self) -> usize {
        self.session(|s| s.frames.len()).unwrap_or(0)
    }

    /// Whether the calling thread has a measurement running.
    #[cfg_attr(feature = "share", sk(via = depth_from(stamp: Stamp) -> usize, reads(sessions)))]
    pub fn is_running(&self) -> bool {
        self.depth() > 0
    }

    /// Whether the calling thread's innermost measurement is paused.
    #[cfg_attr(feature = "share", sk(via = is_paused_from(stamp: Stamp) -> bool, reads(sessions)))]
    pub fn is_paused(&self) -> bool {
        self.session(|s| s.frames.last().is_some_and(Frame::is_paused)).unwrap_or(false)
    }
}

impl Sktimer {
    pub(crate) fn set_window(&self, max_times: Option<usize>) {
        let mut store = lock(&self.store);
        store.collect();
        store.max_times = max_times;
        self.window.store(max_times.unwrap_or(usize::MAX), Ordering::Relaxed);
        store.trim();
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
        self.note_start_at(SystemTime::now());
    }

    /// Notes the wall clock, as somebody else has read it, if this is the first use.
    pub(crate) fn note_start_at(&self, now: SystemTime) {
        let mut store = lock(&self.store);
        store.original_start_time.get_or_insert(now);
        self.started.store(true, Ordering::Release);
    }

    /// A timer with these measurements, as another one left them.
    pub(crate) fn restored(store: Store) -> Sktimer {
        let timer = Sktimer::new();
        timer.window.store(store.max_times.unwrap_or(usize::MAX), Ordering::Relaxed);
        timer.started.store(store.original_start_time.is_some(), Ordering::Release);
        *lock(&timer.store) = store;
        timer
    }

    /// Everything it keeps, of one moment.
    pub(crate) fn saved<R>(&self, f: impl FnOnce(&mut Store) -> R) -> R {
        f(&mut lock(&self.store))
    }
}

impl Default for Sktimer {
    fn default() -> Sktimer {
        Sktimer::new()
    }
}

/// Refuses what is no length of time, or too long to be kept.
#[track_caller]
pub(crate) fn check_times(time: impl Seconds, paused: impl Seconds) -> Result<(Duration, Duration)> {
    let (time, paused) = (time.checked("add_time")?, paused.checked("paused time")?);
    let longest = time.max(paused);
    if longest > Duration::from_nanos(MAX_NANOS) {
        return Err(Error::new(
            ErrorKind::BadDuration,
            format!("add_time must be at most 292 years, got {longest:?}"),
        ));
    }
    Ok((time, paused))
}

/// Refuses a window of 0.
#[track_caller]
pub(crate) fn check_window(max_times: Option<usize>) -> Result<Option<usize>> {
    if max_times == Some(0) {
        return Err(Error::new(
            ErrorKind::BadWindow,
            "max_times must be at least 1, got 0; use None to keep all measurements",
        ));
    }
    Ok(max_times)
}

#[cold]
pub(crate) fn nested(depth: usize) {
    log::warn!("timer started again while running on this thread: {depth} measurements are nested");
}

#[cold]
pub(crate) fn paused_already() {
    log::warn!("timer is paused already; pause() changed nothing");
}

#[cold]
#[track_caller]
pub(crate) fn not_running(verb: &str) -> Error {
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
