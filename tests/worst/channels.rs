//! Queues and receivers: empty, in part, full.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use suitkaise::{Cerial, Drained, Queue};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
pub struct Channels {
    empty: Queue<String>,
    part: Queue<(u8, String)>,
    full: Queue<u32>,
    of_queues: Queue<Arc<Queue<u8>>>,
    shared: (Arc<Queue<u8>>, Arc<Queue<u8>>),
    received: Drained<mpsc::Receiver<String>>,
    nothing: Drained<mpsc::Receiver<u8>>,
    many: Vec<Drained<mpsc::Receiver<u16>>>,
    #[cfg(feature = "crossbeam-channel")]
    crossbeam: Drained<crossbeam_channel::Receiver<u64>>,
}

/// A receiver whose sender is gone, with these items.
fn receiver<T>(items: Vec<T>) -> Drained<mpsc::Receiver<T>> {
    let (sender, receiver) = mpsc::channel();
    for item in items {
        sender.send(item).expect("the receiver is there");
    }
    Drained::new(receiver)
}

fn queue<T>(queue: Queue<T>, items: Vec<T>) -> Queue<T> {
    items.into_iter().for_each(|item| queue.put(item));
    queue
}

/// Empties a receiver.
fn rest<T>(receiver: &Drained<mpsc::Receiver<T>>) -> Vec<T> {
    std::iter::from_fn(|| receiver.next_now()).collect()
}

impl Noun for Channels {
    const NAME: &'static str = "channels";

    fn new(cx: &mut Build) -> Channels {
        let items = cx.some(6, |cx| (cx.rng.u8(..), cx.text(4)));
        let (pooled, full) = (cx.pool.queue.clone(), cx.rng.u32(1..9));
        Channels {
            empty: Queue::new(),
            part: queue(Queue::bounded(10), items),
            full: queue(Queue::bounded(full.into()), (0..full).collect()),
            of_queues: queue(Queue::new(), vec![pooled.clone(), Arc::new(Queue::new())]),
            shared: (pooled.clone(), pooled),
            received: receiver(cx.some(6, |cx| cx.text(4))),
            nothing: receiver(vec![]),
            many: cx.some(3, |cx| receiver(cx.some(4, |cx| cx.rng.u16(..)))),
            #[cfg(feature = "crossbeam-channel")]
            crossbeam: {
                let (sender, receiver) = crossbeam_channel::unbounded();
                for _ in 0..cx.rng.u8(..5) {
                    sender.send(cx.rng.u64(..)).expect("the receiver is there");
                }
                Drained::new(receiver)
            },
        }
    }

    /// Puts back what it takes out of `self`'s queues by taking none: those of `came` are emptied.
    fn verify(&self, came: &Channels, checks: &mut Checks<'_>) {
        checks.that("empty", came.empty.is_empty() && came.empty.get(Duration::ZERO).is_none());
        came.empty.put("x".into());
        checks.same("empty takes", came.empty.try_get().as_deref(), Some("x"));
        checks.same("part's capacity", came.part.capacity(), Some(10));
        checks.same("part's length", came.part.len(), self.part.len());
        for _ in 0..self.part.len() {
            let sent = self.part.try_get();
            checks.same("part", came.part.try_get(), sent.clone());
            sent.into_iter().for_each(|item| self.part.put(item));
        }
        checks.that("full is full", came.full.try_put(0).is_err());
        let items: Vec<_> = std::iter::from_fn(|| came.full.try_get()).collect();
        checks.same("full", items, (0..self.full.len() as u32).collect());
        checks.that("full has room", came.full.try_put(0).is_ok());
        let first = came.of_queues.try_get();
        checks.that("a queue in a queue", first.is_some_and(|queue| Arc::ptr_eq(&queue, &checks.pool.queue)));
        checks.that("shared is one", Arc::ptr_eq(&came.shared.0, &came.shared.1));
        came.shared.0.put(99);
        checks.same("both ends are one", came.shared.1.len(), self.shared.0.len() + 1);
        checks.same("received", rest(&came.received), repeatable(&self.received));
        checks.same("nothing", came.nothing.next_now(), None);
        checks.same("many", came.many.len(), self.many.len());
        for (came, sent) in came.many.iter().zip(&self.many) {
            checks.same("one of many", rest(came), repeatable(sent));
        }
        #[cfg(feature = "crossbeam-channel")]
        {
            let copy: Drained<crossbeam_channel::Receiver<u64>> = again(&self.crossbeam);
            let all =
                |receiver: &Drained<_>| std::iter::from_fn(|| receiver.next_now()).collect::<Vec<u64>>();
            checks.same("crossbeam", all(&came.crossbeam), all(&copy));
        }
    }
}
part!(Channels);

/// What a receiver holds, which keeps it.
fn repeatable<T: Cerial>(receiver: &Drained<mpsc::Receiver<T>>) -> Vec<T> {
    rest(&again(receiver))
}

/// Writing a receiver keeps what it holds: the way to look at it twice.
fn again<T: Cerial>(value: &T) -> T {
    let bytes = suitkaise::serialize(value).expect("it can be written");
    suitkaise::deserialize(&bytes).expect("it can be read")
}
