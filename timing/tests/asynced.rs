//! Sessions that belong to a task.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::time::Duration;

use suitkaise_timing::{AsyncSktimer, ErrorKind, Sktimer};

#[test]
fn a_session_goes_from_thread_to_thread() {
    let timer = Arc::new(Sktimer::new());
    let mut session = AsyncSktimer::on(Arc::clone(&timer));
    assert_eq!((session.start(), session.start(), session.depth()), (1, 2, 2));
    let mut session = std::thread::spawn(move || {
        session.stop().unwrap();
        session
    })
    .join()
    .unwrap();
    session.lap().unwrap();
    session.stop().unwrap();
    assert_eq!((timer.num_times(), timer.depth(), session.timer().num_times()), (3, 0, 3));
    assert!(timer.original_start_time().is_some());
    assert!(format!("{session:?}").starts_with("AsyncSktimer(0 running, n=3"));
}

#[test]
fn sessions_of_one_thread_do_not_mix() {
    let timer = Sktimer::new();
    let (mut one, mut other) = (timer.asynced(), timer.asynced());
    one.start();
    assert_eq!(other.stop().unwrap_err().kind(), ErrorKind::NotRunning);
    assert_eq!(timer.stop().unwrap_err().kind(), ErrorKind::NotRunning);
    assert!(one.pause().unwrap() && !one.pause().unwrap());
    one.resume().unwrap();
    assert_eq!(one.resume().unwrap_err().kind(), ErrorKind::NotPaused);
    assert!(one.discard().unwrap() < Duration::from_secs(60));
    other.start();
    drop(other);
    assert_eq!(timer.num_times(), 0);
}

#[test]
fn misuse_is_an_error_at_the_callers_place() {
    let timer = Sktimer::new();
    let mut session = timer.asynced();
    let errors = [
        session.stop().unwrap_err(),
        session.lap().unwrap_err(),
        session.pause().unwrap_err(),
        session.resume().unwrap_err(),
        session.discard().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            (error.kind(), error.location().file()),
            (ErrorKind::NotRunning, "timing/tests/asynced.rs")
        );
    }
}
