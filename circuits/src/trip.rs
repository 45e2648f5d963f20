//! What a trip is.

use std::sync::Arc;
use std::time::Duration;

/// One trip of a circuit: what callbacks and the methods that trip are told.
#[cfg_attr(feature = "cerial", derive(cerial::Cerial))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trip {
    /// Which trip of this circuit it is, from 1.
    pub number: u64,
    /// How long the caller sleeps for it, jitter included.
    pub sleep: Duration,
}

pub(crate) type OnTrip = Arc<dyn Fn(&Trip) + Send + Sync>;
pub(crate) type OnReset = Arc<dyn Fn() + Send + Sync>;
