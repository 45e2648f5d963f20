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
fn timing_parallel() {
    check(
        "timing_parallel",
        "threads recorded 100 measurements in the window\n\
         p95 is at least the median: true\n\
         3 laps, pauses kept apart: true\n\
         some calls were slow, most were not: true\n",
    );
}

#[test]
fn timing_functions() {
    check(
        "timing_functions",
        "100 lines were bad, 4900 were parsed\n\
         the method's window holds 1000\n\
         both together: 9800\n\
         global timer timing_functions_Counter_count_timer\n\
         global timer timing_functions_parse_timer\n\
         after clear_global_timers: 0\n",
    );
}
