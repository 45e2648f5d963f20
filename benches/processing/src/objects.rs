//! Objects: what a start costs, cold and warm, and how soon an end is seen.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use suitkaise_processing::{Context, ProcessConfig, Result, Skprocess, keep_warm, skprocess};

use crate::harness::{alternate, clock, median, micros, print};

const ROUNDS: usize = 100;

/// Notes when its first section begins.
#[derive(cerial::Cerial)]
struct First(f64);

#[skprocess]
impl Skprocess for First {
    type Output = f64;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(1)
    }
    fn prerun(&mut self, _: &mut Context) -> Result {
        self.0 = clock();
        Ok(())
    }
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<f64> {
        Ok(self.0)
    }
}

fn first_section() -> f64 {
    let begun = clock();
    First(0.0).execute().expect("a clock") - begun
}

fn empty_run() -> f64 {
    micros(|| First(0.0).execute().expect("a clock"))
}

/// A process that notes when its `main` begins, and ends.
pub fn bare() {
    use std::io::Write;
    let _ = std::io::stdout().write_all(&clock().to_le_bytes());
}

/// posix_spawn of this binary by std, to the first line of its `main`.
fn bare_start() -> f64 {
    let begun = clock();
    let mut child = Command::new("/proc/self/exe")
        .arg("bare")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut said = [0; 8];
    child.stdout.take().expect("a pipe").read_exact(&mut said).expect("a clock");
    child.wait().expect("an end");
    f64::from_le_bytes(said) - begun
}

/// Echoes until it is told to stop.
#[derive(cerial::Cerial)]
struct Echo;

#[skprocess]
impl Skprocess for Echo {
    fn run(&mut self, cx: &mut Context) -> Result {
        if let Some(n) = cx.listen::<u64>(10.0)? {
            cx.tell(&n)?;
        }
        Ok(())
    }
}

/// Counts what a turn of the lifecycle takes, in the child.
#[derive(cerial::Cerial)]
struct Turns(f64);

#[skprocess]
impl Skprocess for Turns {
    type Output = f64;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(5_000)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        if self.0 == 0.0 {
            self.0 = clock();
        }
        Ok(())
    }
    fn result(&mut self, _: &mut Context) -> Result<f64> {
        Ok((clock() - self.0) / 5_000.0)
    }
}

/// Stays, with as many levels below it.
#[derive(cerial::Cerial)]
struct Family(u32);

#[skprocess]
impl Skprocess for Family {
    fn prerun(&mut self, cx: &mut Context) -> Result {
        let mut pids = vec![std::process::id()];
        if self.0 > 1 {
            let below = Family(self.0 - 1).start()?;
            pids.extend(below.listen::<Vec<u32>>(20.0)?.unwrap_or_default());
            std::mem::forget(below);
        }
        cx.tell(&pids)?;
        Ok(())
    }
    fn run(&mut self, cx: &mut Context) -> Result {
        cx.listen::<()>(600.0)?;
        Ok(())
    }
}

/// A parent with three levels below it, until it is killed.
pub fn family() {
    let job = Family(3).start().expect("a child");
    let pids = job.listen::<Vec<u32>>(20.0).expect("pids").expect("in time");
    println!("{}", pids.iter().map(u32::to_string).collect::<Vec<_>>().join(" "));
    let _ = job.wait(None);
}

/// Microseconds from the parent's SIGKILL to the end of the last of three levels.
fn orphans() -> f64 {
    let mut parent =
        Command::new("/proc/self/exe").arg("family").stdout(Stdio::piped()).spawn().expect("a parent");
    let mut line = String::new();
    BufReader::new(parent.stdout.take().expect("a pipe")).read_line(&mut line).expect("pids");
    let watched: Vec<_> = line
        .split_whitespace()
        .map(|pid| {
            let pid = Pid::from_raw(pid.parse().expect("a pid")).expect("a pid");
            pidfd_open(pid, PidfdFlags::empty()).expect("a process")
        })
        .collect();
    assert_eq!(watched.len(), 3);
    let took = micros(|| {
        parent.kill().expect("killed");
        for pidfd in &watched {
            let limit = Timespec { tv_sec: 5, tv_nsec: 0 };
            let ended = poll(&mut [PollFd::new(pidfd, PollFlags::IN)], Some(&limit)).expect("a poll");
            assert_eq!(ended, 1, "a process outlives its parent");
        }
    });
    parent.wait().expect("reaped");
    took
}

/// Microseconds from the SIGKILL of a child to the error that names it.
fn death() -> f64 {
    let job = Echo.start().expect("a child");
    job.tell(&1_u64).expect("told");
    job.listen::<u64>(10.0).expect("an echo");
    let pid = Pid::from_raw(job.pid().expect("a pid").cast_signed()).expect("a pid");
    micros(|| {
        kill_process(pid, Signal::KILL).expect("killed");
        job.result().expect_err("it was killed")
    })
}

pub fn run() {
    let (ours, bare) = alternate(ROUNDS, first_section, bare_start);
    print(
        "start/cold, to the first section",
        "us",
        ours,
        Some((bare, "posix_spawn of the same binary, to main")),
    );
    let (ours, theirs) = alternate(ROUNDS, empty_run, || {
        micros(|| procspawn::spawn((), |()| 1_u64).join().expect("a result"))
    });
    print("start/cold, empty object to its result", "us", ours, Some((theirs, "procspawn::spawn + join")));

    keep_warm(1).expect("a spare");
    // The next spare starts meanwhile and takes a processor: let it be there first.
    let settle = || std::thread::sleep(Duration::from_millis(40));
    let mut warm: Vec<f64> = (0..ROUNDS).map(|_| (settle(), first_section()).1).collect();
    print("start/warm spare, to the first section (p50)", "us", median(&mut warm), None);
    let mut warm: Vec<f64> = (0..ROUNDS).map(|_| (settle(), empty_run()).1).collect();
    print(
        "start/warm spare, empty object to its result",
        "us",
        median(&mut warm),
        Some((19_600.0, "suitkaise 0.4.14, recorded")),
    );
    keep_warm(0).expect("none");

    let job = Echo.start().expect("a child");
    let round_trip = |n: u64| {
        job.tell(&n).expect("told");
        assert_eq!(job.listen::<u64>(10.0).expect("an echo"), Some(n));
    };
    round_trip(0);
    let mut trips: Vec<f64> = (0..2_000).map(|n| micros(|| round_trip(n))).collect();
    print(
        "messages/tell and listen, there and back",
        "us",
        median(&mut trips),
        Some((232.0, "suitkaise 0.4.14, recorded")),
    );
    drop(job);
    let turn = Turns(0.0).execute().expect("turns");
    print("lifecycle/one turn of empty sections", "us", turn, Some((109.0, "suitkaise 0.4.14, recorded")));

    let mut ends: Vec<f64> = (0..ROUNDS).map(|_| death()).collect();
    print("end/SIGKILL of a child to the error that says so", "us", median(&mut ends), None);
    let mut ends: Vec<f64> = (0..ROUNDS).map(|_| orphans()).collect();
    print("end/SIGKILL of the parent to the end of three levels", "us", median(&mut ends), None);
}
