//! `asynced()` and async functions.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(missing_docs, unreachable_pub, reason = "the types stand for a library's")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use suitkaise_sk::{AsyncSkfunction, Kind, blocking, sk};

static TRIES: AtomicU32 = AtomicU32::new(0);

#[sk]
fn read(path: &str) -> std::io::Result<String> {
    TRIES.fetch_add(1, Ordering::Relaxed);
    std::fs::read_to_string(path)
}

#[sk]
fn pure(x: u32) -> u32 {
    x
}

#[sk]
#[blocking]
fn marked(ms: u64) -> bool {
    std::thread::sleep(Duration::from_millis(ms));
    tokio::runtime::Handle::try_current().is_ok()
}

#[tokio::test]
async fn a_blocking_function_is_awaited_with_all_modifiers() {
    assert!(read::asynced().call("Cargo.toml").await.unwrap().contains("[package]"));
    TRIES.store(0, Ordering::Relaxed);
    let chain = read::asynced().retry(3).delay(0.0).timeout(5).rate_limit(1000);
    assert_eq!(chain.call("/no/such").await.unwrap_err().kind(), Kind::Function);
    assert_eq!(TRIES.load(Ordering::Relaxed), 3);
    // The same in another order, and through another thread of the runtime.
    let spawned = tokio::spawn(async { read::timeout(5).asynced().retry(1).call("Cargo.toml").await });
    assert!(spawned.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_function_that_does_not_block_refuses() {
    let error = pure::asynced().call(3).await.unwrap_err();
    assert_eq!(
        error.as_modifier().unwrap().to_string(),
        "cannot apply `asynced` to `pure`: no blocking calls were found in it; mark it `#[blocking]` if it does block"
    );
}

#[tokio::test]
async fn the_call_sees_the_runtime_and_a_late_one_is_left() {
    assert!(marked::asynced().call(0).await.unwrap());
    let error = marked::asynced().timeout(0.02).call(300).await.unwrap_err();
    assert_eq!(error.as_timeout().unwrap().function(), "marked");
}

#[tokio::test]
async fn the_limiter_is_one_for_sync_and_async() {
    #[sk]
    #[blocking]
    fn limited() {}
    let started = Instant::now();
    limited::rate_limit(50).call().unwrap();
    limited::asynced().rate_limit(50).call().await.unwrap();
    limited::asynced().rate_limit(50).call().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn closures_are_awaited() {
    let double: AsyncSkfunction<_, _, _> = sk(|x: u32| x * 2).asynced();
    assert_eq!(double.call(4).await.unwrap(), 8);
    assert_eq!(sk(|x: u32| x * 2).background().call(4).await.unwrap(), 8);
    let failing = sk(|| Err::<(), _>("no".to_owned())).asynced().retry(2).delay(0.0);
    assert_eq!(failing.call().await.unwrap_err().to_string(), "no");
}

#[sk]
async fn fetch(tries: &AtomicU32, host: String) -> Result<String, String> {
    tokio::time::sleep(Duration::from_millis(1)).await;
    if tries.fetch_add(1, Ordering::Relaxed) < 1 { Err("again".into()) } else { Ok(host) }
}

#[sk]
async fn slow() {
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[sk]
async fn push(to: &mut Vec<u32>, x: u32) -> usize {
    to.push(x);
    to.len()
}

#[sk]
async fn shout(text: &str) -> String {
    tokio::task::yield_now().await;
    text.to_uppercase()
}

#[tokio::test(start_paused = true)]
async fn async_functions_have_modifiers() {
    let tries = AtomicU32::new(0);
    assert_eq!(fetch::retry(2).delay(0.1).timeout(5).call(&tries, "h".into()).await.unwrap(), "h");
    assert_eq!(tries.load(Ordering::Relaxed), 2);
    assert_eq!(slow::timeout(0.5).call().await.unwrap_err().kind(), Kind::Timeout);
    let mut list = vec![1];
    assert_eq!(push::timeout(1).call(&mut list, 2).await.unwrap(), 2);
    assert_eq!(shout::asynced().rate_limit(10).call("a").await.unwrap(), "A");
}

#[tokio::test(flavor = "multi_thread")]
async fn async_functions_run_in_the_background() {
    assert_eq!(shout::background().call("abc").await.unwrap(), "ABC");
    let spawned = tokio::spawn(async { shout::retry_free().await });
    assert_eq!(spawned.await.unwrap(), "X");
}

impl shout {
    async fn retry_free() -> String {
        shout::rate_limit(100).call("x").await.unwrap()
    }
}

#[test]
fn an_async_function_in_the_background_needs_a_runtime() {
    let error = shout::background().call("abc").result().unwrap_err();
    assert_eq!(error.kind(), Kind::Modifier);
    assert!(!fetch::has_blocking_calls());
}
