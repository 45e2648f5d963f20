//! `#[timethis]` on functions and methods, and a report of all global timers at the end.
//!
//! Run it: `cargo run -p suitkaise-timing --example timing_functions -- --verbose`

use std::collections::BTreeMap;
use std::error::Error;

use suitkaise_timing::{Sktimer, clear_global_timers, elapsed, global_timers, time, timethis};

/// Both `parse` and `count` record here, on top of their own timers.
static TOTAL: Sktimer = Sktimer::new();

/// A call that returns `Err` is not recorded.
#[timethis]
#[timethis(timer = &TOTAL)]
fn parse(line: &str) -> Result<(String, u64), std::num::ParseIntError> {
    let (name, number) = line.split_once(' ').unwrap_or((line, ""));
    Ok((name.to_owned(), number.parse()?))
}

#[derive(Default)]
struct Counter {
    sums: BTreeMap<String, u64>,
}

impl Counter {
    /// On a method, the timer is at `Counter::timer_count()`.
    #[timethis(max_times = 1000)]
    #[timethis(timer = &TOTAL)]
    fn count(&mut self, name: String, number: u64) -> u64 {
        let sum = self.sums.entry(name).or_default();
        *sum += number;
        *sum
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let verbose = std::env::args().any(|arg| arg == "--verbose");
    let start = time();

    let mut counter = Counter::default();
    let mut bad = 0;
    for n in 0..5000_u64 {
        let line = if n % 50 == 0 { "broken".to_owned() } else { format!("host{} {n}", n % 7) };
        match parse(&line) {
            Ok((name, number)) => {
                counter.count(name, number);
            }
            Err(_) => bad += 1,
        }
    }

    println!("{bad} lines were bad, {} were parsed", parse::timer().num_times());
    println!("the method's window holds {}", Counter::timer_count().num_times());
    println!("both together: {}", TOTAL.num_times());
    for (name, timer) in global_timers() {
        println!("global timer {name}");
        if verbose {
            println!("  {timer}");
            if let Some(p99) = timer.percentile(99.0)? {
                println!("  one call in a hundred takes longer than {p99:?}");
            }
        }
    }
    if verbose {
        println!("{} sums in {:?}", counter.sums.len(), elapsed(start)?);
    }

    clear_global_timers();
    println!("after clear_global_timers: {}", global_timers().len());
    Ok(())
}
