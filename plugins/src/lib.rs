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
//! - *Generic types* of other crates (`IndexMap`, `SmallVec`, `Complex`, the locks of `parking_lot` and `tokio`) are
//!   `Cerial` themselves: turn on the feature of the crate's name.
//! - *Senders and receivers of channels* do not travel alone: the other end would stay behind. Use [`Queue`], which is
//!   both ends in one object, or [`Drained`] for what a receiver still holds.
//! - `LazyLock`, `JoinHandle` and `Barrier` have a twin here that can travel: [`Lazy`], [`Finished`], [`Barrier`].
//! - *Open files, sockets, child processes* are live resources (`Live<..>`), because reading bytes must not open
//!   anything.
#![forbid(unsafe_code)]

#[cfg(feature = "num-bigint")]
mod big_numbers;
#[cfg(feature = "bytes")]
mod buffers;
#[cfg(feature = "chrono")]
mod chrono_times;
mod commands;
mod context_vars;
#[cfg(feature = "rust_decimal")]
mod decimals;
mod drained;
mod finished;
mod instants;
mod io;
#[cfg(feature = "jiff")]
mod jiff_times;
mod lazy;
mod levels;
#[cfg(feature = "memmap2")]
mod mapped;
#[cfg(feature = "regex")]
mod patterns;
mod queues;
mod states;
mod sync;
#[cfg(feature = "time")]
mod time_times;
#[cfg(feature = "url")]
mod urls;
#[cfg(feature = "uuid")]
mod uuids;
#[cfg(feature = "semver")]
mod versions;

#[cfg(feature = "num-bigint")]
pub use big_numbers::{BigIntHandler, BigUintHandler};
#[cfg(feature = "bytes")]
pub use buffers::{BytesHandler, BytesMutHandler};
#[cfg(feature = "chrono")]
pub use chrono_times::{
    ChronoDateHandler, ChronoDateTimeHandler, ChronoDeltaHandler, ChronoFixedHandler, ChronoLocalHandler,
    ChronoMonthHandler, ChronoOffsetHandler, ChronoTimeHandler, ChronoUtcHandler, ChronoWeekdayHandler,
};
pub use commands::{CommandHandler, Recipe};
pub use context_vars::{Context, ContextVar};
#[cfg(feature = "rust_decimal")]
pub use decimals::DecimalHandler;
pub use drained::{Drain, Drained, Remaining};
pub use finished::Finished;
pub use instants::{InstantHandler, Offset};
pub use io::{StderrHandler, StdinHandler, StdoutHandler};
#[cfg(feature = "jiff")]
pub use jiff_times::{
    JiffDateHandler, JiffDateTimeHandler, JiffDurationHandler, JiffSpanHandler, JiffTimeHandler,
    JiffTimestampHandler, JiffZonedHandler,
};
pub use lazy::Lazy;
#[cfg(feature = "log")]
pub use levels::{LogLevelFilterHandler, LogLevelHandler};
#[cfg(feature = "tracing")]
pub use levels::{TracingLevelFilterHandler, TracingLevelHandler};
#[cfg(feature = "memmap2")]
pub use mapped::{MmapHandler, MmapMutHandler};
#[cfg(feature = "regex")]
pub use patterns::{
    BytesRegexHandler, BytesRegexSetHandler, Pattern, PatternHandler, PatternOptions, RegexHandler,
    RegexSetHandler,
};
pub use queues::Queue;
pub use sync::{Barrier, CondvarHandler, OnceHandler};
#[cfg(feature = "tokio")]
pub use sync::{NotifyHandler, SemaphoreHandler};
#[cfg(feature = "parking_lot")]
pub use sync::{ParkingCondvarHandler, ParkingOnceHandler};
#[cfg(feature = "time")]
pub use time_times::{
    TimeDateHandler, TimeDurationHandler, TimeMonthHandler, TimeOffsetDateTimeHandler, TimeOffsetHandler,
    TimePrimitiveHandler, TimeTimeHandler, TimeUtcHandler, TimeWeekdayHandler,
};
#[cfg(feature = "url")]
pub use urls::UrlHandler;
#[cfg(feature = "uuid")]
pub use uuids::UuidHandler;
#[cfg(feature = "semver")]
pub use versions::{ComparatorHandler, VersionHandler, VersionReqHandler};

/// For the expansion of macros only.
#[doc(hidden)]
pub mod __private {
    pub use crate::context_vars::{Place, with_place};
}

cerial::plugin! {
    name: "cerial-plugins",
    handlers: [
        InstantHandler,
        CondvarHandler,
        OnceHandler,
        StdinHandler,
        StdoutHandler,
        StderrHandler,
        CommandHandler,
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
        #[cfg(feature = "parking_lot")]
        ParkingCondvarHandler,
        #[cfg(feature = "parking_lot")]
        ParkingOnceHandler,
        #[cfg(feature = "tokio")]
        NotifyHandler,
        #[cfg(feature = "tokio")]
        SemaphoreHandler,
        #[cfg(feature = "log")]
        LogLevelHandler,
        #[cfg(feature = "log")]
        LogLevelFilterHandler,
        #[cfg(feature = "tracing")]
        TracingLevelHandler,
        #[cfg(feature = "tracing")]
        TracingLevelFilterHandler,
        #[cfg(feature = "bytes")]
        BytesHandler,
        #[cfg(feature = "bytes")]
        BytesMutHandler,
        #[cfg(feature = "num-bigint")]
        BigIntHandler,
        #[cfg(feature = "num-bigint")]
        BigUintHandler,
        #[cfg(feature = "chrono")]
        ChronoDateHandler,
        #[cfg(feature = "chrono")]
        ChronoTimeHandler,
        #[cfg(feature = "chrono")]
        ChronoDateTimeHandler,
        #[cfg(feature = "chrono")]
        ChronoUtcHandler,
        #[cfg(feature = "chrono")]
        ChronoFixedHandler,
        #[cfg(feature = "chrono")]
        ChronoLocalHandler,
        #[cfg(feature = "chrono")]
        ChronoOffsetHandler,
        #[cfg(feature = "chrono")]
        ChronoDeltaHandler,
        #[cfg(feature = "chrono")]
        ChronoWeekdayHandler,
        #[cfg(feature = "chrono")]
        ChronoMonthHandler,
        #[cfg(feature = "rust_decimal")]
        DecimalHandler,
        #[cfg(feature = "jiff")]
        JiffTimestampHandler,
        #[cfg(feature = "jiff")]
        JiffZonedHandler,
        #[cfg(feature = "jiff")]
        JiffDateHandler,
        #[cfg(feature = "jiff")]
        JiffTimeHandler,
        #[cfg(feature = "jiff")]
        JiffDateTimeHandler,
        #[cfg(feature = "jiff")]
        JiffSpanHandler,
        #[cfg(feature = "jiff")]
        JiffDurationHandler,
        #[cfg(feature = "memmap2")]
        MmapHandler,
        #[cfg(feature = "memmap2")]
        MmapMutHandler,
        #[cfg(feature = "time")]
        TimeDateHandler,
        #[cfg(feature = "time")]
        TimeTimeHandler,
        #[cfg(feature = "time")]
        TimePrimitiveHandler,
        #[cfg(feature = "time")]
        TimeUtcHandler,
        #[cfg(feature = "time")]
        TimeOffsetDateTimeHandler,
        #[cfg(feature = "time")]
        TimeOffsetHandler,
        #[cfg(feature = "time")]
        TimeDurationHandler,
        #[cfg(feature = "time")]
        TimeMonthHandler,
        #[cfg(feature = "time")]
        TimeWeekdayHandler,
        #[cfg(feature = "semver")]
        VersionHandler,
        #[cfg(feature = "semver")]
        VersionReqHandler,
        #[cfg(feature = "semver")]
        ComparatorHandler,
    ],
    reconnectors: []
}
