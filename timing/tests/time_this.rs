//! The guard.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use suitkaise_timing::{ErrorKind, Sktimer, TimeThis};

const MS: Duration = Duration::from_millis(1);

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

#[test]
fn a_scope_is_recorded_when_it_ends() {
    let timer = Sktimer::new();
    {
        let _t = TimeThis::on(&timer);
        spin(MS);
        assert_eq!(timer.num_times(), 0);
    }
    assert!(timer.most_recent().unwrap() >= MS);
    assert!(timer.original_start_time().is_some());
}

#[test]
fn a_guard_may_own_its_timer() {
    let section = TimeThis::new();
    spin(MS);
    let timer = section.into_timer();
    assert_eq!(timer.num_times(), 1);
    assert!(timer.most_recent().unwrap() >= MS);
}

#[test]
fn a_guard_holds_a_shared_timer_across_threads() {
    let timer = Arc::new(Sktimer::new());
    let section = TimeThis::on(Arc::clone(&timer));
    std::thread::spawn(move || section.finish()).join().unwrap();
    assert_eq!(timer.num_times(), 1);
}

#[test]
fn below_the_threshold_nothing_is_recorded() {
    let timer = Sktimer::new();
    assert_eq!(TimeThis::on(&timer).threshold(1000.0).finish(), None);
    drop(TimeThis::on(&timer).threshold(1000));
    TimeThis::on(&timer).threshold(1000.0).lap();
    assert_eq!(timer.num_times(), 0);
    let section = TimeThis::on(&timer).threshold(MS);
    spin(MS);
    assert!(section.finish().is_some());
    assert_eq!(timer.num_times(), 1);
}

#[test]
fn a_section_that_panics_is_not_recorded() {
    let timer = Sktimer::new();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _t = TimeThis::on(&timer);
        std::panic::resume_unwind(Box::new("failed"));
    }));
    assert!(caught.is_err());
    assert_eq!(timer.num_times(), 0);
}

#[test]
fn a_section_within_a_drop_during_a_panic_is_recorded() {
    struct Cleanup<'a>(&'a Sktimer);
    impl Drop for Cleanup<'_> {
        fn drop(&mut self) {
            let _t = TimeThis::on(self.0);
        }
    }
    let timer = Sktimer::new();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _c = Cleanup(&timer);
        std::panic::resume_unwind(Box::new("failed"));
    }));
    assert!(caught.is_err());
    assert_eq!(timer.num_times(), 1);
}

#[test]
fn discard_ends_unrecorded() {
    let timer = Sktimer::new();
    let section = TimeThis::on(&timer);
    spin(MS);
    assert!(section.discard() >= MS);
    assert_eq!(timer.num_times(), 0);
}

#[test]
fn pause_resume_and_lap_work_on_the_guard() {
    let timer = Sktimer::new();
    let mut section = TimeThis::on(&timer);
    assert!(section.pause());
    assert!(!section.pause());
    spin(20 * MS);
    section.resume().unwrap();
    assert_eq!(section.resume().unwrap_err().kind(), ErrorKind::NotPaused);
    assert!(section.lap() < 20 * MS);
    assert!(section.elapsed() < 20 * MS);
    section.finish();
    assert_eq!(timer.num_times(), 2);
    assert!(timer.total_time_paused() >= 20 * MS);
}

#[test]
fn guards_on_one_timer_nest_without_a_session() {
    let timer = Sktimer::new();
    {
        let _outer = TimeThis::on(&timer);
        let _inner = TimeThis::on(&timer);
        assert_eq!(timer.depth(), 0);
    }
    assert_eq!(timer.num_times(), 2);
}

#[test]
fn a_refused_threshold_loses_nothing_and_check_returns_it() {
    let timer = Sktimer::new();
    drop(TimeThis::on(&timer).threshold(-1.0));
    assert_eq!(timer.num_times(), 1);
    for bad in [-1.0, f64::NAN, f64::INFINITY, f64::MAX] {
        let error = TimeThis::on(&timer).threshold(bad).check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadDuration);
        assert!(error.to_string().starts_with("threshold must be a finite number of seconds"), "{error}");
        assert!(error.to_string().contains("tests/time_this.rs"), "{error}");
    }
    assert_eq!(timer.num_times(), 1);
    TimeThis::on(&timer).threshold(0.0).check().unwrap().finish();
    assert_eq!(timer.num_times(), 2);
}
