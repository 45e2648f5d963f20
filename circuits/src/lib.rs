//! Circuit breakers: count failures, and when there are too many, slow down or stop.
//!
//! The model is a fuse box. Each failure is a *short*; so many shorts *trip* the circuit, and a trip sleeps. After each
//! trip the next sleep is longer by a factor (*backoff*), up to a cap, and chance moves it a little (*jitter*).
//!
//! - [`Circuit`] closes by itself after the sleep: the loop goes on, more slowly while things are bad.
//! - [`BreakingCircuit`] stays *broken*, for every thread that asks, until somebody resets it: the loop ends.
//!
//! Both run on one implementation, have the same settings, and do the usual thing in one call:
//!
//! ```
//! use suitkaise_circuits::{BreakingCircuit, Circuit};
//!
//! fn fetch(n: u32) -> Result<u32, String> {
//!     if n % 3 == 0 { Err(format!("{n}: busy")) } else { Ok(n) }
//! }
//!
//! // an Err is a short, an Ok puts the backoff back
//! let circuit = Circuit::new(2).sleep_time_after_trip(0.001).backoff_factor(2.0).jitter(0.1);
//! let pages: Vec<u32> = (0..10).filter_map(|n| circuit.call(|| fetch(n)).ok()).collect();
//! assert_eq!((pages.len(), circuit.total_trips()), (6, 2));
//!
//! // by hand, and to an end
//! let breaker = BreakingCircuit::new(3).on_trip(|trip| eprintln!("giving up after trip {}", trip.number));
//! let mut n = 0;
//! while !breaker.broken() {
//!     if fetch(n).is_err() {
//!         breaker.short();
//!     }
//!     n += 1;
//! }
//! assert_eq!(n, 7);
//! ```
//!
//! A short that does not trip is one atomic addition, `broken` one atomic load; trips change their state under a lock
//! that no callback and no sleep holds. The `_async` twins (feature `tokio`; also as `circuit.asynced().short()`) await a
//! timer and block no thread.
//!
//! Times go in as a `Duration` or a number of seconds ([`Seconds`]). A bad setting is an [`Error`] that says what and
//! where, never a panic: setters return it; the builder refuses the value, logs it, and returns it from `check`.

#![forbid(unsafe_code)]

#[cfg(feature = "tokio")]
pub use asynced::{AsyncBreakingCircuit, AsyncCircuit};
pub use breaking::BreakingCircuit;
#[cfg(feature = "share")]
pub use breaking::BreakingCircuitProxy;
pub use call::CallError;
pub use circuit::Circuit;
#[cfg(feature = "share")]
pub use circuit::CircuitProxy;
pub use error::{Error, ErrorKind, Result};
pub use seconds::Seconds;
#[cfg(feature = "share")]
pub use settings::Setting;
pub use state::CircuitState;
pub use trip::Trip;

#[cfg(feature = "tokio")]
mod asynced;
mod breaker;
mod breaking;
mod call;
mod circuit;
mod error;
mod methods;
mod seconds;
mod settings;
#[cfg(feature = "share")]
mod shared;
mod state;
mod trip;

/// The chapter of the book: its code is compiled and run with the doctests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/src/circuits.md")]
struct Book;
