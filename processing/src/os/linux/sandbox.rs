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
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    if separate(UnshareFlags::NEWNET).is_ok() {
        return Ok(());
    }
    // Rights over an own user namespace come without any privilege, where the system allows them.
    separate(UnshareFlags::NEWUSER | UnshareFlags::NEWNET)?;
    // Names for the user and its group, or files would seem to belong to nobody. Rights do not depend on it.
    let (user, group) = (user.as_raw(), group.as_raw());
    let _ = std::fs::write("/proc/self/uid_map", format!("{user} {user} 1"));
    let _ = std::fs::write("/proc/self/setgroups", "deny");
    let _ = std::fs::write("/proc/self/gid_map", format!("{group} {group} 1"));
    Ok(())
}

fn separate(flags: UnshareFlags) -> io::Result<()> {
    // SAFETY: neither flag touches the descriptor table (`FILES`), which is what makes the call unsafe.
    Ok(unsafe { unshare_unsafe(flags) }?)
}
