//! The thread that owns the workers: gives tasks, takes results, sees deaths, keeps the ledger.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::{PoolError, PoolErrorKind};
use super::lane::Lane;
use super::message::{OVERRUN, READY, RESULTS};
use super::run::Run;
use super::shared::{Order, Shared};
use crate::deadline::Deadline;
use crate::os::poll;
use crate::raw::{Child, Event, StartError, StartErrorKind};

/// How long a worker may go on with tasks of a run that was cancelled.
const CANCELLED_GRACE: Duration = Duration::from_secs(1);

/// How long a worker may take to stop.
const LEAVING: Duration = Duration::from_millis(500);

/// How long no worker is started after a failure, while others work.
const RESTING: Duration = Duration::from_secs(1);

/// So many starts that fail one after the other end the runs.
const FAILED_STARTS: u32 = 4;

pub(super) struct Dispatcher {
    pub(super) shared: Arc<Shared>,
    pub(super) lanes: Vec<Lane>,
    pub(super) runs: VecDeque<Arc<Run>>,
    /// Workers that are being started by threads of their own.
    starting: usize,
    resting: Option<Instant>,
    failed_starts: u32,
    leaving: Vec<(Child, Instant)>,
    pub(super) crashes: VecDeque<Instant>,
    /// Whether a worker has died: from then on one more is kept ready.
    pub(super) spare: usize,
    /// When something is due without an event.
    pub(super) due: Option<Instant>,
}

impl Dispatcher {
    pub(super) fn new(shared: Arc<Shared>) -> Dispatcher {
        Dispatcher {
            shared,
            lanes: Vec::new(),
            runs: VecDeque::new(),
            starting: 0,
            resting: None,
            failed_starts: 0,
            leaving: Vec::new(),
            crashes: VecDeque::new(),
            spare: 0,
            due: None,
        }
    }

    pub(super) fn live(mut self) {
        loop {
            let fired = self.wait();
            self.due = None;
            for index in (0..self.lanes.len()).rev() {
                self.hear(index, fired.get(index).copied().unwrap_or((true, true)));
            }
            if self.read_mail() {
                break;
            }
            self.prune();
            self.replace();
            self.give();
            self.look_at_clock();
        }
    }

    pub(super) fn due_at(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Waits for a worker, mail or the clock; of which lanes there are frames, and which have ended.
    fn wait(&mut self) -> Vec<(bool, bool)> {
        let deadline = Deadline::after(self.due.map(|due| due.saturating_duration_since(Instant::now())));
        let mut fds = Vec::with_capacity(1 + 2 * self.lanes.len() + self.leaving.len());
        fds.extend(self.shared.wake_fd().map(|fd| poll::input(fd.as_fd())));
        let first = fds.len();
        for lane in &self.lanes {
            // A closed socket would fire for ever.
            let closed = lane.child.0.channel.has_ended();
            let frames = if closed { lane.child.exit_fd() } else { lane.child.frames_fd() };
            fds.push(poll::input(frames));
            fds.push(poll::input(lane.child.exit_fd()));
        }
        let leaving = fds.len();
        fds.extend(self.leaving.iter().map(|(child, _)| poll::input(child.exit_fd())));
        // An error (no memory) is met as if all had fired.
        let polled = poll::ready(&mut fds, deadline);
        let all = polled.is_err();
        if first == 1 && poll::fired(&fds[0]) {
            self.shared.woken();
        }
        fds[first..leaving]
            .chunks(2)
            .map(|pair| (all || poll::fired(&pair[0]), all || poll::fired(&pair[1])))
            .collect()
    }

    /// Takes what a worker says, to its end if that is near.
    fn hear(&mut self, index: usize, (mut frames, ended): (bool, bool)) {
        loop {
            let child = &self.lanes[index].child;
            let event = if ended {
                child.recv(Some(Duration::ZERO))
            } else {
                // What a send has read by the way is there without a read; what comes later wakes us again.
                let Some(event) = child.0.take(std::mem::take(&mut frames)) else { return };
                event
            };
            match event {
                Event::Frame(frame) => match frame.kind {
                    RESULTS => {
                        let sound = self.results(index, frame);
                        if !sound {
                            self.lanes[index].child.0.condemn("it sent results that cannot be read".into());
                        }
                    }
                    READY => self.lanes[index].ready = true,
                    OVERRUN => {
                        self.lanes[index].overrun =
                            Some(String::from_utf8_lossy(&frame.payload).into_owned());
                    }
                    _ => {}
                },
                Event::Failed(said) => {
                    self.lanes[index].refusal = Some(String::from_utf8_lossy(&said).into_owned());
                }
                Event::Done(_) => {}
                Event::TimedOut => {
                    if let Some(at) = child.0.closed_until() {
                        self.due_at(at);
                    }
                    return;
                }
                Event::Died(death) => {
                    let lane = self.lanes.swap_remove(index);
                    self.died(lane, death);
                    return;
                }
            }
        }
    }

    pub(super) fn fail_all(&mut self, error: &PoolError) {
        for run in self.runs.drain(..) {
            run.fail(error.clone());
        }
    }

    /// `true`: the pool is over.
    fn read_mail(&mut self) -> bool {
        let mut mail = self.shared.mail();
        let (runs, started, order) =
            (std::mem::take(&mut mail.runs), std::mem::take(&mut mail.started), mail.order);
        drop(mail);
        self.runs.extend(runs);
        for lane in started {
            self.starting -= 1;
            match lane {
                Ok(lane) => {
                    self.lanes.push(lane);
                    self.failed_starts = 0;
                }
                Err(error) if self.may_be_chance(&error) => {}
                Err(_) if !self.lanes.is_empty() || self.starting > 0 => {
                    self.resting = Some(Instant::now() + RESTING);
                }
                Err(error) => self.fail_all(&PoolError::start(error)),
            }
        }
        let Some(order) = order else { return false };
        if order == Order::Close && self.runs.iter().any(|run| !run.is_cancelled()) {
            return false;
        }
        self.fail_all(&PoolError::new(PoolErrorKind::Cancelled, "the pool was ended"));
        for lane in self.lanes.drain(..) {
            if order == Order::Terminate || !lane.ready {
                lane.child.kill();
            } else {
                lane.child.stop();
            }
            self.leaving.push((lane.child, Instant::now() + LEAVING));
        }
        self.see_off();
        self.starting == 0 && self.leaving.is_empty()
    }

    /// Whether a start failed by what need not happen again: a signal from somewhere, a machine that is busy. So many
    /// in a row are no chance.
    fn may_be_chance(&mut self, error: &StartError) -> bool {
        self.failed_starts += match error.kind() {
            StartErrorKind::DiedEarly | StartErrorKind::Protocol => 1,
            // It has taken its time already.
            StartErrorKind::Timeout => 2,
            _ => return false,
        };
        self.failed_starts < FAILED_STARTS
    }

    /// Forgets runs that are over and workers that left.
    fn prune(&mut self) {
        let before = self.runs.len();
        self.runs.retain(|run| !run.is_cancelled());
        if self.runs.len() < before {
            let runs = &self.runs;
            for lane in &mut self.lanes {
                lane.forget(|id| runs.iter().all(|run| run.id != id));
            }
        }
        self.see_off();
        let now = Instant::now();
        for index in (0..self.lanes.len()).rev() {
            let lane = &mut self.lanes[index];
            let used_up = self.shared.workers.max_tasks.is_some_and(|most| lane.sent >= most);
            if used_up && lane.given.is_empty() && lane.ending.is_none() {
                let lane = self.lanes.swap_remove(index);
                lane.child.stop();
                self.leaving.push((lane.child, now + LEAVING));
                self.due_at(now + LEAVING);
                continue;
            }
            let in_vain = !lane.given.is_empty() && lane.given.iter().all(|given| given.run.is_cancelled());
            let since = lane.idle_work.filter(|_| in_vain).unwrap_or(now);
            lane.idle_work = in_vain.then_some(since);
            if in_vain {
                if now.duration_since(since) >= CANCELLED_GRACE {
                    lane.end(None);
                } else {
                    self.due_at(since + CANCELLED_GRACE);
                }
            }
        }
    }

    /// Lets go of workers that have ended, and kills those that should have.
    fn see_off(&mut self) {
        let now = Instant::now();
        let mut due = None;
        self.leaving.retain(|(child, until)| {
            if !child.is_alive() {
                return false;
            }
            if now >= *until {
                child.kill();
            }
            due = Some(due.map_or(*until, |due: Instant| due.min(*until)));
            true
        });
        if let Some(due) = due {
            self.due_at(due.max(now + Duration::from_millis(1)));
        }
    }

    /// Starts workers where there is work for more.
    fn replace(&mut self) {
        if let Some(at) = self.resting {
            if Instant::now() < at {
                return self.due_at(at);
            }
            self.resting = None;
        }
        let queued: usize = self.runs.iter().map(|run| run.queued().0).sum();
        let busy = self.lanes.iter().filter(|lane| !lane.given.is_empty()).count();
        let able = self.lanes.iter().filter(|lane| lane.ending.is_none()).count();
        let want = self.shared.workers.count.min(busy + queued);
        let want = if want > 0 { want + self.spare } else { 0 };
        for _ in able + self.starting..want {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("suitkaise-start".into());
            let spawned = thread.spawn(move || {
                let lane = Lane::start(&shared.workers);
                shared.mail().started.push(lane);
                shared.wake();
            });
            match spawned {
                Ok(_) => self.starting += 1,
                Err(error) if self.lanes.is_empty() && self.starting == 0 => {
                    let text = format!("no thread to start a worker: {error}");
                    return self.fail_all(&PoolError::new(PoolErrorKind::Start, text));
                }
                Err(_) => self.resting = Some(Instant::now() + RESTING),
            }
        }
    }

    fn look_at_clock(&mut self) {
        for index in 0..self.lanes.len() {
            if let Some(at) = self.lanes[index].check_time() {
                self.due_at(at);
            }
        }
    }
}

impl Drop for Dispatcher {
    /// Whatever ends the thread, nobody waits for it in vain.
    fn drop(&mut self) {
        let mut mail = self.shared.mail();
        mail.gone = true;
        self.runs.extend(mail.runs.drain(..));
        drop(mail);
        self.fail_all(&PoolError::new(PoolErrorKind::Cancelled, "the pool was ended"));
        self.shared.over();
    }
}
