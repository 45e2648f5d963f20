//! Points in time.

use std::time::{Duration, Instant};

use cerial::{Cerial, Error, Extract, Handler, Rebuild, Result};

/// State of an `Instant`: how far it is from now.
#[derive(Cerial, Clone, Copy, Debug, PartialEq, Eq)]
#[cerial(name = "std::Instant")]
pub enum Offset {
    /// It was so long ago.
    Ago(Duration),
    /// It will be in so long.
    Ahead(Duration),
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
