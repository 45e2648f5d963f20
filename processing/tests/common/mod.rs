//! Entries that children of the tests run, and helpers of both sides.
#![allow(dead_code, reason = "each test program uses its share")]

use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use suitkaise_processing::entry;
use suitkaise_processing::raw::{Child, ChildSide, Event, Incoming, Limits, Outcome, Spawn};

pub(crate) const LONG: Option<Duration> = Some(Duration::from_secs(20));
pub(crate) const WORD: u8 = 64;

entry!("echo", |_, payload| Ok(payload));
entry!("fail", |_, payload| Err(payload));
entry!("exit 7", |_, _| std::process::exit(7));
entry!("exit 0", |_, _| std::process::exit(0));
entry!("abort", |_, _| std::process::abort());
entry!("panic", |_, _| panic!("boom {}", 42));
entry!("panic any", |_, _| std::panic::panic_any(7_u64));
entry!("signal", signal);
entry!("segfault", segfault);
entry!("panic and abort", panic_and_abort);
entry!("caught panic, then kill", caught_panic_then_kill);
entry!("complain", complain);
entry!("print", print);
entry!("spin", spin);
entry!("talk", talk);
entry!("until stop", until_stop);
entry!("deaf", deaf);
entry!("flood", flood);
entry!("close everything", close_everything);
entry!("garbage", garbage);
entry!("nest", nest);
entry!("family", family);
entry!("shell", shell);
entry!("allocate", allocate);
entry!("where", place);
entry!("environment", environment);
entry!("connect", connect);
entry!("read stdin", read_stdin);
entry!("twice", |_, _| Ok(Vec::new()));
entry!("twice", |_, _| Ok(Vec::new()));
entry!("fd", read_fd);

fn own_signal(signal: rustix::process::Signal) {
    let _ = rustix::process::kill_process(rustix::process::getpid(), signal);
}

fn signal(_: &mut ChildSide, number: Vec<u8>) -> Outcome {
    let signal = rustix::process::Signal::from_named_raw(number[0].into());
    own_signal(signal.expect("a signal"));
    park()
}

fn park() -> ! {
    loop {
        std::thread::park();
    }
}

fn spin(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    park()
}

fn segfault(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    // SAFETY: none: the crash is the subject.
    unsafe { std::ptr::null_mut::<u8>().write_volatile(1) };
    Ok(Vec::new())
}

fn panic_and_abort(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("second, in a drop");
        }
    }
    let _bomb = Bomb;
    panic!("first");
}

fn caught_panic_then_kill(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let _ = std::panic::catch_unwind(|| panic!("caught, and nobody's business"));
    own_signal(rustix::process::Signal::KILL);
    park()
}

fn complain(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    for n in 0..2_000 {
        eprintln!("complaint {n}");
    }
    std::process::exit(3)
}

fn print(_: &mut ChildSide, words: Vec<u8>) -> Outcome {
    let _ = std::io::stdout().write_all(&words);
    let _ = std::io::stderr().write_all(&words);
    Ok(Vec::new())
}

fn talk(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let mut count = 0_u32;
    loop {
        match side.recv(None) {
            Incoming::Frame(frame) => {
                count += 1;
                side.send(frame.kind, &frame.payload, None).expect("a parent that reads");
            }
            Incoming::Stop => return Ok(count.to_le_bytes().to_vec()),
            other => panic!("{other:?}"),
        }
    }
}

fn until_stop(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    side.send(WORD, b"ready", None).expect("a parent");
    loop {
        if let Incoming::Stop = side.recv(None) {
            assert!(side.stop_requested());
            println!("stopped gracefully");
            return Ok(b"stopped".to_vec());
        }
    }
}

fn deaf(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    side.send(WORD, b"ready", None).expect("a parent");
    park()
}

/// Sends 64 MiB before it reads anything, then gives back what it was sent.
fn flood(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let block = vec![7; 1 << 20];
    for _ in 0..64 {
        side.send(WORD, &block, None).expect("a parent");
    }
    let mut got = 0_u64;
    while let Incoming::Frame(frame) = side.recv(None) {
        got += frame.payload.len() as u64;
        if frame.payload.is_empty() {
            break;
        }
    }
    Ok(got.to_le_bytes().to_vec())
}

fn close_everything(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    for fd in 3..64 {
        // SAFETY: none: a child that closes what is not its own is the subject.
        drop(unsafe { <std::os::fd::OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(open(fd)) });
    }
    park()
}

/// The number if it is open, else a fresh one.
fn open(fd: i32) -> i32 {
    if std::path::Path::new(&format!("/proc/self/fd/{fd}")).exists() {
        return fd;
    }
    use std::os::fd::IntoRawFd;
    std::fs::File::open("/dev/null").expect("null").into_raw_fd()
}

fn garbage(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    for fd in 3..64 {
        // SAFETY: the borrow lives for one write; a number that is not open gives an error.
        let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) };
        let _ = rustix::net::send(fd, b"hello, I am lost", rustix::net::SendFlags::DONTWAIT);
    }
    park()
}

/// Starts itself `payload[0]` levels deeper; the last one tells how deep it is, or why it cannot.
fn nest(side: &mut ChildSide, payload: Vec<u8>) -> Outcome {
    if payload[0] == 0 {
        return Ok(side.depth().to_string().into_bytes());
    }
    match Spawn::new().start() {
        Ok(child) => match run(&child, "nest", &[payload[0] - 1]) {
            Event::Done(bytes) => Ok(bytes),
            other => Err(format!("{other:?}").into_bytes()),
        },
        Err(error) => Ok(format!("{:?} at {}", error.kind(), side.depth()).into_bytes()),
    }
}

/// Starts a child and a grandchild that stay, and tells all their pids.
fn family(side: &mut ChildSide, payload: Vec<u8>) -> Outcome {
    let me = std::process::id();
    if payload[0] == 0 {
        side.send(WORD, format!("{me}").as_bytes(), None).expect("a parent");
        park();
    }
    let child = Spawn::new().start().expect("a child");
    child.begin("family", &[payload[0] - 1], &Limits::default(), None).expect("begun");
    let Event::Frame(frame) = child.recv(LONG) else { panic!("no word") };
    let said = String::from_utf8_lossy(&frame.payload);
    side.send(WORD, format!("{me} {said}").as_bytes(), None).expect("a parent");
    park()
}

/// Starts a program that knows nothing of us.
fn shell(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let mut sleep = Command::new("sleep").arg("1000").spawn().expect("sleep");
    side.send(WORD, sleep.id().to_string().as_bytes(), None).expect("a parent");
    let _ = sleep.wait();
    park()
}

fn allocate(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let mut blocks = Vec::new();
    loop {
        blocks.push(vec![1_u8; 16 << 20]);
        std::hint::black_box(&blocks);
    }
}

fn place(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    Ok(std::env::current_dir().expect("a directory").into_os_string().into_encoded_bytes())
}

fn environment(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let mut names: Vec<_> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    names.retain(|name| !name.starts_with("SUITKAISE_"));
    Ok(names.join(",").into_bytes())
}

fn connect(_: &mut ChildSide, port: Vec<u8>) -> Outcome {
    let port = String::from_utf8_lossy(&port).parse().expect("a port");
    let reached = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    Ok(reached.to_string().into_bytes())
}

fn read_stdin(_: &mut ChildSide, _: Vec<u8>) -> Outcome {
    Ok(std::io::read_to_string(std::io::stdin()).expect("stdin").into_bytes())
}

fn read_fd(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    let Incoming::Frame(mut frame) = side.recv(LONG) else { panic!("no frame") };
    let file = std::fs::File::from(frame.fds.pop().expect("a descriptor"));
    use std::os::unix::fs::FileExt;
    let mut text = [0; 5];
    file.read_exact_at(&mut text, 0).expect("read");
    Ok(text.to_vec())
}

/// Begins an entry and waits for its outcome or the child's end.
#[track_caller]
pub(crate) fn run(child: &Child, entry: &str, payload: &[u8]) -> Event {
    child.begin(entry, payload, &Limits::default(), LONG).expect("begun");
    child.recv(LONG)
}

/// Waits until a process that need not be ours is gone; how long it took.
pub(crate) fn gone_within(pid: u32, limit: Duration) -> Option<Duration> {
    let start = Instant::now();
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    let Ok(pidfd) = pidfd_open(pid, PidfdFlags::empty()) else { return Some(Duration::ZERO) };
    let limit = rustix::event::Timespec { tv_sec: 0, tv_nsec: limit.as_nanos().try_into().ok()? };
    let mut fds = [rustix::event::PollFd::new(&pidfd, rustix::event::PollFlags::IN)];
    matches!(rustix::event::poll(&mut fds, Some(&limit)), Ok(1)).then(|| start.elapsed())
}

/// Children of this process that run or wait to be reaped.
pub(crate) fn children() -> Vec<String> {
    let mut found = Vec::new();
    for task in std::fs::read_dir("/proc/self/task").expect("tasks").flatten() {
        let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        found.extend(list.split_whitespace().map(str::to_owned));
    }
    found
}

pub(crate) fn open_fds() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("descriptors").count()
}
