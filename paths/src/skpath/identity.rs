//! When two paths are the same: `Eq`, `Hash`, `Ord`.

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use super::Skpath;

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key<'a> {
    Rp(&'a Path),
    Ap(&'a Path),
}

impl Skpath {
    /// Returns what identifies the path: the rp inside the program's project, else the ap.
    pub(crate) fn key(&self) -> Key<'_> {
        match self.rp_path() {
            Some(rp) if self.own => Key::Rp(rp),
            _ => Key::Ap(&self.ap),
        }
    }
}

impl PartialEq for Skpath {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Skpath {}

impl Hash for Skpath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Skpath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Orders name by name, and paths of the project before all others.
impl Ord for Skpath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

/// An absolute path is compared with the ap, a relative one with the rp; the disk is not asked.
impl PartialEq<Path> for Skpath {
    fn eq(&self, other: &Path) -> bool {
        if other.is_absolute() {
            return self.ap == other;
        }
        self.rp_path().is_some_and(|rp| rp == other || (rp.as_os_str().is_empty() && other == Path::new(".")))
    }
}

macro_rules! eq_as_path {
    ($($other:ty),*) => {$(
        impl PartialEq<$other> for Skpath {
            fn eq(&self, other: &$other) -> bool {
                *self == *AsRef::<Path>::as_ref(other)
            }
        }
    )*};
}

eq_as_path!(str, &str, String, &Path, PathBuf, OsStr, OsString);

impl AsRef<Path> for Skpath {
    fn as_ref(&self) -> &Path {
        &self.ap
    }
}

impl AsRef<OsStr> for Skpath {
    fn as_ref(&self) -> &OsStr {
        self.ap.as_os_str()
    }
}

impl From<Skpath> for PathBuf {
    fn from(path: Skpath) -> Self {
        path.ap
    }
}

macro_rules! try_from_path {
    ($($from:ty),*) => {$(
        impl TryFrom<$from> for Skpath {
            type Error = crate::PathError;

            fn try_from(path: $from) -> Result<Self, Self::Error> {
                Self::try_new(path)
            }
        }
    )*};
}

try_from_path!(&str, String, &String, &Path, PathBuf, &PathBuf);

impl std::str::FromStr for Skpath {
    type Err = crate::PathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        Self::try_new(path)
    }
}
