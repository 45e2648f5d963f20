//! The examples print what they promise. `cargo test` builds them before it runs this.

use std::path::PathBuf;
use std::process::Command;

/// What the example prints, without `--verbose`.
#[track_caller]
fn check(name: &str, want: &str) {
    let test = std::env::current_exe().expect("this test has a path");
    let example: PathBuf =
        test.ancestors().nth(2).expect("it is in target/debug/deps").join("examples").join(name);
    let output = Command::new(&example).output().unwrap_or_else(|e| {
        panic!("{}: {e}; build it with `cargo build --example {name}`", example.display())
    });
    assert_eq!(String::from_utf8_lossy(&output.stdout), want);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verbose = Command::new(&example).arg("--verbose").output().expect("it ran before");
    assert!(verbose.status.success());
    assert!(verbose.stdout.len() > want.len(), "--verbose prints more");
}

#[test]
fn same_on_every_machine() {
    check(
        "same_on_every_machine",
        "work/\n\
         ├── data/\n\
         │   └── prices.csv\n\
         └── .gitignore\n",
    );
}

#[test]
fn tidy_downloads() {
    let want = [
        "5 files moved",
        "home/",
        "├── downloads/",
        "└── shelves/",
        "    ├── csv/",
        "    │   └── quarterly_numbers_of.csv",
        "    ├── other/",
        "    │   └── readme",
        "    ├── pdf/",
        "    │   ├── report__final_-2.pdf",
        "    │   └── report__final_.pdf",
        "    └── txt/",
        "        └── con_.txt",
        "",
    ];
    check("tidy_downloads", &want.join("\n"));
}
