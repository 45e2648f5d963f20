//! Where the calling code stands, and where the program runs.

use std::panic::Location;
use std::path::{Path, PathBuf};

use crate::{PathError, Skpath, resolve, root};

/// Returns the source file that calls this: [`Skpath::here`].
#[must_use]
#[track_caller]
pub fn caller_path() -> Skpath {
    file_of(Location::caller())
}

/// Returns the directory of the source file that calls this.
#[must_use]
#[track_caller]
pub fn current_dir() -> Skpath {
    let file = file_of(Location::caller());
    file.parent().unwrap_or(file)
}

/// Returns the directory that the program runs in.
///
/// # Errors
///
/// [`PathError`] when it has been removed or may not be read.
pub fn cwd() -> Result<Skpath, PathError> {
    let dir = std::env::current_dir()
        .map_err(|e| PathError::io("find the current directory", Path::new("."), e))?;
    Skpath::try_new(dir)
}

/// Finds the file of `location` on this machine.
///
/// The compiler writes paths of a workspace's own crates relative to the directory it was started in, which is the
/// workspace's root; those of other crates are absolute.
pub(crate) fn file_of(location: &Location<'_>) -> Skpath {
    let file = Path::new(location.file());
    let found = candidates(file).find(|candidate| candidate.is_file());
    match found {
        Some(found) => Skpath::try_new(&found).unwrap_or_else(|_| Skpath::unresolved(found)),
        None => match root::project() {
            Ok(root) => Skpath::from_absolute(resolve::normal(&root.join(file))),
            Err(_) => Skpath::unresolved(file),
        },
    }
}

fn candidates(file: &Path) -> impl Iterator<Item = PathBuf> + '_ {
    let cwd = std::env::current_dir().ok();
    let exe = std::env::current_exe().ok();
    let root = root::project().ok().map(|root| root.to_path_buf());
    let above = |dir: Option<PathBuf>| {
        let mut dirs = Vec::new();
        dirs.extend(dir.iter().flat_map(|dir| dir.ancestors()).map(Path::to_path_buf));
        dirs
    };
    let bases: Vec<PathBuf> = root.into_iter().chain(above(cwd)).chain(above(exe)).collect();
    bases.into_iter().map(move |base| base.join(file))
}
