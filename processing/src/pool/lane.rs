//! One worker as the dispatcher sees it.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::message::{self, FORGET, FUNCTION, IN_FILE, SETUP, TASKS, TIMED, TasksHead, to_file};
use super::run::{Run, Segment};
use super::shared::Workers;
use super::worker;
use crate::bag;
#[cfg(target_os = "linux")]
use crate::os::linux::Journal;
use crate::raw::{Child, SendError, Spawn, StartError};

/// How long a frame may take. It fits the socket's buffer; a worker that does not even take that is stopped or broken.
const SENDING: Option<Duration> = Some(Duration::from_secs(10));

/// How long a worker may take to begin with a task, in addition to the task's own time.
const TAKING: Duration = Duration::from_secs(1);

/// How long a worker without an initializer may take to be ready.
const STARTING: Duration = Duration::from_secs(10);

/// How long a worker may take to end after SIGTERM.
const TERM_GRACE: Duration = Duration::from_millis(100);

/// Tasks that a worker holds.
pub(super) struct Given {
    pub(super) run: Arc<Run>,
    pub(super) segment: Segment,
    /// The worker's number of the first task that is not done.
    pub(super) next: u64,
    pub(super) at: Instant,
}

pub(super) struct Lane {
    pub(super) child: Child,
    #[cfg(target_os = "linux")]
    journal: Option<Journal>,
    pub(super) ready: bool,
    /// When it has to be ready.
    pub(super) ready_by: Option<Instant>,
    pub(super) given: VecDeque<Given>,
    /// How many tasks were sent, and of how many the result is here.
    pub(super) sent: u64,
    pub(super) received: u64,
    known: Vec<u64>,
    /// It is being ended for a task that took too long.
    pub(super) ending: Option<Ending>,
    pub(super) refusal: Option<String>,
    /// It ends itself for a section of an object that took too long.
    pub(super) overrun: Option<String>,
    /// Since when it works only for runs that were cancelled.
    pub(super) idle_work: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// The worker's number of the task; `None`: no task is to blame.
    pub(super) task: Option<u64>,
    pub(super) kill_at: Instant,
}

impl Lane {
    /// Starts a worker. From a thread of its own: it takes a millisecond.
    pub(super) fn start(workers: &Workers) -> Result<Lane, StartError> {
        let child = {
            let spawn = Spawn::new().stdout(workers.stdout).stderr(workers.stderr);
            workers.sandbox.prepare(spawn).start()?
        };
        let setup = match &workers.initializer {
            Some(initializer) => [&initializer.place.to_le_bytes()[..], &initializer.carried].concat(),
            None => Vec::new(),
        };
        // What fails now is seen as the worker's death by the dispatcher, or costs the journal only.
        let _ = child.begin(worker::NAME, &[], workers.sandbox.limits(), SENDING);
        #[cfg(target_os = "linux")]
        let (journal, file) = Journal::create().ok().unzip();
        #[cfg(not(target_os = "linux"))]
        let file: Option<std::os::fd::OwnedFd> = None;
        let fds: Vec<_> = file.iter().map(AsFd::as_fd).collect();
        let _ = child.send_with(SETUP, &[&setup], &fds, SENDING);
        Ok(Lane {
            child,
            #[cfg(target_os = "linux")]
            journal,
            ready: false,
            // The time of an initializer is the user's.
            ready_by: workers.initializer.is_none().then(|| Instant::now() + STARTING),
            given: VecDeque::new(),
            sent: 0,
            received: 0,
            known: Vec::new(),
            ending: None,
            refusal: None,
            overrun: None,
            idle_work: None,
        })
    }

    #[cfg(target_os = "linux")]
    pub(super) fn has_journal(&self) -> bool {
        self.journal.is_some()
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn has_journal(&self) -> bool {
        false
    }

    /// Results that the worker noted and could not tell any more.
    #[cfg(target_os = "linux")]
    pub(super) fn left_behind(&self) -> Vec<u8> {
        self.journal.as_ref().map(Journal::entries).unwrap_or_default()
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn left_behind(&self) -> Vec<u8> {
        Vec::new()
    }

    /// The worker's number of the task that runs, or ran when it died, and when it began on the monotonic clock.
    pub(super) fn running(&self) -> Option<(u64, Option<u64>)> {
        #[cfg(target_os = "linux")]
        if let Some(journal) = &self.journal {
            let started = journal.started();
            return (started > self.received).then(|| (started - 1, Some(journal.started_at())));
        }
        self.given.front().map(|given| (given.next, None))
    }

    /// Gives tasks to the worker. They count as given whatever happens: a worker that cannot be reached is killed, and
    /// its end gives them back.
    pub(super) fn give(&mut self, run: &Arc<Run>, segment: Segment) {
        let sent = self.send(run, &segment);
        bag::sent(&segment.block.fds);
        let next = self.sent;
        self.sent += segment.items.len() as u64;
        self.given.push_back(Given { run: Arc::clone(run), segment, next, at: Instant::now() });
        match sent {
            // It is dying, and its end will tell of what.
            Ok(()) | Err(SendError::Closed) => {}
            Err(error) => self.child.0.condemn(format!("it did not take its tasks: {error}")),
        }
    }

    fn send(&mut self, run: &Run, segment: &Segment) -> Result<(), SendError> {
        if !self.known.contains(&run.id) {
            self.known.push(run.id);
            let (id, place) = (run.id.to_le_bytes(), run.parcel.place.to_le_bytes());
            let carried = &run.parcel.carried;
            match to_file(carried).map_err(SendError::Io)? {
                Some(file) => {
                    self.child.send_with(FUNCTION, &[&id, &place, &[IN_FILE]], &[file.as_fd()], SENDING)?;
                }
                None => self.child.send_with(FUNCTION, &[&id, &place, &[0], carried], &[], SENDING)?,
            }
        }
        let block = &segment.block;
        let timed = if run.policy.timeout.is_some() { TIMED } else { 0 };
        let in_file = if block.file.is_some() { IN_FILE } else { 0 };
        let count = u32::try_from(segment.items.len()).unwrap_or(u32::MAX);
        let head = TasksHead { run: run.id, count, flags: timed | in_file }.encode();
        let fds: Vec<BorrowedFd<'_>> =
            block.file.iter().map(AsFd::as_fd).chain(block.fds.iter().map(AsFd::as_fd)).collect();
        self.child.send_with(TASKS, &[&head, segment.bytes()], &fds, SENDING)
    }

    /// Lets the worker drop what it keeps for runs that are over.
    pub(super) fn forget(&mut self, over: impl Fn(u64) -> bool) {
        let Lane { known, child, .. } = self;
        known.retain(|run| {
            let over = over(*run);
            if over {
                let _ = child.send(FORGET, &run.to_le_bytes(), SENDING);
            }
            !over
        });
    }

    /// Ends the worker, gently first.
    pub(super) fn end(&mut self, task: Option<u64>) {
        if self.ending.is_none() {
            self.child.terminate();
            self.ending = Some(Ending { task, kill_at: Instant::now() + TERM_GRACE });
        }
    }

    /// Ends the worker if the task that runs has used up its time; else when to look again.
    pub(super) fn check_time(&mut self) -> Option<Instant> {
        if let Some(ending) = self.ending {
            if Instant::now() < ending.kill_at {
                return Some(ending.kill_at);
            }
            self.child.kill();
            return None;
        }
        if let Some(by) = self.ready_by.filter(|_| !self.ready) {
            if Instant::now() < by {
                return Some(by);
            }
            self.ready_by = None;
            self.child.0.condemn(format!("it was not ready within {STARTING:?}"));
            return None;
        }
        let front = self.given.front()?;
        let running = self.running();
        let given = running.and_then(|(task, _)| {
            self.given
                .iter()
                .find(|given| (given.next..given.next + given.segment.items.len() as u64).contains(&task))
        });
        let limit = given.unwrap_or(front).run.policy.timeout?;
        if running.is_none() {
            // It has tasks and begins none: stopped from outside, or starved. No task is to blame.
            let patience = limit.saturating_add(TAKING);
            if front.at.elapsed() >= patience {
                self.end(None);
                return self.ending.map(|ending| ending.kill_at);
            }
            return front.at.checked_add(patience);
        }
        let spent = match (running, given) {
            (Some((_, Some(at))), Some(_)) => Duration::from_nanos(message::now().saturating_sub(at)),
            (Some((_, None)), Some(given)) => given.at.elapsed(),
            _ => Duration::ZERO,
        };
        if spent >= limit {
            self.end(running.map(|(task, _)| task));
            return self.ending.map(|ending| ending.kill_at);
        }
        Instant::now().checked_add(limit - spent)
    }
}
