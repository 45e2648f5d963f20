//! Where things are: the root of the checkout and what the chores keep below `target/`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Context, Result};

/// Returns the root of the checkout.
///
/// Cargo sets `CARGO_MANIFEST_DIR` when it runs the program, so a moved checkout is found again without a rebuild.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// Returns `target/{name}` of the checkout, created if it is not there.
///
/// It does not follow `CARGO_TARGET_DIR`: documents and later commands read these files from one known place.
pub(crate) fn output(name: &str) -> Result<PathBuf> {
    let dir = root().join("target").join(name);
    fs::create_dir_all(&dir).context(format_args!("create {}", dir.display()))?;
    Ok(dir)
}

/// Returns the program `name` as the search path finds it.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| is_program(file))
}

/// Tells whether `file` is a file that somebody may execute.
pub(crate) fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// Returns the folder where `cargo install` puts programs, which is where cargo looks for `cargo-*`.
pub(crate) fn cargo_bin() -> Option<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Some(PathBuf::from(home).join("bin"));
    }
    std::env::home_dir().map(|home| home.join(".cargo/bin"))
}
