//! Runs that are awaited: no thread of a runtime is blocked.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use suitkaise_processing::{Pool, PoolErrorKind, Stdio};

suitkaise_processing::test_support!();

fn nap(n: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(100));
    n
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

#[test]
fn the_one_thread_of_a_runtime_goes_on_while_a_run_is_awaited() {
    let pool = Pool::workers(2);
    let ticks = std::cell::Cell::new(0);
    runtime().block_on(async {
        let tick = async {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks.set(ticks.get() + 1);
            }
        };
        // Both on the same thread: had the run blocked it, the ticks would come after the results.
        let run = async {
            let results = pool.asynced().map(nap, 0..4).await;
            (ticks.get(), results)
        };
        let ((), (before, results)) = tokio::join!(tick, run);
        assert_eq!((before, results.unwrap()), (5, vec![0, 1, 2, 3]));
    });
}

#[test]
fn an_awaited_run_is_cancelled_by_its_drop() {
    let pool = Pool::workers(1).stdio(Stdio::Null, Stdio::Null);
    runtime().block_on(async {
        let endless = pool.asynced().map(|n: u64| n, 0_u64..);
        assert!(tokio::time::timeout(Duration::from_millis(20), endless).await.is_err());
        assert_eq!(pool.asynced().map(|n: u64| n, [1]).await.unwrap(), [1], "the pool goes on");
        let error = pool.asynced().try_map(|_: u64| Err::<u64, _>("no"), [1]).await.unwrap_err();
        assert_eq!((error.kind(), error.index()), (PoolErrorKind::Failed, Some(0)));
    });
}

#[test]
fn many_runs_share_one_pool_and_one_thread() {
    let pool = Pool::workers(2);
    let sums: Vec<u64> = runtime().block_on(async {
        let runs: Vec<_> = (0..8_u64).map(|n| pool.asynced().map(|x: u64| x, n..n + 100)).collect();
        let mut sums = Vec::new();
        for run in runs {
            sums.push(run.await.unwrap().iter().sum());
        }
        sums
    });
    assert_eq!(sums, (0..8).map(|n| 4950 + 100 * n).collect::<Vec<u64>>());
}
