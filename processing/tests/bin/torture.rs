//! Kills parents with SIGKILL at random moments, and looks for descendants that live on.
//!
//! `torture [--seconds N] [--seed S] [--rounds R]`: rounds until the time is up or R are done. Each starts a parent that
//! has children of a kind, kills it, and counts processes of its group: those alive 100 ms later are `leaked`, those
//! alive 10 s later `hung`. One line `TORTURE {..}` tells the counts.
//!
//! On a machine whose processors are taken, 100 ms are few: a thread of this program sleeps for a millisecond at a time,
//! and what it overslept is allowed once for each step of an end (the parent's, and three levels below it).

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use suitkaise_processing::{Context, Pool, ProcessConfig, Result, Skprocess, skprocess};

/// What marks every process of a round, in its environment.
const MARK: &str = "PROCESSING_GROUP";

/// How soon after its parent's SIGKILL a process has to be gone.
const SOON: Duration = Duration::from_millis(100);

/// The parents: nested entries, an object with lives and one below it, a pool at work.
const ROLES: [&str; 3] = ["family", "objects", "pool"];

/// How many processes end one after the other.
const STEPS: u32 = 4;

/// The worst delay of a thread that wants a processor once a millisecond, since it was made.
struct Oversleeps(Arc<AtomicU64>);

impl Oversleeps {
    fn begin() -> Oversleeps {
        let worst = Arc::new(AtomicU64::new(0));
        let told = Arc::downgrade(&worst);
        std::thread::spawn(move || {
            let nap = Duration::from_millis(1);
            loop {
                let begun = Instant::now();
                std::thread::sleep(nap);
                let over = begun.elapsed().saturating_sub(nap).as_micros();
                let Some(worst) = told.upgrade() else { return };
                worst.fetch_max(u64::try_from(over).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
        });
        Oversleeps(worst)
    }

    fn worst(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }
}

struct Options {
    seconds: u64,
    seed: u64,
    rounds: u64,
}

impl Options {
    fn read() -> Options {
        let args: Vec<String> = std::env::args().skip(2).collect();
        let value = |name: &str, default| {
            let at = args.iter().position(|arg| arg == name);
            at.and_then(|at| args.get(at + 1)?.parse().ok()).unwrap_or(default)
        };
        Options {
            seconds: value("--seconds", 60),
            seed: value("--seed", 1),
            rounds: value("--rounds", u64::MAX),
        }
    }
}

pub(crate) fn run() {
    let Options { seconds, seed, rounds } = Options::read();
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut random = seed | 1;
    let (mut done, mut leaked, mut hung, mut found) = (0, 0, 0, 0);
    let (mut slowest, mut overslept) = (Duration::ZERO, Duration::ZERO);
    while done < rounds && Instant::now() < end {
        // xorshift
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let role = ROLES[usize::try_from(random >> 40).unwrap_or(0) % ROLES.len()];
        // From before the first child to well after the last; a wait, not a guess: the moment is what is random.
        let moment = Duration::from_micros(random % 25_000);
        let mark = format!("torture-{}-{seed}-{done}", std::process::id());
        let mut parent = parent(role, &mark);
        std::thread::sleep(moment);
        found += with_mark(&mark).len();
        parent.kill().expect("killed");
        let killed = Instant::now();
        parent.wait().expect("reaped");
        let oversleeps = Oversleeps::begin();
        let late = gone(&mark, || killed + SOON + oversleeps.worst() * STEPS);
        overslept = overslept.max(oversleeps.worst());
        if late.is_empty() {
            slowest = slowest.max(killed.elapsed());
        } else {
            eprintln!("round {done} ({role}, after {moment:?}): alive after {SOON:?}: {late:?}");
            leaked += late.len();
            let never = gone(&mark, || killed + Duration::from_secs(10));
            hung += never.len();
            for (pid, _) in never {
                let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        done += 1;
    }
    eprintln!(
        "{done} parents killed with {found} processes in all; the slowest end took {slowest:?}, overslept {overslept:?}"
    );
    println!(
        "TORTURE {{\"rounds\": {done}, \"faults\": {done}, \"lost\": 0, \"doubled\": 0, \"hung\": {hung}, \
         \"leaked\": {leaked}, \"processes\": {found}, \"slowest_ms\": {}, \"overslept_ms\": {}}}",
        slowest.as_millis(),
        overslept.as_millis()
    );
}

fn parent(role: &str, mark: &str) -> Child {
    let own = std::env::current_exe().expect("a path");
    let mut command = Command::new(own);
    command.arg(role).env(MARK, mark).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("a parent")
}

/// Waits until no process has the mark; those that still have it at the deadline, with the state that /proc tells.
fn gone(mark: &str, deadline: impl Fn() -> Instant) -> Vec<(i32, String)> {
    loop {
        let left = with_mark(mark);
        if left.is_empty() || Instant::now() >= deadline() {
            return left;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Processes whose environment holds the mark: the dead have none, reaped or not.
fn with_mark(mark: &str) -> Vec<(i32, String)> {
    let marked = |path: &std::path::Path| {
        let entry = format!("{MARK}={mark}\0");
        let held = std::fs::read(path.join("environ")).ok()?;
        held.windows(entry.len()).any(|window| window == entry.as_bytes()).then_some(())?;
        let pid = path.file_name()?.to_str()?.parse().ok()?;
        Some((pid, std::fs::read_to_string(path.join("stat")).unwrap_or_default()))
    };
    std::fs::read_dir("/proc").expect("proc").flatten().filter_map(|entry| marked(&entry.path())).collect()
}

/// An object that starts another one, and stays.
#[derive(cerial::Cerial)]
struct Stays {
    below: bool,
}

#[skprocess]
impl Skprocess for Stays {
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().lives(2)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        let below = self.below.then(|| Stays { below: false }.start()).transpose()?;
        while cx.listen::<()>(60.0)?.is_some() {}
        drop(below);
        Ok(())
    }
}

/// A parent of objects, until it is killed.
pub(crate) fn objects() {
    let job = Stays { below: true }.start().expect("an object");
    let _ = job.wait(None);
}

/// A parent of workers, until it is killed.
pub(crate) fn pool() {
    let busy = |n: u64| {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_micros(n % 700) {}
        n
    };
    let _ = Pool::workers(3).imap(busy, 0_u64..).map(|results| results.for_each(drop));
}

/// An object that says when it has finished.
#[derive(cerial::Cerial)]
struct Finishes;

#[skprocess]
impl Skprocess for Finishes {
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().lives(5)
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        if cx.current_run() == 0 {
            cx.tell(&std::process::id())?;
        }
        while !cx.stop_requested() {
            cx.listen::<()>(60.0)?;
        }
        Ok(())
    }
    fn onfinish(&mut self, _: &mut Context) -> Result {
        println!("finished gracefully");
        Ok(())
    }
}

/// Waits for a signal with two objects and a pool at work.
pub(crate) fn fleet() {
    let jobs: Vec<_> = (0..2).map(|_| Finishes.start().expect("an object")).collect();
    let pids: Vec<_> =
        jobs.iter().map(|job| job.listen::<u32>(20.0).expect("a pid").expect("in time")).collect();
    let mut results = Pool::workers(2).imap(|n: u64| n, 0_u64..).expect("a pool");
    let _ = results.next();
    println!("{} {}", pids[0], pids[1]);
    results.for_each(drop);
}
