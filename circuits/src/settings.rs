//! The settings of a circuit, one at a time, checked.

use std::panic::Location;
use std::time::Duration;

use crate::{Error, ErrorKind, Result, Seconds};

/// A setting with a value that a circuit can have: what travels when a shared circuit is changed.
#[cfg_attr(not(feature = "share"), expect(unreachable_pub, reason = "public where circuits are shared"))]
#[cfg_attr(feature = "cerial", derive(cerial::Cerial))]
#[derive(Clone, Copy, Debug)]
pub enum Setting {
    #[doc(hidden)]
    NumShortsToTrip(u32),
    #[doc(hidden)]
    SleepTimeAfterTrip(Duration),
    #[doc(hidden)]
    BackoffFactor(f64),
    #[doc(hidden)]
    MaxSleepTime(Duration),
    #[doc(hidden)]
    Jitter(f64),
}

impl Setting {
    #[track_caller]
    pub(crate) fn num_shorts_to_trip(shorts: u32) -> Result<Setting> {
        if shorts == 0 {
            return Err(zero(Location::caller()));
        }
        Ok(Setting::NumShortsToTrip(shorts))
    }

    #[track_caller]
    pub(crate) fn sleep_time_after_trip(sleep: impl Seconds) -> Result<Setting> {
        Ok(Setting::SleepTimeAfterTrip(sleep.checked("sleep_time_after_trip")?))
    }

    #[track_caller]
    pub(crate) fn backoff_factor(factor: f64) -> Result<Setting> {
        if !factor.is_finite() || factor < 0.0 {
            return Err(Error::new(
                ErrorKind::BadFactor,
                format!("backoff_factor must be a finite number, zero or more, got {factor:?}"),
            ));
        }
        Ok(Setting::BackoffFactor(factor))
    }

    #[track_caller]
    pub(crate) fn max_sleep_time(max: impl Seconds) -> Result<Setting> {
        Ok(Setting::MaxSleepTime(max.checked("max_sleep_time")?))
    }

    #[track_caller]
    pub(crate) fn jitter(jitter: f64) -> Result<Setting> {
        if jitter.is_nan() {
            return Err(Error::new(ErrorKind::BadFactor, "jitter must be a number between 0 and 1, got NaN"));
        }
        Ok(Setting::Jitter(jitter.clamp(0.0, 1.0)))
    }
}

#[cold]
pub(crate) fn zero(place: &'static Location<'static>) -> Error {
    Error::at(
        ErrorKind::BadCount,
        "num_shorts_to_trip must be at least 1, got 0; a circuit made so trips on every short",
        place,
    )
}
