//! The caller's side of a run: takes items as they are needed, gives results as they come.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cerial::Cerial;

use super::error::{PoolError, PoolErrorKind};
use super::message::{INLINE, to_file};
use super::pool::Keep;
use super::progress::Watch;
use super::run::{Block, Delivery, Run};
use super::trace::Trace;
use super::work::Of;
use crate::bag;
use crate::peer::OPTIONS;

/// Work that is kept ready per worker.
const READY: Duration = Duration::from_micros(400);

/// Bytes that are kept ready, unless few items are more.
const READY_BYTES: usize = 8 << 20;

/// How many results of a `map` are taken at once.
pub(super) const BATCH: usize = 2048;

/// The results of a run, one after the other. Dropping it cancels what is left of the run.
///
/// It takes items from the input as workers need them and holds a bounded number of them, so the input may be endless.
/// After an error of a single item it goes on; after an error of the whole run it ends.
pub struct Results<I: Iterator, R> {
    keep: Arc<Keep>,
    run: Arc<Run>,
    items: Option<I>,
    ordered: bool,
    bounded: bool,
    /// How many results are worth a wake.
    batch: usize,
    /// The number of the next item of the input.
    next: u64,
    /// Items that workers have to do.
    outstanding: usize,
    given: u64,
    /// In input order: the results from `given` on.
    slots: VecDeque<Option<Result<R, PoolError>>>,
    ready: VecDeque<Result<R, PoolError>>,
    deliveries: Vec<Delivery>,
    /// Where large items are written.
    scratch: Vec<u8>,
    watch: Option<Watch>,
    trace: Trace,
    over: bool,
    types: Of<R>,
}

impl<I, R> Results<I, R>
where
    I: Iterator<Item: Cerial>,
    R: Cerial,
{
    pub(super) fn new(keep: Arc<Keep>, run: Arc<Run>, items: I, ordered: bool, watch: Option<Watch>) -> Self {
        let trace = Trace::begin(run.parcel.name, keep.shared.workers.count);
        let scratch = keep.shared.take_scratch();
        Results {
            keep,
            run,
            items: Some(items),
            ordered,
            bounded: true,
            batch: 1,
            next: 0,
            outstanding: 0,
            given: 0,
            slots: VecDeque::new(),
            ready: VecDeque::new(),
            deliveries: Vec::new(),
            scratch,
            watch,
            trace,
            over: false,
            types: Of::default(),
        }
    }

    /// What cancels it from elsewhere.
    pub(super) fn parts(&self) -> (Arc<Run>, Arc<Keep>) {
        (Arc::clone(&self.run), Arc::clone(&self.keep))
    }

    /// All results, or the first error.
    pub(super) fn gather(mut self) -> Result<Vec<R>, PoolError> {
        self.bounded = false;
        self.batch = BATCH;
        let mut out =
            Vec::with_capacity(self.items.as_ref().map_or(0, |items| items.size_hint().0.min(1 << 16)));
        for result in self {
            out.push(result?);
        }
        Ok(out)
    }

    /// Items to keep ready for the workers.
    fn ahead(&self) -> usize {
        let workers = self.keep.shared.workers.count;
        let each = self
            .run
            .pace()
            .map_or(1, |pace| (READY.as_nanos() / pace.as_nanos().max(1)).min(16 << 10) as usize);
        workers * each.max(2)
    }

    /// Takes items until enough is ready; how low the queue may get before that is to be done again.
    fn fill(&mut self) -> usize {
        let ahead = self.ahead();
        let few = 2 * self.keep.shared.workers.count;
        loop {
            // What is pushed to a run that is over never stands in its queue.
            if self.items.is_none() || self.run.is_over() {
                return 0;
            }
            let held = usize::try_from(self.next - self.given).unwrap_or(usize::MAX);
            let room = if self.bounded { (4 * ahead).saturating_sub(held) } else { usize::MAX };
            if room == 0 {
                return 0;
            }
            let (queued, bytes) = self.run.queued();
            if queued >= ahead || (queued >= few && bytes >= READY_BYTES) {
                return (ahead / 2).max(1).min(queued);
            }
            self.push((ahead - queued).min(room));
            self.keep.shared.wake();
        }
    }

    /// Takes up to `n` items. What is large is written into a buffer that is used again: fresh memory costs more than the
    /// copy.
    fn push(&mut self, n: usize) {
        let bytes = std::mem::take(&mut self.scratch);
        let mut block = Block { first: self.next, bytes, ..Block::default() };
        for _ in 0..n {
            let Some(item) = self.items.as_mut().and_then(Iterator::next) else {
                self.items = None;
                break;
            };
            let start = block.bytes.len();
            block.bytes.extend_from_slice(&[0; 4]);
            let (written, packed) = bag::pack(|| OPTIONS.serialize_into(&item, &mut block.bytes));
            drop(item);
            let len = u32::try_from(block.bytes.len() - start - 4);
            let number = self.next;
            self.next += 1;
            let problem = match (written, len) {
                (Ok(()), Ok(len)) => {
                    block.bytes[start..start + 4].copy_from_slice(&len.to_le_bytes());
                    None
                }
                (Ok(()), Err(_)) => Some("it has more than 4 GiB".to_owned()),
                (Err(error), _) => Some(error.to_string()),
            };
            let large = block.bytes.len() - start > INLINE || !packed.is_empty();
            if problem.is_none() && !large {
                block.ends.push(block.bytes.len());
                if block.bytes.len() < READY_BYTES {
                    continue;
                }
            }
            // The block ends here; what follows stands in the next one.
            let next = Block { first: self.next, ..Block::default() };
            let mut before = std::mem::replace(&mut block, next);
            let mut alone = std::mem::take(&mut before.bytes);
            before.bytes = alone[..start].to_vec();
            self.send(before);
            if let Some(said) = problem {
                self.put(number, Err(PoolError::item(PoolErrorKind::Item, number, 0, vec![said])));
            } else if large {
                match to_file(&alone[start..]) {
                    Err(error) => {
                        let said = format!("no memory for its {} bytes: {error}", alone.len() - start);
                        self.put(number, Err(PoolError::item(PoolErrorKind::Item, number, 0, vec![said])));
                    }
                    Ok(file) => {
                        let bytes = if file.is_some() { Vec::new() } else { alone[start..].to_vec() };
                        let ends = vec![bytes.len()];
                        let large = alone.len() - start;
                        self.send(Block { first: number, bytes, ends, file, large, fds: packed });
                    }
                }
                alone.clear();
                block.bytes = alone;
            }
        }
        self.send(block);
    }

    fn send(&mut self, mut block: Block) {
        if block.bytes.capacity() > 2 * READY_BYTES {
            let few = block.bytes.to_vec();
            self.scratch = std::mem::replace(&mut block.bytes, few);
            self.scratch.clear();
        }
        if !block.ends.is_empty() {
            self.outstanding += block.ends.len();
            self.run.push(block);
        }
    }

    fn put(&mut self, number: u64, result: Result<R, PoolError>) {
        if let Err(error) = &result {
            self.trace.failed(error);
        }
        if !self.ordered {
            return self.ready.push_back(result);
        }
        let Ok(at) = usize::try_from(number - self.given) else { return };
        if at >= self.slots.len() {
            self.slots.resize_with(at + 1, || None);
        }
        self.slots[at] = Some(result);
    }

    fn take(&mut self) -> Option<Result<R, PoolError>> {
        let result = if self.ordered {
            if self.slots.front()?.is_none() {
                return None;
            }
            self.slots.pop_front().flatten()
        } else {
            self.ready.pop_front()
        };
        self.given += u64::from(result.is_some());
        result
    }

    fn decode(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Error(number, error) => {
                self.outstanding -= 1;
                self.put(number, Err(error));
            }
            Delivery::Results { bytes, entries, fds } => {
                self.outstanding -= entries.len();
                let mut fds = fds;
                for (number, range) in entries {
                    // Only a result that travels alone has descriptors.
                    let fds = std::mem::take(&mut fds);
                    let result = bag::unpack(fds, || OPTIONS.deserialize(&bytes[range]));
                    let result = result.map_err(|error| {
                        PoolError::item(PoolErrorKind::Output, number, 1, vec![error.to_string()])
                    });
                    self.put(number, result);
                }
            }
        }
    }
}

impl<I, R> Iterator for Results<I, R>
where
    I: Iterator<Item: Cerial>,
    R: Cerial,
{
    type Item = Result<R, PoolError>;

    fn next(&mut self) -> Option<Result<R, PoolError>> {
        loop {
            if let Some(result) = self.take() {
                if let Some(watch) = &mut self.watch {
                    watch.step();
                }
                return Some(result);
            }
            if self.over {
                return None;
            }
            let low = self.fill();
            if self.outstanding == 0 {
                let ready = if self.ordered {
                    self.slots.front().is_some_and(Option::is_some)
                } else {
                    !self.ready.is_empty()
                };
                if ready {
                    continue;
                }
                if self.items.is_none() {
                    self.over = true;
                    if let Some(watch) = &mut self.watch {
                        watch.finish();
                    }
                    return None;
                }
            }
            let mut deliveries = std::mem::take(&mut self.deliveries);
            let collected = self.run.collect(self.batch.min(self.outstanding.max(1)), low, &mut deliveries);
            for delivery in deliveries.drain(..) {
                self.decode(delivery);
            }
            self.deliveries = deliveries;
            if let Err(error) = collected {
                self.over = true;
                self.trace.failed(&error);
                return Some(Err(error));
            }
            if self.run.is_cancelled() {
                self.over = true;
                return Some(Err(PoolError::new(PoolErrorKind::Cancelled, "the run was cancelled")));
            }
        }
    }
}

impl<I: Iterator, R> fmt::Debug for Results<I, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results")
            .field("function", &self.run.parcel.name)
            .field("given", &self.given)
            .field("outstanding", &self.outstanding)
            .finish_non_exhaustive()
    }
}

impl<I: Iterator, R> Drop for Results<I, R> {
    fn drop(&mut self) {
        if self.scratch.capacity() > 0 {
            self.keep.shared.keep_scratch(std::mem::take(&mut self.scratch));
        }
        self.trace.end(self.given);
        self.run.cancel();
        self.keep.shared.wake();
    }
}
