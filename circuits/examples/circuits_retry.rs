//! A `Circuit` that slows a client down while its server is busy, and lets go when it is well again.
//!
//! Run it: `cargo run -p suitkaise-circuits --example circuits_retry -- --verbose`

use std::cell::Cell;
use std::error::Error;
use std::time::{Duration, Instant};

use suitkaise_circuits::Circuit;

/// A server that is busy for its first requests.
struct Server {
    busy_for: Cell<u32>,
}

impl Server {
    fn request(&self, n: u32) -> Result<u32, String> {
        match self.busy_for.get() {
            0 => Ok(n * n),
            left => {
                self.busy_for.set(left - 1);
                Err(format!("request {n}: busy"))
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let verbose = std::env::args().any(|arg| arg == "--verbose");

    // every second failure sleeps: 10 ms, then 20, then 40, never above 50
    let circuit = Circuit::new(2)
        .sleep_time_after_trip(0.01)
        .backoff_factor(2.0)
        .max_sleep_time(0.05)
        .on_trip(move |trip| {
            if verbose {
                println!("  trip {}: sleeping {:?}", trip.number, trip.sleep);
            }
        })
        .check()?; // a bad setting would be an error here

    let server = Server { busy_for: Cell::new(7) };
    let start = Instant::now();
    let mut answers = Vec::new();
    for n in 1..=5 {
        // `call` counts an Err as a short and puts the backoff back on Ok
        let answer = loop {
            match circuit.call(|| server.request(n)) {
                Ok(answer) => break answer,
                Err(error) if verbose => println!("  {error}"),
                Err(_) => {}
            }
        };
        answers.push(answer);
    }

    println!("answers: {answers:?}");
    println!("trips: {}, shorts towards the next: {}", circuit.total_trips(), circuit.times_shorted());
    println!("next sleep: {:?}", circuit.current_sleep_time());
    println!("slept at least 70 ms: {}", start.elapsed() >= Duration::from_millis(70));
    Ok(())
}
