//! Paths as bytes with `/` between the names, without loss, and back.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::{PathError, PathErrorKind};

/// Returns the path as bytes with `/` as the separator; on Unix these are the path's own bytes.
#[cfg(unix)]
pub(crate) fn to_bytes(path: &Path) -> Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt;
    Cow::Borrowed(path.as_os_str().as_bytes())
}

/// Returns the path as bytes with `/` as the separator.
#[cfg(not(unix))]
pub(crate) fn to_bytes(path: &Path) -> Cow<'_, [u8]> {
    let bytes = path.as_os_str().as_encoded_bytes();
    Cow::Owned(bytes.iter().map(|b| if *b == b'\\' { b'/' } else { *b }).collect())
}

/// Makes a path of bytes that [`to_bytes`] gave, perhaps on another system.
pub(crate) fn from_bytes(bytes: Vec<u8>) -> Result<PathBuf, PathError> {
    if bytes.contains(&0) {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        return Err(PathError::new(PathErrorKind::InvalidPath, "rebuild the path")
            .at(Path::new(&shown))
            .why("it holds a NUL, which no file system takes"));
    }
    owned(bytes)
}

#[cfg(unix)]
fn owned(bytes: Vec<u8>) -> Result<PathBuf, PathError> {
    use std::os::unix::ffi::OsStringExt;
    Ok(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn owned(bytes: Vec<u8>) -> Result<PathBuf, PathError> {
    let text = String::from_utf8(bytes).map_err(|e| {
        PathError::new(PathErrorKind::InvalidPath, "rebuild the path")
            .why("it is not Unicode, and this system's file names are")
            .caused_by(e)
    })?;
    Ok(PathBuf::from(text.replace('/', std::path::MAIN_SEPARATOR_STR)))
}

/// Returns the path as text with `/` as the separator; bytes that are not Unicode show as `U+FFFD`.
pub(crate) fn to_text(path: &Path) -> Cow<'_, str> {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        return text;
    }
    Cow::Owned(text.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// Says whether the path is written with a separator at its end, which asks for a directory.
pub(crate) fn ends_with_separator(path: &Path) -> bool {
    let last = path.as_os_str().as_encoded_bytes().last();
    last.is_some_and(|b| std::path::is_separator(char::from(*b)))
}
