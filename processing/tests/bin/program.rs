//! The other program of the tests. By its argument a parent that is about to be killed; by a variable a child that does
//! not do what a child should; else what it is started as by itself.

#[path = "../common/mod.rs"]
mod common;
mod torture;

use std::io::{BufRead, Write};
use std::process::{Command, Stdio as Std};
use std::time::{Duration, Instant};

use common::{LONG, children, open_fds, run};
use suitkaise_processing::raw::{Event, Limits, Spawn, Stdio};

fn main() {
    let role = std::env::args().nth(1).unwrap_or_default();
    match std::env::var("PROCESSING_TEST").unwrap_or_default().as_str() {
        "return" => return,
        "hang" => loop {
            std::thread::park();
        },
        "start" => {
            // What a `main` without `init` would do next.
            let said = Spawn::new().start().err().map(|error| error.to_string());
            eprintln!("{said:?}");
            loop {
                std::thread::park();
            }
        }
        "exit" => {
            eprintln!("early trouble");
            std::process::exit(3);
        }
        "abort" => std::process::abort(),
        _ if role == "without-init" => {
            println!("{:?}", Spawn::new().start().map_err(|error| error.kind()).map(|child| child.pid()));
            return;
        }
        _ if role == "bare" => {
            let _ = std::io::stdout().write_all(b"!");
            return;
        }
        _ => {}
    }
    suitkaise_processing::init();
    match role.as_str() {
        "family" => family(),
        "signal" => signal(),
        "replaced" => replaced(),
        "leaks" => leaks(),
        "scarce" => scarce(),
        "bench" => bench(),
        "stdin" => stdin(),
        "ignored" => ignored(),
        "memory" => memory(),
        "torture" => torture::run(),
        "objects" => torture::objects(),
        "pool" => torture::pool(),
        "fleet" => torture::fleet(),
        "large" => large(),
        _ => eprintln!("this is the other program of the tests"),
    }
}

/// Tells the pids of a child and two descendants, and waits to be killed.
fn family() {
    let child = Spawn::new().start().expect("a child");
    child.begin("family", &[2], &Limits::default(), None).expect("begun");
    let Event::Frame(frame) = child.recv(LONG) else { panic!("no word") };
    println!("{}", String::from_utf8_lossy(&frame.payload));
    let _ = child.wait(None);
}

/// Waits for a signal with a child that stops when asked, and one that does not.
fn signal() {
    let stops = Spawn::new().start().expect("a child");
    let deaf = Spawn::new().start().expect("a child");
    for (child, entry) in [(&stops, "until stop"), (&deaf, "deaf")] {
        child.begin(entry, &[], &Limits::default(), None).expect("begun");
        let Event::Frame(_) = child.recv(LONG) else { panic!("no word") };
    }
    println!("{} {}", stops.pid(), deaf.pid());
    let _ = deaf.wait(None);
    std::thread::park();
}

/// Starts a child once a line is read.
fn replaced() {
    println!("ready");
    let _ = std::io::stdin().lock().read_line(&mut String::new());
    let child = Spawn::new().start().expect("a child of a replaced program");
    let Event::Done(bytes) = run(&child, "echo", b"still here") else { panic!("no echo") };
    println!("{}", String::from_utf8_lossy(&bytes));
}

fn stdin() {
    let child = Spawn::new().inherit_stdin(true).start().expect("a child");
    let Event::Done(bytes) = run(&child, "read stdin", b"") else { panic!("no text") };
    println!("{}", String::from_utf8_lossy(&bytes));
}

/// Every way to an end, then nothing may be left.
fn leaks() {
    let round = || {
        let quiet = Spawn::new().stderr(Stdio::Null);
        for entry in
            ["echo", "fail", "exit 7", "abort", "panic", "segfault", "garbage", "close everything", "none"]
        {
            let child = quiet.start().expect("a child");
            child.begin(entry, b"x", &Limits::default(), LONG).expect("begun");
            while !matches!(child.recv(LONG), Event::Died(_)) {}
        }
        drop(quiet.start().expect("a spare"));
        let busy = quiet.start().expect("a child");
        busy.begin("spin", &[], &Limits::default(), LONG).expect("begun");
        drop(busy);
        for role in ["return", "exit", "abort", "start"] {
            quiet.clone().env("PROCESSING_TEST", role).start().expect_err("no child");
        }
        quiet.clone().program("/nonexistent").start().expect_err("no program");
    };
    round();
    settle();
    let before = open_fds();
    for _ in 0..5 {
        round();
    }
    settle();
    println!("children {:?} descriptors {}", children(), open_fds() as i64 - before as i64);
}

/// Waits, with a deadline, until dropped children are reaped.
fn settle() {
    let until = Instant::now() + Duration::from_secs(5);
    while !children().is_empty() && Instant::now() < until {
        std::thread::yield_now();
    }
    // The threads that watch streams let go of a pipe just after its child is gone.
    std::thread::sleep(Duration::from_millis(50));
}

/// Starts children until descriptors run out, then goes on with those it has.
fn scarce() {
    let limit = rustix::process::Rlimit { current: Some(64), maximum: Some(64) };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).expect("a lower limit");
    let mut alive = Vec::new();
    let error = loop {
        match Spawn::new().start() {
            Ok(child) => alive.push(child),
            Err(error) => break error,
        }
    };
    assert!(!alive.is_empty());
    let right =
        alive.iter().all(|child| matches!(run(child, "echo", b"ok"), Event::Done(bytes) if bytes == b"ok"));
    drop(alive);
    settle();
    let again = Spawn::new().start().is_ok();
    println!("{:?} {right} {again}", error.kind());
}

/// Ignores SIGCHLD, so that the system reaps children itself.
fn ignored() {
    // SAFETY: sets a disposition that runs no code; no other thread exists yet.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    let child = Spawn::new().start().expect("a child");
    let Event::Done(_) = run(&child, "echo", b"x") else { panic!("no echo") };
    let Event::Died(death) = child.recv(LONG) else { panic!("no end") };
    println!("{death}");
}

/// Starts a child that takes all the memory there is; to be run in a memory cgroup.
fn memory() {
    let child = Spawn::new().start().expect("a child");
    match run(&child, "allocate", &[]) {
        Event::Died(death) => println!("{death}"),
        other => println!("{other:?}"),
    }
}

/// Starts children from 33 threads' parent with 2 GiB of memory that it has written to.
fn large() {
    let ballast = std::hint::black_box(vec![1_u8; 2 << 30]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let slowest = std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    std::thread::park_timeout(Duration::from_millis(5));
                }
            });
        }
        let mut slowest = Duration::ZERO;
        for _ in 0..10 {
            let start = Instant::now();
            let child = Spawn::new().start().expect("a child");
            slowest = slowest.max(start.elapsed());
            let Event::Done(_) = run(&child, "echo", b"x") else { panic!("no echo") };
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        slowest
    });
    println!("{} MiB, 10 children, the slowest start in {} ms", ballast.len() >> 20, slowest.as_millis());
}

/// Prints what a start costs, and how soon ends are seen.
fn bench() {
    let rounds: usize = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(200);
    let own = std::env::current_exe().expect("a path");
    let ballast: usize = std::env::args().nth(3).and_then(|n| n.parse().ok()).unwrap_or(0);
    let ballast = std::hint::black_box(vec![1_u8; ballast << 20]);
    let mut rows = [const { Vec::new() }; 7];
    for _ in 0..rounds {
        let start = Instant::now();
        let mut bare =
            Command::new(&own).arg("bare").stdin(Std::null()).stdout(Std::piped()).spawn().expect("bare");
        let mut byte = [0];
        std::io::Read::read_exact(&mut bare.stdout.take().expect("a pipe"), &mut byte).expect("a byte");
        rows[0].push(start.elapsed());
        bare.wait().expect("reaped");

        let start = Instant::now();
        let child = Spawn::new().start().expect("a child");
        rows[1].push(start.elapsed());
        let start_entry = Instant::now();
        child.begin("talk", &[], &Limits::default(), None).expect("begun");
        child.send(common::WORD, b"?", None).expect("sent");
        let Event::Frame(_) = child.recv(LONG) else { panic!("no word") };
        rows[2].push(start.elapsed());
        rows[3].push(start_entry.elapsed());
        let start = Instant::now();
        for _ in 0..100 {
            child.send(common::WORD, &[0; 64], None).expect("sent");
            let Event::Frame(_) = child.recv(LONG) else { panic!("no word") };
        }
        rows[4].push(start.elapsed() / 100);
        let pid = rustix::process::Pid::from_raw(child.pid().cast_signed()).expect("a pid");
        let start = Instant::now();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
        let Event::Died(_) = child.recv(LONG) else { panic!("no end") };
        rows[5].push(start.elapsed());

        let mut parent = Command::new(&own).arg("family").stdout(Std::piped()).spawn().expect("a parent");
        let mut line = String::new();
        std::io::BufReader::new(parent.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let family: Vec<u32> = line.trim().split(' ').map(|pid| pid.parse().expect("a pid")).collect();
        let start = Instant::now();
        parent.kill().expect("killed");
        for pid in family {
            common::gone_within(pid, Duration::from_millis(900)).expect("an end");
        }
        rows[6].push(start.elapsed());
        parent.wait().expect("reaped");
    }
    let large = vec![7; 100 << 20];
    let child = Spawn::new().start().expect("a child");
    let start = Instant::now();
    let Event::Done(back) = run(&child, "echo", &large) else { panic!("no echo") };
    println!("{} MiB there and back in frames: {:?}", back.len() >> 20, start.elapsed());
    println!("{rounds} rounds, parent with {} MiB", ballast.len() >> 20);
    let names = [
        "bare posix_spawn of the same binary, first byte",
        "child started (greeted)",
        "child started to first frame of its entry",
        "warm spare, begin to first frame of its entry",
        "round trip of a 64 byte frame",
        "SIGKILL to the death with its cause",
        "parent's SIGKILL to the end of 3 nested descendants",
    ];
    for (name, mut times) in names.iter().zip(rows) {
        times.sort_unstable();
        println!(
            "{name:<55} p50 {:>10.1?}  p90 {:>10.1?}  n {rounds}",
            times[rounds / 2],
            times[rounds * 9 / 10]
        );
    }
}
