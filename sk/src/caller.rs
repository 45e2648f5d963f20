//! Who calls a shared object.

use std::sync::atomic::{AtomicU64, Ordering};

/// A thread of a process, as an object that lives elsewhere can keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Caller {
    /// The process: [`Transport::process`](crate::Transport::process).
    pub process: u64,
    /// The thread, counted from 1 within the process; a number is never used again.
    pub thread: u64,
}

impl Caller {
    /// The calling thread, in a process that goes by this number.
    pub fn new(process: u64) -> Caller {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        thread_local! {
            static THREAD: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
        }
        Caller { process, thread: THREAD.with(|thread| *thread) }
    }
}
