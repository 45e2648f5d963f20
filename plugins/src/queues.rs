//! A queue.
//!
//! One end of a channel alone cannot travel: the other end would stay behind, in another process. What can is a
//! [`Queue`], which is both ends in one object, and what a receiver still holds, by [`Drained`](crate::Drained).

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use cerial::Cerial;

/// A queue between threads that can travel: both ends in one object, first in, first out.
///
/// Share it by `Arc<Queue<T>>`. Writing it writes the items that wait, in order, and keeps them; the queue that is read
/// is its own, with those items and the same capacity. Threads that wait do not travel.
///
/// ```
/// use cerial_plugins::Queue;
///
/// # fn main() -> cerial::Result<()> {
/// let queue = Queue::new();
/// queue.put(1);
/// queue.put(2);
/// let back: Queue<i32> = cerial::deserialize(&cerial::serialize(&queue)?)?;
/// assert_eq!((back.try_get(), back.try_get(), back.try_get()), (Some(1), Some(2), None));
/// assert_eq!(queue.len(), 2);
/// # Ok(()) }
/// ```
#[derive(Cerial, Debug)]
#[cerial(name = "cerial::Queue")]
pub struct Queue<T> {
    state: Mutex<Waiting<T>>,
    /// Something was put.
    #[cerial(skip)]
    put: Condvar,
    /// Something was taken.
    #[cerial(skip)]
    taken: Condvar,
}

#[derive(Cerial, Debug)]
#[cerial(name = "cerial::Queue.state")]
struct Waiting<T> {
    capacity: Option<u64>,
    items: VecDeque<T>,
}

impl<T> Waiting<T> {
    fn is_full(&self) -> bool {
        self.capacity.is_some_and(|most| self.items.len() as u64 >= most)
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Queue<T> {
        Queue::new()
    }
}

impl<T> Queue<T> {
    /// An empty queue of any length.
    pub const fn new() -> Queue<T> {
        Queue::with(None)
    }

    /// An empty queue that holds so many items at the most; 0 is taken for 1.
    pub const fn bounded(items: u64) -> Queue<T> {
        Queue::with(Some(if items == 0 { 1 } else { items }))
    }

    const fn with(capacity: Option<u64>) -> Queue<T> {
        Queue {
            state: Mutex::new(Waiting { capacity, items: VecDeque::new() }),
            put: Condvar::new(),
            taken: Condvar::new(),
        }
    }

    /// Puts an item at the end.
    ///
    /// # Blocking
    /// While the queue is full, without end.
    pub fn put(&self, item: T) {
        let mut state = self.lock();
        while state.is_full() {
            state = self.taken.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        state.items.push_back(item);
        self.put.notify_one();
    }

    /// Puts an item at the end, unless the queue is full: then gives it back.
    ///
    /// # Errors
    /// The item, where there is no room.
    pub fn try_put(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.is_full() {
            return Err(item);
        }
        state.items.push_back(item);
        self.put.notify_one();
        Ok(())
    }

    /// Takes the first item, if there is one.
    pub fn try_get(&self) -> Option<T> {
        let item = self.lock().items.pop_front();
        if item.is_some() {
            self.taken.notify_one();
        }
        item
    }

    /// Takes the first item.
    ///
    /// # Blocking
    /// While the queue is empty, up to `timeout`; `None` then.
    pub fn get(&self, timeout: Duration) -> Option<T> {
        let start = Instant::now();
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                self.taken.notify_one();
                return Some(item);
            }
            let left = timeout.checked_sub(start.elapsed())?;
            state = self.put.wait_timeout(state, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
    }

    /// How many items wait.
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether no item waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items it holds at the most, if that is limited.
    pub fn capacity(&self) -> Option<u64> {
        self.lock().capacity
    }

    /// No code of others runs under the lock but the drop of items: a poisoned lock still guards a whole queue.
    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
