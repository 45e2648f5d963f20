//! Modifiers for functions and types: retry, timeout, background, rate limit, async.
//!
//! A *modifier* changes how a function is called, not the function. `fetch(url)` stays what it is; beside it stand
//! `fetch::retry(3)`, `fetch::timeout(5.0)` and so on, each of which gives a *chain*: a value that holds the settings and
//! has a `call` with the function's own arguments. Modifiers may be chained in any order; what happens is always the
//! same: **take a token from the rate limiter, then make the attempts, each with its own timeout.**
//!
//! Three doors lead to the same chain:
//!
//! - [`sk(f)`](sk()) wraps a function or closure at run time;
//! - [`#[sk]`](macro@sk) on a `fn` puts the modifiers beside the function, under its own name;
//! - [`#[sk]`](macro@sk) on an `impl` block gives them to its methods, and with them what `Share` needs: which
//!   attributes each method reads and writes ([`SharedMeta`]), and a proxy ([`Shareable`]).
//!
//! ```
//! use suitkaise_sk::sk;
//!
//! #[sk]
//! fn size(path: &str) -> std::io::Result<u64> {
//!     Ok(std::fs::metadata(path)?.len())
//! }
//!
//! let plain = size("Cargo.toml")?;                                    // unchanged
//! let retried = size::retry(3).delay(0.1).timeout(5.0).call("Cargo.toml")?;
//! let later = size::background().call("Cargo.toml");                  // the `&str` is copied for the thread
//! assert_eq!((plain, plain), (retried, later.result()?));
//!
//! assert!(size::has_blocking_calls());
//! assert_eq!(size::BLOCKING_CALLS, ["std::fs::metadata"]);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! `call` gives `Result<T, Error>`, whether the function returns `T` or `Result<T, E>`. [`Error`] is one type: the
//! function's own error (as it was, to be printed or downcast), a [`FunctionTimeoutError`], or an [`SkModifierError`]
//! for a setting that cannot work, such as `retry(0)`, which is never a panic.
//!
//! # Threads
//!
//! `timeout`, `background` and `asynced` run the call on another thread, so its arguments must be owned there: `&str`,
//! `&[T]`, `&Path` and `&T` with `T: Clone` are copied; any other borrow is a compile error at the modifier that names
//! the parameter. Threads are kept and reused, and there is always another one: a call that is stuck holds up no later
//! one. **A call that timed out is not stopped**, since no thread can be; it runs on and its result is dropped.
//!
//! # Features
//!
//! `tokio` adds `asynced()`, the async twins and `#[sk] async fn`.
#![forbid(unsafe_code)]

pub use background::Background;
pub use caller::Caller;
pub use error::{Error, Failure, FunctionTimeoutError, Kind, SkModifierError};
pub use function::{AsyncSkfunction, Callable, Plain, Skfunction, sk};
pub use meta::{BlockingMethod, MethodBlock, MethodMeta, SharedMeta};
pub use seconds::Seconds;
pub use share::{Ask, Dispatch, Serve, Server, Shareable, Transport};
pub use suitkaise_sk_derive::{blocking, sk};
pub use way::{Asynced, Here, InBackground, Timed, Way};

mod background;
mod caller;
mod error;
mod function;
mod limiter;
mod meta;
mod modifiers;
mod own;
mod seconds;
mod share;
mod spin;
#[cfg(feature = "tokio")]
mod twin;
mod way;
mod workers;

/// What generated code calls. The name holds the version, so that macros of another one cannot compile.
#[doc(hidden)]
pub mod __private_0_1 {
    pub use crate::limiter::Limiter;
    pub use crate::modifiers::{Modifiers, Stop};
    pub use crate::own::{Again, AgainClone, AgainNever, Copied, Fallible, Parcel, Reusable, Ship, Slot};
    pub use crate::share::DispatchBlock;
    #[cfg(feature = "tokio")]
    pub use crate::twin::{Pending, Runtime, read, read_elsewhere, write, write_elsewhere};
}

/// The chapter of the book, so that its code is compiled.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../../docs/src/sk.md")]
mod chapter {}
