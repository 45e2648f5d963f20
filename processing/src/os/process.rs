//! A child process: its end, its signals, and the one place that reaps it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

use crate::deadline::Deadline;
use crate::os::poll;

/// How many children run or wait to be reaped; read by the signal handler.
pub(crate) static LIVE: AtomicUsize = AtomicUsize::new(0);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Code(i32),
    Signal {
        number: i32,
        core: bool,
    },
    /// Someone else reaped it (`SIGCHLD` ignored, or a foreign `waitpid(-1)`).
    Lost,
}

/// How the descriptor that tells the end relates to the process.
#[derive(Debug)]
pub(crate) enum Watch {
    /// A pidfd: readable once the process ended, reaped or not.
    #[cfg(target_os = "linux")]
    Pidfd(OwnedFd),
    /// A pipe whose writing end is dropped once the process ended.
    Pipe(OwnedFd),
}

/// A child of this process. Whoever notices the end first reaps it, under the lock; a signal is sent under the same
/// lock and only to a process that is not reaped, so that a reused pid is never hit.
#[derive(Debug)]
pub(crate) struct Process {
    pid: Pid,
    own_group: bool,
    watch: Watch,
    exit: Mutex<Option<Exit>>,
}

impl Process {
    pub(crate) fn new(pid: Pid, own_group: bool, watch: Watch) -> Self {
        LIVE.fetch_add(1, Ordering::SeqCst);
        Self { pid, own_group, watch, exit: Mutex::new(None) }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Readable once the process ended.
    pub(crate) fn exit_fd(&self) -> BorrowedFd<'_> {
        match &self.watch {
            #[cfg(target_os = "linux")]
            Watch::Pidfd(fd) => fd.as_fd(),
            Watch::Pipe(fd) => fd.as_fd(),
        }
    }

    /// Reaps the process if it has ended. Its group dies first: until then the pid, and so the group's id, is reserved.
    pub(crate) fn collect(&self) -> Option<Exit> {
        let mut exit = self.lock();
        if exit.is_none() {
            let nothing = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            let status = match self.waitid(nothing | WaitIdOptions::NOWAIT) {
                Ok(None) | Err(Errno::INTR) => return None,
                Ok(Some(_)) => {
                    if self.own_group {
                        let _ = kill_process_group(self.pid, Signal::KILL);
                    }
                    self.waitid(nothing)
                }
                Err(errno) => Err(errno),
            };
            *exit = Some(match status {
                Ok(Some(status)) if status.exited() => Exit::Code(status.exit_status().unwrap_or(0)),
                Ok(Some(status)) => {
                    Exit::Signal { number: status.terminating_signal().unwrap_or(0), core: status.dumped() }
                }
                Ok(None) | Err(_) => Exit::Lost,
            });
            LIVE.fetch_sub(1, Ordering::SeqCst);
        }
        *exit
    }

    /// Whether the process is on its way out, by itself or by a signal that it has got, and has only to be reaped.
    /// `false` where the system does not tell.
    pub(crate) fn is_ending(&self) -> bool {
        let exit = self.lock();
        #[cfg(target_os = "linux")]
        return exit.is_some() || crate::os::linux::is_exiting(self.pid);
        #[cfg(not(target_os = "linux"))]
        return exit.is_some();
    }

    /// Waits for the end.
    pub(crate) fn wait(&self, deadline: Deadline) -> io::Result<Option<Exit>> {
        if !poll::ready(&mut [poll::input(self.exit_fd())], deadline)? {
            return Ok(None);
        }
        // The portable back end's waiter reaps before it drops the pipe; a pidfd tells of the end just before the
        // status can be read.
        loop {
            if let Some(exit) = self.collect() {
                return Ok(Some(exit));
            }
            if deadline.passed() {
                return Ok(None);
            }
            std::thread::yield_now();
        }
    }

    /// Sends a signal to the process and to its group; nothing if it was reaped.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        let exit = self.lock();
        if exit.is_some() {
            return Ok(());
        }
        let sent =
            if self.own_group { kill_process_group(self.pid, signal) } else { self.signal_one(signal) };
        match sent {
            // It left its group, or died and was reaped by somebody else.
            Err(Errno::SRCH) => match self.signal_one(signal) {
                Err(Errno::SRCH) | Ok(()) => Ok(()),
                Err(errno) => Err(errno.into()),
            },
            Err(errno) => Err(errno.into()),
            Ok(()) => Ok(()),
        }
    }

    fn signal_one(&self, signal: Signal) -> rustix::io::Result<()> {
        match &self.watch {
            #[cfg(target_os = "linux")]
            Watch::Pidfd(fd) => rustix::process::pidfd_send_signal(fd, signal),
            Watch::Pipe(_) => kill_process(self.pid, signal),
        }
    }

    fn waitid(&self, options: WaitIdOptions) -> rustix::io::Result<Option<rustix::process::WaitIdStatus>> {
        let id = match &self.watch {
            #[cfg(target_os = "linux")]
            Watch::Pidfd(fd) => WaitId::PidFd(fd.as_fd()),
            Watch::Pipe(_) => WaitId::Pid(self.pid),
        };
        waitid(id, options)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Exit>> {
        self.exit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
