//! The sign of life before `main`: one frame that tells the parent "loaded", so that a child that never reaches `init`
//! can be told from one that is still being loaded.

use std::os::fd::{BorrowedFd, RawFd};

use crate::frame::{header, kind};
use crate::handshake::Ticket;

#[used]
#[unsafe(link_section = ".init_array")]
// SAFETY: a pointer to a function of C's calling convention in `.init_array` is what the loader calls before `main`.
// The function does nothing that needs `main`'s set-up: it reads the environment and writes one frame.
static AT_LOAD: extern "C" fn() = at_load;

extern "C" fn at_load() {
    // Only std's environment is used here, which the loader has set up; a panic would be a bug, so it is contained.
    let _ = std::panic::catch_unwind(tell);
}

fn tell() {
    if let Some((_, passed)) = Ticket::from_environment()
        && crate::os::fds::is_socket(passed.control, passed.socket_id)
    {
        send(passed.control);
    }
}

/// Keeps this file's static linked; the parent side calls it before a start.
pub(crate) fn tell_loaded() {
    std::hint::black_box(AT_LOAD);
}

fn send(number: RawFd) {
    // SAFETY: `is_socket` found the parent's socket under this number; one write, no ownership taken.
    let socket = unsafe { BorrowedFd::borrow_raw(number) };
    let flags = rustix::net::SendFlags::DONTWAIT | rustix::net::SendFlags::NOSIGNAL;
    let _ = rustix::net::send(socket, &header(kind::LOADED, 0, 0), flags);
}
