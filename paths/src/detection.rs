//! [`PathDetectionError`]: no project root where one is needed.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Shown;

/// Says why no project root could be found or set, and what to do about it.
#[derive(Debug)]
pub struct PathDetectionError {
    place: PathBuf,
    why: String,
    source: Option<io::Error>,
}

impl PathDetectionError {
    /// Returns the directory from which the search went up, or the root that was refused.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.place
    }

    pub(crate) fn new(place: &Path, why: impl Into<String>) -> Self {
        Self { place: place.to_path_buf(), why: why.into(), source: None }
    }

    pub(crate) fn none_above(place: &Path) -> Self {
        Self::new(
            place,
            "no project root at or above this directory; put an empty file `setup.sk` into the project's \
             top directory, or call `set_custom_root`",
        )
    }

    pub(crate) fn caused_by(mut self, source: io::Error) -> Self {
        self.source = Some(source);
        self
    }
}

impl fmt::Display for PathDetectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", Shown(&self.place), self.why)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl StdError for PathDetectionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|e| e as _)
    }
}
