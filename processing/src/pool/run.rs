//! One run of a function over items: what its caller and the dispatcher share.

use std::collections::VecDeque;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::PoolError;
use super::message::Bytes;
use super::work::Parcel;
use crate::bag::Packed;

/// Items as bytes, each behind its length.
#[derive(Default)]
pub(super) struct Block {
    /// The number of the first item.
    pub(super) first: u64,
    pub(super) bytes: Vec<u8>,
    /// Where each item ends in `bytes`.
    pub(super) ends: Vec<usize>,
    /// The bytes of the one item stand here instead.
    pub(super) file: Option<OwnedFd>,
    /// How many bytes stand there.
    pub(super) large: usize,
    /// What travels beside the one item.
    pub(super) fds: Packed,
}

/// A part of a block that travels at once.
#[derive(Clone)]
pub(super) struct Segment {
    pub(super) block: Arc<Block>,
    pub(super) items: Range<usize>,
    /// How many attempts were begun before.
    pub(super) attempts: u32,
}

impl Segment {
    pub(super) fn bytes(&self) -> &[u8] {
        let end = |i: usize| self.block.ends.get(i).copied().unwrap_or(0);
        let start = if self.items.start == 0 { 0 } else { end(self.items.start - 1) };
        &self.block.bytes[start..if self.items.is_empty() { start } else { end(self.items.end - 1) }]
    }

    /// How many bytes it holds, here or in a file.
    fn weight(&self) -> usize {
        self.bytes().len() + self.block.large
    }

    /// Splits the first `n` items off, or as many as fit in `bytes`; at least one.
    fn split(&mut self, n: usize, bytes: usize) -> Segment {
        let Range { start, end } = self.items.clone();
        let ends = &self.block.ends[start..end];
        let base = if start == 0 { 0 } else { self.block.ends[start - 1] };
        let fit = ends.partition_point(|end| end - base <= bytes).clamp(1, n.clamp(1, end - start));
        self.items.start = start + fit;
        Segment { block: Arc::clone(&self.block), items: start..start + fit, attempts: self.attempts }
    }
}

/// What the dispatcher hands to the caller.
pub(super) enum Delivery {
    /// Results by item, in one buffer.
    Results {
        bytes: Bytes,
        entries: Vec<(u64, Range<usize>)>,
        fds: Vec<OwnedFd>,
    },
    Error(u64, PoolError),
}

/// How the items of a run are treated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) timeout: Option<Duration>,
    pub(super) attempts: u32,
    /// The least time between two starts.
    pub(super) interval: Option<Duration>,
}

pub(super) struct Run {
    pub(super) id: u64,
    pub(super) parcel: Parcel,
    pub(super) policy: Policy,
    /// Nanoseconds per task, lately; 0: not known.
    pace: AtomicU64,
    pub(super) cancelled: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    queue: VecDeque<Segment>,
    pub(super) queued: usize,
    pub(super) queued_bytes: usize,
    pub(super) deliveries: Vec<Delivery>,
    delivered: usize,
    /// How many results the caller waits for.
    want: usize,
    /// The caller waits for room in the queue below this.
    low: usize,
    pub(super) ended: Option<PoolError>,
    next_start: Option<Instant>,
}

impl Run {
    pub(super) fn new(id: u64, parcel: Parcel, policy: Policy) -> Run {
        let (pace, cancelled) = (AtomicU64::new(0), AtomicBool::new(false));
        Run { id, parcel, policy, pace, cancelled, state: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pace(&self) -> Option<Duration> {
        match self.pace.load(Ordering::Relaxed) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    pub(super) fn note_pace(&self, nanos: u64, tasks: usize) {
        let new = (nanos / tasks.max(1) as u64).max(1);
        let old = self.pace.load(Ordering::Relaxed);
        self.pace.store(
            if old == 0 { new } else { (old / 4 * 3).saturating_add(new / 4).max(1) },
            Ordering::Relaxed,
        );
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        let mut state = self.lock();
        state.queue.clear();
        (state.queued, state.queued_bytes) = (0, 0);
        self.changed.notify_all();
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Whether nothing of it will be done any more.
    pub(super) fn is_over(&self) -> bool {
        self.is_cancelled() || self.lock().ended.is_some()
    }

    pub(super) fn push(&self, block: Block) {
        let mut state = self.lock();
        if self.is_cancelled() || state.ended.is_some() {
            return;
        }
        state.queued += block.ends.len();
        state.queued_bytes += block.bytes.len() + block.large;
        let items = 0..block.ends.len();
        state.queue.push_back(Segment { block: Arc::new(block), items, attempts: 0 });
    }

    /// How many items wait for a worker, in how many bytes.
    pub(super) fn queued(&self) -> (usize, usize) {
        let state = self.lock();
        (state.queued, state.queued_bytes)
    }

    /// Takes up to `n` items for a worker; the instant, if it is not yet time.
    pub(super) fn take(&self, n: usize, bytes: usize) -> Result<Option<Segment>, Instant> {
        let mut state = self.lock();
        if state.queue.is_empty() {
            return Ok(None);
        }
        if let Some(interval) = self.policy.interval {
            let now = Instant::now();
            match state.next_start {
                Some(at) if at > now => return Err(at),
                at => {
                    state.next_start =
                        Some(at.unwrap_or(now).max(now - interval.min(Duration::from_millis(1))) + interval)
                }
            }
        }
        let Some(front) = state.queue.front_mut() else { return Ok(None) };
        let segment = front.split(n, bytes);
        if front.items.is_empty() {
            state.queue.pop_front();
        }
        state.queued -= segment.items.len();
        state.queued_bytes = state.queued_bytes.saturating_sub(segment.weight());
        Ok(Some(segment))
    }

    /// Puts items back to the front.
    pub(super) fn requeue(&self, segment: Segment) {
        let mut state = self.lock();
        if !segment.items.is_empty() && !self.is_cancelled() && state.ended.is_none() {
            state.queued += segment.items.len();
            state.queued_bytes += segment.weight();
            state.queue.push_front(segment);
        }
    }

    pub(super) fn deliver(&self, delivery: Delivery) {
        if self.is_cancelled() {
            return;
        }
        let mut state = self.lock();
        state.delivered += match &delivery {
            Delivery::Results { entries, .. } => entries.len(),
            Delivery::Error(..) => 1,
        };
        let urgent = matches!(delivery, Delivery::Error(..)) || state.delivered >= state.want;
        state.deliveries.push(delivery);
        if urgent || state.queued < state.low {
            self.changed.notify_all();
        }
    }

    /// Ends the run as a whole.
    pub(super) fn fail(&self, error: PoolError) {
        let mut state = self.lock();
        state.ended.get_or_insert(error);
        state.queue.clear();
        (state.queued, state.queued_bytes) = (0, 0);
        self.changed.notify_all();
    }

    /// Waits until `want` results are there, the queue is below `low`, or the run has ended; takes what there is.
    pub(super) fn collect(&self, want: usize, low: usize, into: &mut Vec<Delivery>) -> Result<(), PoolError> {
        let mut state = self.lock();
        loop {
            if state.delivered >= want
                || state.queued < low
                || state.ended.is_some()
                || self.is_cancelled()
                || state.deliveries.iter().any(|delivery| matches!(delivery, Delivery::Error(..)))
            {
                break;
            }
            (state.want, state.low) = (want, low);
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (state.want, state.low) = (usize::MAX, 0);
        state.delivered = 0;
        std::mem::swap(&mut state.deliveries, into);
        match &state.ended {
            Some(error) if into.is_empty() => Err(error.clone()),
            _ => Ok(()),
        }
    }
}
