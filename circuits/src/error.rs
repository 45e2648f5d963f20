//! What can go wrong, as a value.

use std::fmt;
use std::panic::Location;

/// The result of a call that can be misused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was refused, where it was asked for, and what to do instead.
///
/// Every error of this crate is a misuse that left the circuit as it was. [`kind`](Error::kind) is for programs, the
/// `Display` line for people; it ends with the place of the call.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    what: String,
    place: &'static Location<'static>,
}

/// The sorts of misuse, for programs that want to tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A circuit that would trip after zero shorts.
    BadCount,
    /// A duration that is negative, not finite, or too long.
    BadDuration,
    /// A backoff factor that is negative or not finite, or a jitter that is no number.
    BadFactor,
    /// A saved state that no circuit can have.
    BadState,
}

impl Error {
    #[cold]
    #[track_caller]
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Error {
        Error::at(kind, what, Location::caller())
    }

    #[cold]
    pub(crate) fn at(kind: ErrorKind, what: impl Into<String>, place: &'static Location<'static>) -> Error {
        Error(Box::new(Inner { kind, what: what.into(), place }))
    }

    /// The sort of misuse.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The place in the caller's source where the refused call stands.
    pub fn location(&self) -> &'static Location<'static> {
        self.0.place
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at {}:{})", self.0.what, self.0.place.file(), self.0.place.line())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}
