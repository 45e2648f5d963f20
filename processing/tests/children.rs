//! Real children, over each back end: starts that fail, ends and their causes, frames, limits, orphans, leaks.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio as Std};
use std::time::{Duration, Instant};

use common::{LONG, WORD, gone_within, run};
use suitkaise_processing::raw::{
    Cause, Death, Event, Limits, SendError, Spawn, StartError, StartErrorKind, Stdio,
};

suitkaise_processing::test_support!();

const PROGRAM: &str = env!("CARGO_BIN_EXE_processing-test-program");
const SIGKILL: i32 = 9;
const SIGABRT: i32 = 6;
const SIGSEGV: i32 = 11;
const SIGTERM: i32 = 15;

fn quiet() -> Spawn {
    Spawn::new().stderr(Stdio::Null)
}

/// Runs an entry in a child of its own to the end of the process.
#[track_caller]
fn end_of(entry: &str, payload: &[u8], limits: &Limits) -> Death {
    let child = quiet().start().expect("a child");
    child.begin(entry, payload, limits, LONG).expect("begun");
    death(|| child.recv(LONG))
}

#[track_caller]
fn death(mut recv: impl FnMut() -> Event) -> Death {
    loop {
        match recv() {
            Event::Died(death) => return (*death).clone(),
            Event::TimedOut => panic!("no end in sight"),
            _ => {}
        }
    }
}

#[track_caller]
fn done(event: Event) -> Vec<u8> {
    match event {
        Event::Done(bytes) => bytes,
        other => panic!("not done: {other:?}"),
    }
}

/// Starts the other program as a child with a role.
fn misfit(role: &str) -> StartError {
    let spawn = quiet().program(PROGRAM).env("PROCESSING_TEST", role).start_timeout(Duration::from_secs(5));
    spawn.start().expect_err("not a child")
}

#[test]
fn an_entry_gives_its_result_or_its_error_and_a_clean_end() {
    let child = quiet().start().expect("a child");
    assert_eq!(done(run(&child, "echo", b"bytes")), b"bytes");
    assert!(death(|| child.recv(LONG)).is_clean());
    assert!(!child.is_alive() && child.wait(LONG));

    let child = quiet().start().expect("a child");
    match run(&child, "fail", b"why") {
        Event::Failed(bytes) => assert_eq!(bytes, b"why"),
        other => panic!("{other:?}"),
    }
    assert_eq!(death(|| child.recv(LONG)).cause, Cause::Exited(1));
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

type Right<'a> = &'a dyn Fn(&Cause) -> bool;

#[test]
fn every_end_has_its_cause() {
    let free = Limits::default();
    let signaled =
        |signal| move |cause: &Cause| matches!(cause, Cause::Signaled { signal: s, .. } if *s == signal);
    let cases: [(&str, &[u8], Right<'_>); 9] = [
        ("exit 7", &[], &|cause| *cause == Cause::Exited(7)),
        ("exit 0", &[], &|cause| *cause == Cause::Exited(0)),
        ("abort", &[], &signaled(SIGABRT)),
        ("segfault", &[], &signaled(SIGSEGV)),
        ("signal", &[9], &signaled(SIGKILL)),
        ("signal", &[15], &signaled(SIGTERM)),
        ("garbage", &[], &|cause| matches!(cause, Cause::Protocol(_))),
        ("no such entry", &[], &|cause| matches!(cause, Cause::Refused(why) if why.contains("echo"))),
        ("twice", &[], &|cause| matches!(cause, Cause::Refused(why) if why.contains("registered twice"))),
    ];
    for (entry, payload, right) in cases {
        let death = end_of(entry, payload, &free);
        assert!(right(&death.cause), "{entry} {payload:?}: {death:?}");
        assert!(death.panic.is_none(), "{entry}: {death:?}");
    }
}

#[test]
fn a_child_that_closes_its_descriptors_is_ended() {
    let start = Instant::now();
    let death = end_of("close everything", &[], &Limits::default());
    // Its lifeline reads as closed too, so it may end itself before the parent does it.
    let own = matches!(death.cause, Cause::Signaled { signal: SIGKILL, .. });
    assert!(own || matches!(death.cause, Cause::Protocol(_)), "{death:?}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_panic_arrives_with_message_and_place() {
    let death = end_of("panic", &[], &Limits::default());
    let panic = death.panic.as_ref().expect("a panic");
    assert_eq!((&*panic.message, death.cause.clone()), ("boom 42", Cause::Exited(101)));
    assert!(panic.location.contains("common/mod.rs:"), "{panic:?}");
    assert!(death.to_string().contains("boom 42"), "{death}");

    let panic = end_of("panic any", &[], &Limits::default()).panic.expect("a panic");
    assert_eq!(panic.message, "a panic payload that is no string");

    let death = end_of("panic and abort", &[], &Limits::default());
    assert!(matches!(death.cause, Cause::Signaled { signal: SIGABRT, .. }), "{death:?}");
    assert!(death.panic.is_some(), "{death:?}");

    let death = end_of("caught panic, then kill", &[], &Limits::default());
    assert!(matches!(death.cause, Cause::Signaled { signal: SIGKILL, .. }), "{death:?}");
    assert!(death.panic.is_none(), "an old panic is no cause: {death:?}");
}

#[test]
fn the_last_lines_of_stderr_come_with_the_death() {
    let death = end_of("complain", &[], &Limits::default());
    assert!(death.stderr.ends_with("complaint 1999") && death.stderr.len() <= 8 << 10);
    assert!(death.to_string().contains("exited with code 3; last stderr: complaint 1995 | "), "{death}");
}

#[test]
fn captured_streams_are_whole() {
    let child = Spawn::new().stdout(Stdio::Capture).stderr(Stdio::Capture).start().expect("a child");
    let text = "line\n".repeat(100_000);
    assert_eq!(done(run(&child, "print", text.as_bytes())), b"");
    assert!(child.wait(LONG));
    let stdout = child.stdout().expect("captured");
    assert!(stdout == text.as_bytes(), "{} of {} bytes", stdout.len(), text.len());
    assert_eq!(child.stderr().expect("captured").len(), text.len());
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
fn frames_keep_their_order_and_a_stop_overtakes_them() {
    let child = quiet().start().expect("a child");
    child.begin("talk", &[], &Limits::default(), LONG).expect("begun");
    for n in 0..1_000_u32 {
        child.send(WORD, &n.to_le_bytes(), LONG).expect("sent");
    }
    for n in 0..1_000_u32 {
        let Event::Frame(frame) = child.recv(LONG) else { panic!("no frame {n}") };
        assert_eq!(frame.payload, n.to_le_bytes());
    }
    assert!(matches!(child.recv(Some(Duration::from_millis(5))), Event::TimedOut));
    assert!(matches!(child.send(3, &[], LONG), Err(SendError::ReservedKind(3))));
    child.stop();
    assert_eq!(done(child.recv(LONG)), 1_000_u32.to_le_bytes());
    assert!(death(|| child.recv(LONG)).is_clean());
    assert!(matches!(child.send(WORD, &[1], LONG), Err(SendError::Closed)));
}

#[test]
fn two_floods_meet_without_a_deadlock() {
    let child = quiet().start().expect("a child");
    child.begin("flood", &[], &Limits::default(), LONG).expect("begun");
    let block = vec![1; 1 << 20];
    for _ in 0..64 {
        child.send(WORD, &block, LONG).expect("sent");
    }
    child.send(WORD, &[], LONG).expect("sent");
    for _ in 0..64 {
        let Event::Frame(frame) = child.recv(LONG) else { panic!("no frame") };
        assert_eq!(frame.payload.len(), 1 << 20);
    }
    assert_eq!(done(child.recv(LONG)), (64_u64 << 20).to_le_bytes());
}

#[test]
fn a_large_result_does_not_need_a_reader_for_the_child_to_end() {
    let child = quiet().start().expect("a child");
    let large = vec![5; 20 << 20];
    child.begin("echo", &large, &Limits::default(), LONG).expect("begun");
    assert!(child.wait(LONG));
    assert_eq!(done(child.recv(LONG)), large);
    assert!(death(|| child.recv(LONG)).is_clean());
}

#[test]
fn a_full_pipe_is_an_error_at_the_deadline() {
    let child = quiet().start().expect("a child");
    child.begin("deaf", &[], &Limits::default(), LONG).expect("begun");
    let start = Instant::now();
    let error = child.send(WORD, &vec![0; 8 << 20], Some(Duration::from_millis(50))).expect_err("full");
    assert!(matches!(error, SendError::Timeout { partial: true }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(2));
    child.kill();
    assert!(matches!(child.send(WORD, &vec![0; 8 << 20], LONG), Err(SendError::Closed)));
    assert_eq!(death(|| child.recv(LONG)).cause, Cause::Killed);
}

#[test]
fn several_threads_may_talk_to_one_child() {
    let child = quiet().start().expect("a child");
    child.begin("talk", &[], &Limits::default(), LONG).expect("begun");
    let got: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|n| {
                let child = &child;
                scope.spawn(move || {
                    for _ in 0..100 {
                        child.send(WORD + n, &[n; 100], LONG).expect("sent");
                    }
                    (0..100)
                        .filter(|_| matches!(child.recv(LONG), Event::Frame(f) if f.payload.len() == 100))
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(got, 400);
    child.stop();
    assert_eq!(done(child.recv(LONG)), 400_u32.to_le_bytes());
}

#[test]
fn descriptors_travel_with_frames() {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"hello").expect("written");
    let child = quiet().start().expect("a child");
    child.begin("fd", &[], &Limits::default(), LONG).expect("begun");
    child.send_with(WORD, &[b"in ", b"parts"], &[std::os::fd::AsFd::as_fd(&file)], LONG).expect("sent");
    assert_eq!(done(child.recv(LONG)), b"hello");
}

#[test]
fn end_stops_then_terminates_then_kills() {
    let child = quiet().stdout(Stdio::Capture).start().expect("a child");
    child.begin("until stop", &[], &Limits::default(), LONG).expect("begun");
    assert!(matches!(child.recv(LONG), Event::Frame(_)));
    assert!(child.end(Duration::from_secs(10)).is_clean());
    assert_eq!(done(child.recv(LONG)), b"stopped");

    let child = quiet().start().expect("a child");
    child.begin("spin", &[], &Limits::default(), LONG).expect("begun");
    let death = child.end(Duration::from_millis(50));
    assert!(matches!(death.cause, Cause::Signaled { signal: SIGTERM, .. }), "{death:?}");

    assert!(quiet().start().expect("a spare").end(Duration::from_secs(10)).is_clean());
}

#[test]
fn a_stopped_child_is_killed_all_the_same() {
    let child = quiet().start().expect("a child");
    child.begin("signal", &[19], &Limits::default(), LONG).expect("begun");
    assert!(!child.wait(Some(Duration::from_millis(50))));
    assert_eq!(child.end(Duration::from_millis(20)).cause, Cause::Killed);
}

#[test]
fn dropping_the_handle_ends_the_child_and_what_it_started() {
    let child = quiet().start().expect("a child");
    child.begin("shell", &[], &Limits::default(), LONG).expect("begun");
    let Event::Frame(frame) = child.recv(LONG) else { panic!("no pid") };
    let (own, sleep) = (child.pid(), String::from_utf8_lossy(&frame.payload).parse().expect("a pid"));
    drop(child);
    for pid in [own, sleep] {
        assert!(gone_within(pid, Duration::from_millis(500)).is_some(), "{pid} lives on");
    }
}

#[test]
fn limits_hold_in_the_child() {
    let with = |set: fn(&mut Limits)| {
        let mut limits = Limits::default();
        set(&mut limits);
        limits
    };
    let memory = with(|limits| limits.memory_bytes = Some(400 << 20));
    assert_eq!(end_of("allocate", &[], &memory).cause, Cause::OutOfMemory);

    let child = quiet().env_clear().env("ONLY", "this").start().expect("a child");
    assert_eq!(String::from_utf8_lossy(&done(run(&child, "environment", &[]))), "ONLY=this");

    let directory = with(|limits| limits.directory = Some("/".into()));
    let child = quiet().start().expect("a child");
    child.begin("where", &[], &directory, LONG).expect("begun");
    assert_eq!(done(child.recv(LONG)), b"/");

    let nowhere = with(|limits| limits.directory = Some("/nonexistent".into()));
    let refused = end_of("where", &[], &nowhere);
    assert!(matches!(&refused.cause, Cause::Refused(why) if why.contains("/nonexistent")), "{refused:?}");
}

#[test]
fn the_network_is_off_or_the_child_says_that_it_cannot() {
    let mut limits = Limits::default();
    limits.network_off = true;
    limits.no_new_privileges = true;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port().to_string();
    let child = quiet().start().expect("a child");
    assert_eq!(done(run(&child, "connect", port.as_bytes())), b"true");
    let child = quiet().start().expect("a child");
    child.begin("connect", port.as_bytes(), &limits, LONG).expect("begun");
    match child.recv(LONG) {
        Event::Done(reached) => assert_eq!(reached, b"false"),
        Event::Died(death) => assert!(matches!(&death.cause, Cause::Refused(why) if why.contains("network"))),
        other => panic!("{other:?}"),
    }
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
fn no_descendant_outlives_a_killed_parent() {
    for _ in 0..10 {
        let (mut parent, line) = parent("family");
        let family = pids(&line);
        assert_eq!(family.len(), 3, "{line}");
        parent.kill().expect("killed");
        for pid in family {
            assert!(gone_within(pid, Duration::from_millis(100)).is_some(), "{pid} outlives its parent");
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
        assert!(gone_within(pid, Duration::from_millis(100)).is_some());
    }
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
fn nothing_is_left_after_any_end() {
    let out = Command::new(PROGRAM).arg("leaks").output().expect("run");
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "children [] descriptors 0");
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

#[test]
fn all_of_this_holds_over_the_portable_back_end() {
    const VARIABLE: &str = "SUITKAISE_BACKEND";
    if std::env::var_os(VARIABLE).is_some() {
        return;
    }
    let own = std::env::current_exe().expect("a path");
    let out = Command::new(own).env(VARIABLE, "portable").arg("--test-threads=2").output().expect("run");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
}
