//! The wall clock, sleeping, and the distance of two moments.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::{Error, ErrorKind, Result, Seconds};

/// Returns the wall clock as seconds since the Unix epoch (negative before it).
///
/// An `f64` holds it to about a quarter of a microsecond. The wall clock may be set back by people and daemons; to time
/// something, use [`Sktimer`](crate::Sktimer) or `Instant`.
pub fn time() -> f64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

/// Sleeps for at least this long and returns the wall clock afterwards, as [`time`] gives it.
///
/// # Errors
/// [`ErrorKind::BadDuration`] if the time is negative or not finite; nothing was slept.
///
/// # Blocking
/// Blocks the thread for the given time. In async code use `sleep_async` (feature `tokio`).
#[track_caller]
pub fn sleep(seconds: impl Seconds) -> Result<f64> {
    std::thread::sleep(seconds.checked("sleep")?);
    Ok(time())
}

/// Sleeps on tokio's timer for at least this long and returns the wall clock afterwards, as [`time`] gives it.
///
/// # Errors
/// [`ErrorKind::BadDuration`] if the time is negative or not finite; the future is then ready at once.
///
/// # Panics
/// When polled outside of a tokio runtime with its timer enabled, as tokio's own `sleep` does.
///
/// # Cancel safety
/// Dropping the future ends the sleep and nothing else.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn sleep_async(seconds: impl Seconds) -> impl Future<Output = Result<f64>> + Send {
    let checked = seconds.checked("sleep_async");
    async move {
        tokio::time::sleep(checked?).await;
        Ok(time())
    }
}

/// Returns how far `moment` is from now, never negative.
///
/// # Errors
/// [`ErrorKind::BadTime`] if `moment` is a number that is not finite.
///
/// ```
/// let start = suitkaise_timing::time();
/// let passed = suitkaise_timing::elapsed(start)?;
/// assert!(passed.as_secs() < 60);
/// # Ok::<(), suitkaise_timing::Error>(())
/// ```
#[track_caller]
pub fn elapsed<M: Moment>(moment: M) -> Result<Duration> {
    moment.distance(M::now())
}

/// Returns how far two moments are apart, in whichever order they come.
///
/// # Errors
/// [`ErrorKind::BadTime`] if one is a number that is not finite, or they are further apart than a `Duration` holds.
///
/// ```
/// use suitkaise_timing::elapsed_between;
///
/// assert_eq!(elapsed_between(20.5, 20.0)?, elapsed_between(20.0, 20.5)?);
/// # Ok::<(), suitkaise_timing::Error>(())
/// ```
#[track_caller]
pub fn elapsed_between<M: Moment>(one: M, other: M) -> Result<Duration> {
    one.distance(other)
}

/// A point in time: seconds since the epoch (what [`time`] returns), a `SystemTime`, or an `Instant`. Sealed.
pub trait Moment: Copy + sealed::Sealed {
    #[doc(hidden)]
    fn now() -> Self;
    #[doc(hidden)]
    fn distance(self, other: Self) -> Result<Duration>;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for f64 {}
impl Moment for f64 {
    fn now() -> f64 {
        time()
    }
    #[track_caller]
    fn distance(self, other: f64) -> Result<Duration> {
        match Duration::try_from_secs_f64((self - other).abs()) {
            Ok(distance) => Ok(distance),
            Err(_) => Err(Error::new(
                ErrorKind::BadTime,
                format!("elapsed wants finite seconds since the epoch, got {self:?} and {other:?}"),
            )),
        }
    }
}

impl sealed::Sealed for SystemTime {}
impl Moment for SystemTime {
    fn now() -> SystemTime {
        SystemTime::now()
    }
    fn distance(self, other: SystemTime) -> Result<Duration> {
        Ok(self.duration_since(other).unwrap_or_else(|e| e.duration()))
    }
}

impl sealed::Sealed for Instant {}
impl Moment for Instant {
    fn now() -> Instant {
        Instant::now()
    }
    fn distance(self, other: Instant) -> Result<Duration> {
        Ok(self.max(other) - self.min(other))
    }
}
