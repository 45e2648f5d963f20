//! The workspace as `cargo metadata` tells it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::{Context, Error, Result};
use crate::place;

/// A package of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// Its name: `suitkaise-timing`.
    pub(crate) name: String,
    /// Its folder below the root: `timing`, empty for the root package.
    pub(crate) folder: PathBuf,
    /// The packages that it or its build script depends on (not those of its tests).
    pub(crate) dependencies: Vec<String>,
    /// Whether it has a library, which alone can have doctests.
    pub(crate) has_library: bool,
    /// Whether it has a bench.
    pub(crate) has_bench: bool,
}

/// Returns the packages of the workspace.
pub(crate) fn packages() -> Result<Vec<Package>> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(place::root());
    let output = command.output().context("run cargo metadata")?;
    if !output.status.success() {
        return Err(Error::new(format_args!(
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    let json = serde_json::from_slice(&output.stdout).context("read what cargo metadata wrote")?;
    parse(&json).ok_or_else(|| Error::new("cargo metadata wrote something else than packages"))
}

/// Reads the answer of `cargo metadata`.
pub(crate) fn parse(json: &Value) -> Option<Vec<Package>> {
    let root = Path::new(json["workspace_root"].as_str()?);
    json["packages"].as_array()?.iter().map(|package| parse_package(package, root)).collect()
}

fn parse_package(package: &Value, root: &Path) -> Option<Package> {
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?;
    let dependencies = package["dependencies"].as_array()?.iter();
    let targets = package["targets"].as_array()?;
    let has = |wanted: &[&str]| {
        let is_wanted = |kind: &Value| kind.as_str().is_some_and(|k| wanted.contains(&k));
        targets.iter().filter_map(|t| t["kind"].as_array()).flatten().any(is_wanted)
    };
    Some(Package {
        name: package["name"].as_str()?.to_owned(),
        folder: folder.strip_prefix(root).ok()?.to_path_buf(),
        dependencies: dependencies
            .filter(|d| d["kind"].as_str() != Some("dev"))
            .map(|d| d["name"].as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        has_library: has(&["lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"]),
        has_bench: has(&["bench"]),
    })
}

/// Returns the packages that a module's name means: by folder (`timing`, with its derive) or by package name.
///
/// # Errors
/// If there is no such module; the error lists the ones there are.
pub(crate) fn module<'a>(packages: &'a [Package], name: &str) -> Result<Vec<&'a Package>> {
    let folder =
        |p: &Package| p.folder.components().next().map(|c| c.as_os_str().to_string_lossy().into_owned());
    let found: Vec<&Package> =
        packages.iter().filter(|p| p.name == name || folder(p).as_deref() == Some(name)).collect();
    if found.is_empty() {
        let mut names: Vec<String> =
            packages.iter().map(|p| folder(p).unwrap_or_else(|| p.name.clone())).collect();
        names.sort();
        names.dedup();
        return Err(Error::usage(format_args!("no module `{name}`; there are {}", names.join(", "))));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Vec<Package> {
        let package = |name: &str, folder: &str, kind: &str| {
            json!({
                "name": name,
                "manifest_path": format!("/w{folder}/Cargo.toml"),
                "targets": [{ "kind": [kind] }],
                "dependencies": [{ "name": "serde", "kind": null }, { "name": "trybuild", "kind": "dev" }, { "name": "cc", "kind": "build" }],
            })
        };
        let json = json!({ "workspace_root": "/w", "packages": [
            package("suitkaise", "", "lib"), package("suitkaise-timing", "/timing", "lib"),
            package("suitkaise-timing-derive", "/timing/derive", "proc-macro"), package("xtask", "/xtask", "bin"),
        ]});
        parse(&json).unwrap()
    }

    #[test]
    fn dependencies_of_tests_do_not_count() {
        assert_eq!(sample()[0].dependencies, ["serde", "cc"]);
    }

    #[test]
    fn a_module_is_its_folder_with_the_derive_or_one_package() {
        let packages = sample();
        let names =
            |m: &str| module(&packages, m).unwrap().iter().map(|p| p.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("timing"), ["suitkaise-timing", "suitkaise-timing-derive"]);
        assert_eq!(names("suitkaise-timing"), ["suitkaise-timing"]);
        assert_eq!(names("suitkaise"), ["suitkaise"]);
        assert!(!module(&packages, "xtask").unwrap()[0].has_library);
        let error = module(&packages, "timming").unwrap_err().to_string();
        assert_eq!(error, "no module `timming`; there are suitkaise, timing, xtask");
    }
}
