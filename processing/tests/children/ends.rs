//! Ends: each has its cause, with panic and last lines, and nothing stays.

use std::time::{Duration, Instant};

use suitkaise_processing::raw::{Cause, Death, Event, Limits, Stdio};

use crate::common::{LONG, gone_within, run};
use crate::{SIGABRT, SIGKILL, SIGSEGV, SIGTERM, death, done, quiet};

/// Runs an entry in a child of its own to the end of the process.
#[track_caller]
pub(crate) fn end_of(entry: &str, payload: &[u8], limits: &Limits) -> Death {
    let child = quiet().start().expect("a child");
    child.begin(entry, payload, limits, LONG).expect("begun");
    death(|| child.recv(LONG))
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
