//! The thread that owns the workers: gives tasks, takes results, sees deaths, keeps the ledger.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::{PoolError, PoolErrorKind};
use super::lane::{Given, Lane};
use super::message::{
    Bytes, IN_FILE, INLINE, OVERRUN, READY, RESULTS, Status, from_file, next_entry, read_results_head,
};
use super::run::{Delivery, Run, Segment};
use super::shared::{Order, Shared};
use crate::deadline::Deadline;
use crate::os::poll;
use crate::raw::{Cause, Child, Death, Event, Frame, StartError, StartErrorKind};

/// How much work a frame carries; two of them are in flight.
const CHUNK: Duration = Duration::from_micros(100);

/// Tasks that take longer are given one at a time, so that none waits behind another.
const LONG: Duration = Duration::from_millis(5);

const MOST: u128 = 4096;

/// So many deaths within this time, and no task done in between, end the runs.
const INTENSITY: (usize, Duration) = (5, Duration::from_secs(10));

/// How long a worker may go on with tasks of a run that was cancelled.
const CANCELLED_GRACE: Duration = Duration::from_secs(1);

/// How long a worker may take to stop.
const LEAVING: Duration = Duration::from_millis(500);

/// How long no worker is started after a failure, while others work.
const RESTING: Duration = Duration::from_secs(1);

/// So many starts that fail one after the other end the runs.
const FAILED_STARTS: u32 = 4;

pub(super) struct Dispatcher {
    shared: Arc<Shared>,
    lanes: Vec<Lane>,
    runs: VecDeque<Arc<Run>>,
    /// Workers that are being started by threads of their own.
    starting: usize,
    resting: Option<Instant>,
    failed_starts: u32,
    leaving: Vec<(Child, Instant)>,
    crashes: VecDeque<Instant>,
    /// Whether a worker has died: from then on one more is kept ready.
    spare: usize,
    /// When something is due without an event.
    due: Option<Instant>,
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

    fn due_at(&mut self, at: Instant) {
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

    /// Takes the results in a frame; `false`: they make no sense.
    fn results(&mut self, index: usize, frame: Frame) -> bool {
        let Some((nanos, flags)) = read_results_head(&frame.payload) else { return false };
        let mut fds = frame.fds;
        let lane = &mut self.lanes[index];
        let mut at = 9;
        if flags & IN_FILE != 0 {
            let Some(status) = frame.payload.get(at).and_then(|byte| Status::of(*byte)) else { return false };
            let file = (!fds.is_empty()).then(|| fds.remove(0));
            let (status, bytes) = match from_file(file) {
                Ok(bytes) => (status, bytes),
                Err(error) => (
                    Status::Output,
                    Bytes::Owned(format!("no memory to take the result: {error}").into_bytes()),
                ),
            };
            let Some((run, number, attempt)) = lane.finish() else { return false };
            run.note_pace(nanos, 1);
            let all = 0..bytes.len();
            match status {
                Status::Done => {
                    run.deliver(Delivery::Results { bytes, entries: vec![(number.item(), all)], fds })
                }
                status => failed(&run, number, attempt, status, &bytes),
            }
            self.crashes.clear();
            return true;
        }
        let mut entries = Vec::new();
        let mut errors = Vec::new();
        let mut of: Option<Arc<Run>> = None;
        while at < frame.payload.len() {
            let Some((status, range)) = next_entry(&frame.payload, at) else { return false };
            at = range.end;
            let Some((run, place, attempt)) = lane.finish() else { return false };
            match status {
                Status::Done => entries.push((place.item(), range)),
                status => errors.push((place, attempt, status, range)),
            }
            of = Some(run);
        }
        let Some(run) = of else { return true };
        run.note_pace(nanos, entries.len() + errors.len());
        for (place, attempt, status, range) in errors {
            failed(&run, place, attempt, status, &frame.payload[range]);
        }
        if !entries.is_empty() {
            run.deliver(Delivery::Results { bytes: Bytes::Owned(frame.payload), entries, fds });
        }
        self.crashes.clear();
        true
    }

    /// A worker is gone: what it noted counts, the task that ran is to blame, its neighbours are free.
    fn died(&mut self, mut lane: Lane, death: Arc<Death>) {
        self.spare = 1;
        let noted = lane.left_behind();
        let mut at = 0;
        while let Some(number) = noted[at..].first_chunk() {
            let Some((status, range)) = next_entry(&noted, at + 8) else { break };
            at = range.end;
            if u64::from_le_bytes(*number) != lane.received {
                continue;
            }
            let Some((run, place, attempt)) = lane.finish() else { break };
            match status {
                Status::Done => {
                    let bytes = noted[range].to_vec();
                    let all = 0..bytes.len();
                    run.deliver(Delivery::Results {
                        bytes: Bytes::Owned(bytes),
                        entries: vec![(place.item(), all)],
                        fds: Vec::new(),
                    });
                }
                status => failed(&run, place, attempt, status, &noted[range]),
            }
            self.crashes.clear();
        }
        let running = lane.running().map(|(task, _)| task);
        let blamed = match lane.ending {
            Some(ending) => ending.task.filter(|task| running == Some(*task)),
            None => running,
        };
        if blamed.is_some_and(|task| task == lane.received)
            && let Some((run, place, attempt)) = lane.finish()
        {
            blame(&run, place, attempt, &lane, &death);
        }
        for Given { run, segment, .. } in lane.given.drain(..).rev() {
            run.requeue(segment);
        }
        if let Some(said) = lane.refusal.filter(|_| !lane.ready) {
            let text = format!("the initializer of the workers failed: {said}");
            return self.fail_all(&PoolError::new(PoolErrorKind::Start, text));
        }
        if let Cause::Refused(why) = &death.cause {
            let text = format!("a worker could not begin: {why}");
            return self.fail_all(&PoolError::new(PoolErrorKind::Start, text));
        }
        if lane.ending.is_some() || lane.overrun.is_some() {
            return;
        }
        let now = Instant::now();
        self.crashes.push_back(now);
        self.crashes.retain(|at| now.duration_since(*at) < INTENSITY.1);
        if self.crashes.len() >= INTENSITY.0 {
            let deaths = self.crashes.len();
            self.crashes.clear();
            self.fail_all(&PoolError::crash_loop(deaths, death));
        }
    }

    fn fail_all(&mut self, error: &PoolError) {
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

    /// Gives tasks to workers that have room: first to those without any.
    fn give(&mut self) {
        if self.runs.is_empty() {
            return;
        }
        for depth in 0..2 {
            for index in 0..self.lanes.len() {
                self.fill(index, depth);
            }
        }
    }

    fn fill(&mut self, index: usize, depth: usize) {
        let workers = self.lanes.len().clamp(1, self.shared.workers.count);
        let full =
            self.lanes.iter().filter(|lane| !lane.given.is_empty()).count() >= self.shared.workers.count;
        let lane = &mut self.lanes[index];
        let closed = lane.child.0.channel.has_ended();
        if !lane.ready || closed || lane.ending.is_some() || lane.given.len() != depth || (depth == 0 && full)
        {
            return;
        }
        let left = self.shared.workers.max_tasks.map(|most| most.saturating_sub(lane.sent));
        if left == Some(0) {
            return;
        }
        for _ in 0..self.runs.len() {
            // The runs take turns.
            self.runs.rotate_left(1);
            let Some(run) = self.runs.back() else { return };
            let pace = run.pace();
            let alone =
                run.policy.interval.is_some() || !lane.has_journal() || pace.is_none_or(|pace| pace > LONG);
            let behind_long = lane.given.iter().any(|given| given.run.pace().is_none_or(|pace| pace > LONG));
            if depth > 0 && (alone || behind_long) {
                continue;
            }
            let fair = run.queued().0.div_ceil(2 * workers);
            let chunk =
                pace.map_or(1, |pace| (CHUNK.as_nanos() / pace.as_nanos().max(1)).clamp(1, MOST) as usize);
            let mut n = if alone { 1 } else { chunk.min(fair.max(1)) };
            if let Some(left) = left {
                n = n.min(usize::try_from(left).unwrap_or(usize::MAX));
            }
            match run.take(n, INLINE) {
                Ok(Some(segment)) => {
                    let run = Arc::clone(run);
                    lane.give(&run, segment);
                    return;
                }
                Ok(None) => {}
                Err(at) => self.due = Some(self.due.map_or(at, |due| due.min(at))),
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

/// Where a task stands in its block.
pub(super) struct Place {
    segment: Segment,
}

impl Place {
    fn item(&self) -> u64 {
        self.segment.block.first + self.segment.items.start as u64
    }
}

impl Lane {
    /// The next task in line is done: its run, its place, which attempt it was.
    fn finish(&mut self) -> Option<(Arc<Run>, Place, u32)> {
        let given = self.given.front_mut()?;
        let run = Arc::clone(&given.run);
        let start = given.segment.items.start;
        let segment = Segment {
            block: Arc::clone(&given.segment.block),
            items: start..start + 1,
            attempts: given.segment.attempts + 1,
        };
        given.segment.items.start += 1;
        given.next += 1;
        self.received += 1;
        if given.segment.items.is_empty() {
            self.given.pop_front();
        }
        let attempt = segment.attempts;
        Some((run, Place { segment }, attempt))
    }
}

/// A task that failed is tried again, or told.
fn failed(run: &Run, place: Place, attempt: u32, status: Status, said: &[u8]) {
    let kind = match status {
        Status::Failed | Status::Done => PoolErrorKind::Failed,
        Status::Panicked => PoolErrorKind::Panicked,
        Status::Item => PoolErrorKind::Item,
        Status::Output => PoolErrorKind::Output,
    };
    // What cannot be read or written will not be the next time either.
    let again =
        matches!(kind, PoolErrorKind::Failed | PoolErrorKind::Panicked) && attempt < run.policy.attempts;
    if again {
        return run.requeue(place.segment);
    }
    let chain = String::from_utf8_lossy(said).split('\0').map(str::to_owned).collect();
    run.deliver(Delivery::Error(place.item(), PoolError::item(kind, place.item(), attempt, chain)));
}

/// A task that was running when its worker ended is tried again, or told.
fn blame(run: &Run, place: Place, attempt: u32, lane: &Lane, death: &Arc<Death>) {
    if attempt < run.policy.attempts {
        return run.requeue(place.segment);
    }
    // A crash of its own is the cause, also of a worker that was about to be ended.
    let own = matches!(&death.cause, Cause::Signaled { signal, .. } if *signal != libc::SIGTERM);
    let ended = format!("its worker (process {}) was ended", death.pid);
    let (kind, text) = match (&lane.overrun, run.policy.timeout.filter(|_| lane.ending.is_some() && !own)) {
        (Some(said), _) => (PoolErrorKind::TimedOut, format!("{said}; {ended}")),
        (None, Some(limit)) => (PoolErrorKind::TimedOut, format!("took longer than {limit:?}; {ended}")),
        (None, None) => (PoolErrorKind::Died, format!("its worker died: {death}")),
    };
    let error = PoolError::died(kind, place.item(), attempt, text, Arc::clone(death));
    run.deliver(Delivery::Error(place.item(), error));
}
