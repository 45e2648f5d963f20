//! What the tests share.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::fs;
use std::path::{Path, PathBuf};

use suitkaise_paths::{PathError, PathErrorKind};
use tempfile::TempDir;

/// A fresh directory, under its real name.
pub(crate) struct Dir {
    _guard: TempDir,
    pub(crate) path: PathBuf,
}

impl Dir {
    pub(crate) fn new() -> Self {
        Self::of(TempDir::new().unwrap())
    }

    pub(crate) fn inside(parent: impl AsRef<Path>) -> Self {
        Self::of(TempDir::new_in(parent).unwrap())
    }

    fn of(guard: TempDir) -> Self {
        let path = guard.path().canonicalize().unwrap();
        Self { _guard: guard, path }
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn dir(&self, name: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// The names directly inside, in order.
    pub(crate) fn names(&self, below: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path.join(below))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// Checks the kind, that the message is one line of readable length, and that it holds `says`.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, PathError>, kind: PathErrorKind, says: &str) {
    let error = result.unwrap_err();
    let line = error.to_string();
    assert_eq!(error.kind(), kind, "{line}");
    assert!(line.contains(says), "`{line}` does not say `{says}`");
    assert!(!line.contains('\n') && line.chars().count() < 1000, "{line}");
    assert!(format!("{error:?}").contains("kind:"));
}

/// Bytes that are no UTF-8.
#[cfg(unix)]
pub(crate) fn odd_name() -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(b"odd-\xff\xfe.txt".to_vec())
}
