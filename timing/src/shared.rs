//! A timer that several processes share.
//!
//! Clocks are read where the call is made: what travels is a [`Stamp`] of the calling thread, and the timer keeps the
//! running frames of each thread of each process. A difference is only ever taken between readings of one clock.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use suitkaise_sk::{Ask, Transport};

use crate::sample::{Frame, Sample, nanos};
use crate::state::{since_epoch, system_time};
use crate::store::{Sessions, lock};
use crate::summary::check_percent;
use crate::timer::{
    SktimerProxy, check_times, check_window, nested, not_paused, not_running, paused_already,
};
use crate::{Histogram, Result, Seconds, Sktimer, TimerStats};

/// Who calls, and what the clocks say there: what travels with a call of a shared timer.
#[derive(cerial::Cerial, Clone, Copy, Debug)]
pub struct Stamp {
    process: u64,
    thread: u64,
    /// Nanoseconds of the calling process's clock, from its first stamp.
    at: u64,
    /// Nanoseconds from the Unix epoch, by the calling process's wall clock.
    wall: i128,
}

impl Stamp {
    fn here(transport: &impl Transport) -> Stamp {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        let now = Instant::now();
        let at = nanos(now.saturating_duration_since(*FIRST.get_or_init(|| now)));
        let caller = transport.caller();
        Stamp { process: caller.process, thread: caller.thread, at, wall: since_epoch(SystemTime::now()) }
    }

    fn key(&self) -> (u64, u64) {
        (self.process, self.thread)
    }
}

/// Where the timer lives.
impl Sktimer {
    pub(crate) fn start_from(&self, stamp: Stamp) -> usize {
        self.note_wall(stamp);
        self.sessions(|sessions| {
            let frames = sessions.entry(stamp.key()).or_default();
            frames.push(Frame::at(stamp.at));
            frames.len()
        })
    }

    pub(crate) fn stop_from(&self, stamp: Stamp) -> Option<Duration> {
        let sample = self.end(stamp)?;
        self.record(sample);
        Some(Duration::from_nanos(sample.time))
    }

    pub(crate) fn lap_from(&self, stamp: Stamp) -> Option<Duration> {
        let sample = self.innermost(stamp, |frame| {
            let sample = frame.measured(stamp.at, Instant::now());
            *frame = Frame::at(stamp.at);
            sample
        })?;
        self.record(sample);
        Some(Duration::from_nanos(sample.time))
    }

    pub(crate) fn pause_from(&self, stamp: Stamp) -> Option<bool> {
        self.innermost(stamp, |frame| frame.pause(stamp.at))
    }

    pub(crate) fn resume_from(&self, stamp: Stamp) -> Option<bool> {
        self.innermost(stamp, |frame| frame.resume(stamp.at))
    }

    pub(crate) fn discard_from(&self, stamp: Stamp) -> Option<Duration> {
        Some(Duration::from_nanos(self.end(stamp)?.time))
    }

    pub(crate) fn add_from(&self, stamp: Stamp, time: Duration, paused: Duration) {
        self.note_wall(stamp);
        self.record(Sample { at: Instant::now(), time: nanos(time), paused: nanos(paused) });
    }

    pub(crate) fn depth_from(&self, stamp: Stamp) -> usize {
        self.sessions(|sessions| sessions.get(&stamp.key()).map_or(0, Vec::len))
    }

    pub(crate) fn is_paused_from(&self, stamp: Stamp) -> bool {
        self.innermost(stamp, |frame| frame.is_paused()).unwrap_or(false)
    }

    pub(crate) fn percentile_from(&self, percent: f64) -> Option<Duration> {
        self.percentile(percent).ok().flatten()
    }

    pub(crate) fn start_nanos(&self) -> Option<i128> {
        self.original_start_time().map(since_epoch)
    }

    /// Forgets what ran in a process that is gone.
    pub(crate) fn end_process(&self, process: u64) {
        self.sessions(|sessions| sessions.retain(|(owner, _), _| *owner != process));
    }

    fn note_wall(&self, stamp: Stamp) {
        self.note_start_at(system_time(stamp.wall).unwrap_or(SystemTime::UNIX_EPOCH));
    }

    fn sessions<R>(&self, f: impl FnOnce(&mut Sessions) -> R) -> R {
        f(&mut lock(&self.store).sessions)
    }

    fn innermost<R>(&self, stamp: Stamp, f: impl FnOnce(&mut Frame<u64>) -> R) -> Option<R> {
        self.sessions(|sessions| sessions.get_mut(&stamp.key())?.last_mut().map(f))
    }

    fn end(&self, stamp: Stamp) -> Option<Sample> {
        self.sessions(|sessions| {
            let frames = sessions.get_mut(&stamp.key())?;
            let frame = frames.pop()?;
            if frames.is_empty() {
                sessions.remove(&stamp.key());
            }
            Some(frame.measured(stamp.at, Instant::now()))
        })
    }
}

/// Where the call is made. The outer `Result` is the transport's.
impl<W: Transport> SktimerProxy<W> {
    /// As [`Sktimer::start`], on the calling thread of the calling process.
    pub fn start(&self) -> Result<usize, W::Error>
    where
        W: Ask<(Stamp,), usize>,
    {
        let depth = self.start_there(Stamp::here(&self.transport))?;
        if depth > 1 {
            nested(depth);
        }
        Ok(depth)
    }

    /// As [`Sktimer::stop`], on the calling thread of the calling process.
    #[track_caller]
    pub fn stop(&self) -> Result<Result<Duration>, W::Error>
    where
        W: Ask<(Stamp,), Option<Duration>>,
    {
        let time = self.stop_there(Stamp::here(&self.transport))?;
        Ok(if let Some(time) = time { Ok(time) } else { Err(not_running("stop")) })
    }

    /// As [`Sktimer::lap`], on the calling thread of the calling process.
    #[track_caller]
    pub fn lap(&self) -> Result<Result<Duration>, W::Error>
    where
        W: Ask<(Stamp,), Option<Duration>>,
    {
        let time = self.lap_there(Stamp::here(&self.transport))?;
        Ok(if let Some(time) = time { Ok(time) } else { Err(not_running("lap")) })
    }

    /// As [`Sktimer::pause`], on the calling thread of the calling process.
    #[track_caller]
    pub fn pause(&self) -> Result<Result<bool>, W::Error>
    where
        W: Ask<(Stamp,), Option<bool>>,
    {
        let first = self.pause_there(Stamp::here(&self.transport))?;
        if first == Some(false) {
            paused_already();
        }
        Ok(if let Some(first) = first { Ok(first) } else { Err(not_running("pause")) })
    }

    /// As [`Sktimer::resume`], on the calling thread of the calling process.
    #[track_caller]
    pub fn resume(&self) -> Result<Result<()>, W::Error>
    where
        W: Ask<(Stamp,), Option<bool>>,
    {
        Ok(match self.resume_there(Stamp::here(&self.transport))? {
            Some(true) => Ok(()),
            Some(false) => Err(not_paused()),
            None => Err(not_running("resume")),
        })
    }

    /// As [`Sktimer::discard`], on the calling thread of the calling process.
    #[track_caller]
    pub fn discard(&self) -> Result<Result<Duration>, W::Error>
    where
        W: Ask<(Stamp,), Option<Duration>>,
    {
        let time = self.discard_there(Stamp::here(&self.transport))?;
        Ok(if let Some(time) = time { Ok(time) } else { Err(not_running("discard")) })
    }

    /// As [`Sktimer::add_time`].
    #[track_caller]
    pub fn add_time(&self, time: impl Seconds) -> Result<Result<()>, W::Error>
    where
        W: Ask<(Stamp, Duration, Duration), ()>,
    {
        self.add_paused_time(time, Duration::ZERO)
    }

    /// As [`Sktimer::add_paused_time`].
    #[track_caller]
    pub fn add_paused_time(&self, time: impl Seconds, paused: impl Seconds) -> Result<Result<()>, W::Error>
    where
        W: Ask<(Stamp, Duration, Duration), ()>,
    {
        match check_times(time, paused) {
            Ok((time, paused)) => {
                self.add_paused_time_there(Stamp::here(&self.transport), time, paused).map(Ok)
            }
            Err(error) => Ok(Err(error)),
        }
    }

    /// As [`Sktimer::set_max_times`].
    #[track_caller]
    pub fn set_max_times(&self, max_times: impl Into<Option<usize>>) -> Result<Result<()>, W::Error>
    where
        W: Ask<(Option<usize>,), ()>,
    {
        match check_window(max_times.into()) {
            Ok(max_times) => self.set_max_times_there(max_times).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    /// As [`Sktimer::depth`], for the calling thread of the calling process.
    pub fn depth(&self) -> Result<usize, W::Error>
    where
        W: Ask<(Stamp,), usize>,
    {
        self.depth_there(Stamp::here(&self.transport))
    }

    /// As [`Sktimer::is_running`], for the calling thread of the calling process.
    pub fn is_running(&self) -> Result<bool, W::Error>
    where
        W: Ask<(Stamp,), usize>,
    {
        Ok(self.is_running_there(Stamp::here(&self.transport))? > 0)
    }

    /// As [`Sktimer::is_paused`], for the calling thread of the calling process.
    pub fn is_paused(&self) -> Result<bool, W::Error>
    where
        W: Ask<(Stamp,), bool>,
    {
        self.is_paused_there(Stamp::here(&self.transport))
    }

    /// As [`Sktimer::percentile`].
    #[track_caller]
    pub fn percentile(&self, percent: f64) -> Result<Result<Option<Duration>>, W::Error>
    where
        W: Ask<(f64,), Option<Duration>>,
    {
        match check_percent(percent) {
            Ok(percent) => self.percentile_there(percent).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    /// As [`Sktimer::original_start_time`].
    pub fn original_start_time(&self) -> Result<Option<SystemTime>, W::Error>
    where
        W: Ask<(), Option<i128>>,
    {
        Ok(self.original_start_time_there()?.and_then(system_time))
    }

    /// As [`Sktimer::histogram`].
    pub fn histogram(&self) -> Result<Histogram, W::Error>
    where
        W: Ask<(), TimerStats>,
    {
        Ok(self.histogram_there()?.histogram())
    }
}
