//! The threads on which `timeout`, `background` and `asynced` run calls.
//!
//! A thread that has finished is kept for the next call; if none is free another one starts, so a call that is stuck
//! never holds up a later one. A thread that stays idle ends.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crate::spin::{Watched, spin_until};

/// How long an idle thread waits for work before it ends.
const KEEP: Duration = Duration::from_secs(10);

pub(crate) type Job = Box<dyn FnOnce(&Seat) + Send>;

/// One thread's place: where its next job is put.
pub(crate) struct Seat {
    job: Mutex<Option<Job>>,
    /// Whether a job is there, to be asked without the lock.
    ready: Watched,
    thread: OnceLock<Thread>,
    this: std::sync::Weak<Seat>,
}

static IDLE: Mutex<Vec<Arc<Seat>>> = Mutex::new(Vec::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the job on a kept thread, or on a new one.
///
/// The job calls [`Seat::rest`] when its work is done and before it tells anybody, so that whoever hears of it finds
/// this thread free. It must not unwind.
pub(crate) fn run(job: Job) -> io::Result<()> {
    let seat = lock(&IDLE).pop();
    if let Some(seat) = seat {
        *lock(&seat.job) = Some(job);
        seat.ready.0.store(true, Ordering::Release);
        // No system call while that thread still spins.
        if let Some(thread) = seat.thread.get() {
            thread.unpark();
        }
        return Ok(());
    }
    let seat = Arc::new_cyclic(|this| Seat {
        job: Mutex::new(Some(job)),
        ready: Watched(AtomicBool::new(true)),
        thread: OnceLock::new(),
        this: this.clone(),
    });
    std::thread::Builder::new().name("suitkaise-sk".into()).spawn(move || seat.work())?;
    Ok(())
}

impl Seat {
    /// Offers this thread for the next job.
    pub(crate) fn rest(&self) {
        if let Some(this) = self.this.upgrade() {
            lock(&IDLE).push(this);
        }
    }

    fn work(&self) {
        self.thread.get_or_init(std::thread::current);
        while let Some(job) = self.next() {
            job(self);
        }
    }

    fn next(&self) -> Option<Job> {
        spin_until(|| self.ready.0.load(Ordering::Acquire));
        let mut since = Instant::now();
        loop {
            if let Some(job) = lock(&self.job).take() {
                self.ready.0.store(false, Ordering::Relaxed);
                return Some(job);
            }
            std::thread::park_timeout(KEEP.saturating_sub(since.elapsed()));
            if since.elapsed() >= KEEP && !self.ready.0.load(Ordering::Acquire) {
                let mut idle = lock(&IDLE);
                let before = idle.len();
                idle.retain(|seat| !std::ptr::eq(&**seat, self));
                if idle.len() < before {
                    return None;
                }
                // Somebody has taken this seat off the list and is about to put a job on it.
                since = Instant::now();
            }
        }
    }
}
