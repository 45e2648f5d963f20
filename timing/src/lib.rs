//! Timers with statistics: time your code with one line, and ask about it with another.
//!
//! The model is a *series of measurements*. An [`Sktimer`] holds one series and answers every question about it: how
//! many, how long, the mean, the spread, percentiles. What makes measurements:
//!
//! - [`Sktimer::start`] and [`stop`](Sktimer::stop), with laps and pauses, in any number of threads: each thread has its
//!   own stack of running measurements, and all record into the one series.
//! - [`TimeThis`], a guard: it measures the scope it lives in.
//! - [`#[timethis]`](macro@timethis) on a function, method or async function: every call is a measurement on a timer
//!   that `function::timer()` returns.
//! - [`Sktimer::add_time`], for times that were measured elsewhere.
//!
//! A series keeps everything, or the latest N ([`Sktimer::set_max_times`]). A section that panics or returns `Err` is
//! not recorded by the guard or the macro (a guard cannot see an `Err`; the macro can).
//!
//! ```
//! use suitkaise_timing::{Sktimer, TimeThis, timethis};
//!
//! #[timethis]
//! fn hot(n: u64) -> u64 {
//!     (0..n).sum()
//! }
//!
//! for n in 0..100 {
//!     hot(n);
//! }
//! println!("{}", hot::timer());                     // n=100 mean=31ns p50=30ns p95=33ns min=25ns max=98ns
//! let p99 = hot::timer().percentile(99.0)?;
//!
//! let timer = Sktimer::new();
//! {
//!     let _t = TimeThis::on(&timer).threshold(0.001); // only what takes a millisecond or longer
//!     hot(1000);
//! }
//! print!("{}", timer.histogram());
//! # assert_eq!(hot::timer().num_times(), 101);
//! # assert!(p99.is_some());
//! # Ok::<(), suitkaise_timing::Error>(())
//! ```
//!
//! Times go in as a `Duration` or a number of seconds ([`Seconds`]) and come out as a `Duration`. Bad input (a negative
//! time, a percentile of 101, `stop` without `start`) is an [`Error`] that says what and where, never a panic. Warnings,
//! such as a second `pause`, go to the `log` facade.

#![forbid(unsafe_code)]

pub use asynced::AsyncSktimer;
#[cfg(feature = "tokio")]
pub use clock::sleep_async;
pub use clock::{Moment, elapsed, elapsed_between, sleep, time};
pub use error::{Error, ErrorKind, Result};
pub use global::{clear_global_timers, global_timer, global_timers};
pub use histogram::Histogram;
pub use seconds::Seconds;
#[cfg(feature = "share")]
pub use shared::Stamp;
pub use state::{RunningState, TimerState};
pub use stats::TimerStats;
/// Times every call of a function, method or async function.
///
/// ```
/// use suitkaise_timing::timethis;
///
/// #[timethis]
/// fn hot(n: u64) -> u64 {
///     (0..n).sum()
/// }
///
/// struct Index;
/// impl Index {
///     #[timethis(threshold = 0.001, max_times = 1000)]
///     fn rebuild(&self) {}
/// }
///
/// hot(10);
/// Index.rebuild();
/// assert_eq!(hot::timer().num_times(), 1);
/// println!("{}", Index::timer_rebuild());
/// ```
///
/// The function stays as it is. A free function `hot` gets a timer at `hot::timer()` (a hidden struct of the same name
/// carries it, so `use module::hot` brings both); a method `rebuild` of `Index` gets one at `Index::timer_rebuild()`.
/// These timers are global, listed by `global_timers()`, and forgotten by `clear_global_timers()`; all instances of a
/// generic function share one.
///
/// A call is recorded when it returns; one that panics, returns an `Err`, or (async) is dropped before its end is not.
/// An async function is measured from its first poll to its end, waiting included. In a function that is not async the
/// `Err` is seen if the return type is written `Result` or `SomethingResult`, without `impl Trait` in it.
///
/// # Arguments
/// - `timer = EXPR`: records on this timer (`&TIMER`, `self.timer`, an `Arc<Sktimer>`) and makes none. The way to go in
///   trait impls, where no associated function may be added. With `&mut self`, give a clone of an `Arc`.
/// - `threshold = 0.001`: leaves out calls that are shorter (seconds or a `Duration`).
/// - `max_times = 100`: keeps the latest 100 calls.
/// - `method`: says that a function without `self` or `Self` stands in an `impl` block, so that it gets
///   `Type::timer_new()`.
/// - `extend`: says that another macro (`#[sk]`) makes the struct of the function's name already.
///   Not needed where `#[timethis]` stands above `#[sk]`.
///
/// Several stack: `#[timethis] #[timethis(timer = &TOTAL)] fn ..` records each call on both.
#[cfg(feature = "macros")]
pub use suitkaise_timing_derive::timethis;
pub use time_this::TimeThis;
pub use timer::Sktimer;
#[cfg(feature = "share")]
pub use timer::SktimerProxy;

#[doc(hidden)]
#[path = "private.rs"]
#[allow(missing_docs)]
pub mod __private;
mod asynced;
mod clock;
mod error;
mod global;
mod histogram;
mod human;
mod local;
mod queries;
mod sample;
mod seconds;
#[cfg(feature = "share")]
mod shared;
mod state;
mod stats;
mod store;
mod summary;
mod time_this;
mod timer;

/// The chapter of the book: its code is compiled and run with the doctests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/src/timing.md")]
struct Book;
