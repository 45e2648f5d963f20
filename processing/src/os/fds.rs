//! Descriptors: pairs and pipes that no other child inherits, and the adoption of inherited ones.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{FileType, fstat};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

const FIRST_FREE: RawFd = 3;

/// A stream socket pair, both ends close-on-exec.
pub(crate) fn socket_pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let (a, b) = std::os::unix::net::UnixStream::pair()?;
    Ok((above_stdio(a.into())?, above_stdio(b.into())?))
}

/// A pipe (reading end, writing end), both close-on-exec.
pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    Ok((above_stdio(reader.into())?, above_stdio(writer.into())?))
}

/// Moves a descriptor off the numbers of the standard streams, which a start of a child overwrites.
pub(crate) fn above_stdio(fd: OwnedFd) -> io::Result<OwnedFd> {
    use std::os::fd::AsRawFd;
    if fd.as_raw_fd() >= FIRST_FREE { Ok(fd) } else { Ok(fcntl_dupfd_cloexec(&fd, FIRST_FREE)?) }
}

/// A close-on-exec copy of a standard stream or another descriptor.
pub(crate) fn copy(fd: impl AsFd) -> io::Result<OwnedFd> {
    Ok(fcntl_dupfd_cloexec(fd, FIRST_FREE)?)
}

/// The number that tells one socket from every other that lives.
pub(crate) fn socket_id(fd: impl AsFd) -> io::Result<u64> {
    let stat = fstat(fd)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Socket {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a socket"));
    }
    #[allow(clippy::unnecessary_cast, reason = "the type of st_ino differs between systems")]
    Ok(stat.st_ino as u64)
}

/// What a child was given by its parent.
#[derive(Debug)]
pub(crate) struct Inherited {
    pub(crate) control: OwnedFd,
    pub(crate) lifeline: Option<OwnedFd>,
}

/// Takes ownership of the descriptors that a parent passed by number, once per process.
///
/// `None`: the numbers are stale (an environment that was passed on by hand), or were taken before.
pub(crate) fn adopt(control: RawFd, lifeline: Option<RawFd>, id: u64) -> Option<Inherited> {
    static ADOPTED: AtomicBool = AtomicBool::new(false);

    if !is_socket(control, id) || ADOPTED.swap(true, Ordering::SeqCst) {
        return None;
    }
    if control < FIRST_FREE {
        // The portable back end passes the socket as stdin. A copy moves up, the number goes back to std.
        let copy = fcntl_dupfd_cloexec(io::stdin(), FIRST_FREE).ok()?;
        let null = std::fs::File::open("/dev/null").ok()?;
        rustix::stdio::dup2_stdin(null).ok()?;
        return Some(Inherited { control: copy, lifeline: None });
    }
    let lifeline = lifeline.filter(|fd| *fd >= FIRST_FREE && *fd != control);
    // SAFETY:
    // - the number is open: `is_socket` has just compared its socket with the one that the parent made for us.
    // - nobody else owns it: the parent passed it for this purpose alone, and `ADOPTED` lets one call through.
    let control = unsafe { OwnedFd::from_raw_fd(control) };
    let lifeline = lifeline.map(|fd| {
        // SAFETY:
        // - the parent opened it under this number by the same file actions as `control`, which was found in place.
        // - nobody else owns it, as above; it is not a standard stream and not `control`.
        unsafe { OwnedFd::from_raw_fd(fd) }
    });
    fcntl_setfd(&control, FdFlags::CLOEXEC).ok()?;
    if let Some(lifeline) = &lifeline {
        fcntl_setfd(lifeline, FdFlags::CLOEXEC).ok()?;
    }
    Some(Inherited { control, lifeline })
}

/// Whether a number is the socket of that id.
pub(crate) fn is_socket(number: RawFd, id: u64) -> bool {
    if number < 0 {
        return false;
    }
    // SAFETY: the borrow lives for one `fstat`, which answers `EBADF` for a number that is not open; it reads no byte
    // and changes nothing, so that it does not matter who owns the descriptor.
    let fd = unsafe { BorrowedFd::borrow_raw(number) };
    socket_id(fd).is_ok_and(|found| found == id)
}
