//! Linux: posix_spawn with file actions, pidfds, memfds, one epoll thread for all children.

mod exiting;
mod loaded;
mod mapping;
mod memfd;
mod sandbox;
mod spawn;
mod watcher;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::process::{PidfdFlags, Signal, getpid, kill_process, pidfd_open};

pub(crate) use exiting::is_exiting;
pub(crate) use loaded::tell_loaded;
pub(crate) use mapping::{Journal, Mapping, filled_memfd};
pub use memfd::sealed_memfd;
pub(crate) use sandbox::{name_process, network_off, no_new_privileges};

use crate::os::process::Watch;
use crate::os::{Backend, Launched, Plan, Process};
use watcher::{Watched, Watcher};

/// The back end.
#[derive(Debug)]
pub(crate) struct Linux;

static REAPER: Watcher = Watcher::new("suitkaise-reaper");
static STREAMS: Watcher = Watcher::new("suitkaise-streams");

/// Whether the kernel has pidfds (5.3) and lets us use them.
pub(crate) fn works() -> bool {
    pidfd_open(getpid(), PidfdFlags::empty()).is_ok()
}

impl Backend for Linux {
    fn launch(&self, plan: Plan) -> io::Result<Launched> {
        let own_group = !plan.inherit_stdin;
        let pid = spawn::spawn(plan)?;
        let pidfd = match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => pidfd,
            Err(errno) => {
                // No descriptor left for the pidfd: nothing may run that cannot be watched. Not reaped yet, so the
                // pid is still the child's.
                let _ = kill_process(pid, Signal::KILL);
                let _ = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty());
                return Err(errno.into());
            }
        };
        let process = Arc::new(Process::new(pid, own_group, Watch::Pidfd(pidfd)));
        if let Err(error) = REAPER.add(Box::new(Child(Arc::clone(&process)))) {
            let _ = process.signal(Signal::KILL);
            let _ = process.wait(crate::deadline::Deadline::NEVER);
            return Err(error);
        }
        Ok(Launched { process, late: Vec::new() })
    }

    fn watch(&self, fd: OwnedFd, ready: Box<dyn FnMut(&OwnedFd) -> bool + Send>) -> io::Result<()> {
        STREAMS.add(Box::new(Readable { fd, ready }))
    }
}

struct Child(Arc<Process>);

impl Watched for Child {
    fn fd(&self) -> BorrowedFd<'_> {
        self.0.exit_fd()
    }

    fn ready(&mut self) -> bool {
        self.0.collect().is_none()
    }
}

struct Readable {
    fd: OwnedFd,
    ready: Box<dyn FnMut(&OwnedFd) -> bool + Send>,
}

impl Watched for Readable {
    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn ready(&mut self) -> bool {
        (self.ready)(&self.fd)
    }
}
