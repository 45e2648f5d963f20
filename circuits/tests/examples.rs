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
fn circuits_retry() {
    check(
        "circuits_retry",
        "answers: [1, 4, 9, 16, 25]\n\
         trips: 3, shorts towards the next: 1\n\
         next sleep: 10ms\n\
         slept at least 70 ms: true\n",
    );
}

#[test]
fn circuits_breaker() {
    check(
        "circuits_breaker",
        "tripped: number 1, sleeping 5ms\n\
         stopped after ten failures, give or take a thread: true\n\
         broken: true\n\
         refused\n\
         closed again\n\
         next sleep: 10ms\n\
         wrote block 9\n\
         the good call put the backoff back: 5ms\n",
    );
}
