//! The async twins: the same state, on tokio's timer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use suitkaise_circuits::{BreakingCircuit, CallError, Circuit, ErrorKind};
use tokio::time::Instant;

/// With tokio's clock paused, only tokio's timers pass this much time.
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn a_trip_awaits_a_timer_and_blocks_no_thread() {
    let c = Circuit::new(2).sleep_time_after_trip(HOUR).max_sleep_time(HOUR);
    let start = Instant::now();
    assert!(!c.short_async().await);
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(c.short_async().await);
    assert!(start.elapsed() >= HOUR);
    assert_eq!(c.trip_async().await.number, 2);
    assert!(start.elapsed() >= 2 * HOUR);
}

#[tokio::test(start_paused = true)]
async fn custom_sleeps_and_their_errors() {
    let c = BreakingCircuit::new(1);
    let start = Instant::now();
    assert!(c.short_for_async(HOUR).await.unwrap());
    assert_eq!(c.trip_for_async(HOUR).await.unwrap().sleep, HOUR);
    assert!(start.elapsed() >= 2 * HOUR);
    assert_eq!(c.short_for_async(-1.0).await.unwrap_err().kind(), ErrorKind::BadDuration);
    assert_eq!(c.trip_for_async(f64::NAN).await.unwrap_err().kind(), ErrorKind::BadDuration);
    assert_eq!(c.total_trips(), 2);
}

#[tokio::test(start_paused = true)]
async fn other_tasks_see_the_break_while_one_sleeps() {
    let c = Arc::new(BreakingCircuit::new(1).sleep_time_after_trip(HOUR).max_sleep_time(HOUR));
    let sleeper = tokio::spawn({
        let c = Arc::clone(&c);
        async move { c.short_async().await }
    });
    while !c.broken() {
        tokio::task::yield_now().await;
    }
    assert!(!sleeper.is_finished());
    assert!(sleeper.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn call_async_shorts_on_err_and_resets_the_backoff_on_ok() {
    let c = Circuit::new(1).sleep_time_after_trip(1).backoff_factor(2.0);
    assert_eq!(c.call_async(async { Err::<(), _>("failed") }).await, Err("failed"));
    assert_eq!((c.total_trips(), c.current_sleep_time()), (1, Duration::from_secs(2)));
    assert_eq!(c.call_async(async { Ok::<_, &str>(7) }).await, Ok(7));
    assert_eq!(c.current_sleep_time(), Duration::from_secs(1));
}

#[tokio::test]
async fn a_broken_circuit_refuses_async_calls() {
    let c = BreakingCircuit::new(1);
    assert_eq!(c.call_async(async { Err::<(), _>(1) }).await, Err(CallError::Failed(1)));
    assert_eq!(c.call_async(async { Ok::<_, u8>(()) }).await, Err(CallError::Broken));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_no_failure_and_a_dropped_sleep_still_a_trip() {
    let c = Circuit::new(1).sleep_time_after_trip(HOUR).max_sleep_time(HOUR);
    let cut =
        tokio::time::timeout(Duration::from_secs(1), c.call_async(std::future::pending::<Result<(), ()>>()))
            .await;
    assert!(cut.is_err());
    assert_eq!(c.total_trips(), 0);
    assert!(tokio::time::timeout(Duration::from_secs(1), c.short_async()).await.is_err());
    assert_eq!(c.total_trips(), 1);
}

#[tokio::test(start_paused = true)]
async fn on_reset_follows_the_async_sleep() {
    let resets = Arc::new(AtomicU32::new(0));
    let c = Circuit::new(1).sleep_time_after_trip(1).on_reset({
        let resets = Arc::clone(&resets);
        move || {
            resets.fetch_add(1, Ordering::Relaxed);
        }
    });
    c.short_async().await;
    assert_eq!(resets.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_futures_may_be_spawned() {
    let c = Arc::new(Circuit::new(1));
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let c = Arc::clone(&c);
            tokio::spawn(async move { c.short_async().await && c.short_for_async(0).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(c.total_trips(), 20);
}

#[tokio::test(start_paused = true)]
async fn the_asynced_views_are_the_same_circuits() {
    let circuit = Circuit::new(2).sleep_time_after_trip(1);
    let before = Instant::now();
    assert!(!circuit.asynced().short().await && circuit.asynced().short().await);
    assert!(!circuit.asynced().short_for(5).await.unwrap());
    assert_eq!(circuit.asynced().trip().await.number, 2);
    assert_eq!(circuit.asynced().trip_for(2).await.unwrap().number, 3);
    assert_eq!(before.elapsed(), Duration::from_secs(4));
    assert_eq!(circuit.asynced().call(async { Ok::<_, ()>(7) }).await, Ok(7));
    assert_eq!(circuit.asynced().trip_for(-1).await.unwrap_err().location().file(), file!());

    let breaker = BreakingCircuit::new(1);
    assert!(breaker.asynced().call(async { Err::<(), _>("no") }).await.is_err());
    assert_eq!(breaker.asynced().call(async { Ok::<_, ()>(7) }).await, Err(CallError::Broken));
    assert!(breaker.broken() && breaker.asynced().short().await);
}
