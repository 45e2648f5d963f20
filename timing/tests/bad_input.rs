//! Every misuse is an error that says what and where; nothing is lost by it.

use std::time::Duration;

use suitkaise_timing::{ErrorKind, Sktimer, TimerState};

#[track_caller]
fn check<T>(result: suitkaise_timing::Result<T>, kind: ErrorKind, text: &str) {
    let error = result.err().expect("refused");
    assert_eq!(error.kind(), kind);
    assert!(error.to_string().starts_with(text), "{error}");
    assert_eq!(error.location().file(), "timing/tests/bad_input.rs");
    assert!(format!("{error:?}").contains(&error.to_string()));
}

#[test]
fn ending_what_was_not_started_is_an_error() {
    let t = Sktimer::new();
    check(t.stop(), ErrorKind::NotRunning, "cannot stop the timer: no measurement is running on thread `");
    check(t.lap(), ErrorKind::NotRunning, "cannot lap the timer");
    check(t.pause(), ErrorKind::NotRunning, "cannot pause the timer");
    check(t.resume(), ErrorKind::NotRunning, "cannot resume the timer");
    check(t.discard(), ErrorKind::NotRunning, "cannot discard the timer");
    assert_eq!(t.num_times(), 0);
}

#[test]
fn resume_without_pause_is_an_error_and_the_measurement_goes_on() {
    let t = Sktimer::new();
    t.start();
    check(t.resume(), ErrorKind::NotPaused, "cannot resume the timer: it is not paused");
    t.stop().unwrap();
}

#[test]
fn times_that_are_none_are_refused() {
    let t = Sktimer::new();
    for bad in [-1.0, f64::NAN, f64::INFINITY, 1e30] {
        check(t.add_time(bad), ErrorKind::BadDuration, "add_time must be a finite number of seconds");
    }
    check(t.add_time(-1), ErrorKind::BadDuration, "add_time must be a finite number of seconds");
    check(t.add_time(Duration::MAX), ErrorKind::BadDuration, "add_time must be at most 292 years");
    assert_eq!((t.num_times(), t.original_start_time()), (0, None));
}

#[test]
fn the_longest_times_add_up_without_overflow() {
    let t = Sktimer::new();
    let longest = Duration::from_nanos(i64::MAX as u64);
    for _ in 0..3 {
        t.add_time(longest).unwrap();
    }
    t.add_time(0).unwrap();
    assert_eq!(t.total_time(), 3 * longest);
    assert_eq!((t.max(), t.min(), t.median()), (Some(longest), Some(Duration::ZERO), Some(longest)));
    assert!(t.stdev().is_some() && t.mean().is_some());
    assert!(!t.histogram().to_string().is_empty() && !t.to_string().is_empty());
}

#[test]
fn percentiles_outside_0_to_100_are_refused_even_when_empty() {
    let t = Sktimer::new();
    for bad in [-0.001, 100.001, f64::NAN, f64::INFINITY] {
        check(t.percentile(bad), ErrorKind::BadPercentile, "percentile must be between 0 and 100");
        check(t.stats().percentile(bad), ErrorKind::BadPercentile, "percentile must be between 0 and 100");
    }
}

#[test]
fn a_window_of_zero_is_refused_and_the_old_one_stays() {
    check(Sktimer::with_max_times(0), ErrorKind::BadWindow, "max_times must be at least 1, got 0");
    let t = Sktimer::with_max_times(2).unwrap();
    t.add_time(1).unwrap();
    check(t.set_max_times(0), ErrorKind::BadWindow, "max_times must be at least 1, got 0");
    assert_eq!((t.max_times(), t.num_times()), (Some(2), 1));
}

#[test]
fn states_that_no_timer_can_have_are_refused() {
    for state in [
        TimerState { max_times: Some(0), ..TimerState::default() },
        TimerState { paused_times: vec![1], ..TimerState::default() },
        TimerState { times: vec![1, u64::MAX], ..TimerState::default() },
        TimerState { times: vec![1], paused_times: vec![u64::MAX], ..TimerState::default() },
        TimerState { original_start_time: Some(i128::MAX), ..TimerState::default() },
        TimerState { original_start_time: Some(i128::MIN), ..TimerState::default() },
    ] {
        let error = Sktimer::try_from(state).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadState);
        assert!(error.to_string().starts_with("timer state has "), "{error}");
    }
}

#[test]
fn a_thread_that_panics_while_measuring_harms_nobody() {
    let t = Sktimer::new();
    std::thread::scope(|s| {
        let thread = s.spawn(|| {
            t.start();
            std::panic::resume_unwind(Box::new("failed"));
        });
        assert!(thread.join().is_err());
    });
    t.start();
    t.stop().unwrap();
    assert_eq!(t.num_times(), 1);
}
