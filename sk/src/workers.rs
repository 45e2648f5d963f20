//! The threads on which `timeout`, `background` and `asynced` run calls.
//!
//! A thread that has finished is kept for the next call; if none is free another one starts, so a call that is stuck
//! never holds up a later one. A thread that stays idle ends.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long an idle thread waits for work before it ends.
const KEEP: Duration = Duration::from_secs(10);

pub(crate) type Job = Box<dyn FnOnce(&Seat) + Send>;

/// One thread's place: where its next job is put.
pub(crate) struct Seat {
    job: Mutex<Option<Job>>,
    ready: Condvar,
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
        seat.ready.notify_one();
        return Ok(());
    }
    let seat = Arc::new_cyclic(|this| Seat {
        job: Mutex::new(Some(job)),
        ready: Condvar::new(),
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
        while let Some(job) = self.next() {
            job(self);
        }
    }

    fn next(&self) -> Option<Job> {
        let mut job = lock(&self.job);
        loop {
            if let Some(job) = job.take() {
                return Some(job);
            }
            let waited = self.ready.wait_timeout(job, KEEP).unwrap_or_else(PoisonError::into_inner);
            job = waited.0;
            if waited.1.timed_out() && job.is_none() {
                // The seat's own lock is never held while the list's is taken: `run` takes them the other way round.
                drop(job);
                let mut idle = lock(&IDLE);
                let before = idle.len();
                idle.retain(|seat| !std::ptr::eq(&**seat, self));
                if idle.len() < before {
                    return None;
                }
                drop(idle);
                // Somebody has taken this seat off the list and is about to put a job on it.
                job = lock(&self.job);
            }
        }
    }
}
