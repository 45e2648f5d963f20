//! A crate of somebody else, outside the workspace, that depends on `cerial` alone: built here and run.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::process::{Command, Output};

/// Builds and runs one of the programs in `tests/fixtures/app`.
fn run(program: &str) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let test = std::env::current_exe().expect("a test has a file");
    let target = test.ancestors().nth(3).expect("a test is in target/PROFILE/deps").join("fixtures");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--manifest-path"])
        .arg(root.join("tests/fixtures/app/Cargo.toml"))
        .args(["--bin", program])
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} failed");
    output
}

#[test]
fn its_handler_and_its_reconnector_work_through_a_child_process() {
    assert_eq!(String::from_utf8_lossy(&run("app").stdout).trim(), "ok");
}

#[test]
fn a_forgotten_use_is_told_with_what_to_write() {
    let told = String::from_utf8_lossy(&run("unlinked").stdout).into_owned();
    assert!(told.contains("no handler for `core::alloc::layout::Layout`"), "{told}");
    assert!(told.contains("at `boxes[0]`"), "{told}");
    assert!(told.contains("linked? add `use"), "{told}");
}

#[test]
fn a_handler_takes_ten_lines_and_a_reconnector_thirty_five() {
    let code = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/third_party/src").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        let counts = |line: &&str| {
            let line = line.trim();
            !line.is_empty()
                && !line.starts_with("//")
                && !line.starts_with("use ")
                && !line.starts_with("#[rustfmt")
        };
        text.lines().filter(counts).count()
    };
    // One more line: its part of the `plugin!` list.
    assert!(code("handler.rs") < 10, "{}", code("handler.rs"));
    assert!(code("mailbox.rs") <= 35, "{}", code("mailbox.rs"));
}
