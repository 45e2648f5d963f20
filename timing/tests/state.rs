//! A timer as plain data and back.

use std::time::{Duration, UNIX_EPOCH};

use suitkaise_timing::{Sktimer, TimerState};

#[test]
fn a_timer_goes_through_its_state_and_goes_on() {
    let timer = Sktimer::with_max_times(3).unwrap();
    timer.start();
    timer.pause().unwrap();
    timer.stop().unwrap();
    timer.add_time(0.5).unwrap();
    timer.start();
    let copy = Sktimer::try_from(TimerState::from(&timer)).unwrap();
    assert_eq!(copy.stats(), timer.stats());
    assert_eq!((copy.max_times(), copy.depth()), (Some(3), 0));
    copy.add_time(1).unwrap();
    copy.add_time(2).unwrap();
    assert_eq!(copy.times(), [0.5, 1.0, 2.0].map(Duration::from_secs_f64));
    assert_eq!(copy.original_start_time(), timer.original_start_time());
}

#[test]
fn an_unused_timer_has_the_default_state() {
    assert_eq!(TimerState::from(&Sktimer::new()), TimerState::default());
    assert_eq!(Sktimer::try_from(TimerState::default()).unwrap().original_start_time(), None);
}

#[test]
fn times_before_the_epoch_survive() {
    let state = TimerState { original_start_time: Some(-1_500_000_000), ..TimerState::default() };
    let timer = Sktimer::try_from(state.clone()).unwrap();
    assert_eq!(timer.original_start_time(), Some(UNIX_EPOCH - Duration::from_millis(1500)));
    assert_eq!(TimerState::from(&timer), state);
}

#[test]
fn a_state_wider_than_its_window_keeps_the_latest() {
    let state = TimerState { times: vec![1, 2, 3], max_times: Some(2), ..TimerState::default() };
    let timer = Sktimer::try_from(state).unwrap();
    assert_eq!(timer.times(), [2, 3].map(Duration::from_nanos));
}
