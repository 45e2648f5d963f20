//! Why a resource could not be connected.

use std::any::Any;
use std::fmt;

use super::{Secret, scrub};
use crate::error::{Error, ErrorKind};

/// Why a resource could not be connected: the sub-kind of an error of [`ErrorKind::Connect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// A secret is needed and none was given.
    Missing,
    /// The resource refused the secret or the user. Never retried: accounts get locked.
    Rejected,
    /// Nobody answers there, or the name does not resolve. Retried.
    Unreachable,
    /// Somebody accepted and did not answer in time.
    Timeout,
    /// The encrypted channel could not be made.
    Tls,
    /// A library that the driver loads at run time is not on this machine.
    ClientLibraryMissing,
    /// The driver belongs to an asynchronous runtime and none was given.
    NeedsRuntime,
    /// The [`ReconnectPolicy`](super::ReconnectPolicy) forbids it.
    Denied,
    /// This program knows no reconnector of that key.
    Unknown,
    /// Anything else: the message says what.
    Other,
}

impl Failure {
    /// One or two words for a report.
    pub const fn word(self) -> &'static str {
        match self {
            Failure::Missing => "secret missing",
            Failure::Rejected => "rejected",
            Failure::Unreachable => "unreachable",
            Failure::Timeout => "timeout",
            Failure::Tls => "tls",
            Failure::ClientLibraryMissing => "client library missing",
            Failure::NeedsRuntime => "needs a runtime",
            Failure::Denied => "denied by policy",
            Failure::Unknown => "unknown resource",
            Failure::Other => "failed",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Carries the sub-kind as the error's source.
#[derive(Debug)]
struct Cause(Failure);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Cause {}

/// For reconnectors: what [`Reconnector::connect`](super::Reconnector::connect) returns when it fails.
///
/// Only the driver's *text* is taken, never its error value: the text passes the scrubber, a value could print a
/// secret later.
impl Error {
    /// An error of [`ErrorKind::Connect`] with its sub-kind.
    #[cold]
    pub fn connect(failure: Failure, reason: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Connect, reason.to_string()).with_source(Cause(failure))
    }

    /// A secret is needed and none was given.
    #[cold]
    pub fn secret_missing(reason: impl fmt::Display) -> Error {
        Error::connect(Failure::Missing, reason)
    }

    /// The resource refused the secret or the user.
    #[cold]
    pub fn rejected(reason: impl fmt::Display) -> Error {
        Error::connect(Failure::Rejected, reason)
    }

    /// Nobody answers there.
    #[cold]
    pub fn unreachable(reason: impl fmt::Display) -> Error {
        Error::connect(Failure::Unreachable, reason)
    }

    /// Somebody accepted and did not answer in time.
    #[cold]
    pub fn timed_out(reason: impl fmt::Display) -> Error {
        Error::connect(Failure::Timeout, reason)
    }

    /// The encrypted channel could not be made.
    #[cold]
    pub fn tls(reason: impl fmt::Display) -> Error {
        Error::connect(Failure::Tls, reason)
    }

    /// Why a resource could not be connected, where that is what went wrong.
    pub fn failure(&self) -> Option<Failure> {
        if self.kind() != ErrorKind::Connect {
            return None;
        }
        let cause = std::error::Error::source(self).and_then(|source| source.downcast_ref::<Cause>());
        Some(cause.map_or(Failure::Other, |cause| cause.0))
    }
}

/// The error with every secret taken out of its text, and without whatever else it carried.
pub(super) fn scrubbed(error: &Error, secrets: &[&Secret]) -> Error {
    let text = scrub(&error.to_string(), secrets);
    let clean = Error::connect(error.failure().unwrap_or(Failure::Other), text);
    match error.help() {
        Some(help) => clean.with_help(scrub(help, secrets)),
        None => clean,
    }
}

/// An error out of a reconnector's panic.
pub(super) fn panicked(panic: &(dyn Any + Send), secrets: &[&Secret]) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    Error::connect(Failure::Other, format!("its reconnector panicked: {}", scrub(text, secrets)))
}

/// The error with the name of what it is about in front.
pub(super) fn prefixed(name: &str, error: &Error) -> Error {
    let named = Error::connect(error.failure().unwrap_or(Failure::Other), format!("{name}: {error}"));
    match error.help() {
        Some(help) => named.with_help(help),
        None => named,
    }
}
