//! A timer as plain data.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::sample::{Frame, MAX_NANOS, Sample, nanos};
use crate::store::{Sessions, Store};
use crate::{Error, ErrorKind, Result, Sktimer, TimerStats};

/// What of a timer can be saved or sent: finished measurements, the window, the start time. Running measurements stay
/// with their threads, but for those of other processes that share the timer.
///
/// `TimerState::from(&timer)` takes it, `Sktimer::try_from(state)` gives a timer that goes on from there.
///
/// ```
/// use suitkaise_timing::{Sktimer, TimerState};
///
/// let timer = Sktimer::with_max_times(100)?;
/// timer.add_time(0.25)?;
/// let copy = Sktimer::try_from(TimerState::from(&timer))?;
/// assert_eq!(copy.stats(), timer.stats());
/// # Ok::<(), suitkaise_timing::Error>(())
/// ```
#[cfg_attr(feature = "cerial", derive(cerial::Cerial))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimerState {
    /// The measurements in nanoseconds, oldest first.
    pub times: Vec<u64>,
    /// The paused part of each in nanoseconds. May be shorter than `times`: the rest was not paused.
    pub paused_times: Vec<u64>,
    /// The rolling window; at least 1.
    pub max_times: Option<u64>,
    /// The first use, in nanoseconds from the Unix epoch.
    pub original_start_time: Option<i128>,
    /// What runs in processes that share the timer; the frames of one thread in the order in which they were started.
    pub running: Vec<RunningState>,
}

/// A measurement that runs in a process that shares the timer.
#[cfg_attr(feature = "cerial", derive(cerial::Cerial))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunningState {
    /// The process.
    pub process: u64,
    /// Its thread.
    pub thread: u64,
    /// When it started, in nanoseconds of that process's clock.
    pub started: u64,
    /// When it was paused, if it is.
    pub paused_at: Option<u64>,
    /// The pauses that have ended, in nanoseconds.
    pub paused: u64,
}

impl From<&Sktimer> for TimerState {
    fn from(timer: &Sktimer) -> TimerState {
        timer.saved(|store| {
            let (max_times, start, running) =
                (store.max_times, store.original_start_time, running(&store.sessions));
            let samples = store.samples();
            let paused = samples.iter().rposition(|s| s.paused > 0).map_or(0, |last| last + 1);
            TimerState {
                times: samples.iter().map(|s| s.time).collect(),
                paused_times: samples[..paused].iter().map(|s| s.paused).collect(),
                max_times: max_times.map(|n| n as u64),
                original_start_time: start.map(since_epoch),
                running,
            }
        })
    }
}

impl TryFrom<TimerState> for Sktimer {
    type Error = Error;

    /// # Errors
    /// [`ErrorKind::BadState`] for a window of 0, more pauses than times, a time above 292 years, or a start time that this system cannot hold.
    fn try_from(state: TimerState) -> Result<Sktimer> {
        let bad = |what: String| Error::new(ErrorKind::BadState, what);
        let (times, paused) = (state.times.len(), state.paused_times.len());
        if paused > times {
            return Err(bad(format!("timer state has {paused} paused_times for {times} times")));
        }
        let longest = state.times.iter().chain(&state.paused_times).max().copied().unwrap_or(0);
        if longest > MAX_NANOS {
            return Err(bad(format!("timer state has a time of {longest} ns; want at most {MAX_NANOS}")));
        }
        let max_times = match state.max_times {
            Some(0) => return Err(bad("timer state has max_times 0; want at least 1".to_owned())),
            Some(max) => Some(usize::try_from(max).unwrap_or(usize::MAX)),
            None => None,
        };
        let start = match state.original_start_time {
            Some(nanos) => Some(system_time(nanos).ok_or_else(|| {
                bad(format!(
                    "timer state has original_start_time {nanos} ns, which this system's clock cannot hold"
                ))
            })?),
            None => None,
        };
        let mut sessions = Sessions::new();
        for frame in state.running {
            let RunningState { process, thread, started, paused_at, paused } = frame;
            let paused = Duration::from_nanos(paused.min(MAX_NANOS));
            sessions.entry((process, thread)).or_default().push(Frame { started, paused_at, paused });
        }
        let at = Instant::now();
        let paused = state.paused_times.into_iter().chain(std::iter::repeat(0));
        let samples = state.times.into_iter().zip(paused).map(|(time, paused)| Sample { at, time, paused });
        let mut store = Store::new();
        store.max_times = max_times;
        store.original_start_time = start;
        store.sessions = sessions;
        store.extend(samples);
        Ok(Sktimer::restored(store))
    }
}

impl From<&TimerStats> for TimerState {
    fn from(stats: &TimerStats) -> TimerState {
        TimerState {
            times: stats.times().map(nanos).collect(),
            paused_times: stats.paused_times().map(nanos).collect(),
            original_start_time: stats.original_start_time().map(since_epoch),
            ..TimerState::default()
        }
    }
}

impl TryFrom<TimerState> for TimerStats {
    type Error = Error;

    /// # Errors
    /// As for an [`Sktimer`].
    fn try_from(state: TimerState) -> Result<TimerStats> {
        Ok(Sktimer::try_from(state)?.stats())
    }
}

fn running(sessions: &Sessions) -> Vec<RunningState> {
    let frames = sessions.iter().flat_map(|(key, frames)| frames.iter().map(move |frame| (key, frame)));
    frames
        .map(|((process, thread), frame)| RunningState {
            process: *process,
            thread: *thread,
            started: frame.started,
            paused_at: frame.paused_at,
            paused: nanos(frame.paused),
        })
        .collect()
}

/// Nanoseconds from the epoch, negative before it.
pub(crate) fn since_epoch(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos().cast_signed(),
        Err(before) => -before.duration().as_nanos().cast_signed(),
    }
}

pub(crate) fn system_time(nanos: i128) -> Option<SystemTime> {
    let size = nanos.unsigned_abs();
    let distance = Duration::new(u64::try_from(size / 1_000_000_000).ok()?, (size % 1_000_000_000) as u32);
    if nanos < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
}
