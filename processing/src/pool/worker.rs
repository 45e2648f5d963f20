//! What a worker does: takes tasks, runs them one after the other, tells the results.

use std::cell::RefCell;
use std::collections::HashMap;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::lifecycle;
use super::message::{
    ENTRY, FORGET, FUNCTION, IN_FILE, INLINE, READY, RESULTS, SETUP, Status, TASKS, TIMED, TasksHead,
    entry_head, from_file, now, results_head, to_file,
};
use super::work::{Ran, Runner};
use crate::bag;
use crate::os::image;
#[cfg(target_os = "linux")]
use crate::os::linux::Journal;
use crate::raw::{ChildSide, Frame, Incoming, Outcome};

pub(super) const NAME: &str = "suitkaise/pool";

crate::entry!(NAME, work);

/// Results are told at least this often while tasks run.
const TELL: Duration = Duration::from_millis(1);

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn work(side: &mut ChildSide, _: Vec<u8>) -> Outcome {
    note_panics();
    lifecycle::note_side(side);
    let mut worker = Worker {
        side: side.clone(),
        runners: HashMap::new(),
        #[cfg(target_os = "linux")]
        journal: None,
        started: 0,
        out: Vec::new(),
        since: Instant::now(),
    };
    loop {
        let frame = match side.recv(None) {
            Incoming::Frame(frame) => frame,
            Incoming::Stop | Incoming::Closed | Incoming::TimedOut => return Ok(Vec::new()),
        };
        match frame.kind {
            TASKS => worker.tasks(frame)?,
            FUNCTION => worker.function(frame)?,
            SETUP => worker.set_up(frame)?,
            FORGET => {
                if let Some(run) = frame.payload.first_chunk() {
                    worker.runners.remove(&u64::from_le_bytes(*run));
                }
            }
            other => return Err(format!("a frame of the unknown kind {other}").into_bytes()),
        }
    }
}

/// Keeps the text of the last panic of this thread; what else panics is told by the hooks before ours.
fn note_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let said = format!("panicked at {place}: {}", text.unwrap_or("a panic payload that is no string"));
        PANIC.with(|last| *last.borrow_mut() = Some(said));
        before(info);
    }));
}

struct Worker {
    side: ChildSide,
    runners: HashMap<u64, Result<Runner, String>>,
    #[cfg(target_os = "linux")]
    journal: Option<Journal>,
    started: u64,
    /// Results that were not told yet.
    out: Vec<u8>,
    since: Instant,
}

impl Worker {
    fn set_up(&mut self, mut frame: Frame) -> Result<(), Vec<u8>> {
        #[cfg(target_os = "linux")]
        if !frame.fds.is_empty() {
            let journal = Journal::open(frame.fds.remove(0));
            self.journal = Some(journal.map_err(|error| format!("no journal: {error}").into_bytes())?);
        }
        if let Some((place, carried)) = frame.payload.split_first_chunk() {
            let mut runner = runner(u64::from_le_bytes(*place), carried).map_err(String::into_bytes)?;
            let mut bytes = Vec::new();
            let (status, _) = run(&mut runner, &[], &mut bytes);
            if status != Status::Done {
                return Err(bytes);
            }
        }
        frame.fds.clear();
        self.side.send(READY, &[], None).map_err(|_| Vec::new())
    }

    fn function(&mut self, mut frame: Frame) -> Result<(), Vec<u8>> {
        let broken = || b"a function frame that cannot be read".to_vec();
        let (run, rest) = frame.payload.split_first_chunk().ok_or_else(broken)?;
        let (place, rest) = rest.split_first_chunk().ok_or_else(broken)?;
        let (flags, inline) = rest.split_first().ok_or_else(broken)?;
        let file;
        let carried = if flags & IN_FILE != 0 {
            file = from_file(frame.fds.pop()).map_err(|error| error.to_string().into_bytes())?;
            &file[..]
        } else {
            inline
        };
        // A panic in a capture's rebuilding is the run's error, not the worker's end.
        let made = catch_unwind(AssertUnwindSafe(|| runner(u64::from_le_bytes(*place), carried)));
        let made = made.unwrap_or_else(|payload| Err(panic_text(payload)));
        self.runners.insert(u64::from_le_bytes(*run), made);
        Ok(())
    }

    fn tasks(&mut self, mut frame: Frame) -> Result<(), Vec<u8>> {
        let broken = || b"a task frame that cannot be read".to_vec();
        let (head, mut rest) = TasksHead::decode(&frame.payload).ok_or_else(broken)?;
        let file;
        if head.flags & IN_FILE != 0 {
            let fd = (!frame.fds.is_empty()).then(|| frame.fds.remove(0));
            file = from_file(fd).map_err(|error| error.to_string().into_bytes())?;
            rest = &file;
        }
        let mut runner = self.runners.remove(&head.run).ok_or_else(broken)?;
        let mut fds = frame.fds;
        self.since = Instant::now();
        for _ in 0..head.count {
            let (len, more) = rest.split_first_chunk().ok_or_else(broken)?;
            let (item, more) = more.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(broken)?;
            rest = more;
            // Only an item that travels alone has descriptors.
            let fds = std::mem::take(&mut fds);
            bag::unpack(fds, || self.task(&mut runner, item, head.flags & TIMED != 0))?;
        }
        self.runners.insert(head.run, runner);
        self.tell(0, &[])
    }

    fn task(&mut self, runner: &mut Result<Runner, String>, item: &[u8], timed: bool) -> Result<(), Vec<u8>> {
        self.started += 1;
        #[cfg(target_os = "linux")]
        if let Some(journal) = &self.journal {
            journal.begin(self.started, timed.then(now));
        }
        #[cfg(not(target_os = "linux"))]
        let _ = timed;
        let at = self.out.len();
        self.out.extend_from_slice(&[0; ENTRY]);
        let (status, fds) = match runner {
            Ok(runner) => run(runner, item, &mut self.out),
            Err(why) => {
                self.out.extend_from_slice(why.as_bytes());
                (Status::Item, Vec::new())
            }
        };
        let len = self.out.len() - at - ENTRY;
        if len > INLINE || !fds.is_empty() {
            let mut large = std::mem::take(&mut self.out);
            self.out.extend_from_slice(&large[..at]);
            self.tell(0, &[])?;
            let told = self.tell_alone(status, &large[at + ENTRY..], fds);
            large.clear();
            self.out = large;
            return told;
        }
        self.out[at..at + ENTRY].copy_from_slice(&entry_head(status, len));
        #[cfg(target_os = "linux")]
        if let Some(journal) = &self.journal {
            let number = (self.started - 1).to_le_bytes();
            if !journal.append(&number, &self.out[at..]) {
                return self.tell(0, &[]);
            }
        }
        if self.out.len() > INLINE || self.since.elapsed() > TELL { self.tell(0, &[]) } else { Ok(()) }
    }

    /// Tells the results so far.
    fn tell(&mut self, flags: u8, fds: &[std::os::fd::BorrowedFd<'_>]) -> Result<(), Vec<u8>> {
        if self.out.is_empty() {
            return Ok(());
        }
        let nanos = u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let sent = self.side.send_with(RESULTS, &[&results_head(nanos, flags), &self.out], fds, None);
        self.out.clear();
        #[cfg(target_os = "linux")]
        if let Some(journal) = &self.journal {
            journal.clear();
        }
        self.since = Instant::now();
        sent.map_err(|error| error.to_string().into_bytes())
    }

    /// Tells one result that is large or has descriptors.
    fn tell_alone(&mut self, status: Status, bytes: &[u8], fds: Vec<bag::Packet>) -> Result<(), Vec<u8>> {
        let nanos = u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let (flags, file) = match to_file(bytes) {
            Ok(Some(file)) => (IN_FILE, Some(file)),
            Ok(None) => (0, None),
            Err(error) => {
                let said = format!("no memory for a result of {} bytes: {error}", bytes.len());
                self.out.extend_from_slice(&entry_head(Status::Output, said.len()));
                self.out.extend_from_slice(said.as_bytes());
                return self.tell(0, &[]);
            }
        };
        let borrowed: Vec<_> = file.iter().map(AsFd::as_fd).chain(fds.iter().map(|fd| fd.as_fd())).collect();
        let head = results_head(nanos, flags);
        let entry = entry_head(status, bytes.len());
        let inline = if file.is_some() { &[] } else { bytes };
        let sent = self.side.send_with(RESULTS, &[&head, &entry, inline], &borrowed, None);
        bag::sent(&fds);
        self.since = Instant::now();
        sent.map_err(|error| error.to_string().into_bytes())
    }
}

fn runner(place: u64, carried: &[u8]) -> Result<Runner, String> {
    let factory = image::factory(place).ok_or("the function is not in this program")?;
    factory(carried)
}

/// Runs one item; a panic anywhere in it, its result's and argument's drops included, is caught.
fn run(runner: &mut Runner, item: &[u8], out: &mut Vec<u8>) -> (Status, bag::Packed) {
    let at = out.len();
    let ran = catch_unwind(AssertUnwindSafe(|| runner(item, out)));
    let (status, text) = match ran {
        Ok(Ran::Done(packed)) => return (Status::Done, packed),
        Ok(Ran::Failed(chain)) => (Status::Failed, chain.join("\0")),
        Ok(Ran::Item(said)) => (Status::Item, said),
        Ok(Ran::Output(said)) => (Status::Output, said),
        Err(payload) => (Status::Panicked, panic_text(payload)),
    };
    out.truncate(at);
    out.extend_from_slice(text.as_bytes());
    (status, Vec::new())
}

fn panic_text(payload: Box<dyn std::any::Any + Send>) -> String {
    let text = PANIC.with(|last| last.borrow_mut().take()).unwrap_or_else(|| "panicked".into());
    // The payload's own drop may panic too; then it is left alone.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
    text
}
