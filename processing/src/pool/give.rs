//! Which worker gets which tasks, and how many at a time.

use std::sync::Arc;
use std::time::Duration;

use super::dispatcher::Dispatcher;
use super::message::INLINE;

/// How much work a frame carries; two of them are in flight.
const CHUNK: Duration = Duration::from_micros(100);

/// Tasks that take longer are given one at a time, so that none waits behind another.
const LONG: Duration = Duration::from_millis(5);

const MOST: u128 = 4096;

impl Dispatcher {
    /// Gives tasks to workers that have room: first to those without any.
    pub(super) fn give(&mut self) {
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
}
