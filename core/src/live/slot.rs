//! The place of a connection that may be missing: filled through a shared reference, used through a guard.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};

use crate::error::{Error, ErrorKind, Result};

/// A connection or its absence. A lock, because most connections are used through `&mut` and many are not `Sync`.
pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
    /// The thread that holds the lock, or 0: a second `get` on one thread is an error instead of a deadlock.
    owner: AtomicU64,
}

pub(super) struct State<T> {
    pub(super) live: Option<T>,
    /// What travels beside the recipe, until a connection took it over.
    pub(super) carried: Option<Vec<u8>>,
    /// Why the last attempt failed.
    pub(super) why: Option<String>,
}

/// A connection in use. Dropping it lets other threads at it.
pub struct LiveGuard<'a, T> {
    // Before the lock, so that it is cleared while the lock is still held.
    _owner: Owner<'a>,
    state: MutexGuard<'a, State<T>>,
}

struct Owner<'a>(&'a AtomicU64);

impl Drop for Owner<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// A number for this thread, never 0.
fn me() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local!(static ME: Cell<u64> = const { Cell::new(0) });
    ME.with(|me| {
        if me.get() == 0 {
            me.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        me.get()
    })
}

impl<T> Slot<T> {
    pub(super) fn new(live: Option<T>, carried: Option<Vec<u8>>) -> Slot<T> {
        Slot { state: Mutex::new(State { live, carried, why: None }), owner: AtomicU64::new(0) }
    }

    /// Takes the lock, waiting for other threads.
    pub(super) fn lock(&self) -> Result<LiveGuard<'_, T>> {
        if self.owner.load(Ordering::Relaxed) == me() {
            return Err(in_use());
        }
        Ok(self.guard(self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())))
    }

    /// Takes the lock if nobody holds it.
    pub(super) fn try_lock(&self) -> Option<LiveGuard<'_, T>> {
        match self.state.try_lock() {
            Ok(state) => Some(self.guard(state)),
            Err(TryLockError::Poisoned(poisoned)) => Some(self.guard(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn guard<'a>(&'a self, state: MutexGuard<'a, State<T>>) -> LiveGuard<'a, T> {
        self.owner.store(me(), Ordering::Relaxed);
        LiveGuard { _owner: Owner(&self.owner), state }
    }

    pub(super) fn get_mut(&mut self) -> &mut State<T> {
        self.state.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl<T> LiveGuard<'_, T> {
    pub(super) fn state(&mut self) -> &mut State<T> {
        &mut self.state
    }
}

impl<T> Deref for LiveGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.state.live.as_ref().expect("invariant: a guard that was handed out has a connection")
    }
}

impl<T> DerefMut for LiveGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.state.live.as_mut().expect("invariant: a guard that was handed out has a connection")
    }
}

impl<T> fmt::Debug for LiveGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Drivers print secrets with `{:?}`: not even their type is asked.
        f.write_str("LiveGuard(..)")
    }
}

#[cold]
fn in_use() -> Error {
    Error::new(ErrorKind::Unwritable, "the connection is in use by this thread already").with_help(
        "drop the guard of the first `get` before the next one; a guard lives to the end of its statement",
    )
}
