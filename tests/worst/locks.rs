//! Locks, cells and atomics: free again, with what was in them; and what threads wait on.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicI8, AtomicI64, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, Once, OnceLock, RwLock};
use std::time::Duration;

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
pub struct Locks {
    mutex: Mutex<Vec<String>>,
    nested: Mutex<Option<Box<Mutex<u8>>>>,
    rwlock: RwLock<u64>,
    pair: (Arc<Mutex<u32>>, Arc<Mutex<u32>>),
    ready: (Mutex<bool>, Condvar),
    cell: Cell<i32>,
    refcell: RefCell<Vec<u8>>,
    shared: Rc<RefCell<u8>>,
    once: (Once, Once),
    once_cell: (OnceCell<String>, OnceCell<u8>),
    once_lock: (OnceLock<u16>, OnceLock<u16>),
    atomics: (AtomicBool, AtomicI8, AtomicU32, AtomicI64, AtomicUsize),
    cleared: Mutex<u8>,
    pooled: Arc<Mutex<Vec<u32>>>,
    #[cfg(feature = "parking_lot")]
    parking_lot: (parking_lot::Mutex<u8>, parking_lot::RwLock<String>),
    #[cfg(feature = "tokio")]
    tokio: (tokio::sync::Mutex<u8>, tokio::sync::RwLock<String>),
}

/// A lock that was poisoned, and put in order again.
fn cleared(value: u8) -> Mutex<u8> {
    let lock = Arc::new(Mutex::new(0));
    let poisoned = lock.clone();
    let thread = std::thread::Builder::new().name("poisons".into()).spawn(move || {
        let _guard = poisoned.lock();
        // Unlike `panic!`, this prints nothing.
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(thread.expect("a thread starts").join().is_err() && lock.is_poisoned());
    lock.clear_poison();
    let lock = Arc::into_inner(lock).expect("the thread is gone");
    *lock.lock().expect("it was cleared") = value;
    lock
}

impl Noun for Locks {
    const NAME: &'static str = "locks";

    fn new(cx: &mut Build) -> Locks {
        let pair = Arc::new(Mutex::new(cx.rng.u32(..)));
        let done = Once::new();
        done.call_once(|| {});
        Locks {
            mutex: Mutex::new(cx.some(4, |cx| cx.text(4))),
            nested: Mutex::new(Some(Box::new(Mutex::new(cx.rng.u8(..))))),
            rwlock: RwLock::new(cx.rng.u64(..)),
            pair: (pair.clone(), pair),
            ready: (Mutex::new(cx.rng.bool()), Condvar::new()),
            cell: Cell::new(cx.rng.i32(..)),
            refcell: RefCell::new(cx.some(9, |cx| cx.rng.u8(..))),
            shared: Rc::new(RefCell::new(cx.rng.u8(..))),
            once: (done, Once::new()),
            once_cell: (OnceCell::from(cx.text(3)), OnceCell::new()),
            once_lock: (OnceLock::from(cx.rng.u16(..)), OnceLock::new()),
            atomics: (
                AtomicBool::new(cx.rng.bool()),
                AtomicI8::new(cx.rng.i8(..)),
                AtomicU32::new(cx.rng.u32(..)),
                AtomicI64::new(cx.rng.i64(..)),
                AtomicUsize::new(cx.rng.usize(..)),
            ),
            cleared: cleared(cx.rng.u8(..)),
            pooled: cx.pool.lock.clone(),
            #[cfg(feature = "parking_lot")]
            parking_lot: (parking_lot::Mutex::new(cx.rng.u8(..)), parking_lot::RwLock::new(cx.text(3))),
            #[cfg(feature = "tokio")]
            tokio: (tokio::sync::Mutex::new(cx.rng.u8(..)), tokio::sync::RwLock::new(cx.text(3))),
        }
    }

    fn verify(&self, came: &Locks, checks: &mut Checks<'_>) {
        let now = Ordering::SeqCst;
        checks.that("mutex is free", came.mutex.try_lock().is_ok());
        checks.that("mutex excludes", {
            let _held = came.mutex.lock();
            came.mutex.try_lock().is_err()
        });
        checks.same("mutex", came.mutex.lock().ok().as_deref(), self.mutex.lock().ok().as_deref());
        let inner = |lock: &Locks| lock.nested.try_lock().ok()?.as_ref()?.try_lock().ok().map(|inner| *inner);
        checks.same("nested", inner(came), inner(self));
        checks.that("rwlock is free", came.rwlock.try_write().is_ok());
        checks.that("rwlock lets two read", {
            let _one = came.rwlock.read();
            came.rwlock.try_read().is_ok() && came.rwlock.try_write().is_err()
        });
        checks.same("rwlock", came.rwlock.read().ok().as_deref(), self.rwlock.read().ok().as_deref());
        *came.pair.0.lock().expect("it is not poisoned") ^= 5;
        let seen = self.pair.1.lock().map(|value| *value ^ 5).ok();
        checks.same("pair is one lock", came.pair.1.lock().map(|value| *value).ok(), seen);
        let (lock, condvar) = &came.ready;
        if let Some(guard) = checks.ok("ready is free", lock.try_lock()) {
            let waited = condvar.wait_timeout(guard, Duration::ZERO).map(|(_, waited)| waited.timed_out());
            checks.same("nobody notifies", waited.ok(), Some(true));
        }
        checks.same("cell", came.cell.get(), self.cell.get());
        checks.that("refcell is not borrowed", came.refcell.try_borrow_mut().is_ok());
        checks.same("refcell", &*came.refcell.borrow(), &*self.refcell.borrow());
        checks.same("shared", *came.shared.borrow(), *self.shared.borrow());
        checks.same("shared is alone", Rc::strong_count(&came.shared), 1);
        checks.same("once", (came.once.0.is_completed(), came.once.1.is_completed()), (true, false));
        let mut ran = false;
        came.once.1.call_once(|| ran = true);
        checks.that("once runs", ran);
        checks.same("once_cell", &came.once_cell, &self.once_cell);
        checks.same("once_cell fills", came.once_cell.1.get_or_init(|| 4), &4);
        checks.same("once_lock", came.once_lock.0.get(), self.once_lock.0.get());
        checks.that("once_lock is full", came.once_lock.0.set(1).is_err() && came.once_lock.1.set(1).is_ok());
        checks.same("bool", came.atomics.0.load(now), self.atomics.0.load(now));
        checks.same("i8", came.atomics.1.load(now), self.atomics.1.load(now));
        checks.same("u32", came.atomics.2.fetch_add(1, now), self.atomics.2.load(now));
        checks.same("i64", came.atomics.3.swap(0, now), self.atomics.3.load(now));
        checks.same("usize", came.atomics.4.load(now), self.atomics.4.load(now));
        checks.that("cleared is not poisoned", !came.cleared.is_poisoned());
        checks.same("cleared", came.cleared.lock().ok().as_deref(), self.cleared.lock().ok().as_deref());
        checks.that("pooled is the pool's", Arc::ptr_eq(&came.pooled, &checks.pool.lock));
        #[cfg(feature = "parking_lot")]
        {
            let held = |locks: &Locks| {
                locks
                    .parking_lot
                    .0
                    .try_lock()
                    .map(|l| *l)
                    .zip(locks.parking_lot.1.try_read().map(|l| l.clone()))
            };
            checks.same("parking_lot", held(came), held(self));
            checks.that("parking_lot is free", held(came).is_some());
        }
        #[cfg(feature = "tokio")]
        {
            let held = |locks: &Locks| {
                locks
                    .tokio
                    .0
                    .try_lock()
                    .map(|l| *l)
                    .ok()
                    .zip(locks.tokio.1.try_read().map(|l| l.clone()).ok())
            };
            checks.same("tokio", held(came), held(self));
            checks.that("tokio is free", held(came).is_some());
        }
    }
}
part!(Locks);
