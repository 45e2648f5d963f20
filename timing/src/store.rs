//! Where finished measurements live.
//!
//! Each thread writes to a [`Buffer`] of its own, so that threads never wait for each other; a reader collects all
//! buffers first, so it misses nothing that ended before it. Measurements stand in the order in which they ended. Lock
//! order: the store, then a buffer.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::sample::{Frame, Sample};
use crate::summary::{self, Summary};

/// Buffers of ended threads are looked for when there are this many, and then at each doubling.
const SWEEP: usize = 32;
/// A buffer that has grown beyond this gives its memory back when it is collected.
const KEPT_CAPACITY: usize = 1024;
/// Enough for a report's p50, p90, p95, p99, p99.9.
const KEPT_PERCENTILES: usize = 8;

/// The measurements one thread has made since they were last collected. Aligned so that two threads' buffers never
/// share a cache line (two lines are fetched at a time).
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Buffer(Mutex<VecDeque<Sample>>);

impl Buffer {
    /// Adds one, and drops the oldest beyond `window`: the series will not keep more of this thread either.
    #[inline]
    pub(crate) fn push(&self, sample: Sample, window: usize) {
        let mut samples = lock(&self.0);
        if samples.len() >= window {
            samples.pop_front();
        }
        samples.push_back(sample);
    }
}

/// Stacks of frames, by process and thread; a stack is never empty.
pub(crate) type Sessions = BTreeMap<(u64, u64), Vec<Frame<u64>>>;

#[derive(Debug)]
pub(crate) struct Store {
    samples: VecDeque<Sample>,
    buffers: Vec<Arc<Buffer>>,
    sweep_at: usize,
    /// Of `samples` as they are; None after a change.
    summary: Option<Summary>,
    /// The percentiles asked for since the last change, with their answers; the oldest question goes first.
    percentiles: VecDeque<(f64, Duration)>,
    /// Running measurements of threads that share the timer from other processes.
    pub(crate) sessions: Sessions,
    pub(crate) max_times: Option<usize>,
    pub(crate) original_start_time: Option<SystemTime>,
}

impl Store {
    pub(crate) const fn new() -> Store {
        Store {
            samples: VecDeque::new(),
            buffers: Vec::new(),
            sweep_at: SWEEP,
            summary: None,
            percentiles: VecDeque::new(),
            sessions: Sessions::new(),
            max_times: None,
            original_start_time: None,
        }
    }

    /// A buffer for a thread that is new to this timer.
    pub(crate) fn register(&mut self) -> Arc<Buffer> {
        if self.buffers.len() >= self.sweep_at {
            // a thread that has ended has dropped its handle
            self.collect();
            self.buffers.retain(|b| Arc::strong_count(b) > 1);
            self.sweep_at = (self.buffers.len() * 2).max(SWEEP);
        }
        let buffer = Arc::new(Buffer::default());
        self.buffers.push(Arc::clone(&buffer));
        buffer
    }

    /// Moves every thread's measurements in.
    pub(crate) fn collect(&mut self) {
        let mut batch = Vec::new();
        for buffer in &self.buffers {
            let mut samples = lock(&buffer.0);
            if samples.capacity() > KEPT_CAPACITY {
                batch.extend(std::mem::take(&mut *samples));
            } else {
                batch.extend(samples.drain(..));
            }
        }
        // a run per thread: the sort merges them
        batch.sort_by_key(|s| s.at);
        self.merge(&batch);
    }

    /// `batch` is sorted. The store already holds what ended before the last reader came, so their ends overlap only
    /// where a measurement was being recorded just then.
    fn merge(&mut self, batch: &[Sample]) {
        let Some(first) = batch.first() else { return };
        self.changed();
        let keep = match self.samples.back() {
            Some(last) if last.at > first.at => self.samples.partition_point(|s| s.at <= first.at),
            _ => self.samples.len(),
        };
        if keep == self.samples.len() {
            self.samples.extend(batch);
            return self.trim();
        }
        let mut tail = self.samples.split_off(keep).into_iter().peekable();
        for sample in batch {
            while let Some(earlier) = tail.next_if(|s| s.at <= sample.at) {
                self.samples.push_back(earlier);
            }
            self.samples.push_back(*sample);
        }
        self.samples.extend(tail);
        self.trim();
    }

    /// Drops the oldest until the rolling window holds.
    pub(crate) fn trim(&mut self) {
        if let Some(max) = self.max_times {
            let excess = self.samples.len().saturating_sub(max);
            if excess > 0 {
                self.changed();
                self.samples.drain(..excess);
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        for buffer in &self.buffers {
            lock(&buffer.0).clear();
        }
        self.samples.clear();
        self.sessions.clear();
        self.changed();
        self.original_start_time = None;
    }

    pub(crate) fn extend(&mut self, samples: impl IntoIterator<Item = Sample>) {
        self.changed();
        self.samples.extend(samples);
        self.trim();
    }

    /// One pass over the series, unless nothing has been recorded since the last one.
    pub(crate) fn summary(&mut self) -> Summary {
        self.collect();
        // One slice: the pass over it is a plain loop.
        let samples = self.samples.make_contiguous();
        *self.summary.get_or_insert_with(|| Summary::of(samples.iter().map(|s| (s.time, s.paused))))
    }

    /// A selection in linear time, unless it was asked and nothing has been recorded since.
    pub(crate) fn percentile(&mut self, percent: f64) -> Option<Duration> {
        self.collect();
        if let Some((_, time)) = self.percentiles.iter().find(|(asked, _)| *asked == percent) {
            return Some(*time);
        }
        let time = summary::percentile(self.samples.iter().map(|s| s.time).collect(), percent)?;
        if self.percentiles.len() == KEPT_PERCENTILES {
            self.percentiles.pop_front();
        }
        self.percentiles.push_back((percent, time));
        Some(time)
    }

    fn changed(&mut self) {
        self.summary = None;
        self.percentiles.clear();
    }

    /// All of them, oldest first.
    pub(crate) fn samples(&mut self) -> &[Sample] {
        self.collect();
        self.samples.make_contiguous()
    }
}

/// No caller's code runs under these locks, so a poisoned one still holds whole data.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
