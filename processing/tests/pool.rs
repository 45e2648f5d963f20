//! Pools of real workers: results, and each way in which peers hang or break.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use suitkaise_processing::raw::{Cause, Stdio};
use suitkaise_processing::{Pool, PoolError, PoolErrorKind, Sandbox, SharedBytes, closure};

suitkaise_processing::test_support!();

/// Workers whose complaints nobody wants to see.
fn quiet(workers: usize) -> Pool {
    Pool::workers(workers).stdio(Stdio::Null, Stdio::Null)
}

fn double(x: u64) -> u64 {
    x * 2
}

fn raise(signal: rustix::process::Signal) -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), signal);
    loop {
        std::thread::park();
    }
}

/// What a task does to its worker.
fn misbehave(how: u8) -> u8 {
    match how {
        1 => raise(rustix::process::Signal::KILL),
        // SAFETY: none: the crash is the subject.
        2 => unsafe { std::ptr::null_mut::<u8>().write_volatile(1) },
        3 => std::process::abort(),
        4 => std::process::exit(0),
        5 => panic!("boom {}", 42),
        6 => std::panic::panic_any(7_u64),
        7 => std::panic::panic_any(Bomb),
        8 => std::process::exit(7),
        _ => {}
    }
    how
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the payload's own drop");
    }
}

#[test]
fn results_come_in_the_order_of_the_items() {
    let pool = Pool::workers(2);
    assert_eq!(pool.map(double, 0..1000).expect("results"), (0..1000).map(|x| x * 2).collect::<Vec<_>>());
    assert_eq!(pool.map(|x: String| x.len(), ["a".to_owned(), "bcd".into()]).expect("results"), [1, 3]);
    let pointer: fn(u64) -> u64 = double;
    assert_eq!(pool.map(pointer, [4]).expect("results"), [8]);
    assert_eq!(pool.map(double, []).expect("results"), [0; 0]);
}

#[test]
fn a_closure_takes_what_it_names() {
    let (factor, words) = (3_u64, vec!["a".to_owned(), "b".into()]);
    let pool = Pool::workers(2);
    let got = pool.map(closure!([factor, words] |x: u64| format!("{}{}", words[0], x * factor)), [1, 2]);
    assert_eq!(got.expect("results"), ["a3", "a6"]);
    let got =
        pool.star().map(closure!([factor] |a: u64, b: u64| -> u64 { a * b * factor }), [(1, 2), (3, 4)]);
    assert_eq!(got.expect("results"), [6, 36]);
    assert_eq!(words.len(), 2, "still here");
}

#[test]
fn what_a_closure_captures_silently_is_refused_with_the_way_out() {
    let by = std::hint::black_box(3_u64);
    let error = Pool::workers(1).map(move |x: u64| x * by, [1]).expect_err("refused");
    assert_eq!(error.kind(), PoolErrorKind::Function);
    assert!(error.to_string().contains("closure!([a, b]"), "{error}");
}

#[test]
fn tuples_unpack_into_arguments() {
    let pool = Pool::workers(2).star();
    assert_eq!(
        pool.map(|a: u8, b: String| format!("{a}{b}"), [(1, "x".to_owned())]).expect("results"),
        ["1x"]
    );
    type Twelve = (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
    let sum = |a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8| {
        a + b + c + d + e + f + g + h + i + j + k + l
    };
    let item: Twelve = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assert_eq!(pool.map(sum, [item]).expect("results"), [78]);
}

#[test]
fn the_first_error_stops_the_rest() {
    let tried = |x: u64| if x == 7 { Err(std::io::Error::other("seven")) } else { Ok(x) };
    let pool = Pool::workers(2);
    let error = pool.try_map(tried, 0..).expect_err("item 7");
    assert_eq!(
        (error.kind(), error.index(), error.chain()),
        (PoolErrorKind::Failed, Some(7), &["seven".to_owned()][..])
    );
    assert_eq!(pool.try_map(tried, 8..10).expect("results"), [8, 9]);
}

/// One bad item among good ones fails alone, with its cause; the neighbours are done.
#[track_caller]
fn alone(how: u8, kind: PoolErrorKind, says: &str) {
    let pool = quiet(2);
    let items: Vec<u8> = (0..100).map(|n| if n == 50 { how } else { 0 }).collect();
    let results: Vec<_> = pool.imap(misbehave, items).expect("a run").collect();
    assert_eq!(results.len(), 100);
    for (n, result) in results.iter().enumerate() {
        match result {
            Ok(value) => assert_eq!((n == 50, *value), (false, 0)),
            Err(error) => {
                assert_eq!(
                    (n, error.index(), error.kind(), error.attempts()),
                    (50, Some(50), kind, 1),
                    "{error}"
                );
                assert!(error.to_string().contains(says), "{error}");
            }
        }
    }
    assert_eq!(pool.map(double, [1]).expect("the pool goes on"), [2]);
}

#[test]
fn a_task_that_kills_its_worker_fails_alone_with_the_cause() {
    alone(1, PoolErrorKind::Died, "SIGKILL");
    alone(2, PoolErrorKind::Died, "SIG");
    alone(3, PoolErrorKind::Died, "SIGABRT");
    alone(4, PoolErrorKind::Died, "exited with code 0");
    alone(8, PoolErrorKind::Died, "exited with code 7");
}

#[test]
fn a_panic_fails_its_task_and_its_worker_lives_on() {
    alone(5, PoolErrorKind::Panicked, "boom 42");
    alone(5, PoolErrorKind::Panicked, "tests/pool.rs");
    alone(6, PoolErrorKind::Panicked, "no string");
    alone(7, PoolErrorKind::Panicked, "panicked");
    let pool = quiet(1);
    let pids = |how: u8| {
        assert!(how != 1, "one");
        std::process::id()
    };
    let pids: HashSet<u32> = pool.imap(pids, [0, 1, 0]).expect("a run").flatten().collect();
    assert_eq!(pids.len(), 1);
}

#[test]
fn a_worker_killed_from_outside_costs_one_attempt() {
    let pool = quiet(2).retry(2);
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().to_str().expect("text").to_owned();
    let once = closure!([path] |x: u64| {
        let first = std::fs::remove_file(path).is_ok();
        if first { raise(rustix::process::Signal::KILL) }
        x
    });
    assert_eq!(pool.map(once, 0..50).expect("results"), (0..50).collect::<Vec<_>>());
}

#[test]
fn attempts_are_counted_and_the_last_error_is_told() {
    let error = quiet(1).retry(3).map(misbehave, [1]).expect_err("killed");
    assert_eq!((error.kind(), error.attempts(), error.index()), (PoolErrorKind::Died, 3, Some(0)));
    assert!(
        matches!(error.death().map(|death| &death.cause), Some(Cause::Signaled { signal: 9, .. })),
        "{error:?}"
    );
    let error = quiet(1).retry(2).try_map(|_: u8| Err::<(), _>("no"), [1]).expect_err("refused");
    assert_eq!((error.attempts(), error.to_string()), (2, "item 0 (2 attempts): no".to_owned()));
}

#[test]
fn a_crash_loop_ends_the_run_and_not_the_pool() {
    let pool = quiet(1);
    let results: Vec<_> = pool.imap(misbehave, std::iter::repeat(3)).expect("a run").collect();
    let last = results.last().and_then(|last| last.as_ref().err()).expect("an error");
    assert_eq!(last.kind(), PoolErrorKind::CrashLoop, "{last}");
    assert!(results.len() <= 6, "{}", results.len());
    assert_eq!(pool.map(double, [1]).expect("the pool goes on"), [2]);
}

#[derive(cerial::Cerial, Debug, PartialEq)]
struct Wrapped(std::cell::RefCell<u8>);

#[test]
fn a_result_that_does_not_serialize_is_that_items_error() {
    fn wrap(x: u8) -> Wrapped {
        let made = Wrapped(x.into());
        if x == 1 {
            std::mem::forget(made.0.borrow_mut());
        }
        made
    }
    let results: Vec<_> = quiet(1).imap(wrap, [0, 1, 2]).expect("a run").collect();
    assert_eq!(results[1].as_ref().map_err(PoolError::kind), Err(PoolErrorKind::Output));
    assert!(results[0].is_ok() && results[2].is_ok());
}

#[test]
fn an_item_that_does_not_travel_is_that_items_error() {
    let items = [0, 1, 2].map(|x: u8| {
        let made = Wrapped(x.into());
        if x == 1 {
            std::mem::forget(made.0.borrow_mut());
        }
        made
    });
    let results: Vec<_> = quiet(1).imap(|w: Wrapped| w.0.into_inner(), items).expect("a run").collect();
    assert_eq!(results[1].as_ref().map_err(PoolError::kind), Err(PoolErrorKind::Item));
    assert_eq!((results[0].as_ref().ok(), results[2].as_ref().ok()), (Some(&0), Some(&2)));
}

#[test]
fn large_items_and_results_travel() {
    let sizes = [0, 100, 32 << 10, 40 << 10, 300 << 10, 5 << 20, 64 << 20];
    let items = sizes.map(|len| vec![7_u8; len]);
    let got = Pool::workers(2)
        .map(
            |mut item: Vec<u8>| {
                item.push(1);
                item
            },
            items,
        )
        .expect("results");
    for (item, len) in got.iter().zip(sizes) {
        assert_eq!((item.len(), item.last()), (len + 1, Some(&1)));
    }
}

#[test]
fn an_item_that_takes_too_long_is_ended_and_its_neighbours_are_done() {
    let nap = |n: u64| {
        if n == 3 {
            loop {
                std::thread::park();
            }
        }
        n
    };
    let pool = quiet(2);
    let began = Instant::now();
    let results: Vec<_> = pool.timeout(0.1).imap(nap, 0..20).expect("a run").collect();
    assert!(began.elapsed() < Duration::from_secs(5));
    let kinds: Vec<_> =
        results.iter().filter_map(|result| result.as_ref().err().map(|e| (e.index(), e.kind()))).collect();
    assert_eq!(kinds, [(Some(3), PoolErrorKind::TimedOut)]);
    assert_eq!(pool.map(double, [1]).expect("the pool goes on"), [2]);
}

#[test]
fn endless_input_is_taken_as_needed() {
    let taken = std::cell::Cell::new(0_u64);
    let items = (0_u64..).inspect(|n| taken.set(n + 1));
    let pool = Pool::workers(2);
    let mut results = pool
        .imap(
            |n: u64| {
                std::thread::sleep(Duration::from_millis(1));
                n
            },
            items,
        )
        .expect("a run");
    for n in 0..100 {
        assert_eq!(results.next().expect("endless").expect("a result"), n);
    }
    drop(results);
    assert!(taken.get() < 1000, "{}", taken.get());
}

#[test]
fn one_pool_serves_runs_within_runs_and_threads() {
    let pool = Pool::workers(2);
    let mut sum = 0;
    for x in pool.imap(double, 0..20).expect("a run") {
        let inner = pool.map(double, [x.expect("a result")]).expect("results");
        sum += inner[0];
    }
    assert_eq!(sum, 4 * 190_u64);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(pool.map(double, 0..100).expect("results").len(), 100));
        }
    });
}

#[test]
fn unordered_results_are_all_there() {
    let pool = Pool::workers(2);
    let mut got = pool.unordered_map(double, 0..500).expect("results");
    got.sort_unstable();
    assert_eq!(got, (0..500).map(|x| x * 2).collect::<Vec<_>>());
    let slow_first = |n: u64| {
        if n == 0 {
            std::thread::sleep(Duration::from_millis(300));
        }
        n
    };
    let first =
        pool.unordered_imap(slow_first, 0..10).expect("a run").next().expect("one").expect("a result");
    assert_ne!(first, 0);
}

#[test]
fn workers_are_used_again_and_replaced_after_their_tasks() {
    let pid = |_: u8| std::process::id();
    let pool = Pool::workers(1);
    let same: HashSet<u32> = (0..5).flat_map(|n| pool.map(pid, [n]).expect("a pid")).collect();
    assert_eq!(same.len(), 1);
    let often: Vec<u32> = Pool::workers(1).max_tasks_per_worker(2).map(pid, 0..6).expect("pids");
    assert_eq!(often.iter().collect::<HashSet<_>>().len(), 3);
}

#[test]
fn an_initializer_runs_once_per_worker_and_its_failure_is_told() {
    static READY: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let pool = Pool::workers(2).initializer(|| {
        READY.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok::<(), String>(())
    });
    let seen = pool.map(|_: u64| READY.load(std::sync::atomic::Ordering::SeqCst), 0..50).expect("results");
    assert!(seen.iter().all(|n| *n == 1));
    let error = quiet(2).initializer(|| Err("no licence")).map(double, 0..5).expect_err("no worker");
    assert_eq!(error.kind(), PoolErrorKind::Start);
    assert!(error.to_string().contains("no licence"), "{error}");
}

#[test]
fn a_rate_limit_spaces_the_starts() {
    let began = Instant::now();
    assert_eq!(Pool::workers(2).rate_limit(100.0).map(double, 0..11).expect("results").len(), 11);
    assert!(began.elapsed() >= Duration::from_millis(100), "{:?}", began.elapsed());
}

#[test]
fn a_memory_limit_fails_the_item_that_wants_more() {
    let pool = quiet(1).memory_limit(512 << 20);
    let results: Vec<_> =
        pool.imap(|mib: usize| vec![1_u8; mib << 20].len(), [1, 2000, 2]).expect("a run").collect();
    let error = results[1].as_ref().expect_err("too much");
    assert_eq!(error.death().map(|death| &death.cause), Some(&Cause::OutOfMemory), "{error}");
    assert!(results[0].is_ok() && results[2].is_ok());
}

#[test]
fn a_sandbox_holds_for_every_worker() {
    let pool = quiet(2).sandbox(Sandbox::new().open_files(32).directory("/").variable("MARK", "7"));
    let seen = |_: u8| {
        let files: Vec<_> = (0..40).map_while(|_| std::fs::File::open("/dev/null").ok()).collect();
        (
            files.len() < 32,
            std::env::current_dir().is_ok_and(|at| at.as_os_str() == "/"),
            std::env::var("MARK"),
        )
    };
    let seen = pool
        .map(
            move |x: u8| {
                let (a, b, c) = seen(x);
                (a, b, c.ok())
            },
            0..4,
        )
        .expect("results");
    assert!(seen.iter().all(|seen| *seen == (true, true, Some("7".into()))), "{seen:?}");
    let error =
        quiet(1).sandbox(Sandbox::new().directory("/no/such/place")).map(double, [1]).expect_err("no");
    assert_eq!(error.kind(), PoolErrorKind::Start);
    assert!(error.to_string().contains("/no/such/place"), "{error}");
}

#[test]
fn settings_without_sense_are_errors_of_the_verb() {
    let pool = Pool::workers(1);
    for pool in [
        Pool::workers(0),
        pool.timeout(-1.0),
        pool.retry(0),
        pool.rate_limit(0.0),
        pool.max_tasks_per_worker(0),
    ] {
        assert_eq!(pool.map(double, [1]).expect_err("refused").kind(), PoolErrorKind::Config);
    }
}

#[test]
fn progress_tells_each_step() {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let into = std::sync::Arc::clone(&told);
    let pool =
        Pool::workers(1).on_progress(move |now| into.lock().expect("a lock").push((now.done, now.total)));
    assert_eq!(pool.map(double, [1, 2]).expect("results"), [2, 4]);
    assert_eq!(*told.lock().expect("a lock"), [(1, Some(2)), (2, Some(2)), (2, Some(2))]);
}

#[cfg(feature = "progress")]
#[test]
fn a_bar_is_drawn_nowhere_where_there_is_no_terminal() {
    assert_eq!(Pool::workers(1).progress().map(double, [1, 2]).expect("results"), [2, 4]);
    assert_eq!(Pool::workers(1).progress().imap(double, 0..).expect("a run").take(3).count(), 3);
}

#[test]
fn a_terminated_pool_says_so_and_a_closed_one_is_done() {
    let pool = quiet(1);
    let mut results = pool.imap(|n: u64| n, 0..).expect("a run");
    assert!(results.next().expect("endless").is_ok());
    pool.terminate();
    let error = results.find_map(Result::err).expect("an end");
    assert_eq!(error.kind(), PoolErrorKind::Cancelled);
    assert_eq!(pool.map(double, [1]).expect_err("over").kind(), PoolErrorKind::Cancelled);
    let pool = Pool::workers(1);
    assert_eq!(pool.map(double, [1]).expect("results"), [2]);
    pool.close();
    assert_eq!(pool.map(double, [1]).expect_err("over").kind(), PoolErrorKind::Cancelled);
}

#[test]
fn a_dropped_iterator_frees_a_worker_that_would_never_end() {
    let pool = quiet(1);
    let hang = |n: u64| {
        if n == 1 {
            loop {
                std::thread::park();
            }
        }
        n
    };
    let mut results = pool.imap(hang, 0..).expect("a run");
    assert!(results.next().expect("one").is_ok());
    drop(results);
    assert_eq!(pool.map(double, [1]).expect("the pool goes on"), [2]);
}

#[test]
fn a_background_run_gives_its_results_later() {
    let pool = quiet(2);
    let handle = pool.background().map(double, 0..100);
    assert_eq!(handle.result().expect("results").len(), 100);
    assert_eq!(handle.result().expect_err("once").kind(), PoolErrorKind::Cancelled);
    let error = pool.background().map(misbehave, [5]).result().expect_err("a panic");
    assert_eq!(error.kind(), PoolErrorKind::Panicked);
    let endless = pool.background().map(double, 0..);
    assert_eq!(endless.result_within(0.01).expect_err("endless").kind(), PoolErrorKind::ResultTimeout);
    endless.cancel();
    assert_eq!(endless.result().expect_err("cancelled").kind(), PoolErrorKind::Cancelled);
    let bad = pool.background().map(double, (0..5).inspect(|n| assert!(*n < 3)));
    assert!(bad.result().expect_err("a panic").to_string().contains("iterator of the items"));
}

#[test]
fn a_handle_is_a_future_under_any_executor() {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::task::Waker::from(std::sync::Arc::new(Unpark(std::thread::current())));
    let mut context = std::task::Context::from_waker(&waker);
    let mut handle = Pool::workers(1).asynced().map(double, 0..3);
    loop {
        match std::pin::Pin::new(&mut handle).poll(&mut context) {
            std::task::Poll::Ready(result) => return assert_eq!(result.expect("results"), [0, 2, 4]),
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn no_worker_is_left_when_a_pool_is_gone() {
    let pids: HashSet<u32> = {
        let pool = quiet(2);
        pool.map(|_: u8| std::process::id(), 0..20).expect("pids").into_iter().collect()
    };
    for pid in pids {
        let deadline = Instant::now() + Duration::from_secs(5);
        while std::path::Path::new(&format!("/proc/{pid}")).exists() {
            assert!(Instant::now() < deadline, "worker {pid} is left");
            std::thread::yield_now();
        }
    }
}

/// Workers are killed from outside at moments that a seed picks, while items run; every result is right all the same.
#[test]
fn random_kills_lose_and_double_no_result() {
    let pool = quiet(3).retry(20);
    let (tx, rx) = std::sync::mpsc::channel::<u32>();
    let killer = std::thread::spawn(move || {
        let mut seed = 7_u64;
        let mut kills = 0;
        for pid in rx {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if seed >> 60 == 0 {
                let pid = rustix::process::Pid::from_raw(pid.cast_signed()).expect("a pid");
                let signal = if seed & 1 << 40 == 0 {
                    rustix::process::Signal::KILL
                } else {
                    rustix::process::Signal::SEGV
                };
                kills += u32::from(rustix::process::kill_process(pid, signal).is_ok());
            }
        }
        kills
    });
    let work = |n: u64| {
        let until = Instant::now() + Duration::from_micros(n % 7 * 50);
        while Instant::now() < until {}
        (n, std::process::id())
    };
    let mut seen = 0;
    for (n, result) in pool.imap(work, 0..3000_u64).expect("a run").enumerate() {
        let (item, pid) = result.expect("a result");
        assert_eq!(item, n as u64);
        seen += 1;
        let _ = tx.send(pid);
    }
    drop(tx);
    assert_eq!(seen, 3000);
    assert!(killer.join().expect("no panic") > 0);
}

#[test]
fn shared_bytes_travel_by_their_memory() {
    let pool = Pool::workers(2);
    let bytes = SharedBytes::from(vec![7_u8; 3 << 20]);
    let halve = |bytes: SharedBytes| SharedBytes::from(&bytes[..bytes.len() / 2]);
    let got = pool.map(halve, [bytes.clone(), SharedBytes::from("ab".to_owned()), bytes]).expect("results");
    assert_eq!(got.iter().map(|bytes| bytes.len()).collect::<Vec<_>>(), [3 << 19, 1, 3 << 19]);
    let again = pool.map(halve, got).expect("mapped ones travel on");
    assert!(again[0].iter().all(|byte| *byte == 7) && again[0].len() == 3 << 18);
    // More than a frame takes: the rest goes as it is.
    let many: Vec<_> = (0..20_u8).map(|n| SharedBytes::from(vec![n; 40 << 10])).collect();
    let sums =
        pool.map(|many: Vec<SharedBytes>| many.iter().map(|bytes| u64::from(bytes[9])).sum::<u64>(), [many]);
    assert_eq!(sums.expect("results"), [190]);
    let filled = SharedBytes::filled(1 << 20, |bytes| bytes.fill(9)).expect("memory");
    assert_eq!(
        pool.map(|bytes: SharedBytes| bytes.iter().all(|byte| *byte == 9), [filled]).expect("results"),
        [true]
    );
    let elsewhere = cerial::serialize(&again[0]).expect("bytes");
    assert_eq!(cerial::deserialize::<SharedBytes>(&elsewhere).expect("bytes"), again[0]);
}

#[test]
fn paths_and_closures_over_them_need_nothing_of_their_own() {
    let files =
        ["Cargo.toml", "src/lib.rs"].map(|name| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    let want: Vec<u64> = files.iter().map(|file| std::fs::metadata(file).expect("a file").len()).collect();
    let sizes = Pool::new().try_map(|p: std::path::PathBuf| std::fs::metadata(p).map(|m| m.len()), files);
    assert_eq!(sizes.expect("sizes"), want);
}
