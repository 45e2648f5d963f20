//! Contenders take turns; the median of their turns is the figure.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// One way to write and read a workload's value. Each closure runs so many times and returns the time taken; what
/// it makes is dropped outside the measured time.
pub struct Contender {
    pub name: &'static str,
    pub bytes: usize,
    pub write: Box<dyn FnMut(u32) -> Duration>,
    pub read: Box<dyn FnMut(u32) -> Duration>,
}

/// Times `n` calls; the results are kept until the clock has stopped.
pub fn timed<T>(n: u32, mut f: impl FnMut() -> T) -> Duration {
    let mut kept = Vec::with_capacity(n as usize);
    let start = Instant::now();
    for _ in 0..n {
        kept.push(black_box(f()));
    }
    let took = start.elapsed();
    drop(kept);
    took
}

/// Times `n` calls that write into a warm buffer.
pub fn timed_write(n: u32, mut f: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..n {
        f();
    }
    start.elapsed()
}

/// The figures of a contender: nanoseconds per call.
pub struct Figures {
    pub name: &'static str,
    pub bytes: usize,
    pub write_ns: f64,
    pub read_ns: f64,
}

pub fn run(contenders: Vec<Contender>, turns: usize, turn: Duration) -> Vec<Figures> {
    struct Runner {
        c: Contender,
        batch: [u32; 2],
        samples: [Vec<f64>; 2],
    }
    let mut all: Vec<Runner> = contenders
        .into_iter()
        .map(|mut c| {
            let mut batch = [1u32; 2];
            for (i, batch) in batch.iter_mut().enumerate() {
                loop {
                    let f = if i == 0 { &mut c.write } else { &mut c.read };
                    let took = f(*batch);
                    if took >= turn / 4 || *batch > 1 << 16 {
                        let factor = turn.as_secs_f64() / took.as_secs_f64().max(1e-9);
                        *batch = ((f64::from(*batch) * factor) as u32).clamp(1, 1 << 18);
                        break;
                    }
                    *batch *= 4;
                }
            }
            Runner { c, batch, samples: Default::default() }
        })
        .collect();
    for _ in 0..turns {
        for runner in &mut all {
            for i in 0..2 {
                let f = if i == 0 { &mut runner.c.write } else { &mut runner.c.read };
                let took = f(runner.batch[i]);
                runner.samples[i].push(took.as_nanos() as f64 / f64::from(runner.batch[i]));
            }
        }
    }
    all.into_iter()
        .map(|mut runner| {
            let mut median = |i: usize| {
                let s: &mut Vec<f64> = &mut runner.samples[i];
                s.sort_by(f64::total_cmp);
                s[s.len() / 2]
            };
            Figures { name: runner.c.name, bytes: runner.c.bytes, write_ns: median(0), read_ns: median(1) }
        })
        .collect()
}

/// Prints a workload's table, and a machine-readable row for each of ours.
pub fn report(workload: &str, size: &str, figures: &[Figures]) {
    println!("\n{workload} ({size})");
    println!("{:<22}{:>12}{:>14}{:>10}{:>14}{:>10}", "", "bytes", "write ns", "MB/s", "read ns", "MB/s");
    for f in figures {
        let rate = |ns: f64| f.bytes as f64 / ns * 1e3;
        println!(
            "{:<22}{:>12}{:>14.1}{:>10.0}{:>14.1}{:>10.0}",
            f.name, f.bytes, f.write_ns, rate(f.write_ns), f.read_ns, rate(f.read_ns)
        );
    }
    let is_ours = |f: &&Figures| f.name.starts_with("cerial");
    for ours in figures.iter().filter(is_ours) {
        for (side, ns) in [("write", (|f| f.write_ns) as fn(&Figures) -> f64), ("read", |f| f.read_ns)] {
            let rank = 1 + figures.iter().filter(|f| !is_ours(f) && ns(f) < ns(ours)).count();
            let Some(best) = figures.iter().filter(|f| !is_ours(f)).min_by(|a, b| ns(a).total_cmp(&ns(b))) else {
                continue;
            };
            println!(
                "  {} {side}: rank {rank}, {:.2}x of the best peer ({})",
                ours.name,
                ns(ours) / ns(best),
                best.name
            );
            println!(
                "BENCH {}",
                serde_json::json!({
                    "row": format!("{workload} {side} {}", ours.name),
                    "unit": "ns", "ours": ns(ours), "peer": ns(best), "peer_name": best.name,
                    "bytes": ours.bytes, "rank": rank,
                })
            );
        }
    }
}
