//! Channels and queues.
//!
//! One end of a channel alone cannot travel: the other end would stay behind, in another process. What can is a
//! [`Queue`], which is both ends in one object, and what a receiver still holds, by [`Drained`].

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, mpsc};
use std::time::{Duration, Instant};

use cerial::codec::{Codec, ReadCodec, Static};
use cerial::schema::{Kind, SchemaBuilder};
use cerial::{Cerial, Decode, Encode, Patcher, Reader, Result, Shape, Walker, Writer};

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
    pub fn try_put(&self, item: T) -> std::result::Result<(), T> {
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

/// A source of items that can be emptied without waiting, and made without any.
pub trait Drain: Sized {
    /// What comes out of it.
    type Item;
    /// Takes what is there now.
    fn take(&self) -> Option<Self::Item>;
    /// A source that has ended: no item will come.
    fn ended() -> Self;
}

impl<T> Drain for mpsc::Receiver<T> {
    type Item = T;
    fn take(&self) -> Option<T> {
        self.try_recv().ok()
    }
    fn ended() -> Self {
        mpsc::channel().1
    }
}

#[cfg(feature = "crossbeam-channel")]
impl<T> Drain for crossbeam_channel::Receiver<T> {
    type Item = T;
    fn take(&self) -> Option<T> {
        self.try_recv().ok()
    }
    fn ended() -> Self {
        crossbeam_channel::unbounded().1
    }
}

/// A receiver, by value, that travels as the items that it holds.
///
/// Writing it takes what has arrived out of the channel and keeps it here, so that nothing is lost and writing it
/// again gives the same; what arrives later is not in the bytes. The one that is read has those items and no sender.
///
/// ```
/// use cerial_plugins::Drained;
/// use std::sync::mpsc::{Receiver, channel};
///
/// # fn main() -> cerial::Result<()> {
/// let (sender, receiver) = channel();
/// sender.send("a".to_owned()).unwrap();
/// let drained = Drained::new(receiver);
/// let back: Drained<Receiver<String>> = cerial::deserialize(&cerial::serialize(&drained)?)?;
/// assert_eq!(back.next_now(), Some("a".to_owned()));
/// assert_eq!(back.next_now(), None);
/// assert_eq!(drained.next_now(), Some("a".to_owned()));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Drained<R: Drain> {
    source: R,
    /// Taken out of the source, in order, and not given out yet.
    taken: RefCell<VecDeque<R::Item>>,
}

impl<R: Drain> Drained<R> {
    /// Wraps a receiver.
    pub fn new(source: R) -> Drained<R> {
        Drained { source, taken: RefCell::default() }
    }

    /// The next item, if one has arrived.
    pub fn next_now(&self) -> Option<R::Item> {
        let mut taken = self.taken.borrow_mut();
        if taken.is_empty() { self.source.take() } else { taken.pop_front() }
    }

    /// The items that were taken out already, and the receiver with what comes after them.
    pub fn into_parts(self) -> (VecDeque<R::Item>, R) {
        (self.taken.into_inner(), self.source)
    }

    fn take_all(&self) -> std::cell::Ref<'_, VecDeque<R::Item>> {
        let mut arrived: VecDeque<R::Item> = std::iter::from_fn(|| self.source.take()).collect();
        self.taken.borrow_mut().append(&mut arrived);
        self.taken.borrow()
    }
}

/// The items' codec: a list.
fn items<T>() -> Static<VecDeque<T>> {
    Static::NEW
}

impl<R: Drain<Item: Encode>> Encode for Drained<R> {
    fn shape() -> Shape {
        items::<R::Item>().shape()
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        items::<R::Item>().schema(builder)
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        items().tail(&*self.take_all(), w)
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        items().walk(&*self.take_all(), walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        // Weak pointers wait in the items, which `read` left here.
        items().patch(self.taken.get_mut(), patcher);
    }
}

impl<'de, R: Drain<Item: Decode<'de>>> Decode<'de> for Drained<R> {
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<Drained<R>> {
        let taken = RefCell::new(items().read(head, r)?);
        Ok(Drained { source: R::ended(), taken })
    }
}
