//! The ledger: which task each result and each death belongs to, and what becomes of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::dispatcher::Dispatcher;
use super::error::{PoolError, PoolErrorKind};
use super::lane::{Given, Lane};
use super::message::{Bytes, IN_FILE, Status, from_file, next_entry, read_results_head};
use super::run::{Delivery, Run, Segment};
use crate::raw::{Cause, Death, Frame};

/// So many deaths within this time, and no task done in between, end the runs.
const INTENSITY: (usize, Duration) = (5, Duration::from_secs(10));

impl Dispatcher {
    /// Takes the results in a frame; `false`: they make no sense.
    pub(super) fn results(&mut self, index: usize, frame: Frame) -> bool {
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
    pub(super) fn died(&mut self, mut lane: Lane, death: Arc<Death>) {
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
}

/// Where a task stands in its block.
struct Place {
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
