//! Durations as people write them: `0.5`, `2`, or a `Duration`.

use std::time::Duration;

use crate::{Error, ErrorKind, Result};

/// A length of time: a [`Duration`], or a number of seconds (`0.5`, `2`).
///
/// Wherever this crate takes a time, it takes any of these. A negative or non-finite number is an
/// [`ErrorKind::BadDuration`], never a panic. The trait is sealed: it names what the functions accept.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a length of time",
    label = "want a `Duration` or a number of seconds",
    note = "write `0.5` for half a second, or `Duration::from_millis(500)`"
)]
pub trait Seconds: sealed::Sealed {
    /// The same length as a `Duration`; `what` names the parameter in the error.
    #[doc(hidden)]
    fn checked(self, what: &str) -> Result<Duration>;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Duration {}
impl Seconds for Duration {
    fn checked(self, _: &str) -> Result<Duration> {
        Ok(self)
    }
}

macro_rules! seconds_float {
    ($($t:ty)*) => {$(
        impl sealed::Sealed for $t {}
        impl Seconds for $t {
            #[track_caller]
            fn checked(self, what: &str) -> Result<Duration> {
                // no closure: the error names the caller's place
                match Duration::try_from_secs_f64(f64::from(self)) {
                    Ok(duration) => Ok(duration),
                    Err(_) => Err(refused(what, self)),
                }
            }
        }
    )*};
}
seconds_float!(f64 f32);

macro_rules! seconds_int {
    ($($t:ty)*) => {$(
        impl sealed::Sealed for $t {}
        impl Seconds for $t {
            #[track_caller]
            fn checked(self, what: &str) -> Result<Duration> {
                match u64::try_from(self) {
                    Ok(seconds) => Ok(Duration::from_secs(seconds)),
                    Err(_) => Err(refused(what, self)),
                }
            }
        }
    )*};
}
seconds_int!(i32 i64 u32 u64);

#[track_caller]
fn refused(what: &str, got: impl std::fmt::Debug) -> Error {
    Error::new(
        ErrorKind::BadDuration,
        format!("{what} must be a finite number of seconds, zero or more, got {got:?}"),
    )
}
