//! A `BreakingCircuit` that stops four threads at once when their work has no hope, and is reset by hand.
//!
//! Run it: `cargo run -p suitkaise-circuits --example circuits_breaker -- --verbose`

use std::error::Error;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use suitkaise_circuits::{BreakingCircuit, CallError};

/// A disk that can be repaired.
static DISK_BROKEN: AtomicBool = AtomicBool::new(true);

fn write(block: u32) -> io::Result<u32> {
    if DISK_BROKEN.load(Ordering::Relaxed) { Err(io::Error::other("the disk is broken")) } else { Ok(block) }
}

fn main() -> Result<(), Box<dyn Error>> {
    let verbose = std::env::args().any(|arg| arg == "--verbose");

    let breaker = BreakingCircuit::new(10)
        .sleep_time_after_trip(0.005)
        .backoff_factor(2.0)
        .on_trip(|trip| println!("tripped: number {}, sleeping {:?}", trip.number, trip.sleep))
        .on_reset(|| println!("closed again"))
        .check()?;

    // four threads fail; the tenth failure, whoever has it, stops all of them
    let calls = AtomicU32::new(0);
    thread::scope(|s| {
        for thread in 0..4 {
            let (breaker, calls) = (&breaker, &calls);
            s.spawn(move || {
                while !breaker.broken() {
                    calls.fetch_add(1, Ordering::Relaxed);
                    if let Err(error) = write(thread) {
                        if verbose {
                            println!("  thread {thread}: {error}");
                        }
                        breaker.short();
                    }
                }
            });
        }
    });
    // a thread that was under way when it broke may have failed once more
    println!(
        "stopped after ten failures, give or take a thread: {}",
        (10..=13).contains(&calls.into_inner())
    );
    println!("broken: {}", breaker.broken());

    // a broken circuit refuses calls
    match breaker.call(|| write(9)) {
        Err(CallError::Broken) => println!("refused"),
        other => println!("unexpected: {other:?}"),
    }

    DISK_BROKEN.store(false, Ordering::Relaxed);
    breaker.reset();
    println!("next sleep: {:?}", breaker.current_sleep_time());
    println!("wrote block {}", breaker.call(|| write(9))?);
    println!("the good call put the backoff back: {:?}", breaker.current_sleep_time());
    Ok(())
}
