//! `cargo xtask ci`: everything that must hold before a change lands; `.ci/run` calls it.

use crate::error::Result;
use crate::metadata::{self, Package};
use crate::step::Report;
use crate::{counts, fuzz, layers, setup, steps, test};

/// Runs every check, also those after one that failed.
pub(crate) fn run() -> Result<()> {
    let packages = metadata::packages()?;
    let mut report = Report::default();
    let ready = report.call("setup", setup::run);
    report.call("layers", layers::run);
    for step in steps::BEFORE_TESTS {
        report.step(step, &[], &[]);
    }
    if ready {
        test::tests(&mut report, None);
    }
    let with_benches = benches(&packages);
    if !with_benches.is_empty() {
        report.step(&steps::BENCHES_BUILD, &with_benches, &[]);
    }
    for step in steps::AFTER_TESTS {
        report.step(step, &[], &[]);
    }
    report.call("instruction counts", || counts::run(false));
    report.call("fuzz targets", || fuzz::run(fuzz::SMOKE_SECONDS, false));
    report.finish("ci")
}

/// Returns the arguments that name the packages with benches: cargo refuses `--bench *` where there is none.
fn benches(packages: &[Package]) -> Vec<String> {
    packages.iter().filter(|p| p.has_bench).flat_map(|p| ["-p".to_owned(), p.name.clone()]).collect()
}
