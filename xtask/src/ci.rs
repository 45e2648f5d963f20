//! `cargo xtask ci`: everything that must hold before a change lands; `.ci/run` calls it.

use crate::error::Result;
use crate::step::Report;
use crate::{fuzz, layers, setup, steps, test};

/// Runs every check, also those after one that failed.
pub(crate) fn run() -> Result<()> {
    let mut report = Report::default();
    let ready = report.call("setup", setup::run);
    report.call("layers", layers::run);
    for step in steps::BEFORE_TESTS {
        report.step(step, &[], &[]);
    }
    if ready {
        test::tests(&mut report, None);
    }
    for step in steps::AFTER_TESTS {
        report.step(step, &[], &[]);
    }
    report.call("fuzz targets", || fuzz::run(fuzz::SMOKE_SECONDS));
    report.finish("ci")
}
