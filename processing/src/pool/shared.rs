//! What the handles of a pool and its dispatcher share.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::dispatcher::Dispatcher;
use super::error::{PoolError, PoolErrorKind};
use super::lane::Lane;
use super::run::{Policy, Run};
use super::work::{Initializer, Parcel};
use crate::os::fds;
use crate::raw::{StartError, Stdio};
use crate::sandbox::Sandbox;

/// How workers are made and used.
#[derive(Clone, Debug)]
pub(super) struct Workers {
    pub(super) count: usize,
    pub(super) sandbox: Sandbox,
    pub(super) stdout: Stdio,
    pub(super) stderr: Stdio,
    pub(super) initializer: Option<Initializer>,
    pub(super) max_tasks: Option<u64>,
}

/// How a pool is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// When the runs are over.
    Close,
    /// Runs are cancelled; workers that are idle are stopped, others ended soon.
    Drop,
    /// At once.
    Terminate,
}

/// The largest buffer that a pool keeps.
const SCRATCH: usize = 256 << 20;

#[derive(Default)]
pub(super) struct Mail {
    pub(super) runs: Vec<Arc<Run>>,
    pub(super) started: Vec<Result<Lane, StartError>>,
    pub(super) order: Option<Order>,
    dispatching: bool,
    pub(super) gone: bool,
}

pub(super) struct Shared {
    pub(super) workers: Workers,
    mail: Mutex<Mail>,
    ended: Condvar,
    signalled: AtomicBool,
    wake: Option<(OwnedFd, OwnedFd)>,
    /// Where a run writes large items, kept for the next one: fresh memory costs more than the copy.
    scratch: Mutex<Vec<u8>>,
    next_run: AtomicU64,
}

impl Shared {
    pub(super) fn new(workers: Workers) -> Shared {
        let wake = fds::pipe().and_then(|(reader, writer)| {
            rustix::io::ioctl_fionbio(&reader, true)?;
            rustix::io::ioctl_fionbio(&writer, true)?;
            Ok((reader, writer))
        });
        Shared {
            workers,
            mail: Mutex::default(),
            ended: Condvar::new(),
            signalled: AtomicBool::new(false),
            wake: wake.ok(),
            scratch: Mutex::default(),
            next_run: AtomicU64::new(0),
        }
    }

    pub(super) fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wake_fd(&self) -> Option<&OwnedFd> {
        self.wake.as_ref().map(|(reader, _)| reader)
    }

    /// Wakes the dispatcher.
    pub(super) fn wake(&self) {
        if !self.signalled.swap(true, Ordering::AcqRel)
            && let Some((_, writer)) = &self.wake
        {
            let _ = rustix::io::write(writer, b"w");
        }
    }

    /// The dispatcher is awake.
    pub(super) fn woken(&self) {
        if let Some((reader, _)) = &self.wake {
            let _ = rustix::io::read(reader, &mut [0; 64]);
        }
        self.signalled.store(false, Ordering::Release);
    }

    /// The buffer for large items, unless another run has it.
    pub(super) fn take_scratch(&self) -> Vec<u8> {
        std::mem::take(&mut *self.scratch.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn keep_scratch(&self, buffer: Vec<u8>) {
        if buffer.capacity() <= SCRATCH {
            *self.scratch.lock().unwrap_or_else(PoisonError::into_inner) = buffer;
        }
    }

    /// Begins a run.
    pub(super) fn submit(self: &Arc<Shared>, parcel: Parcel, policy: Policy) -> Result<Arc<Run>, PoolError> {
        let run = Arc::new(Run::new(self.next_run.fetch_add(1, Ordering::Relaxed), parcel, policy));
        let mut mail = self.mail();
        if mail.order.is_some() || mail.gone {
            return Err(PoolError::new(PoolErrorKind::Cancelled, "the pool was closed"));
        }
        if !mail.dispatching {
            let start = |error: io::Error| {
                PoolError::new(PoolErrorKind::Start, format!("no thread or descriptor for the pool: {error}"))
            };
            if self.wake.is_none() {
                return Err(start(rustix::io::Errno::MFILE.into()));
            }
            let shared = Arc::clone(self);
            std::thread::Builder::new()
                .name("suitkaise-pool".into())
                .spawn(move || Dispatcher::new(shared).live())
                .map_err(start)?;
            mail.dispatching = true;
        }
        mail.runs.push(Arc::clone(&run));
        drop(mail);
        self.wake();
        Ok(run)
    }

    /// Ends the pool, and waits for that.
    pub(super) fn end(&self, order: Order) {
        let mut mail = self.mail();
        mail.order = Some(match mail.order {
            Some(before) if before != Order::Close => before,
            _ => order,
        });
        if order == Order::Terminate {
            mail.order = Some(order);
        }
        drop(mail);
        self.wake();
        let mut mail = self.mail();
        while mail.dispatching && !mail.gone {
            mail = self.ended.wait(mail).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The dispatcher ends.
    pub(super) fn over(&self) {
        self.ended.notify_all();
    }
}
