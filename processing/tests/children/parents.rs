//! Parents of their own: killed, signalled, replaced, counted.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio as Std};
use std::time::{Duration, Instant};

use crate::common::{gone_within, run};
use crate::{PROGRAM, SIGTERM, done, quiet};

/// When a process that should be gone at once is not going to go.
const SURELY: Duration = Duration::from_millis(900);

/// Starts the other program as a parent and reads the first line it prints.
fn parent(role: &str) -> (std::process::Child, String) {
    let mut parent = Command::new(PROGRAM)
        .arg(role)
        .stdin(Std::piped())
        .stdout(Std::piped())
        .stderr(Std::null())
        .spawn()
        .expect("run");
    let mut line = String::new();
    // Unbuffered: what follows the line stays in the pipe.
    let out = parent.stdout.as_mut().expect("a pipe");
    BufReader::with_capacity(1, out).read_line(&mut line).expect("a line");
    (parent, line.trim().to_owned())
}

fn pids(line: &str) -> Vec<u32> {
    line.split(' ').map(|pid| pid.parse().expect("a pid")).collect()
}

#[test]
fn stdin_is_null_unless_inherited() {
    let child = quiet().start().expect("a child");
    assert_eq!(done(run(&child, "read stdin", &[])), b"");
    let mut parent =
        Command::new(PROGRAM).arg("stdin").stdin(Std::piped()).stdout(Std::piped()).spawn().expect("run");
    parent.stdin.take().expect("a pipe").write_all(b"typed").expect("written");
    let out = parent.wait_with_output().expect("output");
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "typed");
}

#[test]
fn no_descendant_outlives_a_killed_parent() {
    for _ in 0..10 {
        let (mut parent, line) = parent("family");
        let family = pids(&line);
        assert_eq!(family.len(), 3, "{line}");
        parent.kill().expect("killed");
        // That it takes 100 ms at most is held below, where what the machine overslept is known.
        for pid in family {
            assert!(gone_within(pid, SURELY).is_some(), "{pid} outlives its parent");
        }
        parent.wait().expect("reaped");
    }
}

#[test]
fn a_signal_to_the_parent_stops_the_children_first() {
    let (mut parent, line) = parent("signal");
    let start = Instant::now();
    let pid = rustix::process::Pid::from_raw(parent.id().cast_signed()).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("sent");
    let mut rest = String::new();
    parent.stdout.take().expect("a pipe").read_to_string(&mut rest).expect("text");
    let status = parent.wait().expect("reaped");
    assert!(rest.contains("stopped gracefully"), "{rest}");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(SIGTERM));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    for pid in pids(&line) {
        assert!(gone_within(pid, SURELY).is_some());
    }
}

#[test]
fn ctrl_c_stops_objects_and_pools_gracefully() {
    let (mut parent, line) = parent("fleet");
    let pid = rustix::process::Pid::from_raw(parent.id().cast_signed()).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("sent");
    let mut rest = String::new();
    parent.stdout.take().expect("a pipe").read_to_string(&mut rest).expect("text");
    let status = parent.wait().expect("reaped");
    assert_eq!(rest.matches("finished gracefully").count(), 2, "{rest}");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    for pid in pids(&line) {
        assert!(gone_within(pid, SURELY).is_some());
    }
}

#[test]
fn parents_killed_at_random_moments_leave_no_process() {
    let out = Command::new(PROGRAM).args(["torture", "--rounds", "40", "--seed", "3"]).output().expect("run");
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(said.contains("\"rounds\": 40") && said.contains("\"hung\": 0, \"leaked\": 0"), "{out:?}");
}

#[test]
fn a_large_parent_with_many_threads_starts_children_as_soon() {
    let out = Command::new(PROGRAM).arg("large").output().expect("run");
    let said = String::from_utf8_lossy(&out.stdout);
    let slowest = said.trim().strip_prefix("2048 MiB, 10 children, the slowest start in ");
    let slowest: u64 = slowest.and_then(|ms| ms.strip_suffix(" ms")?.parse().ok()).expect(&said);
    assert!(slowest < 2_000, "{said}");
}

#[test]
fn a_program_whose_file_was_replaced_starts_children() {
    let directory = tempfile::tempdir().expect("a directory");
    let copy = directory.path().join("program");
    std::fs::copy(PROGRAM, &copy).expect("copied");
    let mut parent =
        Command::new(&copy).arg("replaced").stdin(Std::piped()).stdout(Std::piped()).spawn().expect("run");
    let mut out = BufReader::new(parent.stdout.take().expect("a pipe")).lines();
    assert_eq!(out.next().expect("a line").expect("text"), "ready");
    let other = directory.path().join("other");
    std::fs::copy("/bin/true", &other).expect("copied");
    std::fs::rename(&other, &copy).expect("replaced");
    parent.stdin.take().expect("a pipe").write_all(b"\n").expect("told");
    assert_eq!(out.next().expect("a line").expect("text"), "still here");
    assert!(parent.wait().expect("reaped").success());
}

#[test]
fn a_status_that_the_system_took_is_an_end_all_the_same() {
    let out = Command::new(PROGRAM).arg("ignored").output().expect("run");
    assert!(String::from_utf8_lossy(&out.stdout).contains("is SIGCHLD ignored?"), "{out:?}");
}

#[test]
fn nothing_is_left_after_any_end() {
    let out = Command::new(PROGRAM).arg("leaks").output().expect("run");
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "children [] descriptors 0");
}
