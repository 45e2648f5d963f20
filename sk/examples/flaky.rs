//! A service that fails now and then, called with patience: retry, backoff, timeout, rate limit, background.
//!
//! `cargo run -p suitkaise-sk --example flaky -- --verbose`

use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use suitkaise_sk::{Kind, sk};

/// How often the service has been asked.
static ASKED: AtomicU32 = AtomicU32::new(0);

/// The service: the first two answers are errors, and `slow` is too slow for anybody.
#[sk]
fn price(article: &str) -> std::io::Result<u32> {
    let asked = ASKED.fetch_add(1, Ordering::Relaxed);
    match article {
        "slow" => std::thread::sleep(Duration::from_millis(300)),
        "gone" => return Err(std::io::ErrorKind::NotFound.into()),
        _ if asked < 2 => return Err(std::io::ErrorKind::ConnectionReset.into()),
        _ => {}
    }
    Ok(article.len() as u32 * 100)
}

pub(crate) fn run(out: &mut dyn Write, verbose: bool) -> Result<(), Box<dyn std::error::Error>> {
    // The plain function is what it always was.
    writeln!(out, "plain call: {:?}", price("apple").map_err(|e| e.kind()))?;

    // Three attempts, with pauses of 10 and 20 ms between them.
    let patient = price::retry(3).delay(0.01).backoff(2.0);
    writeln!(out, "with retry: {}", patient.call("apple")?)?;
    if verbose {
        writeln!(out, "  (asked {} times so far)", ASKED.load(Ordering::Relaxed))?;
    }

    // Some errors are not worth another attempt.
    let picky = price::retry(5).on(|e| e.kind() != std::io::ErrorKind::NotFound);
    let error = picky.call("gone").err().ok_or("it should be gone")?;
    writeln!(out, "not retried: {error}")?;

    // A limit for each attempt. The late call runs on, on a thread of its own; nobody waits for it.
    match price::timeout(Duration::from_millis(20)).call("slow") {
        Err(error) if error.kind() == Kind::Timeout => writeln!(out, "late: {error}")?,
        other => writeln!(out, "surprise: {other:?}")?,
    }

    // At once, and at most 200 a second for everybody who calls it with a limit.
    let orders = ["pear", "plum"].map(|article| price::background().rate_limit(200).call(article));
    for order in orders {
        writeln!(out, "ordered: {}", order.result()?)?;
    }

    // Any closure can have the same.
    let double = sk(|x: u32| x * 2).timeout(1.0);
    writeln!(out, "closure: {}", double.call(21)?)?;

    // A setting that cannot work is an error of the call, never a panic.
    let error = price::retry(0).call("apple").err().ok_or("0 attempts should be refused")?;
    writeln!(out, "refused: {error}")?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    run(&mut std::io::stdout(), std::env::args().any(|a| a == "--verbose"))
}
