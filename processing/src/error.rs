//! What can go wrong while a child starts, and while a frame is sent.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::death::Death;

/// A child that could not be started.
#[derive(Debug)]
pub struct StartError(Box<What>);

#[derive(Debug)]
enum What {
    ParentInit,
    ChildInit(String, Option<Death>),
    Died(Death),
    OtherBuild { parent: String, child: String },
    Exec(io::Error),
    TooDeep { limit: u32 },
    Timeout(Duration, Option<Death>),
    Resources(io::Error),
    Protocol(String, Option<Death>),
}

/// Which of the ways to fail a start took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// `init()` was not called first in `main`: in this process, or in the child, which ran `main` instead.
    InitMissing,
    /// The child died before it reached `init()`.
    DiedEarly,
    /// The child is another build of the program.
    OtherBuild,
    /// The program could not be executed.
    Exec,
    /// Children start children more than 16 deep.
    TooDeep,
    /// The child was not even loaded when the time was up.
    Timeout,
    /// No memory, no descriptor or no process left for another child.
    Resources,
    /// The child said something that is no greeting.
    Protocol,
}

impl StartError {
    pub(crate) fn parent_init() -> Self {
        Self(Box::new(What::ParentInit))
    }

    pub(crate) fn child_init(seen: impl Into<String>, death: Option<Death>) -> Self {
        Self(Box::new(What::ChildInit(seen.into(), death)))
    }

    pub(crate) fn died(death: Death) -> Self {
        Self(Box::new(What::Died(death)))
    }

    pub(crate) fn other_build(parent: &[u8], child: &[u8]) -> Self {
        let hex = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(Box::new(What::OtherBuild { parent: hex(parent), child: hex(child) }))
    }

    pub(crate) fn too_deep(limit: u32) -> Self {
        Self(Box::new(What::TooDeep { limit }))
    }

    pub(crate) fn timeout(limit: Duration, death: Option<Death>) -> Self {
        Self(Box::new(What::Timeout(limit, death)))
    }

    pub(crate) fn protocol(what: impl Into<String>, death: Option<Death>) -> Self {
        Self(Box::new(What::Protocol(what.into(), death)))
    }

    pub(crate) fn launch(error: io::Error) -> Self {
        use rustix::io::Errno;
        let scarce = [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::AGAIN, Errno::NOBUFS];
        let scarce = scarce.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()));
        Self(Box::new(if scarce { What::Resources(error) } else { What::Exec(error) }))
    }

    /// Which way it failed, for programs.
    #[must_use]
    pub fn kind(&self) -> StartErrorKind {
        match &*self.0 {
            What::ParentInit | What::ChildInit(..) => StartErrorKind::InitMissing,
            What::Died(_) => StartErrorKind::DiedEarly,
            What::OtherBuild { .. } => StartErrorKind::OtherBuild,
            What::Exec(_) => StartErrorKind::Exec,
            What::TooDeep { .. } => StartErrorKind::TooDeep,
            What::Timeout(..) => StartErrorKind::Timeout,
            What::Resources(_) => StartErrorKind::Resources,
            What::Protocol(..) => StartErrorKind::Protocol,
        }
    }

    /// How the child ended, where one had been started.
    #[must_use]
    pub fn death(&self) -> Option<&Death> {
        match &*self.0 {
            What::Died(death) => Some(death),
            What::ChildInit(_, death) | What::Timeout(_, death) | What::Protocol(_, death) => death.as_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            What::ParentInit => f.write_str(
                "cannot start a child: `init()` was not called in this process; make it the first line of `main` \
                 (in tests: `test_support!()`)",
            ),
            What::ChildInit(seen, _) => write!(
                f,
                "the child never reached `init()`: {seen}; make `init()` the first line of `main`, before anything \
                 that returns, exits or waits"
            ),
            What::Died(death) => write!(f, "the child died before it reached `init()`: {death}"),
            What::OtherBuild { parent, child } => write!(
                f,
                "the child is another build of this program (build {child}, ours is {parent}); restart the program \
                 after it was rebuilt"
            ),
            What::Exec(error) => write!(f, "cannot execute this program again: {error}"),
            What::TooDeep { limit } => write!(
                f,
                "cannot start a child: this process is {limit} children deep already; does the child's entry start \
                 itself?"
            ),
            What::Timeout(limit, _) => write!(
                f,
                "the child was not loaded within {limit:?}; is the system overloaded, or the child stopped? raise \
                 the start timeout"
            ),
            What::Resources(error) => write!(
                f,
                "no room for another child: {error}; raise the limit (`ulimit -n`, `-u`, memory) or start fewer"
            ),
            What::Protocol(what, _) => write!(f, "the child broke the handshake: {what}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            What::Exec(error) | What::Resources(error) => Some(error),
            _ => None,
        }
    }
}

/// A frame that was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// The other side did not read in time.
    Timeout {
        /// Whether a part of the frame went out; then the rest follows with the next frame.
        partial: bool,
    },
    /// The other side is gone or has closed its end.
    Closed,
    /// More than a frame may carry.
    TooLarge {
        /// The payload's length, of at most [`MAX_PAYLOAD`](crate::raw::MAX_PAYLOAD).
        bytes: usize,
        /// The number of descriptors, of at most 16.
        fds: usize,
    },
    /// A kind below [`FIRST_USER_KIND`](crate::raw::FIRST_USER_KIND).
    ReservedKind(u8),
    /// The child runs an entry already.
    AlreadyBegun,
    /// The system refused.
    Io(io::Error),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout { partial: false } => f.write_str("the other process did not read in time"),
            Self::Timeout { partial: true } => {
                f.write_str("the other process did not read in time; the frame goes out in part")
            }
            Self::Closed => f.write_str("the other process is gone or has closed its end"),
            Self::TooLarge { bytes, fds } => {
                write!(f, "a frame of {bytes} bytes and {fds} descriptors is too large; pass a memory file")
            }
            Self::ReservedKind(kind) => {
                write!(f, "frame kind {kind} belongs to the handshake; use 64 and above")
            }
            Self::AlreadyBegun => f.write_str("the child runs an entry already; start another child"),
            Self::Io(error) => write!(f, "cannot write to the control socket: {error}"),
        }
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Io(error) = self { Some(error) } else { None }
    }
}
