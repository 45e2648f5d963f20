//! Real children, over each back end: starts that fail, ends and their causes, frames, limits, orphans, leaks.

#[path = "../common/mod.rs"]
mod common;
mod ends;
mod frames;
mod limits;
mod parents;
mod starts;

use std::process::Command;

use suitkaise_processing::raw::{Death, Event, Spawn, Stdio};

suitkaise_processing::test_support!();

const PROGRAM: &str = env!("CARGO_BIN_EXE_processing-test-program");
const SIGKILL: i32 = 9;
const SIGABRT: i32 = 6;
const SIGSEGV: i32 = 11;
const SIGTERM: i32 = 15;

fn quiet() -> Spawn {
    Spawn::new().stderr(Stdio::Null)
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
