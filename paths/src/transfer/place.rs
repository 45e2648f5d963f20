//! Giving a finished file or tree its name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::PathError;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A name beside the destination, on the same device, which is removed again unless it was placed.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    placed: bool,
}

impl Temporary {
    pub(super) fn beside(target: &Path) -> Self {
        let clock = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.subsec_nanos());
        let name =
            format!(".sk-{:x}-{:x}-{clock:x}.part", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self { path: target.with_file_name(name), placed: false }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives what stands at the temporary name its final one.
    pub(super) fn place(mut self, target: &Path, overwrite: bool) -> Result<(), PathError> {
        rename(&self.path, target, overwrite).map_err(|e| PathError::io("place the copy at", target, e))?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.placed {
            // Where nothing was written there is nothing to remove, and a failure was already reported.
            let _ = remove(&self.path);
        }
    }
}

/// Removes a file, a link or a whole tree.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// Renames; without `overwrite` never over something, with it over anything.
pub(super) fn rename(from: &Path, to: &Path, overwrite: bool) -> io::Result<()> {
    if !overwrite {
        return rename_to_nothing(from, to);
    }
    let Ok(there) = fs::symlink_metadata(to) else { return fs::rename(from, to) };
    if !there.is_dir() && !fs::symlink_metadata(from)?.is_dir() {
        return fs::rename(from, to);
    }
    // A rename cannot replace a tree, but two trees can change places in one step.
    if exchange(from, to).is_ok() {
        let old = Temporary::beside(from);
        fs::rename(from, &old.path)?;
        return discard(old);
    }
    // Elsewhere the old one steps aside, and comes back if the new one cannot take its place.
    let mut old = Temporary::beside(to);
    fs::rename(to, &old.path)?;
    if let Err(error) = fs::rename(from, to) {
        fs::rename(&old.path, to)?;
        old.placed = true;
        return Err(error);
    }
    discard(old)
}

/// Removes what was replaced, and says so if that fails.
fn discard(mut old: Temporary) -> io::Result<()> {
    old.placed = true;
    remove(&old.path).map_err(|error| {
        let left = old.path.display();
        io::Error::new(
            error.kind(),
            format!("the new one is there, but the old one, now `{left}`, stays: {error}"),
        )
    })
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Renames in one step that fails if something is there, where the system can.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => checked_rename(from, to),
        other => Ok(other?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    checked_rename(from, to)
}

fn checked_rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}
