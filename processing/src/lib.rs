//! Objects with a lifecycle in child processes.
//!
//! A child is this same program, started again. [`init`], the first line of `main`, is the fork in the road: in a
//! process that a user started it returns at once, in a child it greets the parent, runs what the parent asks for and
//! ends the process. So there is no code to ship, no global state to set up, and a program that forgot the line gets
//! an error instead of copies of itself.
//!
//! Three promises hold for every child, whatever is killed:
//! - **it ends with its parent**: a lifeline, one socket whose other end only the parent holds, reads as closed the
//!   moment the parent is gone, however it died;
//! - **it leaves no zombie**: one thread owns every child, also those whose handles were dropped;
//! - **its end has a cause**: exit code, signal, out of memory, panic with message and place, broken protocol, with the
//!   last lines it wrote to stderr.
//!
//! [`raw`] is the layer that keeps them: children with opaque payloads. Everything else of this crate stands on it.

#![deny(unsafe_code)]

pub mod raw;

pub use suitkaise_processing_derive::{main, skprocess};

pub use crate::fleet::stop_all;
pub use crate::init::{Init, init};
pub use crate::pipe::{Anchor, OneWay, Pipe, PipeError, PipeErrorKind, Point};
pub use crate::pool::{
    BackgroundPool, Closure, Handle, Lifecycle, Plain, Pool, PoolError, PoolErrorKind, Progress, Results,
    Star, Work, lifecycle,
};
pub use crate::raw::{Cause, Death, Stdio};
pub use crate::sandbox::{MIB, Sandbox};
pub use crate::shared_bytes::SharedBytes;
#[cfg(feature = "tokio")]
pub use crate::skprocess::AsyncJob;
pub use crate::skprocess::{
    AutoReconnect, BackgroundJob, BoxError, Context, Job, Pending, ProcessConfig, ProcessError,
    ProcessErrorKind, Result, Section, Skprocess, TimedJob, Timers,
};
pub use crate::spares::keep_warm;

mod bag;
mod channel;
mod child;
mod deadline;
mod death;
mod entry;
mod error;
mod fleet;
mod frame;
mod handshake;
mod init;
mod limits;
mod oom;
#[allow(unsafe_code, reason = "the one room that talks to the operating system")]
mod os;
mod panics;
mod peer;
mod pipe;
mod pool;
mod sandbox;
mod shared_bytes;
mod side;
mod skprocess;
mod spares;
mod spawn;
mod streams;
mod testing;

/// For the expansions of this crate's macros.
#[doc(hidden)]
pub mod __private {
    pub use crate::testing::Helper;
    pub use cerial;
    pub use inventory;
}
