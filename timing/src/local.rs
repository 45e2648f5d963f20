//! What each thread keeps of each timer: its running frames, and its handle on its buffer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::sample::Frame;
use crate::store::Buffer;

/// One thread's session with one timer.
pub(crate) struct Session {
    /// The timer's epoch when the frames were made; `reset` moves it on.
    epoch: u64,
    pub(crate) frames: Vec<Frame>,
    pub(crate) buffer: Arc<Buffer>,
}

struct Table {
    sessions: HashMap<u64, Session, BuildHasherDefault<IdHasher>>,
    /// Sessions with dropped timers are looked for at this size, and then at each doubling.
    sweep_at: usize,
}

const SWEEP: usize = 64;

thread_local! {
    static TABLE: RefCell<Table> = const {
        RefCell::new(Table { sessions: HashMap::with_hasher(BuildHasherDefault::new()), sweep_at: SWEEP })
    };
}

/// Runs `f` on this thread's session with timer `id`, made by `register` if there is none. None while the thread's
/// storage is being torn down. `f` must not call out: the table is borrowed.
#[inline]
pub(crate) fn with<R>(
    id: u64,
    epoch: u64,
    register: impl FnOnce() -> Arc<Buffer>,
    f: impl FnOnce(&mut Session) -> R,
) -> Option<R> {
    TABLE
        .try_with(|table| {
            let mut table = table.try_borrow_mut().ok()?;
            if let Some(session) = table.sessions.get_mut(&id) {
                if session.epoch != epoch {
                    session.frames.clear();
                    session.epoch = epoch;
                }
                return Some(f(session));
            }
            let mut session = Session { epoch, frames: Vec::new(), buffer: register() };
            let result = f(&mut session);
            table.insert(id, session);
            Some(result)
        })
        .ok()
        .flatten()
}

impl Table {
    #[cold]
    fn insert(&mut self, id: u64, session: Session) {
        if self.sessions.len() >= self.sweep_at {
            // a timer that was dropped has dropped its handle
            self.sessions.retain(|_, s| Arc::strong_count(&s.buffer) > 1);
            self.sweep_at = (self.sessions.len() * 2).max(SWEEP);
        }
        self.sessions.insert(id, session);
    }
}

/// Timer ids count up from 1: one multiplication spreads them over the table.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.write_u64(u64::from(*b));
        }
    }
    fn write_u64(&mut self, id: u64) {
        self.0 = (self.0 ^ id).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
