//! Handlers for types of `std` and of the ecosystem that are not `Cerial` themselves.
//!
//! A handler takes a foreign value apart into a *state* that can travel, and puts it together again. Linking this
//! crate (`use cerial_plugins as _;`) registers all of them; the list at the end of this page is what it brings. Each
//! handler's documentation says what its state is. Types of other crates stand behind a feature named after the crate;
//! `regex`, `url` and `uuid` are on by default.
//!
//! ```
//! use cerial::Cerial;
//! use cerial_plugins as _;
//!
//! #[derive(Cerial)]
//! struct Job { root: std::path::PathBuf, pattern: regex::Regex, since: Option<std::time::Instant> }
//!
//! # fn main() -> cerial::Result<()> {
//! let job = Job { root: "/srv".into(), pattern: regex::Regex::new("a+").unwrap(), since: None };
//! let back: Job = cerial::deserialize(&cerial::serialize(&job)?)?;
//! assert_eq!(back.pattern.as_str(), "a+");
//! # Ok(()) }
//! ```
//!
//! # What has no handler, and what to use
//!
//! - *Locks* of `parking_lot` and `tokio` are generic containers, so that core itself knows them: turn on the feature
//!   of that name.
//! - *Senders and receivers of channels* do not travel alone: the other end would stay behind. Use [`Queue`], which is
//!   both ends in one object, or [`Drained`] for what a receiver still holds.
//! - *Open files, sockets, child processes* are live resources (`Live<..>`), because reading bytes must not open
//!   anything.
//! - `Barrier` cannot be asked for its size.
#![forbid(unsafe_code)]

mod channels;
mod io;
#[cfg(feature = "regex")]
mod patterns;
mod sync;
mod time;
#[cfg(feature = "url")]
mod urls;
#[cfg(feature = "uuid")]
mod uuids;

pub use channels::{Drain, Drained, Queue};
pub use io::{StderrHandler, StdinHandler, StdoutHandler};
#[cfg(feature = "regex")]
pub use patterns::{
    BytesRegexHandler, BytesRegexSetHandler, Pattern, PatternHandler, PatternOptions, RegexHandler,
    RegexSetHandler,
};
pub use sync::{CondvarHandler, OnceHandler};
pub use time::{InstantHandler, Offset};
#[cfg(feature = "url")]
pub use urls::UrlHandler;
#[cfg(feature = "uuid")]
pub use uuids::UuidHandler;

cerial::plugin! {
    name: "cerial-plugins",
    handlers: [
        InstantHandler,
        CondvarHandler,
        OnceHandler,
        StdinHandler,
        StdoutHandler,
        StderrHandler,
        #[cfg(feature = "regex")]
        RegexHandler,
        #[cfg(feature = "regex")]
        RegexSetHandler,
        #[cfg(feature = "regex")]
        BytesRegexHandler,
        #[cfg(feature = "regex")]
        BytesRegexSetHandler,
        #[cfg(feature = "regex")]
        PatternHandler,
        #[cfg(feature = "url")]
        UrlHandler,
        #[cfg(feature = "uuid")]
        UuidHandler,
    ],
    reconnectors: []
}
