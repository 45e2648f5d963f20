//! Objects that many places of the graph share.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use suitkaise::{Cerial, Queue};

use crate::build::text;
use crate::checks::Checks;
use crate::objects::{Shape, Square};

/// One of each kind. A clone is a second pointer to all of them.
#[derive(Cerial, Clone)]
pub struct Pool {
    pub text: Rc<str>,
    pub bytes: Arc<[u8]>,
    pub lock: Arc<Mutex<Vec<u32>>>,
    pub cell: Rc<RefCell<String>>,
    pub shape: Rc<dyn Shape>,
    pub counter: Arc<AtomicU64>,
    pub queue: Arc<Queue<u8>>,
    pub pattern: Rc<regex::Regex>,
}

impl Pool {
    pub fn new(rng: &mut fastrand::Rng) -> Pool {
        let queue = Queue::new();
        (0..rng.u8(..5)).for_each(|item| queue.put(item));
        Pool {
            text: text(rng, 20).into(),
            bytes: (0..rng.usize(..40)).map(|_| rng.u8(..)).collect(),
            lock: Arc::new(Mutex::new((0..rng.u32(..9)).collect())),
            cell: Rc::new(RefCell::new(text(rng, 9))),
            shape: Rc::new(Square(rng.f64())),
            counter: Arc::new(AtomicU64::new(rng.u64(..))),
            queue: Arc::new(queue),
            pattern: Rc::new(regex::Regex::new(&format!("x{{{}}}", rng.u8(1..9))).expect("a pattern")),
        }
    }

    /// Compares the content of each object.
    pub fn verify(&self, came: &Pool, checks: &mut Checks<'_>) {
        checks.same("text", &*came.text, &*self.text);
        checks.same("bytes", &*came.bytes, &*self.bytes);
        let lock = came.lock.try_lock();
        checks.that("lock is free", lock.is_ok());
        checks.same("lock", lock.ok().map(|l| l.clone()), self.lock.try_lock().ok().map(|l| l.clone()));
        checks.same("cell", came.cell.borrow().clone(), self.cell.borrow().clone());
        checks.same("shape", came.shape.area(), self.shape.area());
        checks.same("counter", came.counter.load(Ordering::SeqCst), self.counter.load(Ordering::SeqCst));
        came.counter.fetch_add(1, Ordering::SeqCst);
        checks.that(
            "counter counts",
            came.counter.load(Ordering::SeqCst) != self.counter.load(Ordering::SeqCst),
        );
        came.counter.fetch_sub(1, Ordering::SeqCst);
        checks.same("queue", came.queue.len(), self.queue.len());
        let words = ["x", "xxx", "xxxxxxxxx"];
        let found = |pattern: &regex::Regex| words.map(|word| pattern.is_match(word));
        checks.same("pattern", found(&came.pattern), found(&self.pattern));
    }
}
