//! New paths from old ones, by the letter: `/`, `with_name`, `parent`, `relative_to`.

use std::ffi::OsStr;
use std::ops::Div;
use std::path::{Path, PathBuf};

use super::Skpath;
use crate::{PathError, PathErrorKind, is_valid_filename, resolve};

impl Skpath {
    /// Returns `self / path`: as [`Path::join`], so an absolute `path` takes the place of the whole, and with `.` and
    /// `..` taken out by the letter. Links are not followed.
    #[must_use]
    pub fn join(&self, path: impl AsRef<Path>) -> Self {
        Self::from_absolute(resolve::normal(&self.ap.join(path)))
    }

    /// Returns the directory that holds this, or `None` at the top.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.ap.parent().map(|parent| Self::from_absolute(parent.to_path_buf()))
    }

    /// Returns every directory above, nearest first.
    pub fn parents(&self) -> impl Iterator<Item = Self> + '_ {
        self.ap.ancestors().skip(1).map(|dir| Self::from_absolute(dir.to_path_buf()))
    }

    /// Returns the path from `base` to this one, as a relative path.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::InvalidPath`] when `base` is not at or above this path.
    pub fn relative_to(&self, base: impl AsRef<Path>) -> Result<PathBuf, PathError> {
        let base = resolve::resolve(base.as_ref())?;
        self.ap.strip_prefix(&base).map(Path::to_path_buf).map_err(|error| {
            PathError::new(PathErrorKind::InvalidPath, "make relative")
                .at(&self.ap)
                .why(format!("it is not inside `{}`", crate::error::Shown(&base)))
                .caused_by(error)
        })
    }

    /// Returns the path with another last name.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::InvalidName`] when `name` is empty, `.`, `..`, or holds a separator or a NUL, or this path
    /// has no name to change.
    pub fn with_name(&self, name: impl AsRef<OsStr>) -> Result<Self, PathError> {
        let name = name.as_ref();
        let refuse = |why: &str| {
            PathError::new(PathErrorKind::InvalidName, format!("give the name {name:?} to"))
                .at(&self.ap)
                .why(why)
        };
        if self.ap.file_name().is_none() {
            return Err(refuse("the top of the file system has no name"));
        }
        let one_name = Path::new(name).file_name() == Some(name);
        if !one_name || name.as_encoded_bytes().contains(&0) {
            return Err(refuse("a name is not empty, not `.` or `..`, and holds no separator and no NUL"));
        }
        Ok(Self::from_absolute(self.ap.with_file_name(name)))
    }

    /// Returns the path with another stem and the same suffix.
    ///
    /// # Errors
    ///
    /// As [`with_name`](Self::with_name).
    pub fn with_stem(&self, stem: impl AsRef<OsStr>) -> Result<Self, PathError> {
        let mut name = stem.as_ref().to_os_string();
        if let Some(extension) = self.ap.extension() {
            name.push(".");
            name.push(extension);
        }
        self.with_name(name)
    }

    /// Returns the path with another suffix: `".txt"`, `"txt"`, or `""` to take it off.
    ///
    /// # Errors
    ///
    /// As [`with_name`](Self::with_name).
    pub fn with_suffix(&self, suffix: impl AsRef<OsStr>) -> Result<Self, PathError> {
        let suffix = suffix.as_ref();
        let mut name = self.ap.file_stem().unwrap_or_default().to_os_string();
        if !suffix.is_empty() {
            if !suffix.as_encoded_bytes().starts_with(b".") {
                name.push(".");
            }
            name.push(suffix);
        }
        self.with_name(name)
    }

    /// Says whether the last name is allowed on every system; see [`is_valid_filename`].
    #[must_use]
    pub fn has_portable_name(&self) -> bool {
        self.ap.file_name().and_then(OsStr::to_str).is_some_and(is_valid_filename)
    }

    /// Returns the path with links followed and `..` resolved by the disk.
    ///
    /// # Errors
    ///
    /// As [`try_new`](Self::try_new).
    pub fn resolve(&self) -> Result<Self, PathError> {
        Self::try_new(&self.ap)
    }

    /// Returns the path itself: an Skpath is always absolute.
    #[must_use]
    pub fn absolute(&self) -> Self {
        self.clone()
    }
}

/// Joins; see [`Skpath::join`].
impl<P: AsRef<Path>> Div<P> for Skpath {
    type Output = Skpath;

    fn div(self, path: P) -> Skpath {
        self.join(path)
    }
}

/// Joins; see [`Skpath::join`].
impl<P: AsRef<Path>> Div<P> for &Skpath {
    type Output = Skpath;

    fn div(self, path: P) -> Skpath {
        self.join(path)
    }
}
