//! Objects with a lifecycle, run in a child process.
//!
//! [`Skprocess`] is the lifecycle, [`ProcessConfig`] how it is run, [`Job`] the handle in the parent, [`Context`] what a
//! section sees of its surroundings. The object travels by `cerial`; its state is kept in the parent after each
//! finished section where it has more than one life, so that a new process goes on where the old one was.

mod child;
mod config;
mod context;
mod error;
mod inbox;
mod inline;
mod job;
mod lifecycle;
mod message;
mod modified;
mod pending;
mod supervisor;
mod timers;

pub(crate) use inline::run_inline;

pub(crate) use child::warm_up;
pub use config::{AutoReconnect, ProcessConfig, Section};
pub use context::Context;
pub use error::{ProcessError, ProcessErrorKind};
pub use job::Job;
pub use lifecycle::{BoxError, Result, Skprocess};
#[cfg(feature = "tokio")]
pub use modified::AsyncJob;
pub use modified::{BackgroundJob, TimedJob};
pub use pending::Pending;
pub use timers::Timers;
