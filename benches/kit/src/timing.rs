//! Sktimer, its statistics, and sleeping.

use std::hint::black_box;
use std::time::{Duration, Instant};

use suitkaise_timing::{Sktimer, TimeThis, sleep, timethis};

use crate::harness::{alternate, median, per_call, per_call_threads, print};

const PAIR: &str = "Instant::now pair";

fn clock_pair() {
    let start = Instant::now();
    black_box(start.elapsed());
}

#[timethis(max_times = 1000)]
fn timed() {}

pub fn run() {
    recording();
    statistics();
    sleeping();
}

fn recording() {
    let n = 200_000;
    let timer = Sktimer::with_max_times(1000).expect("1000 is a window");
    let start_stop = |timer: &Sktimer| {
        timer.start();
        black_box(timer.stop().ok());
    };
    let (ours, peer) = alternate(|| per_call(n, || start_stop(&timer)), || per_call(n, clock_pair));
    print("timing/start+stop, 1 thread", "ns", ours, Some((peer, PAIR)));

    let (ours, peer) = alternate(
        || {
            let timer = Sktimer::new();
            per_call(n, || start_stop(&timer))
        },
        || per_call(n, clock_pair),
    );
    print("timing/start+stop, 1 thread, no window", "ns", ours, Some((peer, PAIR)));

    let (ours, peer) =
        alternate(|| per_call_threads(4, n, || start_stop(&timer)), || per_call_threads(4, n, clock_pair));
    print("timing/start+stop, 4 threads", "ns", ours, Some((peer, PAIR)));

    let (ours, peer) = alternate(|| per_call(n, || drop(TimeThis::on(&timer))), || per_call(n, clock_pair));
    print("timing/TimeThis", "ns", ours, Some((peer, PAIR)));

    let (ours, peer) = alternate(|| per_call(n, timed), || per_call(n, clock_pair));
    print("timing/#[timethis]", "ns", ours, Some((peer, PAIR)));

    let time = Duration::from_micros(3);
    let ours = per_call(n, || timer.add_time(time).expect("a time"));
    print("timing/add_time", "ns", ours, None);

    // the cost must not grow with the window
    for window in [100, 1_000_000] {
        let timer = Sktimer::with_max_times(window).expect("a window");
        for _ in 0..window {
            timer.add_time(time).expect("a time");
        }
        let (ours, peer) = alternate(|| per_call(n, || start_stop(&timer)), || per_call(n, clock_pair));
        print(&format!("timing/start+stop, full window of {window}"), "ns", ours, Some((peer, PAIR)));
    }
}

/// Against the way it is usually written: a pass per statistic, and a sort of a copy for each percentile.
fn statistics() {
    for n in [1_000_u64, 10_000, 100_000, 1_000_000] {
        let timer = Sktimer::new();
        let mut seed = 1_u64;
        let times: Vec<Duration> = (0..n)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                Duration::from_nanos(seed >> 34)
            })
            .collect();
        for time in &times {
            timer.add_time(*time).expect("a time");
        }
        // a measurement before each, so that nothing kept answers
        let us = |f: &dyn Fn()| {
            timer.add_time(1).expect("a time");
            let start = Instant::now();
            f();
            start.elapsed().as_nanos() as f64 / 1e3
        };
        let (ours, peer) =
            alternate(|| us(&|| _ = black_box(timer.stats())), || us(&|| _ = black_box(times.clone())));
        print(&format!("timing/stats of {n}"), "us", ours, Some((peer, "copy of the Vec<Duration>")));

        let (ours, peer) = alternate(
            || us(&|| _ = black_box((timer.mean(), timer.stdev()))),
            || us(&|| _ = black_box(textbook(&times))),
        );
        print(&format!("timing/mean and stdev of {n}"), "us", ours, Some((peer, "two passes over f64")));

        let (ours, peer) = alternate(
            || us(&|| _ = black_box(timer.percentile(95.0))),
            || {
                us(&|| {
                    let mut copy = times.clone();
                    copy.sort_unstable();
                    black_box(copy[copy.len() * 95 / 100]);
                })
            },
        );
        print(&format!("timing/percentile of {n}"), "us", ours, Some((peer, "sort of a copy")));
        if n == 1_000 {
            let ours = per_call(100_000, || _ = black_box(timer.percentile(95.0)));
            print("timing/percentile of 1000, asked again", "us", ours / 1e3, None);
        }
    }
}

fn textbook(times: &[Duration]) -> (f64, f64) {
    let n = times.len() as f64;
    let mean = times.iter().map(Duration::as_secs_f64).sum::<f64>() / n;
    let squares: f64 = times.iter().map(|t| (t.as_secs_f64() - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

/// By how much a sleep is too long.
fn sleeping() {
    let time = Duration::from_millis(1);
    let overshoot = |f: &dyn Fn()| {
        let start = Instant::now();
        f();
        start.elapsed().saturating_sub(time).as_nanos() as f64 / 1e3
    };
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..500 {
        ours.push(overshoot(&|| _ = sleep(time)));
        peer.push(overshoot(&|| std::thread::sleep(time)));
    }
    let name = "std::thread::sleep";
    print("timing/sleep 1 ms, median overshoot", "us", median(&mut ours), Some((median(&mut peer), name)));
    let p99 = |figures: &[f64]| figures[figures.len() * 99 / 100];
    print("timing/sleep 1 ms, p99 overshoot", "us", p99(&ours), Some((p99(&peer), name)));
}
