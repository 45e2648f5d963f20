//! Why a child ended.

use std::fmt;

use crate::os::Exit;
use crate::panics::PanicInfo;

/// How a child ended, with everything that is known about it.
#[derive(Clone, Debug, PartialEq, Eq, cerial::Cerial)]
pub struct Death {
    /// The process id it had.
    pub pid: u32,
    /// What ended it.
    pub cause: Cause,
    /// The last panic it reported, if it did not end well.
    pub panic: Option<PanicInfo>,
    /// The last lines it wrote to stderr, without what the panic's hook wrote; at most 8 KiB, empty where stderr was
    /// handed over as it is.
    pub stderr: String,
}

/// What ended a process.
#[derive(Clone, Debug, PartialEq, Eq, cerial::Cerial)]
#[non_exhaustive]
pub enum Cause {
    /// It exited with this code. 0 after its entry returned, 101 after a panic.
    Exited(i32),
    /// A signal ended it that this handle did not send.
    Signaled {
        /// The signal's number.
        signal: i32,
        /// Whether a core was dumped.
        core: bool,
    },
    /// The system's memory killer ended it, or an allocation failed under its memory limit.
    OutOfMemory,
    /// This handle killed it (`kill`, a passed deadline, a drop).
    Killed,
    /// It broke the protocol of the control socket, or closed it, and was killed for it.
    Protocol(String),
    /// It could not begin: no such entry, or a limit that could not be set.
    Refused(String),
    /// It is gone, and its status was taken by someone else (`SIGCHLD` ignored, or a foreign `wait`).
    Unknown,
}

impl Death {
    /// Whether it ended by returning from its entry, or by `exit(0)`.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.cause == Cause::Exited(0)
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} {}", self.pid, self.cause)?;
        if let Some(panic) = &self.panic {
            write!(f, "; {panic}")?;
        }
        if !self.stderr.is_empty() {
            let lines: Vec<_> = self.stderr.lines().collect();
            write!(f, "; last stderr: {}", lines[lines.len().saturating_sub(5)..].join(" | "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Death {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exited with code {code}"),
            Self::Signaled { signal, core } => {
                write!(f, "was killed by {}", signal_name(*signal))?;
                if *signal == libc::SIGXCPU {
                    f.write_str(", at its limit of processor time")?;
                }
                if *core { f.write_str(" (core dumped)") } else { Ok(()) }
            }
            Self::OutOfMemory => f.write_str("ran out of memory"),
            Self::Killed => f.write_str("was killed by its parent"),
            Self::Protocol(what) => write!(f, "broke the protocol: {what}"),
            Self::Refused(why) => write!(f, "could not begin: {why}"),
            Self::Unknown => {
                f.write_str("ended, but its status was taken by someone else (is SIGCHLD ignored?)")
            }
        }
    }
}

impl From<Exit> for Cause {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Code(code) => Self::Exited(code),
            Exit::Signal { number, core } => Self::Signaled { signal: number, core },
            Exit::Lost => Self::Unknown,
        }
    }
}

/// The name of a signal, as in `SIGKILL`; a number for the rare ones.
#[must_use]
pub fn signal_name(signal: i32) -> String {
    let named = [
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGQUIT, "SIGQUIT"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGTRAP, "SIGTRAP"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGUSR1, "SIGUSR1"),
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGUSR2, "SIGUSR2"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGALRM, "SIGALRM"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGXCPU, "SIGXCPU"),
        (libc::SIGXFSZ, "SIGXFSZ"),
        (libc::SIGSYS, "SIGSYS"),
    ];
    let found = named.iter().find(|(number, _)| *number == signal);
    found.map_or_else(|| format!("signal {signal}"), |(_, name)| (*name).into())
}
