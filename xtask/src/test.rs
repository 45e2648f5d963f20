//! `cargo xtask test [MODULE]`: setup, servers, then every test and every example in the documentation.

use crate::error::Result;
use crate::metadata::{self, Package};
use crate::step::Report;
use crate::{servers, setup, steps};

/// Runs the tests of the whole, or of one module.
pub(crate) fn run(module: Option<&str>) -> Result<()> {
    let packages = metadata::packages()?;
    let chosen = module.map(|name| metadata::module(&packages, name)).transpose()?;
    let mut report = Report::default();
    if report.call("setup", setup::run) {
        tests(&mut report, chosen.as_deref());
    }
    report.finish("test")
}

/// Runs the tests as steps of a chore; the servers are up for exactly that long.
pub(crate) fn tests(report: &mut Report, chosen: Option<&[&Package]>) {
    let mut servers = None;
    let up = report.call("servers", || {
        let guard = servers::Guard::up()?;
        servers = Some(guard);
        Ok(())
    });
    let Some(guard) = servers.filter(|_| up) else { return };
    let env = guard.env();
    report.step(&steps::TESTS, &selection(chosen, |_| true), env);
    let with_doctests = selection(chosen, |p| p.has_library);
    if !with_doctests.is_empty() {
        report.step(&steps::DOCTESTS, &with_doctests, env);
    }
    if chosen.is_none() {
        for step in steps::MORE_TESTS {
            report.step(step, &[], env);
        }
    }
    report.call("servers end", || guard.down());
}

/// Returns the arguments that limit cargo to the chosen packages; empty if none of them fits.
fn selection(chosen: Option<&[&Package]>, fits: impl Fn(&Package) -> bool) -> Vec<String> {
    match chosen {
        None => vec!["--workspace".to_owned()],
        Some(packages) => {
            packages.iter().filter(|p| fits(p)).flat_map(|p| ["-p".to_owned(), p.name.clone()]).collect()
        }
    }
}
