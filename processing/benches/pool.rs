//! What a pool costs: `cargo bench -p suitkaise-processing --bench pool`, and a part of `cargo xtask bench processing`,
//! which holds the figures against their bars.
//!
//! Each row is a line `BENCH {"row", "unit", "ours", "peer", "peer_name"}`; a peer here is a baseline of the same run.

use std::io::{Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use suitkaise_processing::raw::Stdio;
use suitkaise_processing::{Pool, SharedBytes, init};

const WORKERS: usize = 2;

#[allow(dead_code, reason = "the side-by-side bench has a main of its own")]
fn main() {
    init();
    // `cargo test --benches` runs this too: small then.
    measure(!std::env::args().any(|arg| arg == "--bench"));
}

/// Prints all rows; `small` is for a look at whether they work.
pub(crate) fn measure(small: bool) {
    let scale = |n: u64| if small { n / 1000 } else { n };
    no_ops(scale(1_000_000).max(100));
    one_in_flight(scale(100_000).max(100));
    long_tasks(if small { 10 } else { 200 });
    replacement(if small { 2 } else { 21 });
    large(if small { 1 << 20 } else { 100_000_000 });
    flat(scale(10_000_000).max(1000));
}

fn row(what: &str, unit: &str, ours: f64, peer: Option<(f64, &str)>) {
    let (peer, name) = peer
        .map_or(("null".into(), "null".into()), |(figure, name)| (figure.to_string(), format!("\"{name}\"")));
    println!(
        r#"BENCH {{"row": "pool/{what}", "unit": "{unit}", "ours": {ours}, "peer": {peer}, "peer_name": {name}}}"#
    );
}

fn micros(all: Duration, n: u64) -> f64 {
    all.as_secs_f64() * 1e6 / n as f64
}

fn warm() -> Pool {
    let pool = Pool::workers(WORKERS);
    let _ = pool.map(
        |x: u64| {
            std::thread::sleep(Duration::from_millis(2));
            x
        },
        0..8,
    );
    pool
}

fn no_ops(n: u64) {
    let pool = warm();
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        assert_eq!(pool.map(|x: u64| x, 0..n).expect("results").len() as u64, n);
        best = best.min(began.elapsed());
    }
    row(&format!("map, {n} no-ops, {WORKERS} workers, automatic chunks"), "us/item", micros(best, n), None);
}

/// A rate that is never reached keeps one item in flight per worker.
fn one_in_flight(n: u64) {
    let pool = warm().rate_limit(1e9);
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        assert_eq!(pool.map(|x: u64| x, 0..n).expect("results").len() as u64, n);
        best = best.min(began.elapsed());
    }
    row(&format!("map, {n} no-ops, one in flight per worker"), "us/item", micros(best, n), None);
}

fn long_tasks(n: u64) {
    let pool = warm();
    let began = Instant::now();
    let nap = |x: u64| {
        std::thread::sleep(Duration::from_millis(10));
        x
    };
    assert_eq!(pool.map(nap, 0..n).expect("results").len() as u64, n);
    let ideal = 10.0 * n as f64 / WORKERS as f64;
    let took = began.elapsed().as_secs_f64() * 1e3;
    row(&format!("map, {n} tasks of 10 ms"), "ms", took, Some((ideal, "the ideal split")));
}

/// From the kill of the only worker inside a task to the result of the next attempt.
fn replacement(rounds: usize) {
    let pool = Pool::workers(1).stdio(Stdio::Null, Stdio::Null);
    let _ = pool.map(|x: u64| x, 0..8);
    let mut took: Vec<Duration> = (0..rounds)
        .map(|_| {
            let results = pool.imap(die_or_tell, [0, 1]).expect("a run");
            let began = Instant::now();
            assert_eq!(results.filter(Result::is_ok).count(), 1);
            began.elapsed()
        })
        .collect();
    took.sort();
    let p50 = took[took.len() / 2].as_secs_f64() * 1e3;
    row("death of a worker, replaced, next item done (p50)", "ms", p50, None);
}

fn die_or_tell(n: u64) -> u64 {
    if n == 0 {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
    n
}

/// Arguments and results of many bytes, beside a file in memory that is written and read.
fn large(len: usize) {
    let pool = Pool::workers(1);
    let _ = pool.map(|x: u64| x, 0..8);
    let mut took = [Duration::MAX; 5];
    // Alternating, so that a busy machine is busy for all of them.
    for _ in 0..5 {
        let item = vec![7_u8; len];
        let shared = SharedBytes::filled(len, |bytes| bytes.copy_from_slice(&item)).expect("memory");
        let prepare = || assert_eq!(pool.map(prepare, [len]).expect("done"), [()]);
        prepare();
        let rounds = [
            timed(|| write_and_read(&item)),
            timed(|| assert_eq!(pool.map(|item: Vec<u8>| item.len(), [item]).expect("a result"), [len])),
            timed(|| assert_eq!(pool.map(|()| prepared(), [()]).expect("a result")[0].len(), len)),
            timed(|| {
                assert_eq!(pool.map(|item: SharedBytes| touch(&item), [shared]).expect("a result"), [7])
            }),
            timed(|| {
                let result = pool.map(|()| prepared_shared(), [()]).expect("a result");
                assert_eq!(touch(&result[0]), 7);
            }),
        ];
        for (least, round) in took.iter_mut().zip(rounds) {
            *least = round.min(*least);
        }
    }
    let rate = |took: Duration| len as f64 / took.as_secs_f64() / 1e9;
    let [file, argument, result, shared_argument, shared_result] = took.map(rate);
    let peer = Some((file, "write plus read"));
    row(&format!("argument of {len} bytes, owned"), "GB/s", argument, peer);
    row(&format!("result of {len} bytes, owned"), "GB/s", result, peer);
    row(&format!("argument of {len} bytes, borrowed"), "GB/s", shared_argument, peer);
    row(&format!("result of {len} bytes, borrowed"), "GB/s", shared_result, peer);
}

fn timed(run: impl FnOnce()) -> Duration {
    let began = Instant::now();
    run();
    began.elapsed()
}

fn write_and_read(data: &[u8]) {
    let mut file = tempfile::tempfile_in("/dev/shm").or_else(|_| tempfile::tempfile()).expect("a file");
    file.write_all(data).expect("written");
    file.seek(SeekFrom::Start(0)).expect("rewound");
    let mut back = Vec::with_capacity(data.len());
    file.read_to_end(&mut back).expect("read");
}

/// Looks at every page.
fn touch(bytes: &[u8]) -> u8 {
    bytes.iter().step_by(4096).fold(0, |all, byte| all | byte)
}

/// Results that the worker has ready: what is measured is their way.
static READY: std::sync::Mutex<Vec<Vec<u8>>> = std::sync::Mutex::new(Vec::new());

static SHARED: std::sync::Mutex<Vec<SharedBytes>> = std::sync::Mutex::new(Vec::new());

fn prepare(len: usize) {
    READY.lock().expect("no panic").push(vec![7; len]);
    let shared = SharedBytes::filled(len, |bytes| bytes.fill(7)).expect("memory");
    SHARED.lock().expect("no panic").push(shared);
}

fn prepared_shared() -> SharedBytes {
    SHARED.lock().expect("no panic").pop().expect("prepared")
}

fn prepared() -> Vec<u8> {
    READY.lock().expect("no panic").pop().expect("prepared")
}

fn flat(n: u64) {
    let pool = warm();
    let mut results = pool.imap(|x: u64| x, 0..n).expect("a run");
    let mut sum = 0_u64;
    for result in results.by_ref().take((n / 10) as usize) {
        sum += result.expect("a result");
    }
    let before = resident();
    let began = Instant::now();
    for result in results {
        sum += result.expect("a result");
    }
    let grown = resident().saturating_sub(before);
    assert_eq!(sum, n * (n - 1) / 2);
    let each = micros(began.elapsed(), n - n / 10);
    row(&format!("imap, {n} items"), "us/item", each, None);
    row(&format!("imap, {n} items: growth of the parent"), "KiB", grown as f64, None);
}

/// KiB that this process has in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
