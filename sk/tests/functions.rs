//! `#[sk]` on functions.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use suitkaise_sk::{Kind, blocking, sk};

#[derive(Debug, PartialEq)]
enum Failed {
    Soft(u32),
    Hard,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Failed {}

static TRIES: AtomicU32 = AtomicU32::new(0);

/// Fails twice.
#[sk]
fn third_time(base: &str, extra: String) -> Result<String, Failed> {
    match TRIES.fetch_add(1, Ordering::Relaxed) {
        n if n < 2 => Err(Failed::Soft(n)),
        _ => Ok(format!("{base}{extra}")),
    }
}

#[test]
fn a_retry_succeeds_and_copies_what_it_needs() {
    let got = third_time::retry(3).delay(0.0).call("a", "b".into()).unwrap();
    assert_eq!(got, "ab");
    assert_eq!(TRIES.load(Ordering::Relaxed), 3);
    assert_eq!(third_time("c", "d".into()).unwrap(), "cd");
}

#[sk]
fn always(counter: &AtomicU32, error: Failed) -> Result<(), Failed> {
    counter.fetch_add(1, Ordering::Relaxed);
    Err(error)
}

#[test]
fn without_retry_an_argument_need_not_be_clone() {
    let error = always::rate_limit(1000).call(&AtomicU32::new(0), Failed::Hard).unwrap_err();
    assert_eq!(error.kind(), Kind::Function);
    assert_eq!(error.downcast_ref::<Failed>(), Some(&Failed::Hard));
    assert_eq!(error.to_string(), "Hard");
}

#[sk]
fn nth(counter: &AtomicU32) -> Result<(), Failed> {
    match counter.fetch_add(1, Ordering::Relaxed) {
        1 => Err(Failed::Hard),
        n => Err(Failed::Soft(n)),
    }
}

#[test]
fn the_last_error_is_returned_and_a_predicate_stops_early() {
    let counter = AtomicU32::new(0);
    let error = nth::retry(4).delay(0.0).call(&counter).unwrap_err();
    assert_eq!((error.downcast::<Failed>().unwrap(), counter.load(Ordering::Relaxed)), (Failed::Soft(3), 4));

    let counter = AtomicU32::new(0);
    let error = nth::retry(4).delay(0.0).on(|e| *e != Failed::Hard).call(&counter).unwrap_err();
    assert_eq!((error.downcast::<Failed>().unwrap(), counter.load(Ordering::Relaxed)), (Failed::Hard, 2));
}

#[test]
fn pauses_grow_and_none_follows_the_last_attempt() {
    let started = Instant::now();
    nth::retry(3).delay(0.02).backoff(2.0).call(&AtomicU32::new(0)).unwrap_err();
    let took = started.elapsed();
    assert!((Duration::from_millis(60)..Duration::from_millis(110)).contains(&took), "{took:?}");
}

#[sk]
fn wait_for(ms: u64, names: &[String], path: &Path) -> usize {
    std::thread::sleep(Duration::from_millis(ms));
    names.len() + path.components().count()
}

#[test]
fn a_timeout_names_function_and_limit() {
    let names = ["a".to_owned()];
    let error = wait_for::timeout(0.01).call(500, &names, Path::new("x/y")).unwrap_err();
    let timeout = error.as_timeout().unwrap();
    assert_eq!((timeout.function(), timeout.limit()), ("wait_for", Duration::from_millis(10)));
    assert_eq!(error.to_string(), "`wait_for` timed out after 10ms");
    assert_eq!(wait_for::timeout(5).call(0, &names, Path::new("x/y")).unwrap(), 3);
}

#[test]
fn stuck_calls_do_not_hold_up_later_ones() {
    let names = [];
    let started = Instant::now();
    for _ in 0..40 {
        wait_for::timeout(Duration::from_micros(100)).call(1500, &names, Path::new("")).unwrap_err();
    }
    assert_eq!(wait_for::timeout(1.0).call(0, &names, Path::new("")).unwrap(), 0);
    assert!(started.elapsed() < Duration::from_millis(1400));
}

#[test]
fn each_attempt_has_its_own_timeout() {
    #[sk]
    fn slow_once(tries: &std::sync::Arc<AtomicU32>) -> Result<u32, Failed> {
        let n = tries.fetch_add(1, Ordering::Relaxed);
        if n == 0 {
            std::thread::sleep(Duration::from_millis(300));
        }
        Ok(n)
    }
    let tries = std::sync::Arc::new(AtomicU32::new(0));
    // Whatever the order in which they are chained.
    assert_eq!(slow_once::timeout(0.05).retry(2).delay(0.0).call(&tries).unwrap(), 1);
    tries.store(0, Ordering::Relaxed);
    assert_eq!(slow_once::retry(2).delay(0.0).timeout(0.05).call(&tries).unwrap(), 1);
}

#[test]
fn background_returns_at_once_and_panics_come_back() {
    #[sk]
    fn explode(loud: bool) -> u32 {
        if loud { panic!("boom {}", 1) } else { 7 }
    }
    let (calm, loud) = (explode::background().call(false), explode::background().call(true));
    assert_eq!(calm.result().unwrap(), 7);
    let error = loud.result().unwrap_err();
    assert_eq!(error.kind(), Kind::Panicked);
    assert_eq!(error.to_string(), "`explode` panicked in the background: boom 1");

    let mut late = wait_for::background().call(50, &[], Path::new(""));
    assert_eq!(late.result_within(0.001).unwrap_err().kind(), Kind::Timeout);
    assert_eq!(late.result_within(5).unwrap(), 0);
    assert_eq!(late.result_within(5).unwrap_err().kind(), Kind::Modifier);
}

#[test]
fn a_panic_under_a_timeout_is_the_callers() {
    #[sk]
    fn explode() {
        panic!("boom");
    }
    let panic = std::panic::catch_unwind(|| explode::timeout(5).call()).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"boom"));
}

#[test]
fn one_limiter_serves_all_callers_of_a_function() {
    #[sk]
    fn limited() {}
    let started = Instant::now();
    limited::rate_limit(50).call().unwrap();
    let other = limited::background().rate_limit(50).call();
    limited::rate_limit(50).call().unwrap();
    other.result().unwrap();
    assert!(started.elapsed() >= Duration::from_millis(40), "{:?}", started.elapsed());
}

#[test]
fn a_burst_passes_at_once() {
    #[sk]
    fn limited() {}
    let started = Instant::now();
    for _ in 0..5 {
        limited::rate_limit(0.1).burst(5).call().unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_retry_takes_no_second_token() {
    #[sk]
    fn failing() -> Result<(), Failed> {
        Err(Failed::Hard)
    }
    let started = Instant::now();
    failing::rate_limit(0.5).retry(5).delay(0.0).call().unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn bad_values_are_errors_and_nothing_runs() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    #[sk]
    fn run() -> Result<(), Failed> {
        RUNS.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
    #[track_caller]
    fn check(result: Result<(), suitkaise_sk::Error>, want: &str) {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Modifier, want));
    }
    let length = |n: &str| format!("{n} is no length of time; give seconds, finite and not below zero");
    check(run::retry(0).call(), "cannot apply `retry` to `run`: 0 attempts never call it; give 1 or more");
    check(run::retry(2).delay(-1.0).call(), &format!("cannot apply `delay` to `run`: {}", length("-1")));
    check(run::timeout(f64::NAN).call(), &format!("cannot apply `timeout` to `run`: {}", length("NaN")));
    check(run::timeout(f64::INFINITY).call(), &format!("cannot apply `timeout` to `run`: {}", length("inf")));
    check(run::timeout(0).call(), "cannot apply `timeout` to `run`: no call is back in 0 seconds; give more");
    check(
        run::retry(2).backoff(-0.5).call(),
        "cannot apply `backoff` to `run`: -0.5 is no factor; give a finite number, zero or above",
    );
    check(
        run::rate_limit(0).call(),
        "cannot apply `rate_limit` to `run`: 0 calls per second is no rate; give a finite number above zero",
    );
    check(
        run::rate_limit(1).burst(0).call(),
        "cannot apply `burst` to `run`: 0 calls at once never let one through; give 1 or more",
    );
    check(
        run::retry(1).burst(2).call(),
        "cannot apply `burst` to `run`: it belongs to `rate_limit`, which is not set",
    );
    check(
        run::background().retry(0).call().result(),
        "cannot apply `retry` to `run`: 0 attempts never call it; give 1 or more",
    );
    assert_eq!(RUNS.load(Ordering::Relaxed), 0);
}

#[test]
fn generic_functions_have_modifiers() {
    #[sk]
    fn parse<T: std::str::FromStr>(text: &str) -> Result<T, T::Err>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        text.parse()
    }
    #[sk]
    fn count<const N: usize, T: Clone>(items: [T; N], more: impl Into<usize>) -> usize {
        items.len() + more.into()
    }
    let n: u8 = parse::retry(2).delay(0.0).call("12").unwrap();
    assert_eq!(n, 12);
    let later: i64 = parse::background().call("-3").result().unwrap();
    assert_eq!(later, -3);
    assert_eq!(count::timeout(5).call(["a", "b"], 1_u8).unwrap(), 3);
}

#[test]
fn borrowed_arguments_are_fine_on_the_callers_thread() {
    #[sk]
    fn fill(buffer: &mut Vec<u8>, from: &dyn Fn() -> u8, _: (u8, u8)) -> Result<usize, Failed> {
        buffer.push(from());
        if buffer.len() < 3 { Err(Failed::Hard) } else { Ok(buffer.len()) }
    }
    #[sk]
    fn first<'a>(text: &'a str, _other: &str) -> Result<&'a str, Failed> {
        text.split(' ').next().ok_or(Failed::Hard)
    }
    #[sk]
    fn last(text: &str) -> Option<&str> {
        text.split(' ').next_back()
    }
    #[sk]
    fn other<'t>(text: &'t str, _n: u8) -> Result<std::borrow::Cow<'t, str>, Failed>
    where
        't: 't,
    {
        Ok(text.into())
    }
    let owned = "a b".to_owned();
    let found = {
        let chain = last::rate_limit(1000);
        chain.call(&owned).unwrap()
    };
    assert_eq!(found, Some("b"));
    assert_eq!(other::retry(1).call(&owned, 1).unwrap(), "a b");
    let mut buffer = Vec::new();
    assert_eq!(fill::retry(5).delay(0.0).call(&mut buffer, &|| 1, (1, 2)).unwrap(), 3);
    let text = "a b".to_owned();
    assert_eq!(first::retry(2).call(&text, "x").unwrap(), "a");
}

#[sk]
fn reads() -> std::io::Result<String> {
    std::fs::read_to_string("Cargo.toml")
}

#[sk]
#[blocking]
fn marked() {}

#[blocking]
#[sk]
fn marked_above() {}

#[test]
fn blocking_calls_are_listed() {
    assert!(reads::has_blocking_calls());
    assert_eq!(reads::BLOCKING_CALLS, ["std::fs::read_to_string"]);
    assert_eq!(reads::blocking_calls(), reads::BLOCKING_CALLS);
    assert_eq!(marked::BLOCKING_CALLS, ["#[blocking]"]);
    assert_eq!(marked_above::BLOCKING_CALLS, ["#[blocking]"]);
    assert!(!always::has_blocking_calls());
    marked();
    marked_above();
    reads().unwrap();
}

#[test]
fn boxed_errors_pass_through() {
    #[sk]
    fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Err("no luck")?
    }
    assert_eq!(boxed::retry(2).delay(0.0).call().unwrap_err().to_string(), "no luck");
}
