//! The custom root: the user's word goes before every search.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::Root;
use crate::PathDetectionError;
use crate::resolve::resolve;

static CUSTOM: RwLock<Option<Root>> = RwLock::new(None);

pub(super) fn current() -> Option<Root> {
    CUSTOM.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Makes `path` the project root of the whole process, before every indicator.
///
/// # Errors
///
/// [`PathDetectionError`] when `path` does not exist or is no directory; the root then stays as it was.
pub fn set_custom_root(path: impl AsRef<Path>) -> Result<(), PathDetectionError> {
    swap(Some(checked(path.as_ref())?));
    Ok(())
}

/// Returns the custom root, if one is set.
#[must_use]
pub fn custom_root() -> Option<PathBuf> {
    current().map(|root| root.to_path_buf())
}

/// Goes back to detection by indicators.
pub fn clear_custom_root() {
    swap(None);
}

/// A custom root for as long as this guard lives; then the one before comes back.
///
/// Guards nest. The root is one for the whole process: other threads see it too. Drop guards in the reverse order of
/// their making.
///
/// # Examples
///
/// ```
/// use suitkaise_paths::{CustomRoot, Skpath};
///
/// let dir = std::env::temp_dir();
/// {
///     let _root = CustomRoot::try_new(&dir)?;
///     assert_eq!(Skpath::try_new(dir.join("notes.txt"))?.rp(), "notes.txt");
/// }
/// assert_eq!(suitkaise_paths::custom_root(), None);
/// # Ok::<(), suitkaise_paths::PathError>(())
/// ```
#[derive(Debug)]
#[must_use = "the root is set back when the guard is dropped"]
pub struct CustomRoot {
    before: Option<Root>,
}

impl CustomRoot {
    /// Sets the custom root until the guard is dropped.
    ///
    /// # Errors
    ///
    /// [`PathDetectionError`] when `path` does not exist or is no directory; the root then stays as it was.
    pub fn try_new(path: impl AsRef<Path>) -> Result<Self, PathDetectionError> {
        let root = checked(path.as_ref())?;
        Ok(Self { before: swap(Some(root)) })
    }
}

impl Drop for CustomRoot {
    fn drop(&mut self) {
        swap(self.before.take());
    }
}

fn swap(root: Option<Root>) -> Option<Root> {
    std::mem::replace(&mut *CUSTOM.write().unwrap_or_else(PoisonError::into_inner), root)
}

fn checked(path: &Path) -> Result<Root, PathDetectionError> {
    let refuse = |why: &str| PathDetectionError::new(path, format!("cannot be the project root: {why}"));
    let root = resolve(path).map_err(|e| refuse(&e.to_string()))?;
    match std::fs::metadata(&root) {
        Ok(meta) if meta.is_dir() => Ok(Arc::from(root)),
        Ok(_) => Err(refuse("it is not a directory")),
        Err(error) => Err(refuse("it cannot be read; create the directory first").caused_by(error)),
    }
}
