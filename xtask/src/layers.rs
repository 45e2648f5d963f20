//! `cargo xtask layers`: dependencies between the crates only go down, and core stays pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::metadata::{self, Package};

/// What each package of the workspace may depend on within it. A package that is not listed is an error: whoever
/// adds one says here where it stands.
const MAY: &[(&str, &[&str])] = &[
    ("cerial-derive", &[]),
    ("cerial", &["cerial-derive"]),
    ("cerial-plugins", &["cerial"]),
    ("cerial-reconnectors", &["cerial"]),
    ("suitkaise-sk-derive", &[]),
    ("suitkaise-sk", &["suitkaise-sk-derive", LOWER]),
    ("suitkaise-timing-derive", &[]),
    ("suitkaise-timing", &["suitkaise-timing-derive", "suitkaise-sk", LOWER]),
    ("suitkaise-circuits", &["suitkaise-sk", LOWER]),
    ("suitkaise-paths-derive", &[]),
    ("suitkaise-paths", &["suitkaise-paths-derive", "suitkaise-sk", LOWER]),
    ("suitkaise-processing-derive", &[]),
    ("suitkaise-processing", &["suitkaise-processing-derive", KIT, LOWER]),
    ("suitkaise", &["suitkaise-processing", "suitkaise-processing-derive", KIT, LOWER]),
    ("xtask", &[]),
];

/// Stands for the three crates at the bottom.
const LOWER: &str = "{core, plugins, reconnectors}";
/// Stands for the kit.
const KIT: &str = "{sk, timing, circuits, paths}";

const GROUPS: &[(&str, &[&str])] = &[
    (LOWER, &["cerial", "cerial-plugins", "cerial-reconnectors"]),
    (KIT, &["suitkaise-sk", "suitkaise-timing", "suitkaise-circuits", "suitkaise-paths"]),
];

/// What core must not reach for: it does no I/O, starts no thread, knows no driver and no process. (Of parking_lot and
/// tokio it knows the locks, each behind a feature: generic containers, which only core can take.)
const NOT_IN_CORE: &[&str] =
    &["libc", "rustix", "socket2", "rusqlite", "postgres", "redis", "crossbeam-channel", "rayon"];

/// Checks the workspace.
///
/// # Errors
/// If a dependency goes up or sideways; the error names each such edge.
pub(crate) fn run() -> Result<()> {
    let packages = metadata::packages()?;
    let wrong = violations(&packages);
    if wrong.is_empty() {
        println!("{} packages, every dependency goes down", packages.len());
        return Ok(());
    }
    Err(Error::new(format_args!(
        "layers are broken (ARCHITECTURE.md says why they stand):\n  {}",
        wrong.join("\n  ")
    )))
}

fn violations(packages: &[Package]) -> Vec<String> {
    let rules: BTreeMap<&str, BTreeSet<&str>> = MAY.iter().map(|(name, may)| (*name, expand(may))).collect();
    let members: BTreeSet<&str> = packages.iter().map(|p| p.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let Some(may) = rules.get(package.name.as_str()) else {
            wrong.push(format!("{} stands on no layer: add it to xtask/src/layers.rs", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let to = dependency.as_str();
            if members.contains(to) && !may.contains(to) {
                wrong.push(format!("{} -> {to}: not one of its layers below", package.name));
            } else if package.name == "cerial" && NOT_IN_CORE.contains(&to) {
                wrong.push(format!("cerial -> {to}: core does no I/O and knows no driver"));
            }
        }
    }
    wrong
}

fn expand(may: &[&'static str]) -> BTreeSet<&'static str> {
    let group = |name: &str| GROUPS.iter().find(|(group, _)| *group == name).map(|(_, members)| *members);
    may.iter().flat_map(|name| group(name).map_or_else(|| vec![*name], <[_]>::to_vec)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[track_caller]
    fn check(edges: &[(&str, &[&str])], want: &[&str]) {
        let package = |(name, to): &(&str, &[&str])| Package {
            name: (*name).to_owned(),
            folder: PathBuf::new(),
            dependencies: to.iter().map(|d| (*d).to_owned()).collect(),
            has_library: true,
            has_bench: false,
        };
        assert_eq!(violations(&edges.iter().map(package).collect::<Vec<_>>()), want);
    }

    #[test]
    fn edges_that_go_down_are_fine() {
        check(
            &[
                ("cerial", &["serde", "cerial-derive"]),
                ("cerial-derive", &["syn"]),
                ("cerial-plugins", &["cerial", "libc"]),
                ("suitkaise-sk", &["cerial"]),
                ("suitkaise-timing", &["suitkaise-sk", "cerial-plugins"]),
                ("suitkaise-processing", &["suitkaise-timing", "cerial-reconnectors"]),
                ("suitkaise", &["suitkaise-processing", "suitkaise-timing", "cerial"]),
            ],
            &[],
        );
    }

    #[test]
    fn an_edge_up_or_sideways_is_named() {
        check(
            &[
                ("cerial", &["cerial-plugins", "rusqlite"]),
                ("cerial-plugins", &["cerial-reconnectors"]),
                ("cerial-reconnectors", &["cerial"]),
                ("suitkaise-timing", &["suitkaise-processing"]),
                ("suitkaise-processing", &["suitkaise"]),
                ("suitkaise", &[]),
            ],
            &[
                "cerial -> cerial-plugins: not one of its layers below",
                "cerial -> rusqlite: core does no I/O and knows no driver",
                "cerial-plugins -> cerial-reconnectors: not one of its layers below",
                "suitkaise-timing -> suitkaise-processing: not one of its layers below",
                "suitkaise-processing -> suitkaise: not one of its layers below",
            ],
        );
    }

    #[test]
    fn a_package_that_stands_nowhere_is_named() {
        check(
            &[("suitkaise-extra", &[])],
            &["suitkaise-extra stands on no layer: add it to xtask/src/layers.rs"],
        );
    }
}
