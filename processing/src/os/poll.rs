//! Waits for descriptors, with a deadline.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::deadline::Deadline;

/// Waits until one of `fds` is ready for the flags it is paired with, or has hung up. `false`: the deadline passed.
pub(crate) fn ready(fds: &mut [PollFd<'_>], deadline: Deadline) -> io::Result<bool> {
    loop {
        let left = deadline.left().map(|left| Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        });
        match poll(fds, left.as_ref()) {
            Ok(0) if deadline.passed() => return Ok(false),
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// A poll entry that waits for something to read, or for the other side to hang up.
pub(crate) fn input<'a>(fd: BorrowedFd<'a>) -> PollFd<'a> {
    PollFd::from_borrowed_fd(fd, PollFlags::IN)
}

/// Whether the entry fired, for whatever reason.
pub(crate) fn fired(entry: &PollFd<'_>) -> bool {
    !entry.revents().is_empty()
}
