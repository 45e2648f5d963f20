//! A point in time by which a wait has to end.

use std::time::{Duration, Instant};

/// When a wait gives up; `NEVER` waits as long as it takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) const NEVER: Self = Self(None);

    pub(crate) fn after(limit: Option<Duration>) -> Self {
        Self(limit.and_then(|limit| Instant::now().checked_add(limit)))
    }

    pub(crate) fn within(limit: Duration) -> Self {
        Self::after(Some(limit))
    }

    /// The earlier of this one and a point in time.
    pub(crate) fn or_at(self, at: Instant) -> Self {
        Self(Some(self.0.map_or(at, |own| own.min(at))))
    }

    /// What is left; `None` means no limit.
    pub(crate) fn left(self) -> Option<Duration> {
        self.0.map(|at| at.saturating_duration_since(Instant::now()))
    }

    pub(crate) fn passed(self) -> bool {
        self.left() == Some(Duration::ZERO)
    }
}
