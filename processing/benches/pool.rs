//! What a pool costs: `cargo bench -p suitkaise-processing --bench pool`.
//!
//! Each row prints the unit, the input, the figure, and the bar or a baseline from the same run beside it.

use std::io::{Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use suitkaise_processing::raw::Stdio;
use suitkaise_processing::{Pool, init};

const WORKERS: usize = 2;

fn main() {
    init();
    // `cargo test --benches` runs this too: small then.
    let small = !std::env::args().any(|arg| arg == "--bench");
    let scale = |n: u64| if small { n / 1000 } else { n };
    no_ops(scale(1_000_000).max(100));
    one_in_flight(scale(100_000).max(100));
    long_tasks(if small { 10 } else { 200 });
    replacement(if small { 2 } else { 21 });
    large(if small { 1 << 20 } else { 100_000_000 });
    flat(scale(10_000_000).max(1000));
}

fn row(what: &str, figure: String, bar: &str) {
    println!("{what:<58} {figure:>16}   {bar}");
}

fn micros(all: Duration, n: u64) -> String {
    format!("{:.3} us/item", all.as_secs_f64() * 1e6 / n as f64)
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
    row(&format!("map, {n} no-ops, {WORKERS} workers, automatic chunks"), micros(best, n), "bar 0.3 us");
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
    row(&format!("map, {n} no-ops, one in flight per worker"), micros(best, n), "bar 5 us");
}

fn long_tasks(n: u64) {
    let pool = warm();
    let began = Instant::now();
    let nap = |x: u64| {
        std::thread::sleep(Duration::from_millis(10));
        x
    };
    assert_eq!(pool.map(nap, 0..n).expect("results").len() as u64, n);
    let ideal = 0.01 * n as f64 / WORKERS as f64;
    let ratio = began.elapsed().as_secs_f64() / ideal;
    row(&format!("map, {n} tasks of 10 ms, beside the ideal split"), format!("{ratio:.3} x"), "bar 1.15 x");
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
    row(
        "death of a worker, replaced, next item done (p50)",
        format!("{:.3?}", took[took.len() / 2]),
        "bar 2 ms",
    );
}

fn die_or_tell(n: u64) -> u64 {
    if n == 0 {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
    n
}

fn large(len: usize) {
    let pool = Pool::workers(1);
    let _ = pool.map(|x: u64| x, 0..8);
    let copy = {
        let data = vec![7_u8; len];
        let mut file = tempfile::tempfile_in("/dev/shm").or_else(|_| tempfile::tempfile()).expect("a file");
        let began = Instant::now();
        file.write_all(&data).expect("written");
        file.seek(SeekFrom::Start(0)).expect("rewound");
        let mut back = Vec::with_capacity(len);
        file.read_to_end(&mut back).expect("read");
        began.elapsed()
    };
    let rate = |took: Duration| format!("{:.2} GB/s", len as f64 / took.as_secs_f64() / 1e9);
    let mut there = Duration::MAX;
    let mut back = Duration::MAX;
    for _ in 0..3 {
        let item = vec![7_u8; len];
        let began = Instant::now();
        assert_eq!(pool.map(|item: Vec<u8>| item.len(), [item]).expect("a result"), [len]);
        there = there.min(began.elapsed());
        let began = Instant::now();
        assert_eq!(pool.map(|len: usize| vec![7_u8; len], [len]).expect("a result")[0].len(), len);
        back = back.min(began.elapsed());
    }
    let item = vec![7_u8; len];
    let options = cerial::Options::new().mode(cerial::Mode::Compact);
    let began = Instant::now();
    let bytes = options.serialize(&item).expect("bytes");
    row(&format!("of which: {len} bytes serialized"), rate(began.elapsed()), "");
    drop(bytes);
    row(&format!("argument of {len} bytes"), rate(there), &format!("write plus read: {}", rate(copy)));
    row(&format!("result of {len} bytes"), rate(back), &format!("write plus read: {}", rate(copy)));
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
    row(&format!("imap, {n} items: growth of the parent, {each}"), format!("{grown} KiB"), "bar 10240 KiB");
}

/// KiB that this process has in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
