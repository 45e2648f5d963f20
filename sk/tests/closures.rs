//! `sk(f)` around functions and closures.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use suitkaise_sk::{Kind, sk};

fn parse(text: &str, add: u32) -> Result<u32, std::num::ParseIntError> {
    Ok(text.parse::<u32>()? + add)
}

#[test]
fn any_function_or_closure_is_wrapped() {
    assert_eq!(sk(parse).call("3", 4).unwrap(), 7);
    assert_eq!(sk(|| 3).call().unwrap(), 3);
    assert_eq!(sk(|x: u32| x * 2).timeout(1.0).call(2).unwrap(), 4);
    assert_eq!(sk(|a: u8, b: u8, c: u8| a + b + c).background().call(1, 2, 3).result().unwrap(), 6);
    assert_eq!(sk(parse).call("x", 4).unwrap_err().kind(), Kind::Function);
}

#[test]
fn modifiers_act_in_one_order_however_chained() {
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let flaky = sk(move |n: u32| {
        let seen = counted.fetch_add(1, Ordering::Relaxed);
        if seen == 0 {
            std::thread::sleep(Duration::from_millis(400));
        }
        if seen < 2 { Err("not yet".to_owned()) } else { Ok(n) }
    });
    for chained in [
        flaky.clone().retry(3).delay(0.0).timeout(0.1).rate_limit(1000),
        flaky.clone().rate_limit(1000).timeout(0.1).retry(3).delay(0.0),
        flaky.timeout(0.1).rate_limit(1000).retry(3).delay(0.0),
    ] {
        tries.store(0, Ordering::Relaxed);
        assert_eq!(chained.call(5).unwrap(), 5);
        assert_eq!(tries.load(Ordering::Relaxed), 3);
    }
}

#[test]
fn clones_share_one_limiter() {
    let limited = sk(|| ()).rate_limit(50);
    let other = limited.clone();
    let started = Instant::now();
    limited.call().unwrap();
    other.call().unwrap();
    limited.call().unwrap();
    assert!(started.elapsed() >= Duration::from_millis(40));
}

#[test]
fn only_errors_that_are_worth_it_are_retried() {
    let tries = AtomicU32::new(0);
    let hard = sk(|| -> Result<(), std::io::Error> {
        tries.fetch_add(1, Ordering::Relaxed);
        Err(std::io::ErrorKind::NotFound.into())
    });
    let error = hard.retry(5).delay(0.0).on(|e| e.kind() == std::io::ErrorKind::TimedOut).call().unwrap_err();
    assert_eq!(error.downcast_ref::<std::io::Error>().unwrap().kind(), std::io::ErrorKind::NotFound);
    assert_eq!(tries.load(Ordering::Relaxed), 1);
}

#[test]
fn arguments_need_not_be_clone_without_retry() {
    struct Once(u32);
    assert_eq!(sk(|o: Once| o.0).timeout(1).call(Once(3)).unwrap(), 3);
}

#[test]
fn many_short_calls_in_a_row_are_all_heard_of() {
    let (done, all) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let next = sk(|x: u64| x + 1).background();
        let last = (0..300_000).fold(0, |x, _| next.call(x).result().unwrap());
        done.send(last)
    });
    assert_eq!(all.recv_timeout(Duration::from_secs(120)), Ok(300_000), "a call was waited for in vain");
}
