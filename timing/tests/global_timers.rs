//! The registry of global timers: a test binary of its own, for it is one for the process.

use suitkaise_timing::{clear_global_timers, global_timer, global_timers, timethis};

#[timethis(max_times = 5)]
fn one() {}

fn other() {
    #[timethis]
    fn one() {}
    one();
}

#[test]
fn clear_global_timers_resets_and_forgets_them() {
    assert!(global_timers().is_empty());
    one();
    other();
    let names: Vec<_> = global_timers().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["global_timers_one_timer", "global_timers_one_timer_2"]);
    let timer = one::timer();
    assert_eq!(timer.num_times(), 1);

    clear_global_timers();
    assert!(global_timers().is_empty());
    assert!(global_timer("global_timers_one_timer").is_none());
    assert_eq!(timer.num_times(), 0);

    one();
    assert_eq!(global_timer("global_timers_one_timer").unwrap().num_times(), 1);
    assert_eq!(one::timer().max_times(), Some(5));
}
