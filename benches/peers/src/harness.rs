//! Contenders take turns; the lower quartile of their turns is the figure: what a turn takes where nothing else ran.

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
    pub write: f64,
    pub read: f64,
}

/// A contender in its turns: how many calls a turn takes, and what the turns took.
struct Runner {
    contender: Contender,
    calls: [u32; 2],
    samples: [Vec<f64>; 2],
}

impl Runner {
    fn new(contender: Contender, turn: Duration) -> Runner {
        let mut runner = Runner { contender, calls: [1; 2], samples: Default::default() };
        for side in 0..2 {
            loop {
                let took = runner.turn(side);
                let calls = runner.calls[side];
                if took >= turn / 4 || calls > 1 << 16 {
                    let factor = turn.as_secs_f64() / took.as_secs_f64().max(1e-9);
                    runner.calls[side] = ((f64::from(calls) * factor) as u32).clamp(1, 1 << 18);
                    break;
                }
                runner.calls[side] *= 4;
            }
        }
        runner
    }

    fn turn(&mut self, side: usize) -> Duration {
        let body = if side == 0 { &mut self.contender.write } else { &mut self.contender.read };
        body(self.calls[side])
    }

    fn figure(&mut self, side: usize) -> f64 {
        let samples = &mut self.samples[side];
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 4]
    }
}

/// Lets all take `turns` turns of about the time `turn` each.
pub fn run(contenders: Vec<Contender>, turns: usize, turn: Duration) -> Vec<Figures> {
    let mut all: Vec<Runner> = contenders.into_iter().map(|c| Runner::new(c, turn)).collect();
    for _ in 0..turns {
        for runner in &mut all {
            for side in 0..2 {
                let took = runner.turn(side);
                runner.samples[side].push(took.as_nanos() as f64 / f64::from(runner.calls[side]));
            }
        }
    }
    let figures = all.into_iter().map(|mut runner| Figures {
        name: runner.contender.name,
        bytes: runner.contender.bytes,
        write: runner.figure(0),
        read: runner.figure(1),
    });
    figures.collect()
}
