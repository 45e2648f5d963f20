//! Threads that record into one timer, with a rolling window, laps, pauses and a histogram.
//!
//! Run it: `cargo run -p suitkaise-timing --example timing_parallel -- --verbose`

use std::error::Error;
use std::thread;
use std::time::Duration;

use suitkaise_timing::{Sktimer, TimeThis};

/// A timer may be a static: every thread has its own session with it.
static TIMER: Sktimer = Sktimer::new();

/// Something that takes a while, now and then longer.
fn work(n: u64) {
    let time = if n.is_multiple_of(10) { 3000 } else { 500 + n * 37 % 400 };
    thread::sleep(Duration::from_micros(time));
}

fn main() -> Result<(), Box<dyn Error>> {
    let verbose = std::env::args().any(|arg| arg == "--verbose");

    // keep the latest 100 measurements, however many there are
    TIMER.set_max_times(100)?;
    thread::scope(|s| {
        for thread in 0..4_u64 {
            s.spawn(move || -> Result<(), suitkaise_timing::Error> {
                for n in 0..50 {
                    TIMER.start();
                    work(thread * 50 + n);
                    let time = TIMER.stop()?;
                    if verbose && n % 25 == 0 {
                        println!("  thread {thread}, call {n}: {time:?}");
                    }
                }
                Ok(())
            });
        }
    });
    println!("threads recorded {} measurements in the window", TIMER.num_times());

    // a snapshot: several questions about one moment
    let stats = TIMER.stats();
    println!("p95 is at least the median: {}", stats.percentile(95.0)? >= stats.median());
    if verbose {
        println!("{stats}");
        print!("{}", stats.histogram().rows(5));
    }

    // laps and pauses, on this thread
    let laps = Sktimer::new();
    laps.start();
    for n in 1..=3 {
        work(n);
        laps.pause()?; // what follows does not count
        thread::sleep(Duration::from_millis(2));
        laps.resume()?;
        laps.lap()?;
    }
    laps.discard()?; // the lap that has just begun
    println!(
        "{} laps, pauses kept apart: {}",
        laps.num_times(),
        laps.total_time_paused() >= Duration::from_millis(6)
    );

    // a guard that only records what is slow
    let slow = Sktimer::new();
    for n in 0..20 {
        let _t = TimeThis::on(&slow).threshold(0.002);
        work(n);
    }
    println!("some calls were slow, most were not: {}", (2..20).contains(&slow.num_times()));
    if verbose {
        println!("slow ones: {slow}");
        println!("{}", slow.stats().to_json());
    }
    Ok(())
}
