//! `sleep_async`, and `#[timethis]` on async functions.

use std::time::Duration;

use suitkaise_timing::{ErrorKind, Sktimer, sleep_async, time, timethis};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn async_sleep_waits_on_tokios_timer_and_returns_the_time_after() {
    let before = (Instant::now(), time());
    let after = sleep_async(1000.0).await.unwrap();
    assert!(before.0.elapsed() >= Duration::from_secs(1000));
    assert!(after >= before.1);
    assert!(after < before.1 + 60.0, "a paused clock should not really sleep");
}

#[tokio::test]
async fn async_sleep_of_a_negative_time_is_an_error_at_once() {
    let error = sleep_async(-1.0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadDuration);
    assert!(error.to_string().contains("tests/async_sleep.rs"), "{error}");
}

#[timethis]
async fn waits(time: Duration) -> u32 {
    tokio::time::sleep(time).await;
    7
}

#[tokio::test]
async fn timethis_measures_an_async_fn_over_its_awaits() {
    assert_eq!(waits(Duration::from_millis(20)).await, 7);
    assert_eq!(waits::timer().num_times(), 1);
    assert!(waits::timer().most_recent().unwrap() >= Duration::from_millis(20));
}

static FALLIBLE: Sktimer = Sktimer::new();

#[timethis(timer = &FALLIBLE)]
async fn fallible(text: &str) -> Result<u32, std::num::ParseIntError> {
    tokio::task::yield_now().await;
    if text.is_empty() {
        return Ok(0);
    }
    let n = text.parse::<u32>()?;
    Ok(n)
}

#[tokio::test]
async fn timethis_does_not_record_an_async_fn_that_fails_or_is_dropped() {
    assert_eq!(fallible("5").await, Ok(5));
    assert_eq!(fallible("").await, Ok(0));
    assert!(fallible("x").await.is_err());
    drop(fallible("6"));
    let cut = tokio::time::timeout(Duration::from_millis(1), hangs()).await;
    assert!(cut.is_err());
    assert_eq!(FALLIBLE.num_times(), 2);
    assert_eq!(hangs::timer().num_times(), 0);
}

#[timethis]
async fn hangs() {
    std::future::pending::<()>().await
}

struct Client {
    name: String,
}

impl Client {
    #[timethis]
    async fn fetch<'a>(&'a self, suffix: &str) -> (&'a str, String) {
        tokio::task::yield_now().await;
        (&self.name, format!("{}{suffix}", self.name))
    }
}

#[tokio::test]
async fn timethis_works_on_async_methods_that_borrow() {
    let client = Client { name: "a".into() };
    assert_eq!(client.fetch("b").await, ("a", "ab".to_owned()));
    assert_eq!(Client::timer_fetch().num_times(), 1);
}

#[timethis]
async fn spawned() -> u32 {
    tokio::task::yield_now().await;
    8
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timed_future_may_be_spawned() {
    assert_eq!(tokio::spawn(spawned()).await.unwrap(), 8);
    assert_eq!(spawned::timer().num_times(), 1);
}
