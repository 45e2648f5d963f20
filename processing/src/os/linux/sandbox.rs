//! Switches that a child turns on itself before its entry runs.

use std::ffi::CStr;
use std::io;

use rustix::thread::{UnshareFlags, set_name, set_no_new_privs, unshare_unsafe};

/// Gives the process the name that `ps` shows; started from `/proc/self/exe` it would be "exe".
pub(crate) fn name_process(name: &CStr) {
    let _ = set_name(name);
}

/// No program started from here gains rights by its file's set-uid bit or capabilities.
pub(crate) fn no_new_privileges() -> io::Result<()> {
    Ok(set_no_new_privs(true)?)
}

/// Moves the process into a network namespace of its own, which has no interface but a loopback that is down.
pub(crate) fn network_off() -> io::Result<()> {
    // Rights over an own user namespace come without any privilege, where the system allows them.
    separate(UnshareFlags::NEWNET).or_else(|_| separate(UnshareFlags::NEWUSER | UnshareFlags::NEWNET))
}

fn separate(flags: UnshareFlags) -> io::Result<()> {
    // SAFETY: neither flag touches the descriptor table (`FILES`), which is what makes the call unsafe.
    Ok(unsafe { unshare_unsafe(flags) }?)
}
