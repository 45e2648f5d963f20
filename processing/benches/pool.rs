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

fn large(len: usize) {
    let pool = Pool::workers(1);
    let _ = pool.map(|x: u64| x, 0..8);
    let copy = (0..3).map(|_| {
        let data = vec![7_u8; len];
        let mut file = tempfile::tempfile_in("/dev/shm").or_else(|_| tempfile::tempfile()).expect("a file");
        let began = Instant::now();
        file.write_all(&data).expect("written");
        file.seek(SeekFrom::Start(0)).expect("rewound");
        let mut back = Vec::with_capacity(len);
        file.read_to_end(&mut back).expect("read");
        began.elapsed()
    });
    let copy = copy.min().unwrap_or(Duration::MAX);
    let rate = |took: Duration| len as f64 / took.as_secs_f64() / 1e9;
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
    let (mut there_borrowed, mut back_borrowed) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        let item = SharedBytes::from(vec![7_u8; len]);
        let began = Instant::now();
        assert_eq!(pool.map(|item: SharedBytes| item.len(), [item]).expect("a result"), [len]);
        there_borrowed = there_borrowed.min(began.elapsed());
        let began = Instant::now();
        let made = pool.map(|len: usize| SharedBytes::from(vec![7_u8; len]), [len]).expect("a result");
        assert_eq!(made[0].len(), len);
        back_borrowed = back_borrowed.min(began.elapsed());
    }
    row(&format!("argument of {len} bytes, borrowed"), "GB/s", rate(there_borrowed), None);
    row(&format!("result of {len} bytes, borrowed"), "GB/s", rate(back_borrowed), None);
    let item = vec![7_u8; len];
    let options = cerial::Options::new().mode(cerial::Mode::Compact);
    let began = Instant::now();
    let bytes = options.serialize(&item).expect("bytes");
    row(&format!("of which: {len} bytes serialized"), "GB/s", rate(began.elapsed()), None);
    drop(bytes);
    row(
        &format!("argument of {len} bytes, owned"),
        "GB/s",
        rate(there),
        Some((rate(copy), "write plus read")),
    );
    row(&format!("result of {len} bytes, owned"), "GB/s", rate(back), Some((rate(copy), "write plus read")));
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
