//! The operating system: the only room of this crate with unsafe code, and the only one that knows a platform.
//!
//! A [`Backend`] starts a program with two inherited descriptors (control socket, lifeline) and gives a [`Process`]
//! whose end can be polled. `linux` does it with posix_spawn file actions and pidfds; `portable` with std's `Command`,
//! sockets and a waiting thread per child. Everything above sees the trait only, so that the same tests run over both:
//! `SUITKAISE_BACKEND=portable` picks the second on Linux, as does a kernel without pidfds.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

pub(crate) mod build_id;
pub(crate) mod fds;
#[cfg(target_os = "linux")]
pub(crate) mod image;
#[cfg(target_os = "linux")]
pub(crate) mod linux;
pub(crate) mod poll;
mod portable;
mod process;
pub(crate) mod signals;

pub(crate) use process::{Exit, Process};

/// The variable that picks a back end by name.
pub(crate) const BACKEND_VARIABLE: &str = "SUITKAISE_BACKEND";

/// What a standard stream of the child is connected to.
#[derive(Debug)]
pub(crate) enum Stream {
    Inherit,
    Null,
    Pipe(OwnedFd),
}

/// Everything that is settled before a child starts.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Another program than this one; for tests of the handshake.
    pub(crate) program: Option<PathBuf>,
    /// Arguments with the program's own name first.
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Vec<(OsString, OsString)>,
    /// The name of the variable that gets [`Ticket`](crate::handshake::Ticket)'s text.
    pub(crate) ticket: crate::handshake::Ticket,
    /// `true`: the parent's stdin, otherwise the null device.
    pub(crate) inherit_stdin: bool,
    pub(crate) stdout: Stream,
    pub(crate) stderr: Stream,
    /// The child's end of the control socket.
    pub(crate) control: OwnedFd,
    /// The reading end of the lifeline.
    pub(crate) lifeline: OwnedFd,
}

/// What a descriptor that follows over the control socket is for; the byte stands in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Lifeline = b'l' as isize,
    Stdin = b'0' as isize,
    Stdout = b'1' as isize,
}

/// A child that runs, and what still has to be handed to it over the control socket.
#[derive(Debug)]
pub(crate) struct Launched {
    pub(crate) process: Arc<Process>,
    pub(crate) late: Vec<(Role, OwnedFd)>,
}

/// How children are started and watched.
pub(crate) trait Backend: Sync {
    /// Starts the child in its own process group, or in the parent's when it inherits stdin.
    fn launch(&self, plan: Plan) -> io::Result<Launched>;

    /// Calls `ready` from another thread whenever `fd` can be read, until it says `false`.
    fn watch(&self, fd: OwnedFd, ready: Box<dyn FnMut(&OwnedFd) -> bool + Send>) -> io::Result<()>;
}

/// The back end of this process, chosen at the first call.
pub(crate) fn backend() -> &'static dyn Backend {
    static CHOSEN: OnceLock<&'static dyn Backend> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        #[cfg(target_os = "linux")]
        if std::env::var_os(BACKEND_VARIABLE).is_none_or(|name| name != "portable") && linux::works() {
            return &linux::Linux;
        }
        &portable::Portable
    })
}
