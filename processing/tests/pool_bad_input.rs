//! What no pool should have to see: each is an error that names the item and the cause, and the pool goes on.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::{Duration, Instant};

use cerial::{Cerial, Extract, Handler, Rebuild};
use suitkaise_processing::raw::{Cause, Stdio};
use suitkaise_processing::{Pool, PoolError, PoolErrorKind};

suitkaise_processing::test_support!();

fn quiet() -> Pool {
    Pool::workers(1).stdio(Stdio::Null, Stdio::Null)
}

/// Item 1 of three fails by itself; its neighbours and the next run are done.
#[track_caller]
fn one_of_three<A, F>(work: F, items: [A; 3], kind: PoolErrorKind) -> PoolError
where
    A: Cerial + 'static,
    F: suitkaise_processing::Work<A, suitkaise_processing::Plain, Output = u8>,
{
    let (pool, began) = (quiet(), Instant::now());
    let results: Vec<_> = pool.imap(work, items).expect("a run").collect();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!((results[0].as_ref().ok(), results[2].as_ref().ok()), (Some(&0), Some(&2)), "{results:?}");
    let error = results[1].as_ref().expect_err("item 1 fails").clone();
    assert_eq!((error.kind(), error.index(), error.attempts()), (kind, Some(1), 1), "{error}");
    assert!(error.to_string().starts_with("item 1: "), "{error}");
    assert_eq!(pool.map(|x: u8| x, [7]).expect("the pool goes on"), [7]);
    error
}

/// Cannot be put together where it says so.
#[derive(Cerial)]
struct Brittle(#[cerial(with = BrittleHandler)] Part);

struct Part(u8);

struct BrittleHandler;

impl Handler for BrittleHandler {
    type Value = Part;
    type State = u8;
    const KEY: &'static str = "bad_input::Part";

    fn extract(part: &Part, _: &mut Extract) -> cerial::Result<u8> {
        Ok(part.0)
    }

    fn rebuild(state: u8, _: &mut Rebuild) -> cerial::Result<Part> {
        match state {
            1 => Err(cerial::Error::other("the part is broken")),
            state => Ok(Part(state)),
        }
    }
}

#[test]
fn an_item_that_does_not_deserialize_is_an_error_of_that_item() {
    let items = [0, 1, 2].map(|n| Brittle(Part(n)));
    let error = one_of_three(|item: Brittle| item.0.0, items, PoolErrorKind::Item);
    assert!(error.to_string().contains("the part is broken"), "{error}");
}

#[test]
fn a_result_that_does_not_deserialize_here_is_an_error_of_that_item() {
    let results: Vec<_> = quiet().imap(|n: u8| Brittle(Part(n)), 0..3).expect("a run").collect();
    let error = results[1].as_ref().err().expect("item 1 fails");
    assert_eq!((error.kind(), error.index()), (PoolErrorKind::Output, Some(1)));
    assert!(error.to_string().contains("the part is broken"), "{error}");
    assert!(results[0].is_ok() && results[2].is_ok());
}

/// The numbers of this process's descriptors but the standard streams.
fn numbers() -> Vec<i32> {
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|number| *number > 2).collect()
}

fn never() -> ! {
    loop {
        std::thread::park();
    }
}

#[test]
fn a_worker_that_writes_to_the_control_socket_is_ended_and_the_item_says_so() {
    let scribble = |n: u8| {
        if n == 1 {
            for number in numbers() {
                // SAFETY: the borrow lives for one call; a number that is not open gives an error.
                let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
                let _ = rustix::net::send(fd, b"hello, I am lost", rustix::net::SendFlags::DONTWAIT);
            }
            never()
        }
        n
    };
    let error = one_of_three(scribble, [0, 1, 2], PoolErrorKind::Died);
    let cause = error.death().map(|death| &death.cause);
    assert!(matches!(cause, Some(Cause::Protocol(_))), "{error}");
    assert!(error.to_string().contains("broke the protocol"), "{error}");
}

#[test]
fn a_worker_that_closes_the_control_socket_and_lives_on_is_ended_and_the_item_says_so() {
    let close = |n: u8| {
        if n == 1 {
            // The control socket comes first; what follows keeps the process alive.
            let socket = numbers().into_iter().find(|number| {
                std::fs::read_link(format!("/proc/self/fd/{number}"))
                    .is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
            });
            // SAFETY: none: a descriptor that is gone under the feet of its owner is the subject.
            unsafe { rustix::io::close(socket.unwrap_or(3)) };
            never()
        }
        n
    };
    let error = one_of_three(close, [0, 1, 2], PoolErrorKind::Died);
    let cause = error.death().map(|death| death.cause.clone());
    assert_eq!(cause, Some(Cause::Protocol("it closed its control socket".into())), "{error}");
}

#[test]
fn panics_of_every_kind_are_errors_of_their_item() {
    let any = |n: u8| if n == 1 { std::panic::panic_any([1_u8; 3]) } else { n };
    let error = one_of_three(any, [0, 1, 2], PoolErrorKind::Panicked);
    assert!(error.to_string().contains("a panic payload that is no string"), "{error}");
    let unwound = |n: u8| if n == 1 { std::panic::resume_unwind(Box::new(1_u8)) } else { n };
    let error = one_of_three(unwound, [0, 1, 2], PoolErrorKind::Panicked);
    assert!(error.to_string().contains("panicked"), "{error}");
}

#[test]
fn an_endless_recursion_is_a_death_with_its_signal() {
    fn deep(n: u64) -> u64 {
        let here = std::hint::black_box([n; 64]);
        if n == u64::MAX { 0 } else { deep(n + 1) + here[7] }
    }
    let work = |n: u8| if n == 1 { deep(0).to_le_bytes()[0] } else { n };
    let error = one_of_three(work, [0, 1, 2], PoolErrorKind::Died);
    let cause = error.death().map(|death| &death.cause);
    assert!(matches!(cause, Some(Cause::Signaled { signal: 6 | 11, .. })), "{error}");
}
