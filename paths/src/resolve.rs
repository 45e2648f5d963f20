//! From what a user wrote to an absolute path.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::{PathError, PathErrorKind};

/// As many links as the kernel follows for one path.
const MAX_LINKS: usize = 40;

/// The longest path that the system takes; a longer one is refused before it is walked.
pub(crate) const MAX_BYTES: usize = if cfg!(windows) { 32_766 } else { 4_095 };

/// Resolves links and `..`, relative to the current directory; what does not exist yet is kept as written.
///
/// An absolute path that exists costs exactly one [`std::fs::canonicalize`], a plain relative one no more.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf, PathError> {
    if path.as_os_str().is_empty() {
        return Err(PathError::new(PathErrorKind::InvalidPath, "resolve the path")
            .at(path)
            .why("it is empty; write `.` for the current directory"));
    }
    if path.as_os_str().len() > MAX_BYTES {
        return Err(PathError::new(PathErrorKind::TooLong, "resolve")
            .at(path)
            .why(format!("it is longer than the {MAX_BYTES} bytes that the system takes")));
    }
    if is_plain(path) {
        return walk(path);
    }
    match std::fs::canonicalize(path) {
        Ok(found) => Ok(plain(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => walk(path),
        Err(error) => Err(PathError::io("resolve", path, error)),
    }
}

/// Whether a path is names below the current directory: then one walk does both what exists and what does not, with as
/// many system calls as `canonicalize` makes.
fn is_plain(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    cfg!(unix)
        && !bytes.ends_with(b"/")
        && !bytes.contains(&0)
        && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Resolves links as far as names exist, then takes the rest as written: what `realpath --canonicalize-missing` does.
///
/// A link whose target is missing becomes its target, so the result does not change when the target appears.
fn walk(path: &Path) -> Result<PathBuf, PathError> {
    let fail = |error| PathError::io("resolve", path, error);
    let mut out = PathBuf::new();
    let mut rest: VecDeque<OsString> = VecDeque::new();
    if cfg!(unix) && path.is_relative() {
        // The kernel gives the current directory without links: nothing of it has to be looked at.
        out = std::env::current_dir().map_err(fail)?;
        start(path, &mut out, &mut rest);
    } else {
        start(&std::path::absolute(path).map_err(fail)?, &mut out, &mut rest);
    }
    let mut links = 0;
    let mut missing = 0_usize;
    while let Some(name) = rest.pop_front() {
        if name == ".." {
            out.pop();
            missing = missing.saturating_sub(1);
            continue;
        }
        out.push(&name);
        if missing > 0 {
            missing += 1;
            continue;
        }
        match std::fs::symlink_metadata(&out) {
            Ok(meta) if meta.is_symlink() => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(PathError::new(PathErrorKind::LinkLoop, "resolve").at(path).why(format!(
                        "more than {MAX_LINKS} symbolic links; do they lead round in a circle?"
                    )));
                }
                let target = std::fs::read_link(&out).map_err(fail)?;
                out.pop();
                let mut before = VecDeque::new();
                start(&target, &mut out, &mut before);
                before.append(&mut rest);
                rest = before;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing = 1,
            Err(error) => return Err(fail(error)),
        }
    }
    Ok(out)
}

/// Splits `path` into the names still to walk; an absolute one starts `out` anew.
fn start(path: &Path, out: &mut PathBuf, rest: &mut VecDeque<OsString>) {
    for part in path.components() {
        match part {
            Component::Prefix(_) | Component::RootDir => out.push(part),
            Component::CurDir => {}
            Component::ParentDir | Component::Normal(_) => rest.push_back(part.as_os_str().to_os_string()),
        }
    }
}

/// Makes a path absolute and takes `.` and `..` out of it by the letter, without a look at the file system.
///
/// Never fails: where even the current directory is gone, a relative path is taken from the top.
pub(crate) fn lexical(path: &Path) -> PathBuf {
    if path.is_absolute() {
        return normal(path);
    }
    let base = std::env::current_dir().unwrap_or_else(|_| PathBuf::from(std::path::MAIN_SEPARATOR_STR));
    normal(&base.join(path))
}

/// Takes `.` and `..` out of an absolute path by the letter; `..` at the top stays at the top.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::with_capacity(path.as_os_str().len());
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Takes Windows' `\\?\` off where the short form means the same.
#[cfg(windows)]
fn plain(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(short) if !short.starts_with("UNC") && short.len() < 260 => PathBuf::from(short),
        _ => path,
    }
}

#[cfg(not(windows))]
fn plain(path: PathBuf) -> PathBuf {
    path
}
