//! The project root: which directory project-relative paths start from.
//!
//! Two questions are answered here. *Which root does this path have?* walks up from the path. *Which root has this
//! program?* is the custom root, else the root above the current directory, else the one above the executable; it is
//! looked for once.

mod custom;
mod indicators;
mod memo;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

pub use custom::{CustomRoot, clear_custom_root, custom_root, set_custom_root};

use crate::PathDetectionError;
use crate::resolve::resolve;

/// A root as a path holds it.
pub(crate) type Root = Arc<Path>;

#[derive(Clone)]
enum Home {
    Unknown,
    Detected(Option<Root>),
}

static HOME: RwLock<Home> = RwLock::new(Home::Unknown);

/// Returns the root that `ap` lies in, and whether it is the program's own.
pub(crate) fn of(ap: &Path) -> Option<(Root, bool)> {
    if let Some(root) = custom::current() {
        return ap.starts_with(&root).then_some((root, true));
    }
    let root = memo::detect(ap)?;
    let own = home().is_some_and(|home| *home == *root);
    Some((root, own))
}

/// Returns the program's root, looked for at the first call.
///
/// # Errors
///
/// [`PathDetectionError`] when there is no custom root and none of the indicators stands at or above the current
/// directory or the executable, or when the custom root has vanished.
pub(crate) fn project() -> Result<Root, PathDetectionError> {
    if let Some(root) = custom::current() {
        return match root.is_dir() {
            true => Ok(root),
            false => Err(PathDetectionError::new(
                &root,
                "the custom root has vanished; call `set_custom_root` or `clear_custom_root`",
            )),
        };
    }
    if let Some(root) = home()
        && root.is_dir()
    {
        return Ok(root);
    }
    clear_root_cache();
    home().ok_or_else(|| PathDetectionError::none_above(&start()))
}

/// Returns the program's project root; `expected_name`, where given, must be the name of its directory.
///
/// # Errors
///
/// [`PathDetectionError`] when there is no root, or it has another name.
pub fn project_root(expected_name: Option<&str>) -> Result<PathBuf, PathDetectionError> {
    let root = project()?;
    match expected_name {
        Some(name) if root.file_name() != Some(name.as_ref()) => Err(PathDetectionError::new(
            &root,
            format!("this is the project root, but a directory named `{name}` was expected"),
        )),
        _ => Ok(root.to_path_buf()),
    }
}

/// Finds the project root above `path`: the outermost directory with the best indicator.
///
/// A custom root goes before everything. Then the kinds of indicator are tried in this order, and of the directories
/// that hold one of the same kind the outermost wins: the marker file `setup.sk`; `Cargo.toml` (so a workspace goes
/// before its packages); `.git`, `.hg`, `.jj`; other languages' manifests (`pyproject.toml`, `setup.py`, `setup.cfg`,
/// `package.json`, `go.mod`); `.gitignore`; licence, readme and requirements files. Answers are cached by directory.
///
/// # Errors
///
/// [`PathDetectionError`] when nothing of that kind is at or above `path`, or `path` cannot be resolved.
///
/// # Examples
///
/// ```
/// let root = suitkaise_paths::find_root(".")?;
/// assert!(root.join("Cargo.toml").exists());
/// # Ok::<(), suitkaise_paths::PathDetectionError>(())
/// ```
pub fn find_root(path: impl AsRef<Path>) -> Result<PathBuf, PathDetectionError> {
    let path = path.as_ref();
    let ap = resolve(path).map_err(|e| PathDetectionError::new(path, e.to_string()))?;
    match of(&ap) {
        Some((root, _)) if root.is_dir() => Ok(root.to_path_buf()),
        Some(_) => {
            clear_root_cache();
            of(&ap).map(|(root, _)| root.to_path_buf()).ok_or_else(|| PathDetectionError::none_above(&ap))
        }
        None => Err(PathDetectionError::none_above(&ap)),
    }
}

/// Forgets every root that was found, so that the next question looks at the disk again.
///
/// Wanted after a marker was added or the current directory was changed; a custom root stays.
pub fn clear_root_cache() {
    memo::clear();
    *HOME.write().unwrap_or_else(PoisonError::into_inner) = Home::Unknown;
}

fn home() -> Option<Root> {
    if let Home::Detected(root) = &*HOME.read().unwrap_or_else(PoisonError::into_inner) {
        return root.clone();
    }
    let beside_program = || std::env::current_exe().ok().and_then(|exe| memo::detect(&exe));
    let root = memo::detect(&start()).or_else(beside_program);
    *HOME.write().unwrap_or_else(PoisonError::into_inner) = Home::Detected(root.clone());
    root
}

fn start() -> PathBuf {
    crate::resolve::lexical(Path::new("."))
}
