//! Child processes with opaque payloads: start, frames, end.
//!
//! A parent starts a [`Child`] by [`Spawn`], tells it by [`Child::begin`] which [`Entry`] to run on which bytes, and
//! takes what comes by [`Child::recv`] until [`Event::Died`]. The entry runs on the child's main thread with a
//! [`ChildSide`]. A child that was started and not begun is a warm spare: it waits, for next to nothing.
//!
//! No reader thread stands between the two: the thread that waits does the reading, and a thread that sends reads too
//! while the socket is full. Every wait takes a timeout, and the end of a process wakes each of them.

pub use crate::child::{Child, Event};
pub use crate::death::{Cause, Death, signal_name};
pub use crate::entry::{Entry, Outcome};
pub use crate::error::{SendError, StartError, StartErrorKind};
pub use crate::frame::{FIRST_USER_KIND, Frame, MAX_FDS, MAX_PAYLOAD};
pub use crate::limits::Limits;
#[cfg(target_os = "linux")]
pub use crate::os::linux::sealed_memfd;
pub use crate::panics::PanicInfo;
pub use crate::side::{ChildSide, Incoming};
pub use crate::spawn::{Spawn, Stdio};
