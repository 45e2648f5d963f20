//! A pool under torture: workers are killed, stopped and robbed at random while tasks run, and every task has to come to a
//! right result or to an error that names the cause, once. What the process holds is counted before and after.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cerial::{Cerial, Extract, Handler, Rebuild};
use rustix::process::{Pid, Signal, getpid, kill_process};
use suitkaise_processing::raw::{Cause, Stdio};
use suitkaise_processing::{Pool, PoolError, PoolErrorKind, Sandbox};

use crate::common::{children, open_fds};

/// What a torture found.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) rounds: u64,
    pub(crate) tasks: u64,
    pub(crate) faults: u64,
    /// Tasks without a right result and without an error that names the cause.
    pub(crate) lost: u64,
    /// Tasks with more than one outcome.
    pub(crate) doubled: u64,
    pub(crate) hung: u64,
    /// Children, descriptors, threads, memory files and memory that stayed.
    pub(crate) leaked: u64,
}

/// How long a round may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a task may take.
const LIMIT: Duration = Duration::from_millis(500);

/// Memory of this process that may have been added by all rounds, in KiB.
const SLACK: u64 = 32 << 10;

/// What a task does to its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Cerial)]
enum Fault {
    None,
    Kill,
    Segv,
    Abort,
    Exit,
    Stop,
    Close,
    Scribble,
    Panic,
    PanicAny,
    DropItem,
    DropResult,
    WriteResult,
    ReadItem,
}

const FAULTS: [Fault; 13] = [
    Fault::Kill,
    Fault::Segv,
    Fault::Abort,
    Fault::Exit,
    Fault::Stop,
    Fault::Close,
    Fault::Scribble,
    Fault::Panic,
    Fault::PanicAny,
    Fault::DropItem,
    Fault::DropResult,
    Fault::WriteResult,
    Fault::ReadItem,
];

#[derive(Cerial)]
struct Item {
    number: u64,
    fault: Fault,
    busy: Duration,
    /// How many bytes the result has.
    answer: u64,
    touchy: Touchy,
    bytes: Vec<u8>,
    bomb: Bomb,
}

#[derive(Cerial)]
struct Answer {
    number: u64,
    sum: u64,
    bytes: Vec<u8>,
    touchy: Touchy,
    bomb: Bomb,
}

/// Whether this is a worker: bombs go off there.
fn armed() -> bool {
    static ARMED: OnceLock<bool> = OnceLock::new();
    *ARMED.get_or_init(|| std::env::var_os(WORKER).is_some())
}

const WORKER: &str = "TORTURE_WORKER";

/// Panics when it is dropped in a worker.
#[derive(Cerial)]
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 && armed() && !std::thread::panicking() {
            panic!("a drop that panics");
        }
    }
}

/// Panics when it is written (1) or read (2) in a worker.
#[derive(Cerial)]
struct Touchy(#[cerial(with = TouchyHandler)] Nerve);

struct Nerve(u8);

struct TouchyHandler;

impl Handler for TouchyHandler {
    type Value = Nerve;
    type State = u8;
    const KEY: &'static str = "torture::Nerve";

    fn extract(nerve: &Nerve, _: &mut Extract) -> cerial::Result<u8> {
        assert!(nerve.0 != 1 || !armed(), "a write that panics");
        Ok(nerve.0)
    }

    fn rebuild(state: u8, _: &mut Rebuild) -> cerial::Result<Nerve> {
        assert!(state != 2 || !armed(), "a read that panics");
        Ok(Nerve(state))
    }
}

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(7, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)))
}

fn raise(signal: Signal) {
    let _ = kill_process(getpid(), signal);
}

/// Runs in the workers.
fn task(mut item: Item) -> Answer {
    match item.fault {
        Fault::Kill => raise(Signal::KILL),
        // std's handler lets the first one pass, expecting the faulting instruction to fault again.
        Fault::Segv => loop {
            raise(Signal::SEGV);
        },
        Fault::Abort => std::process::abort(),
        Fault::Exit => std::process::exit(0),
        // Another thread may be the one that stops first.
        Fault::Stop => loop {
            raise(Signal::STOP);
            std::thread::park();
        },
        Fault::Close => close_all(),
        Fault::Scribble => scribble(),
        Fault::Panic => panic!("task {} panics", item.number),
        Fault::PanicAny => std::panic::panic_any(item.number),
        _ => {}
    }
    let until = Instant::now() + item.busy;
    while Instant::now() < until {}
    let bytes = vec![item.number.to_le_bytes()[0]; usize::try_from(item.answer).unwrap_or(0)];
    let touchy = Touchy(Nerve(u8::from(item.fault == Fault::WriteResult)));
    let bomb = Bomb(item.fault == Fault::DropResult);
    item.bomb.0 = item.fault == Fault::DropItem;
    Answer { number: item.number, sum: sum(&item.bytes), bytes, touchy, bomb }
}

/// The numbers of this process's descriptors but the standard streams.
fn numbers() -> Vec<i32> {
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let numbers: Vec<i32> = numbers.filter(|number| *number > 2).collect();
    // Not the one by which the directory was read.
    let open = |number: &i32| std::path::Path::new(&format!("/proc/self/fd/{number}")).exists();
    numbers.into_iter().filter(open).collect()
}

fn close_all() {
    for number in numbers() {
        // SAFETY: none: descriptors that are gone under the feet of their owners are the subject.
        unsafe { rustix::io::close(number) };
    }
}

/// Writes to every socket, the control socket among them.
fn scribble() {
    for number in numbers() {
        // SAFETY: the borrow lives for one call; a number that is not open gives an error.
        let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
        let _ = rustix::net::send(fd, b"hello, I am lost", rustix::net::SendFlags::DONTWAIT);
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) ^ (self.0 >> 11)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// How a round goes.
struct Round {
    seed: u64,
    tasks: u64,
    workers: usize,
    attempts: u32,
    ordered: bool,
    per_worker: Option<u64>,
    /// Workers are killed from outside too, and tasks break what their neighbours need: which task is to blame is then
    /// not known before.
    wild: bool,
    /// After so many results the rest is given up: by a drop, or by `terminate`.
    give_up: Option<(u64, bool)>,
}

impl Round {
    fn new(random: &mut Random) -> Round {
        let tasks = 100 + random.below(500);
        let wild = random.below(2) == 0;
        Round {
            seed: random.next(),
            tasks,
            workers: 1 + usize::try_from(random.below(4)).unwrap_or(0),
            attempts: 1 + u32::try_from(random.below(3)).unwrap_or(0),
            ordered: random.below(2) == 0,
            per_worker: (random.below(4) == 0).then(|| 20 + random.below(50)),
            wild,
            give_up: (random.below(6) == 0).then(|| (random.below(tasks), random.below(2) == 0)),
        }
    }

    fn fault(&self, number: u64) -> Fault {
        let mut random = Random(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.next();
        // One after the other would be a crash loop, which ends the run.
        if number % 8 != 3 || random.below(5) != 0 {
            return Fault::None;
        }
        let fault = FAULTS[usize::try_from(random.below(FAULTS.len() as u64)).unwrap_or(0)];
        match fault {
            Fault::Close | Fault::Scribble if !self.wild => Fault::Panic,
            // Each costs its whole time.
            Fault::Stop if random.below(3) != 0 => Fault::Kill,
            fault => fault,
        }
    }

    fn item(&self, number: u64) -> Item {
        let mut random = Random(self.seed.rotate_left(17) ^ number);
        random.next();
        let size = |random: &mut Random| match random.below(40) {
            0 => 200_000,
            1 => 40_000,
            n => n * 20,
        };
        let fault = self.fault(number);
        Item {
            number,
            fault,
            busy: Duration::from_micros(random.below(8) * 30),
            answer: size(&mut random),
            bytes: (0..size(&mut random)).map(|n| (n ^ number).to_le_bytes()[0]).collect(),
            touchy: Touchy(Nerve(if fault == Fault::ReadItem { 2 } else { 0 })),
            bomb: Bomb(false),
        }
    }

    fn is_right(&self, number: u64, answer: &Answer) -> bool {
        let item = self.item(number);
        answer.sum == sum(&item.bytes)
            && answer.bytes.len() as u64 == item.answer
            && answer.bytes.iter().all(|byte| *byte == number.to_le_bytes()[0])
            && answer.touchy.0.0 == 0
            && !answer.bomb.0
            // A bomb that goes off, or a stop, is never a result; what breaks the worker behind a task's back may be.
            && matches!(item.fault, Fault::None | Fault::Close | Fault::Scribble)
    }

    /// Whether an error is one that this task may have, with its cause.
    fn is_named(&self, number: u64, error: &PoolError) -> bool {
        let cause = error.death().map(|death| &death.cause);
        let (kind, cause_is_right) = match self.fault(number) {
            Fault::None | Fault::Close | Fault::Scribble => (PoolErrorKind::Died, false),
            Fault::Kill => (PoolErrorKind::Died, matches!(cause, Some(Cause::Signaled { signal: 9, .. }))),
            Fault::Segv => (PoolErrorKind::Died, matches!(cause, Some(Cause::Signaled { signal: 11, .. }))),
            Fault::Abort => (PoolErrorKind::Died, matches!(cause, Some(Cause::Signaled { signal: 6, .. }))),
            Fault::Exit => (PoolErrorKind::Died, cause == Some(&Cause::Exited(0))),
            Fault::Stop => (PoolErrorKind::TimedOut, true),
            Fault::Panic | Fault::PanicAny | Fault::DropItem | Fault::DropResult => {
                (PoolErrorKind::Panicked, true)
            }
            Fault::WriteResult => (PoolErrorKind::Output, true),
            Fault::ReadItem => (PoolErrorKind::Item, true),
        };
        let once = matches!(kind, PoolErrorKind::Output | PoolErrorKind::Item);
        let attempts = if once { 1 } else { self.attempts };
        if error.kind() == kind && cause_is_right && error.attempts() == attempts {
            return true;
        }
        // Killed from outside, or robbed by a neighbour: by name, and never by a parent that only suspected something.
        let other = match cause {
            Some(Cause::Signaled { .. } | Cause::Exited(_) | Cause::Protocol(_)) => true,
            Some(_) => error.kind() == PoolErrorKind::TimedOut,
            None => false,
        };
        self.wild && other && matches!(error.kind(), PoolErrorKind::Died | PoolErrorKind::TimedOut)
    }

    fn run(&self, counts: &mut Counts) {
        // A backtrace takes as long as a slow task.
        let quiet = Sandbox::new().variable("RUST_BACKTRACE", "0").variable(WORKER, "1");
        let mut pool = Pool::workers(self.workers).stdio(Stdio::Null, Stdio::Null).sandbox(quiet);
        if let Some(most) = self.per_worker {
            pool = pool.max_tasks_per_worker(most);
        }
        let over = AtomicBool::new(false);
        let kills = AtomicU64::new(0);
        let mut seen = vec![0_u8; usize::try_from(self.tasks).unwrap_or(0)];
        let mut whole = None;
        std::thread::scope(|scope| {
            if self.wild {
                scope.spawn(|| kill_now_and_then(self.seed, &over, &kills));
            }
            let runner = pool.timeout(LIMIT).retry(self.attempts);
            let items = (0..self.tasks).map(|number| self.item(number));
            let results: Box<dyn Iterator<Item = Result<Answer, PoolError>>> = if self.ordered {
                Box::new(runner.imap(task, items).expect("a run"))
            } else {
                Box::new(runner.unordered_imap(task, items).expect("a run"))
            };
            for (nth, result) in (0..).zip(results) {
                match &result {
                    Ok(answer) => self.note(
                        &mut seen,
                        answer.number,
                        self.is_right(answer.number, answer),
                        counts,
                        &result,
                    ),
                    Err(error) => match error.index() {
                        Some(number) => {
                            let named = self.is_named(number, error) && (!self.ordered || number == nth);
                            self.note(&mut seen, number, named, counts, &result);
                        }
                        None => whole = Some(error.clone()),
                    },
                }
                match self.give_up {
                    Some((after, true)) if nth >= after => pool.terminate(),
                    Some((after, false)) if nth >= after => break,
                    _ => {}
                }
            }
            over.store(true, Ordering::Relaxed);
        });
        drop(pool);
        let missing = seen.iter().filter(|times| **times == 0).count() as u64;
        let excused = match (&whole, self.give_up) {
            (_, Some((_, false))) => true,
            (Some(error), Some((_, true))) if error.kind() == PoolErrorKind::Cancelled => true,
            // Five deaths and nothing done in between: one worker that is killed again and again.
            (Some(error), _) => error.kind() == PoolErrorKind::CrashLoop && self.wild,
            (None, _) => false,
        };
        if missing > 0 && !excused {
            eprintln!("{missing} of {} tasks have no outcome; the run: {whole:?}", self.tasks);
            counts.lost += missing;
        }
        let faults =
            (0..self.tasks).filter(|number| seen[*number as usize] > 0 && self.fault(*number) != Fault::None);
        counts.faults += faults.count() as u64 + kills.into_inner();
        counts.tasks += self.tasks - missing;
        counts.rounds += 1;
    }

    fn note(
        &self,
        seen: &mut [u8],
        number: u64,
        right: bool,
        counts: &mut Counts,
        result: &Result<Answer, PoolError>,
    ) {
        let Some(times) = usize::try_from(number).ok().and_then(|at| seen.get_mut(at)) else {
            counts.doubled += 1;
            return;
        };
        *times += 1;
        counts.doubled += u64::from(*times > 1);
        if !right {
            let got = result.as_ref().map(|answer| answer.number);
            eprintln!("task {number} ({:?}, {} attempts): {got:?}", self.fault(number), self.attempts);
            counts.lost += 1;
        }
    }
}

/// Sends signals to children of this process until the round is over.
fn kill_now_and_then(seed: u64, over: &AtomicBool, kills: &AtomicU64) {
    let mut random = Random(seed);
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(5 + random.below(60)));
        let all = children();
        let Some(child) = all.get(usize::try_from(random.below(all.len().max(1) as u64)).unwrap_or(0)) else {
            continue;
        };
        let pid = child.parse().ok();
        let signal = match random.below(24) {
            // A worker that is stopped while it starts takes ten seconds.
            0 => Signal::STOP,
            1..=6 => Signal::SEGV,
            7..=9 => Signal::TERM,
            _ => Signal::KILL,
        };
        let sent = pid.and_then(Pid::from_raw).map(|pid| kill_process(pid, signal));
        kills.fetch_add(u64::from(matches!(sent, Some(Ok(())))), Ordering::Relaxed);
    }
}

/// What this process holds.
#[derive(Debug)]
struct Holdings {
    children: usize,
    descriptors: usize,
    threads: usize,
    memory_files: usize,
    kib: u64,
}

impl Holdings {
    fn now() -> Holdings {
        let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let status = text("/proc/self/status");
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
        Holdings {
            children: children().len(),
            descriptors: open_fds(),
            threads: std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count),
            memory_files: text("/proc/self/maps")
                .lines()
                .filter(|line| line.contains("memfd:suitkaise"))
                .count(),
            kib: kib.unwrap_or(0),
        }
    }

    fn leaked(&self, before: &Holdings) -> u64 {
        let more = [
            self.children.saturating_sub(before.children),
            self.descriptors.saturating_sub(before.descriptors),
            self.threads.saturating_sub(before.threads),
            self.memory_files.saturating_sub(before.memory_files),
        ];
        let more: usize = more.iter().sum();
        let memory = self.kib.saturating_sub(before.kib) > SLACK;
        more as u64 + u64::from(memory)
    }
}

/// Calls `hung` unless it is fed in time.
struct Watchdog(std::sync::mpsc::Sender<()>);

impl Watchdog {
    fn start(hung: impl FnOnce() + Send + 'static) -> Watchdog {
        let (feed, fed) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            loop {
                match fed.recv_timeout(PATIENCE) {
                    Ok(()) => {}
                    Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => return hung(),
                }
            }
        });
        Watchdog(feed)
    }

    fn feed(&self) {
        let _ = self.0.send(());
    }
}

/// Tortures pools until the tasks are done and the time is up, whichever is later; until twice the time at most.
pub(crate) fn torture(tasks: u64, time: Duration, seed: u64, hung: impl FnOnce() + Send + 'static) -> Counts {
    let mut random = Random(seed);
    random.next();
    let mut counts = Counts::default();
    let watchdog = Watchdog::start(hung);
    // What stays for good (the reaper and its descriptors) comes with the first round.
    let warm = Round { give_up: None, wild: false, workers: 4, tasks: 300, ..Round::new(&mut random) };
    warm.run(&mut counts);
    watchdog.feed();
    let before = Holdings::now();
    let began = Instant::now();
    while (counts.tasks < tasks || began.elapsed() < time) && began.elapsed() < time * 2 {
        Round::new(&mut random).run(&mut counts);
        watchdog.feed();
        counts.leaked += children().len() as u64;
    }
    // Threads that have done their work may be on their last steps.
    let settled = Instant::now() + Duration::from_secs(5);
    let mut after = Holdings::now();
    while after.leaked(&before) > 0 && Instant::now() < settled {
        std::thread::yield_now();
        after = Holdings::now();
    }
    counts.leaked += after.leaked(&before);
    if counts.leaked > 0 {
        eprintln!("before: {before:?}\nafter: {after:?}");
    }
    counts
}
