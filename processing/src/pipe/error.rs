//! What can go wrong in a pipe.

use std::fmt;
use std::io;

/// A message that was not sent or not received.
pub struct PipeError {
    kind: PipeErrorKind,
    text: String,
    source: Option<cerial::Error>,
}

/// Which way it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PipeErrorKind {
    /// The other side is gone.
    Closed,
    /// This end was closed, or has travelled.
    Gone,
    /// An anchor stays.
    Locked,
    /// This end goes the other way.
    OneWay,
    /// The value cannot be serialized, or what came is of another type.
    Value,
    /// A time that is none.
    Config,
    /// The system refused.
    Io,
}

impl PipeError {
    pub(super) fn new(kind: PipeErrorKind, text: impl Into<String>) -> PipeError {
        PipeError { kind, text: text.into(), source: None }
    }

    pub(super) fn value(text: &str, error: cerial::Error) -> PipeError {
        PipeError { kind: PipeErrorKind::Value, text: format!("{text}: {error}"), source: Some(error) }
    }

    /// Which way it went wrong, for programs.
    #[must_use]
    pub fn kind(&self) -> PipeErrorKind {
        self.kind
    }
}

impl fmt::Display for PipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.text)
    }
}

impl std::error::Error for PipeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as &(dyn std::error::Error + 'static))
    }
}

impl From<PipeError> for io::Error {
    fn from(error: PipeError) -> io::Error {
        io::Error::other(error)
    }
}
