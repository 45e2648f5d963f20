//! [`PathError`]: the one error of this crate.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::PathDetectionError;

/// Names what went wrong, for programs that decide by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// No project root was found, or the one asked for cannot be used.
    Detection,
    /// The file or directory does not exist.
    NotFound,
    /// Something stands at the destination already.
    AlreadyExists,
    /// A file was wanted and a directory (or a pipe, a socket, ..) was there: the original's `NotAFileError`.
    NotAFile,
    /// A directory was wanted and something else was there.
    NotADirectory,
    /// The path cannot exist: it is empty, holds a NUL, or leaves the place it must stay in.
    InvalidPath,
    /// The text is not an encoded id.
    InvalidId,
    /// A glob or an ignore rule cannot be parsed.
    InvalidPattern,
    /// A file name is not one, or an option would make it so.
    InvalidName,
    /// The path or one of its names is longer than the system takes.
    TooLong,
    /// Symbolic links lead round in a circle.
    LinkLoop,
    /// Source and destination are the same or lie inside each other.
    IntoItself,
    /// The system refused access.
    PermissionDenied,
    /// The disk, the quota or the file size limit is full.
    StorageFull,
    /// Any other failure of the system; [`std::error::Error::source`] has it.
    Io,
}

/// Says what could not be done, to which path, and why.
///
/// `Display` is one line; `Debug` is a paragraph. The system's own error, where there is one, is
/// [`source`](StdError::source).
pub struct PathError(Box<Inner>);

struct Inner {
    kind: PathErrorKind,
    what: String,
    path: Option<PathBuf>,
    why: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl PathError {
    /// Returns the kind of failure.
    #[must_use]
    pub fn kind(&self) -> PathErrorKind {
        self.0.kind
    }

    /// Returns the path that could not be worked on, whole, where there is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Starts an error: `cannot {what}`.
    pub(crate) fn new(kind: PathErrorKind, what: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, what: what.into(), path: None, why: None, source: None }))
    }

    /// Makes the error of a failed system call; `kind` follows from the system's code.
    pub(crate) fn io(what: impl Into<String>, path: &Path, source: io::Error) -> Self {
        let mut error = Self::new(kind_of(&source), what).at(path);
        error.0.source = Some(Box::new(source));
        error
    }

    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.0.path = Some(path.to_path_buf());
        self
    }

    pub(crate) fn why(mut self, why: impl Into<String>) -> Self {
        self.0.why = Some(why.into());
        self
    }

    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }
}

/// Maps the system's error to the kind that a program can decide by.
fn kind_of(error: &io::Error) -> PathErrorKind {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        return PathErrorKind::LinkLoop;
    }
    match error.kind() {
        io::ErrorKind::NotFound => PathErrorKind::NotFound,
        io::ErrorKind::AlreadyExists => PathErrorKind::AlreadyExists,
        io::ErrorKind::PermissionDenied => PathErrorKind::PermissionDenied,
        io::ErrorKind::NotADirectory => PathErrorKind::NotADirectory,
        io::ErrorKind::IsADirectory => PathErrorKind::NotAFile,
        io::ErrorKind::InvalidInput => PathErrorKind::InvalidPath,
        io::ErrorKind::InvalidFilename => PathErrorKind::TooLong,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            PathErrorKind::StorageFull
        }
        _ => PathErrorKind::Io,
    }
}

/// Shows a path on one line: control characters escaped, the middle of a very long one left out.
pub(crate) struct Shown<'a>(pub(crate) &'a Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EDGE: usize = 100;
        let text = self.0.to_string_lossy();
        let count = text.chars().count();
        let write = |f: &mut fmt::Formatter<'_>, c: char| {
            if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") }
        };
        if count <= 3 * EDGE {
            return text.chars().try_for_each(|c| write(f, c));
        }
        text.chars().take(EDGE).try_for_each(|c| write(f, c))?;
        write!(f, " .. {} characters .. ", count - 2 * EDGE)?;
        text.chars().skip(count - EDGE).try_for_each(|c| write(f, c))
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "cannot {}", inner.what)?;
        if let Some(path) = &inner.path {
            write!(f, " `{}`", Shown(path))?;
        }
        match (&inner.why, &inner.source) {
            (Some(why), _) => write!(f, ": {why}"),
            (None, Some(source)) => write!(f, ": {source}"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}\n  kind: {:?}", self.0.kind)?;
        if let Some(path) = &self.0.path {
            write!(f, "\n  path: `{}`", Shown(path))?;
        }
        let mut source = self.source();
        while let Some(cause) = source {
            write!(f, "\n  caused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl StdError for PathError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}

impl From<PathDetectionError> for PathError {
    fn from(error: PathDetectionError) -> Self {
        let why = error.to_string();
        Self::new(PathErrorKind::Detection, "find the project root").why(why).caused_by(error)
    }
}

/// Keeps the kind where [`io::ErrorKind`] has the same one, and the text always.
impl From<PathError> for io::Error {
    fn from(error: PathError) -> Self {
        let kind = match error.kind() {
            PathErrorKind::NotFound | PathErrorKind::Detection => io::ErrorKind::NotFound,
            PathErrorKind::AlreadyExists => io::ErrorKind::AlreadyExists,
            PathErrorKind::NotAFile => io::ErrorKind::IsADirectory,
            PathErrorKind::NotADirectory => io::ErrorKind::NotADirectory,
            PathErrorKind::TooLong => io::ErrorKind::InvalidFilename,
            PathErrorKind::PermissionDenied => io::ErrorKind::PermissionDenied,
            PathErrorKind::StorageFull => io::ErrorKind::StorageFull,
            PathErrorKind::LinkLoop | PathErrorKind::Io => io::ErrorKind::Other,
            _ => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}
