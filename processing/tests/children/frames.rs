//! Frames and streams: order, size, descriptors, and no deadlock.

use std::io::Write;
use std::time::{Duration, Instant};

use suitkaise_processing::raw::{Cause, Event, Limits, SendError, Spawn, Stdio};

use crate::common::{LONG, WORD, run};
use crate::{death, done, quiet};

#[test]
fn frames_keep_their_order_and_a_stop_overtakes_them() {
    let child = quiet().start().expect("a child");
    child.begin("talk", &[], &Limits::default(), LONG).expect("begun");
    for n in 0..1_000_u32 {
        child.send(WORD, &n.to_le_bytes(), LONG).expect("sent");
    }
    for n in 0..1_000_u32 {
        let Event::Frame(frame) = child.recv(LONG) else { panic!("no frame {n}") };
        assert_eq!(frame.payload, n.to_le_bytes());
    }
    assert!(matches!(child.recv(Some(Duration::from_millis(5))), Event::TimedOut));
    assert!(matches!(child.send(3, &[], LONG), Err(SendError::ReservedKind(3))));
    child.stop();
    assert_eq!(done(child.recv(LONG)), 1_000_u32.to_le_bytes());
    assert!(death(|| child.recv(LONG)).is_clean());
    assert!(matches!(child.send(WORD, &[1], LONG), Err(SendError::Closed)));
}

#[test]
fn two_floods_meet_without_a_deadlock() {
    let child = quiet().start().expect("a child");
    child.begin("flood", &[], &Limits::default(), LONG).expect("begun");
    let block = vec![1; 1 << 20];
    for _ in 0..64 {
        child.send(WORD, &block, LONG).expect("sent");
    }
    child.send(WORD, &[], LONG).expect("sent");
    for _ in 0..64 {
        let Event::Frame(frame) = child.recv(LONG) else { panic!("no frame") };
        assert_eq!(frame.payload.len(), 1 << 20);
    }
    assert_eq!(done(child.recv(LONG)), (64_u64 << 20).to_le_bytes());
}

#[test]
fn a_large_result_does_not_need_a_reader_for_the_child_to_end() {
    let child = quiet().start().expect("a child");
    let large = vec![5; 20 << 20];
    child.begin("echo", &large, &Limits::default(), LONG).expect("begun");
    assert!(child.wait(LONG));
    assert_eq!(done(child.recv(LONG)), large);
    assert!(death(|| child.recv(LONG)).is_clean());
}

#[test]
fn a_full_pipe_is_an_error_at_the_deadline() {
    let child = quiet().start().expect("a child");
    child.begin("deaf", &[], &Limits::default(), LONG).expect("begun");
    let start = Instant::now();
    let error = child.send(WORD, &vec![0; 8 << 20], Some(Duration::from_millis(50))).expect_err("full");
    assert!(matches!(error, SendError::Timeout { partial: true }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(2));
    child.kill();
    assert!(matches!(child.send(WORD, &vec![0; 8 << 20], LONG), Err(SendError::Closed)));
    assert_eq!(death(|| child.recv(LONG)).cause, Cause::Killed);
}

#[test]
fn several_threads_may_talk_to_one_child() {
    let child = quiet().start().expect("a child");
    child.begin("talk", &[], &Limits::default(), LONG).expect("begun");
    let got: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|n| {
                let child = &child;
                scope.spawn(move || {
                    for _ in 0..100 {
                        child.send(WORD + n, &[n; 100], LONG).expect("sent");
                    }
                    (0..100)
                        .filter(|_| matches!(child.recv(LONG), Event::Frame(f) if f.payload.len() == 100))
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(got, 400);
    child.stop();
    assert_eq!(done(child.recv(LONG)), 400_u32.to_le_bytes());
}

#[test]
fn descriptors_travel_with_frames() {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"hello").expect("written");
    let child = quiet().start().expect("a child");
    child.begin("fd", &[], &Limits::default(), LONG).expect("begun");
    child.send_with(WORD, &[b"in ", b"parts"], &[std::os::fd::AsFd::as_fd(&file)], LONG).expect("sent");
    assert_eq!(done(child.recv(LONG)), b"hello");
}

#[test]
fn captured_streams_are_whole() {
    let child = Spawn::new().stdout(Stdio::Capture).stderr(Stdio::Capture).start().expect("a child");
    let text = "line\n".repeat(100_000);
    assert_eq!(done(run(&child, "print", text.as_bytes())), b"");
    assert!(child.wait(LONG));
    let stdout = child.stdout().expect("captured");
    assert!(stdout == text.as_bytes(), "{} of {} bytes", stdout.len(), text.len());
    assert_eq!(child.stderr().expect("captured").len(), text.len());
}
