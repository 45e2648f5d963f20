//! SIGINT and SIGTERM: a handler that hands them to a thread while children live, and ends the process otherwise.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use crate::os::fds;
use crate::os::process::LIVE;

static PIPE: AtomicI32 = AtomicI32::new(-1);

/// Takes over each of `signals` that still has its default disposition.
///
/// `start` gets a pipe that delivers one byte, the number, for each signal that comes while a child lives; nothing is
/// taken over unless it succeeds.
pub(crate) fn take_over(signals: &[i32], start: impl FnOnce(OwnedFd) -> io::Result<()>) -> io::Result<()> {
    let free: Vec<i32> = signals.iter().copied().filter(|signal| is_default(*signal)).collect();
    if free.is_empty() {
        return Ok(());
    }
    let (reader, writer) = fds::pipe()?;
    start(reader)?;
    // Open as long as the process lives: a handler may run at any time.
    PIPE.store(writer.into_raw_fd(), Ordering::SeqCst);
    let handler: extern "C" fn(libc::c_int) = on_signal;
    for signal in free {
        set(signal, handler as *const () as libc::sighandler_t)?;
    }
    Ok(())
}

/// Ends this process the way the signal would have.
pub(crate) fn die_of(signal: i32) {
    let _ = set(signal, libc::SIG_DFL);
    // SAFETY: sends a signal to this process; no memory is involved.
    unsafe { libc::kill(libc::getpid(), signal) };
}

extern "C" fn on_signal(signal: libc::c_int) {
    // Async-signal-safe calls only: sigaction, raise, write. `errno` is put back, since this interrupts other code.
    let error = io::Error::last_os_error().raw_os_error().unwrap_or(0);
    if LIVE.load(Ordering::SeqCst) == 0 {
        let _ = set(signal, libc::SIG_DFL);
        // SAFETY: raise is async-signal-safe; the signal is blocked until this handler returns, then it acts.
        unsafe { libc::raise(signal) };
    } else {
        let byte = [u8::try_from(signal).unwrap_or(0)];
        // SAFETY: `byte` is readable for one byte; the pipe stays open for the life of the process.
        unsafe { libc::write(PIPE.load(Ordering::SeqCst), byte.as_ptr().cast(), 1) };
    }
    set_errno(error);
}

#[cfg(target_os = "linux")]
fn set_errno(value: i32) {
    // SAFETY: the pointer is to this thread's errno.
    unsafe { *libc::__errno_location() = value };
}

#[cfg(not(target_os = "linux"))]
fn set_errno(_value: i32) {}

fn set(signal: i32, handler: libc::sighandler_t) -> io::Result<()> {
    let mut mask = MaybeUninit::uninit();
    // SAFETY: initialises the set behind the pointer.
    unsafe { libc::sigemptyset(mask.as_mut_ptr()) };
    // SAFETY: every field of `sigaction` is an integer, a set or an optional pointer, for all of which zero is valid.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: initialised above.
    action.sa_mask = unsafe { mask.assume_init() };
    // SAFETY: `action` is initialised and names `SIG_DFL` or a function that only makes async-signal-safe calls.
    let code = unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
    if code == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn is_default(signal: i32) -> bool {
    let mut now = MaybeUninit::uninit();
    // SAFETY: a null new action only asks; the answer goes to writable memory of the right type.
    if unsafe { libc::sigaction(signal, ptr::null(), now.as_mut_ptr()) } != 0 {
        return false;
    }
    // SAFETY: the call succeeded, so the value is initialised.
    let now: libc::sigaction = unsafe { now.assume_init() };
    now.sa_sigaction == libc::SIG_DFL
}
