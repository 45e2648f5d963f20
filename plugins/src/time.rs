//! Points in time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cerial::{Cerial, Error, Extract, Handler, Rebuild, Result};

/// State of a `SystemTime`: whole seconds since 1970-01-01 00:00 UTC, rounded down, and nanoseconds behind them.
#[derive(Cerial, Clone, Copy, Debug, PartialEq, Eq)]
#[cerial(name = "std::SystemTime")]
pub struct Since1970 {
    /// Seconds; below zero before 1970.
    pub secs_since_epoch: i64,
    /// Nanoseconds, below 1,000,000,000.
    pub nanos_since_epoch: u32,
}

/// State of an `Instant`: how far it is from now.
#[derive(Cerial, Clone, Copy, Debug, PartialEq, Eq)]
#[cerial(name = "std::Instant")]
pub enum Offset {
    /// It was so long ago.
    Ago(Duration),
    /// It will be in so long.
    Ahead(Duration),
}

/// `SystemTime`: [`Since1970`].
pub struct SystemTimeHandler;
impl Handler for SystemTimeHandler {
    type Value = SystemTime;
    type State = Since1970;
    const KEY: &'static str = "std::SystemTime";
    fn extract(time: &SystemTime, _: &mut Extract) -> Result<Since1970> {
        since_1970(*time).ok_or_else(|| Error::extract("the time is too far from 1970"))
    }
    fn rebuild(state: Since1970, _: &mut Rebuild) -> Result<SystemTime> {
        time_of(state).ok_or_else(|| Error::rebuild(format!("this system cannot hold the time {state:?}")))
    }
}

fn since_1970(time: SystemTime) -> Option<Since1970> {
    let (whole, nanos) = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (i64::try_from(after.as_secs()).ok()?, after.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            let whole = i64::try_from(i128::from(before.as_secs()).checked_neg()?).ok()?;
            match before.subsec_nanos() {
                0 => (whole, 0),
                nanos => (whole.checked_sub(1)?, 1_000_000_000 - nanos),
            }
        }
    };
    Some(Since1970 { secs_since_epoch: whole, nanos_since_epoch: nanos })
}

fn time_of(state: Since1970) -> Option<SystemTime> {
    if state.nanos_since_epoch >= 1_000_000_000 {
        return None;
    }
    let secs = Duration::from_secs(state.secs_since_epoch.unsigned_abs());
    let whole = match state.secs_since_epoch {
        0.. => UNIX_EPOCH.checked_add(secs)?,
        _ => UNIX_EPOCH.checked_sub(secs)?,
    };
    whole.checked_add(Duration::from_nanos(state.nanos_since_epoch.into()))
}

/// `Instant`: its [`Offset`] to now, by the writer's clock when it is written and by the reader's when it is read. An
/// instant has no meaning in another process; how long ago it was has. The time on the way is not counted.
pub struct InstantHandler;
impl Handler for InstantHandler {
    type Value = Instant;
    type State = Offset;
    const KEY: &'static str = "std::Instant";
    fn extract(instant: &Instant, _: &mut Extract) -> Result<Offset> {
        let now = Instant::now();
        Ok(match instant.checked_duration_since(now) {
            Some(ahead) if !ahead.is_zero() => Offset::Ahead(ahead),
            _ => Offset::Ago(now.duration_since(*instant)),
        })
    }
    fn rebuild(state: Offset, _: &mut Rebuild) -> Result<Instant> {
        let now = Instant::now();
        let instant = match state {
            Offset::Ago(by) => now.checked_sub(by),
            Offset::Ahead(by) => now.checked_add(by),
        };
        instant.ok_or_else(|| Error::rebuild(format!("this system's clock cannot go {state:?}")))
    }
}
