//! Alternating runs of ours and a peer, and the `BENCH` lines.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// One figure: ours and, where there is one, the peer's, in `unit`.
pub fn print(row: &str, unit: &str, ours: f64, peer: Option<(f64, &str)>) {
    let (peer, peer_name) = peer.map_or((None, None), |(figure, name)| (Some(figure), Some(name)));
    let line = serde_json::json!({
        "row": row, "unit": unit, "ours": ours, "peer": peer, "peer_name": peer_name,
    });
    println!("BENCH {line}");
}

/// Rounds of each side; the medians are compared.
const ROUNDS: usize = 15;

/// Medians of both sides, run in turn, so that a busy neighbour hits both.
pub fn alternate(mut ours: impl FnMut() -> f64, mut peer: impl FnMut() -> f64) -> (f64, f64) {
    ours();
    peer();
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        a.push(ours());
        b.push(peer());
    }
    (median(&mut a), median(&mut b))
}

pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Nanoseconds per call of `f`, called `n` times.
pub fn per_call(n: u64, mut f: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..n {
        f();
    }
    start.elapsed().as_nanos() as f64 / n as f64
}

/// Nanoseconds of processor time per call when `threads` threads each call `f` `n` times at once: wall time, times the
/// processors that could run them, over all calls.
pub fn per_call_threads(threads: u64, n: u64, f: impl Fn() + Sync) -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let barrier = Barrier::new(threads as usize + 1);
    let wall = std::thread::scope(|s| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                s.spawn(|| {
                    barrier.wait();
                    for _ in 0..n {
                        f();
                    }
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        for worker in workers {
            worker.join().expect("a worker of the bench panicked");
        }
        start.elapsed()
    });
    wall.as_nanos() as f64 * threads.min(cores) as f64 / (threads * n) as f64
}

/// What an atomic addition costs here and now, in nanoseconds: where an issue names nanoseconds, the bar is a multiple of
/// this one.
pub fn atomic_addition() -> f64 {
    let counter = AtomicU64::new(0);
    let mut figures: Vec<f64> = (0..9)
        .map(|_| per_call(1_000_000, || _ = black_box(black_box(&counter).fetch_add(1, Ordering::AcqRel))))
        .collect();
    median(&mut figures)
}
