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
    Cerial, Code, Credentials, Handler, Limits, Live, Mode, Options, ReconnectPolicy, ReconnectReport,
    Reconnector, Secret, Serde, Via, deserialize, inspect, preflight, serialize, to_json,
};
pub use cerial_plugins::{Barrier, ContextVar, Drained, Finished, Lazy, Pattern, Queue, Remaining};
pub use cerial_reconnectors::{Reconnect, reconnect_all};
pub use suitkaise_circuits::{
    BreakingCircuit, BreakingCircuitProxy, CallError, Circuit, CircuitProxy, CircuitState, Trip,
};
pub use suitkaise_paths::{
    CopyTo, CustomRoot, MoveTo, PathDetectionError, PathError, PathErrorKind, Project, ProjectEntry, Skpath,
    SkpathState, Streamline, autopath, caller_path, clear_custom_root, clear_root_cache, current_dir,
    custom_root, cwd, find_root, is_valid_filename, module_path_of, project_paths, project_root,
    project_structure, project_tree, set_custom_root, streamline_path, streamline_path_quick,
};
#[cfg(feature = "tokio")]
pub use suitkaise_processing::AsyncJob;
pub use suitkaise_processing::{
    Anchor, AutoReconnect, BackgroundJob, BackgroundPool, BoxError, Cause, Closure, Context, Death, Handle,
    Init, Job, Lifecycle, MIB, OneWay, Pending, Pipe, PipeError, PipeErrorKind, Plain, Point, Pool,
    PoolError, PoolErrorKind, ProcessConfig, ProcessError, ProcessErrorKind, Progress, Result, Results,
    Sandbox, Section, SharedBytes, Skprocess, Star, Stdio, TimedJob, Timers, Work, closure, init, keep_warm,
    lifecycle, main, skprocess, stop_all, test_support,
};
pub use suitkaise_sk::{
    AsyncSkfunction, Background, FunctionTimeoutError, Shareable, SkModifierError, Skfunction, blocking, sk,
};
pub use suitkaise_timing::{
    AsyncSktimer, Histogram, RunningState, Sktimer, SktimerProxy, TimeThis, TimerState, TimerStats,
    clear_global_timers, elapsed, elapsed_between, global_timer, global_timers, sleep, time, timethis,
};

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
