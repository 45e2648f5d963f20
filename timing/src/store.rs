//! Where finished measurements live.
//!
//! Each thread writes to a [`Buffer`] of its own and moves it into the [`Store`] when it is full, so that threads do not
//! contend for the store; a reader collects all buffers first, so it misses nothing that ended before it. Measurements
//! stand in the order in which they ended. Lock order: the store, then a buffer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::sample::Sample;
use crate::summary::Summary;

/// A buffer is moved into the store at this length.
const BATCH: usize = 64;
/// Buffers of ended threads are looked for when there are this many, and then at each doubling.
const SWEEP: usize = 32;

/// The measurements one thread has made since they were last collected. Aligned so that two threads' buffers never
/// share a cache line (two lines are fetched at a time).
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Buffer(Mutex<Vec<Sample>>);

impl Buffer {
    /// Adds one; true when the buffer should be moved to the store.
    #[inline]
    pub(crate) fn push(&self, sample: Sample) -> bool {
        let mut samples = lock(&self.0);
        samples.push(sample);
        samples.len() >= BATCH
    }
}

#[derive(Debug)]
pub(crate) struct Store {
    samples: VecDeque<Sample>,
    buffers: Vec<Arc<Buffer>>,
    sweep_at: usize,
    /// Of `samples` as they are; None after a change.
    summary: Option<Summary>,
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

    /// Moves one thread's measurements in.
    pub(crate) fn flush(&mut self, buffer: &Buffer) {
        let mut batch = lock(&buffer.0);
        self.merge(&batch);
        batch.clear();
    }

    /// Moves every thread's measurements in.
    pub(crate) fn collect(&mut self) {
        let mut batch = Vec::new();
        for buffer in &self.buffers {
            batch.append(&mut lock(&buffer.0));
        }
        batch.sort_by_key(|s| s.at);
        self.merge(&batch);
    }

    /// `batch` is sorted. Only the part of the store that ended after its first one is touched: what the other threads
    /// recorded since this one's last flush, so each measurement is moved at most once per thread.
    fn merge(&mut self, batch: &[Sample]) {
        let Some(first) = batch.first() else { return };
        self.summary = None;
        let keep = match self.samples.back() {
            Some(last) if last.at > first.at => self.samples.partition_point(|s| s.at <= first.at),
            _ => self.samples.len(),
        };
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
                self.summary = None;
                self.samples.drain(..excess);
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        for buffer in &self.buffers {
            lock(&buffer.0).clear();
        }
        self.samples.clear();
        self.summary = None;
        self.original_start_time = None;
    }

    pub(crate) fn extend(&mut self, samples: impl IntoIterator<Item = Sample>) {
        self.summary = None;
        self.samples.extend(samples);
        self.trim();
    }

    /// One pass over the series, unless nothing has been recorded since the last one.
    pub(crate) fn summary(&mut self) -> Summary {
        self.collect();
        let samples = &self.samples;
        *self.summary.get_or_insert_with(|| Summary::of(samples.iter().map(|s| (s.time, s.paused))))
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
