//! The same by Python's multiprocessing, where there is a Python.

use std::process::Command;

use suitkaise_processing::Pool;

use crate::harness::{median, micros, print};

const SCRIPT: &str = r#"
import multiprocessing as mp, statistics, time

def same(x):
    return x

def child(q):
    q.put(1)

def start():
    t = time.perf_counter()
    q = mp.Queue()
    p = mp.Process(target=child, args=(q,))
    p.start()
    q.get()
    p.join()
    return time.perf_counter() - t

def mapped(pool, n, **how):
    t = time.perf_counter()
    pool.map(same, range(n), **how)
    return (time.perf_counter() - t) / n

print("start", statistics.median(start() for _ in range(30)) * 1e6)
with mp.Pool(2) as pool:
    pool.map(same, range(1000))
    print("chunks", statistics.median(mapped(pool, 100000) for _ in range(9)) * 1e6)
    print("single", statistics.median(mapped(pool, 10000, chunksize=1) for _ in range(5)) * 1e6)
"#;

pub fn run() {
    let Some(figures) = figures() else {
        eprintln!("no python3 here: the rows beside Python's multiprocessing have no peer");
        return rows(|_| None);
    };
    rows(|name| figures.iter().find(|(figure, _)| figure == name).map(|(_, figure)| *figure));
}

fn figures() -> Option<Vec<(String, f64)>> {
    let out =
        Command::new("python3").args(["-c", SCRIPT]).output().ok().filter(|out| out.status.success())?;
    let text = String::from_utf8(out.stdout).ok()?;
    text.lines()
        .map(|line| line.split_once(' ').and_then(|(name, us)| Some((name.to_owned(), us.parse().ok()?))))
        .collect()
}

fn rows(peer: impl Fn(&str) -> Option<f64>) {
    let pool = Pool::workers(2);
    let map = |n: u64| {
        let mut took: Vec<f64> =
            (0..9).map(|_| micros(|| pool.map(|n: u64| n, 0..n).expect("results")) / n as f64).collect();
        median(&mut took)
    };
    map(1_000);
    let by = |name: &str| peer(name).map(|figure| (figure, "multiprocessing.Pool"));
    print("pool/100000 no-ops, beside Python's default chunks", "us/item", map(100_000), by("chunks"));
    print("pool/10000 no-ops, beside Python's chunks of one", "us/item", map(10_000), by("single"));
}
