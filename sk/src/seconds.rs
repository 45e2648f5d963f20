//! Durations as users write them: `1.5`, `3` or a `Duration`.

use std::time::Duration;

/// A length of time: seconds as a number, or a [`Duration`].
///
/// A number that is negative, not finite or too large is not a panic but an [`SkModifierError`](crate::SkModifierError)
/// at the call.
pub trait Seconds {
    /// Gives the duration, or what is wrong with the number.
    #[doc(hidden)]
    fn checked(self) -> Result<Duration, String>;
}

impl Seconds for Duration {
    fn checked(self) -> Result<Duration, String> {
        Ok(self)
    }
}

impl Seconds for f64 {
    fn checked(self) -> Result<Duration, String> {
        Duration::try_from_secs_f64(self)
            .map_err(|_| format!("{self} is no length of time; give seconds, finite and not below zero"))
    }
}

impl Seconds for f32 {
    fn checked(self) -> Result<Duration, String> {
        f64::from(self).checked()
    }
}

impl Seconds for u32 {
    fn checked(self) -> Result<Duration, String> {
        Ok(Duration::from_secs(self.into()))
    }
}

impl Seconds for u64 {
    fn checked(self) -> Result<Duration, String> {
        Ok(Duration::from_secs(self))
    }
}

impl Seconds for i32 {
    fn checked(self) -> Result<Duration, String> {
        f64::from(self).checked()
    }
}
