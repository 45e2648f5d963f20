//! `cargo xtask supported`: writes `plugins/SUPPORTED.md` from the tables that its tests run.

use crate::error::Result;
use crate::step;

/// Runs the test that makes the page, and tells it to write.
pub(crate) fn run() -> Result<()> {
    let mut command = step::command("cargo");
    command
        .args(["test", "--quiet", "-p", "cerial-plugins", "--all-features", "--test", "types", "--"])
        .arg("the_page_is_the_one_that_the_table_makes")
        .env("SUPPORTED_WRITE", "1");
    step::run(&mut command)
}
