//! A timer as plain data.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::sample::{MAX_NANOS, Sample};
use crate::{Error, ErrorKind, Result, Sktimer};

/// What of a timer can be saved or sent: finished measurements, the window, the start time. Running measurements stay
/// with their threads.
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
}

impl From<&Sktimer> for TimerState {
    fn from(timer: &Sktimer) -> TimerState {
        timer.saved(|samples, max_times, start| {
            let paused = samples.iter().rposition(|s| s.paused > 0).map_or(0, |last| last + 1);
            TimerState {
                times: samples.iter().map(|s| s.time).collect(),
                paused_times: samples[..paused].iter().map(|s| s.paused).collect(),
                max_times: max_times.map(|n| n as u64),
                original_start_time: start.map(|start| match start.duration_since(UNIX_EPOCH) {
                    Ok(after) => after.as_nanos().cast_signed(),
                    Err(before) => -before.duration().as_nanos().cast_signed(),
                }),
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
        let at = Instant::now();
        let paused = state.paused_times.into_iter().chain(std::iter::repeat(0));
        let samples = state.times.into_iter().zip(paused).map(|(time, paused)| Sample { at, time, paused });
        Ok(Sktimer::restored(samples, max_times, start))
    }
}

fn system_time(nanos: i128) -> Option<SystemTime> {
    let size = nanos.unsigned_abs();
    let distance = Duration::new(u64::try_from(size / 1_000_000_000).ok()?, (size % 1_000_000_000) as u32);
    if nanos < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
}
