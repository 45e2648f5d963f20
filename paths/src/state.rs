//! [`SkpathState`]: a path as it travels.

use crate::skpath::Key;
use crate::{PathError, PathErrorKind, Skpath, bytes};

/// A path on its way to another process or machine: the rp with `/`, or the ap for a path outside the program's
/// project. It is rebuilt under the *reader's* root, so the same file of the project comes out.
///
/// Names that are Unicode travel as text, others as bytes.
///
/// # Examples
///
/// ```
/// use suitkaise_paths::{Skpath, SkpathState};
///
/// let path = Skpath::root()? / "data" / "x.txt";
/// let state = SkpathState::from(&path);
/// assert_eq!(state, SkpathState::Rp("data/x.txt".into()));
/// assert_eq!(Skpath::try_from(state)?, path);
/// # Ok::<(), suitkaise_paths::PathError>(())
/// ```
#[cfg_attr(feature = "cerial", derive(cerial::Cerial))]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SkpathState {
    /// Relative to the project's root; `.` is the root itself.
    Rp(String),
    /// Absolute, outside the project.
    Ap(String),
    /// An rp that is not Unicode.
    RpBytes(Vec<u8>),
    /// An ap that is not Unicode.
    ApBytes(Vec<u8>),
}

impl SkpathState {
    /// Returns the path's bytes, with `/` between the names.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Rp(text) | Self::Ap(text) => text.as_bytes(),
            Self::RpBytes(bytes) | Self::ApBytes(bytes) => bytes,
        }
    }

    pub(crate) fn from_rp(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|e| Self::RpBytes(e.into_bytes()), Self::Rp)
    }

    pub(crate) fn from_ap(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|e| Self::ApBytes(e.into_bytes()), Self::Ap)
    }
}

impl From<&Skpath> for SkpathState {
    fn from(path: &Skpath) -> Self {
        match path.key() {
            Key::Rp(rp) if rp.as_os_str().is_empty() => Self::Rp(".".to_owned()),
            Key::Rp(rp) => Self::from_rp(bytes::to_bytes(rp).into_owned()),
            Key::Ap(ap) => Self::from_ap(bytes::to_bytes(ap).into_owned()),
        }
    }
}

/// Rebuilds the path under this program's root, without a look at the file itself.
///
/// # Errors
///
/// [`PathError`] when an rp leaves the root or there is no root, when an ap is not absolute here, when either holds a
/// NUL, or when the bytes cannot be a name on this system.
impl TryFrom<SkpathState> for Skpath {
    type Error = PathError;

    fn try_from(state: SkpathState) -> Result<Self, PathError> {
        match state {
            SkpathState::Rp(text) => Self::from_rp(bytes::from_bytes(text.into_bytes())?),
            SkpathState::RpBytes(raw) => Self::from_rp(bytes::from_bytes(raw)?),
            SkpathState::Ap(text) => absolute(text.into_bytes()),
            SkpathState::ApBytes(raw) => absolute(raw),
        }
    }
}

fn absolute(raw: Vec<u8>) -> Result<Skpath, PathError> {
    let path = bytes::from_bytes(raw)?;
    if !path.is_absolute() {
        return Err(PathError::new(PathErrorKind::InvalidPath, "rebuild the path")
            .at(&path)
            .why("it lay outside the project on another system, and is not absolute on this one"));
    }
    Ok(Skpath::unresolved(path))
}

#[cfg(feature = "serde")]
impl serde::Serialize for Skpath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(&SkpathState::from(self), serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Skpath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let state: SkpathState = serde::Deserialize::deserialize(deserializer)?;
        Self::try_from(state).map_err(serde::de::Error::custom)
    }
}
