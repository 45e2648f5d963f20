//! From a type to the source file of its module.

use std::panic::Location;
use std::path::{Path, PathBuf};

use crate::{PathError, PathErrorKind, Skpath, caller};

/// Returns the source file of the module that defines `T`, a type of the calling crate.
///
/// Rust keeps no file names of types, so the file is found by the rules that the compiler finds modules by, from the
/// crate of the calling file: `src/net/http.rs` or `src/net/http/mod.rs` for `crate::net::http::Client`. An inline
/// module leads to the file it stands in; modules with `#[path]` and types that a macro re-exports are not found.
///
/// # Errors
///
/// [`PathErrorKind::NotFound`] when `T` belongs to another crate or its module's file is not where it should be.
///
/// # Examples
///
/// ```
/// let error = suitkaise_paths::module_path_of::<Vec<u8>>().unwrap_err();
/// assert!(error.to_string().contains("alloc"));
/// ```
#[track_caller]
pub fn module_path_of<T: ?Sized>() -> Result<Skpath, PathError> {
    let calling = caller::file_of(Location::caller());
    let name = std::any::type_name::<T>();
    let path = name.split('<').next().unwrap_or(name).trim_start_matches(['&', '[', '(', ' ']);
    let mut modules: Vec<&str> = path.split("::").collect();
    modules.pop();
    let refuse = |why: &str| {
        PathError::new(PathErrorKind::NotFound, format!("find the source file of `{name}` from"))
            .at(calling.as_path())
            .why(why)
    };
    let Some((krate, modules)) = modules.split_first() else {
        return Err(refuse("it is a type of the language itself"));
    };
    let crate_root = crate_root(calling.as_path(), krate)
        .ok_or_else(|| refuse("it belongs to another crate than the calling file"))?;
    Ok(Skpath::unresolved(deepest(&crate_root, modules)))
}

/// Finds the root file of the crate `krate` among those that the calling file can belong to.
fn crate_root(calling: &Path, krate: &str) -> Option<PathBuf> {
    let package = calling.ancestors().find(|dir| dir.join("Cargo.toml").is_file())?;
    let manifest = std::fs::read_to_string(package.join("Cargo.toml")).ok()?;
    let named = |section: &str| {
        let body = manifest.split(section).nth(1)?.split("\n[").next()?;
        let line =
            body.lines().find_map(|line| line.trim().strip_prefix("name")?.trim_start().strip_prefix('='))?;
        Some(line.trim().trim_matches('"').replace('-', "_"))
    };
    let is_package = [named("[package]"), named("[lib]")].into_iter().flatten().any(|name| name == krate);
    let roots: &[&str] = if is_package { &["src/lib.rs", "src/main.rs"] } else { &[] };
    let roots = roots.iter().map(|root| package.join(root));
    let others = ["tests", "examples", "benches", "src/bin"].iter().flat_map(|dir| {
        let dir = package.join(dir);
        // A crate's name has `_` where the file's may have `-`.
        [krate.to_owned(), krate.replace('_', "-")]
            .map(|name| [dir.join(format!("{name}.rs")), dir.join(name).join("main.rs")])
    });
    roots.chain(others.flatten()).find(|file| file.is_file())
}

/// Follows the modules from the crate's root file as far as there are files.
fn deepest(crate_root: &Path, modules: &[&str]) -> PathBuf {
    let mut file = crate_root.to_path_buf();
    let mut dir = crate_root.parent().map(Path::to_path_buf).unwrap_or_default();
    for module in modules {
        let candidates = [dir.join(format!("{module}.rs")), dir.join(module).join("mod.rs")];
        let Some(found) = candidates.into_iter().find(|candidate| candidate.is_file()) else { break };
        file = found;
        dir.push(module);
    }
    file
}
