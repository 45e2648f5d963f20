#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

// Linked for what they register, whether or not a name of theirs is used.
use cerial_plugins as _;
use cerial_reconnectors as _;

#[cfg(doctest)]
mod book;

pub use ::cerial;
pub use cerial_plugins as plugins;
pub use cerial_reconnectors as reconnectors;
pub use suitkaise_circuits as circuits;
pub use suitkaise_paths as paths;
pub use suitkaise_processing as processing;
pub use suitkaise_sk as sk;
pub use suitkaise_timing as timing;

pub use ::cerial::{
    Cerial, Credentials, Handler, Limits, Live, ReconnectPolicy, ReconnectReport, Reconnector, Secret,
    deserialize, inspect, preflight, serialize, to_json,
};
pub use cerial_plugins::{Drained, Pattern, Queue};
pub use cerial_reconnectors::{Reconnect, reconnect_all};
pub use suitkaise_circuits::{BreakingCircuit, Circuit};
pub use suitkaise_paths::{CustomRoot, PathDetectionError, Skpath, autopath, streamline_path};
pub use suitkaise_processing::{
    AutoReconnect, BoxError, Context, Init, Job, ProcessConfig, ProcessError, ProcessErrorKind, Result,
    Section, Skprocess, Timers, init, main, skprocess, stop_all, test_support,
};
pub use suitkaise_sk::{FunctionTimeoutError, SkModifierError, Skfunction, blocking};
pub use suitkaise_timing::{Sktimer, TimeThis, TimerStats, elapsed, sleep, timethis};

/// Registers by hand what the linked crates bring, where `inventory` finds nothing (a staticlib).
///
/// # Errors
/// The registry is in use already: call it first thing in `main`.
pub fn install() -> ::cerial::Result<()> {
    ::cerial::install(cerial_plugins::register)?;
    ::cerial::install(cerial_reconnectors::register)
}

/// For the expansion of macros only.
#[doc(hidden)]
pub mod __private {
    pub use suitkaise_processing::__private::{Helper, cerial, inventory};
}
