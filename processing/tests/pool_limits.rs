//! Pools where the system has nothing left: no descriptors, no memory. In a process of its own, whose limits are lowered.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use suitkaise_processing::raw::{Cause, Stdio};
use suitkaise_processing::{Pool, PoolError, PoolErrorKind};

suitkaise_processing::test_support!();

/// Limits are the process's: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn double(n: u64) -> u64 {
    n * 2
}

#[track_caller]
fn is_named(result: &Result<Vec<u64>, PoolError>) -> bool {
    match result {
        Ok(got) => {
            assert_eq!(got, &[2, 4]);
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), PoolErrorKind::Start, "{error}");
            false
        }
    }
}

#[test]
fn no_descriptor_is_an_error_that_says_so_and_no_hang() {
    let _alone = ALONE.lock();
    assert_eq!(Pool::workers(1).map(double, [1, 2]).expect("results"), [2, 4]);
    let before = getrlimit(Resource::Nofile);
    let open = std::fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    let began = Instant::now();
    let (mut done, mut refused) = (0, 0);
    for more in 0..40 {
        setrlimit(Resource::Nofile, Rlimit { current: Some(open + more), ..before }).expect("lowered");
        let result = Pool::workers(2).stdio(Stdio::Null, Stdio::Null).map(double, [1, 2]);
        setrlimit(Resource::Nofile, before).expect("raised");
        if is_named(&result) {
            done += 1;
        } else {
            refused += 1;
        }
    }
    assert!(refused > 0 && done > 0, "{refused} refused, {done} done");
    assert!(began.elapsed() < Duration::from_secs(60));
    assert_eq!(Pool::workers(1).map(double, [1, 2]).expect("results"), [2, 4]);
}

/// Lowers its own memory to what it has and so many bytes, and uses a pool then.
fn starve(more: u64) -> Result<Vec<u64>, String> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.split_whitespace().next());
    let kib: u64 = size.and_then(|size| size.parse().ok()).ok_or("no size")?;
    let limit = Rlimit { current: Some((kib << 10) + more), maximum: None };
    setrlimit(Resource::As, limit).map_err(|error| error.to_string())?;
    let result = Pool::workers(1).stdio(Stdio::Null, Stdio::Null).map(double, [1, 2]);
    result.map_err(|error| error.to_string())
}

#[test]
fn no_memory_is_an_error_that_says_so_and_no_hang() {
    let _alone = ALONE.lock();
    let pool = Pool::workers(1).stdio(Stdio::Null, Stdio::Null).timeout(30.0).max_tasks_per_worker(1);
    let mebibytes = [0, 1, 2, 4, 8, 16, 64, 512];
    let results: Vec<_> = pool.try_imap(starve, mebibytes.map(|n: u64| n << 20)).expect("a run").collect();
    let mut refused = 0;
    for (mebibytes, result) in mebibytes.iter().zip(&results) {
        match result {
            Ok(got) => assert_eq!(got, &[2, 4], "{mebibytes} MiB"),
            Err(error) => {
                refused += 1;
                // The inner pool's error, or the end of the worker that had no memory to tell one.
                let cause = error.death().map(|death| &death.cause);
                let died =
                    matches!(cause, Some(Cause::OutOfMemory | Cause::Signaled { .. } | Cause::Exited(_)));
                let named = matches!(error.kind(), PoolErrorKind::Failed | PoolErrorKind::Panicked);
                assert!(died || named, "{mebibytes} MiB: {error:?}");
            }
        }
    }
    assert!(refused > 0 && results.last().is_some_and(Result::is_ok), "{results:?}");
}
