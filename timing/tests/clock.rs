//! time, sleep, elapsed.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use suitkaise_timing::{ErrorKind, elapsed, elapsed_between, sleep, time};

#[test]
fn time_is_seconds_since_the_epoch() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    assert!((time() - now).abs() < 60.0);
}

#[test]
fn sleep_returns_the_time_after() {
    let start = Instant::now();
    let after = sleep(0.01).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(10));
    assert!((time() - after).abs() < 60.0);
    sleep(Duration::from_millis(1)).unwrap();
    sleep(0).unwrap();
}

#[test]
fn elapsed_is_absolute_with_one_moment() {
    for offset in [-100.0, 100.0] {
        let got = elapsed(time() + offset).unwrap();
        assert!(got > Duration::from_secs(40) && got < Duration::from_secs(160), "{got:?}");
    }
    assert!(elapsed(SystemTime::now() + Duration::from_secs(100)).unwrap() > Duration::from_secs(40));
    assert!(elapsed(Instant::now()).unwrap() < Duration::from_secs(60));
}

#[test]
fn elapsed_is_absolute_with_two_moments() {
    let two = Duration::from_secs(2);
    assert_eq!(elapsed_between(3.0, 1.0).unwrap(), two);
    assert_eq!(elapsed_between(1.0, 3.0).unwrap(), two);
    let (now, later) = (Instant::now(), Instant::now() + two);
    assert_eq!(elapsed_between(now, later).unwrap(), elapsed_between(later, now).unwrap());
    assert_eq!(elapsed_between(UNIX_EPOCH, UNIX_EPOCH + two).unwrap(), two);
}

#[test]
fn a_wall_clock_that_steps_back_gives_the_distance_not_a_panic() {
    let now = SystemTime::now();
    let back = now - Duration::from_secs(3600);
    assert_eq!(elapsed_between(now, back).unwrap(), Duration::from_secs(3600));
}

#[test]
fn bad_times_are_errors() {
    for bad in [-0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        assert_eq!(sleep(bad).unwrap_err().kind(), ErrorKind::BadDuration);
    }
    assert_eq!(sleep(-1).unwrap_err().kind(), ErrorKind::BadDuration);
    assert_eq!(sleep(-1.0_f32).unwrap_err().kind(), ErrorKind::BadDuration);
    for bad in [f64::NAN, f64::INFINITY, 1e300] {
        assert_eq!(elapsed(bad).unwrap_err().kind(), ErrorKind::BadTime);
        assert_eq!(elapsed_between(0.0, bad).unwrap_err().kind(), ErrorKind::BadTime);
    }
    let error = sleep(-0.5).unwrap_err().to_string();
    assert_eq!(
        error.split(" (at ").next().unwrap(),
        "sleep must be a finite number of seconds, zero or more, got -0.5"
    );
    assert!(error.contains("tests/clock.rs:"), "{error}");
}
