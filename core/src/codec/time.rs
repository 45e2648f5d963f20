//! Points in time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::Error;

use super::by_state;

/// Whole seconds since 1970-01-01 00:00 UTC, rounded down, and nanoseconds behind them: what serde writes.
#[derive(cerial_derive::Cerial, Debug)]
#[cerial(name = "std::SystemTime")]
struct Since1970 {
    /// Below zero before 1970.
    secs_since_epoch: i64,
    /// Below 1,000,000,000.
    nanos_since_epoch: u32,
}

by_state! {
    SystemTime as Since1970, since_1970, |state| {
        time_of(&state).ok_or_else(|| Error::malformed(format!("this system cannot hold the time {state:?}")))
    };
}

/// No system's clock goes beyond what 64 bits of seconds can hold; one that did would stop at their end.
fn since_1970(time: &SystemTime) -> Since1970 {
    let (secs, nanos) = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (0_i64.saturating_add_unsigned(after.as_secs()), after.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            let whole = 0_i64.saturating_sub_unsigned(before.as_secs());
            match before.subsec_nanos() {
                0 => (whole, 0),
                nanos => (whole.saturating_sub(1), 1_000_000_000 - nanos),
            }
        }
    };
    Since1970 { secs_since_epoch: secs, nanos_since_epoch: nanos }
}

fn time_of(state: &Since1970) -> Option<SystemTime> {
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
