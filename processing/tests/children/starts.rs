//! Starts: each way to fail has its error.

use std::process::Command;
use std::time::{Duration, Instant};

use suitkaise_processing::raw::{Cause, StartError, StartErrorKind, Stdio};

use crate::common::run;
use crate::{PROGRAM, done, quiet};

/// Starts the other program as a child with a role.
fn misfit(role: &str) -> StartError {
    let spawn = quiet().program(PROGRAM).env("PROCESSING_TEST", role).start_timeout(Duration::from_secs(5));
    spawn.start().expect_err("not a child")
}

#[test]
fn each_way_to_fail_a_start_has_its_own_error() {
    let cases = [
        ("return", StartErrorKind::InitMissing, "ended with code 0"),
        ("start", StartErrorKind::InitMissing, "went on to start children"),
        ("exit", StartErrorKind::DiedEarly, "exited with code 3; last stderr: early trouble"),
        ("abort", StartErrorKind::DiedEarly, "SIGABRT"),
        ("", StartErrorKind::OtherBuild, "another build"),
    ];
    for (role, kind, said) in cases {
        let error = misfit(role);
        assert_eq!(error.kind(), kind, "{role}: {error}");
        assert!(error.to_string().contains(said), "{role}: {error}");
    }
    let error = quiet().program("/nonexistent").start().expect_err("no program");
    assert_eq!(error.kind(), StartErrorKind::Exec);
    assert!(std::error::Error::source(&error).is_some());
    // A program that knows nothing of us, and one that fails.
    assert_eq!(quiet().program("/bin/true").start().expect_err("").kind(), StartErrorKind::InitMissing);
    assert_eq!(quiet().program("/bin/false").start().expect_err("").kind(), StartErrorKind::DiedEarly);
}

#[test]
fn a_main_that_never_reaches_init_is_told_from_a_slow_start() {
    let limit = Duration::from_millis(400);
    let spawn = quiet().program(PROGRAM).env("PROCESSING_TEST", "hang").start_timeout(limit);
    let start = Instant::now();
    let error = spawn.start().expect_err("no greeting");
    assert_eq!(error.kind(), StartErrorKind::InitMissing, "{error}");
    assert!(start.elapsed() < limit + Duration::from_secs(2));
    assert_eq!(error.death().expect("it was killed").cause, Cause::Killed);

    // A program that is not ours shows no sign of having been loaded.
    let error = quiet().stdout(Stdio::Null).program("/usr/bin/yes").start_timeout(limit).start();
    let error = error.expect_err("no greeting");
    assert_eq!(error.kind(), StartErrorKind::Timeout, "{error}");
}

#[test]
fn a_parent_without_init_is_told_so() {
    let out = Command::new(PROGRAM).arg("without-init").output().expect("run");
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "Err(InitMissing)");
}

#[test]
fn children_nest_three_levels_and_are_refused_below_sixteen() {
    let child = quiet().start().expect("a child");
    assert_eq!(done(run(&child, "nest", &[2])), b"3");
    let child = quiet().start().expect("a child");
    assert_eq!(String::from_utf8_lossy(&done(run(&child, "nest", &[40]))), "TooDeep at 16");
}

#[test]
fn a_hundred_children_start_at_once() {
    let right: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let children: Vec<_> = (0..25).map(|_| quiet().start().expect("a child")).collect();
                    children.iter().filter(|child| done(run(child, "echo", b"one")) == b"one").count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(right, 100);
}

#[test]
fn too_few_descriptors_is_an_error_and_the_rest_works_on() {
    let out = Command::new(PROGRAM).arg("scarce").output().expect("run");
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "Resources true true", "{out:?}");
}

#[test]
fn a_stale_variable_makes_nobody_a_child() {
    let stale = format!("1:3,4:{}:2:1", "0".repeat(32));
    let out = Command::new(PROGRAM).env("SUITKAISE_CHILD", stale).output().expect("run");
    assert!(String::from_utf8_lossy(&out.stderr).contains("the other program"), "{out:?}");
}
