//! posix_spawn of `/proc/self/exe` with file actions.
//!
//! Not `Command`: it has no way to pass a descriptor under a number without clearing close-on-exec in the parent first,
//! where every child that another thread starts at that moment would inherit it (and an inherited lifeline or control
//! socket never reaches its end of file). Not `fork` either: with a large parent it costs tens of milliseconds.

use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::ptr;

use rustix::process::Pid;

use crate::handshake::{Passed, VARIABLE};
use crate::os::{Plan, Stream, fds};

const EXECUTABLE: &str = "/proc/self/exe";

/// Starts the planned child. Its ends of the control socket and the lifeline are closed in this process afterwards.
pub(super) fn spawn(plan: Plan) -> io::Result<Pid> {
    let passed = Passed {
        control: plan.control.as_raw_fd(),
        lifeline: Some(plan.lifeline.as_raw_fd()),
        socket_id: fds::socket_id(&plan.control)?,
    };
    let program = match &plan.program {
        Some(path) => text(path.as_os_str())?,
        None => text(OsStr::new(EXECUTABLE))?,
    };
    let args = plan.args.iter().map(|arg| text(arg)).collect::<io::Result<Vec<_>>>()?;
    let env = plan
        .env
        .iter()
        .map(|(name, value)| entry(name, value))
        .chain([entry(OsStr::new(VARIABLE), OsStr::new(&plan.ticket.text(&passed)))])
        .collect::<io::Result<Vec<_>>>()?;

    let mut actions = Actions::new()?;
    if !plan.inherit_stdin {
        actions.open(0, c"/dev/null", libc::O_RDONLY)?;
    }
    for (number, stream) in [(1, &plan.stdout), (2, &plan.stderr)] {
        match stream {
            Stream::Inherit => {}
            Stream::Null => actions.open(number, c"/dev/null", libc::O_WRONLY)?,
            Stream::Pipe(fd) => actions.dup2(fd.as_raw_fd(), number)?,
        }
    }
    // A descriptor onto its own number: clears close-on-exec in the child alone.
    actions.dup2(passed.control, passed.control)?;
    actions.dup2(plan.lifeline.as_raw_fd(), plan.lifeline.as_raw_fd())?;
    let attributes = Attributes::new(!plan.inherit_stdin)?;

    let (args, env) = (pointers(&args), pointers(&env));
    let mut pid = 0;
    // SAFETY:
    // - `program`, and every string behind `args` and `env`, is a live NUL-terminated `CString`; both arrays end with
    //   a null pointer (`pointers`).
    // - `actions` and `attributes` were initialised by their `new` and are destroyed only when dropped, below.
    // - `pid` is a writable place for the result.
    let code = unsafe {
        libc::posix_spawn(
            &raw mut pid,
            program.as_ptr(),
            &raw const actions.0,
            &raw const attributes.0,
            args.as_ptr(),
            env.as_ptr(),
        )
    };
    check(code)?;
    Pid::from_raw(pid).ok_or_else(|| io::Error::other("posix_spawn gave no pid"))
}

fn text(text: &OsStr) -> io::Result<CString> {
    Ok(CString::new(text.as_bytes())?)
}

fn entry(name: &OsStr, value: &OsStr) -> io::Result<CString> {
    let mut both = OsString::from(name);
    both.push("=");
    both.push(value);
    Ok(CString::new(both.into_vec())?)
}

fn pointers(strings: &[CString]) -> Vec<*mut libc::c_char> {
    strings.iter().map(|s| s.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect()
}

fn check(code: libc::c_int) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}

struct Actions(libc::posix_spawn_file_actions_t);

impl Actions {
    fn new() -> io::Result<Self> {
        let mut made = MaybeUninit::uninit();
        // SAFETY: the pointer is to writable memory of the right type, which the call initialises.
        check(unsafe { libc::posix_spawn_file_actions_init(made.as_mut_ptr()) })?;
        // SAFETY: the call succeeded, so the value is initialised.
        Ok(Self(unsafe { made.assume_init() }))
    }

    fn dup2(&mut self, from: RawFd, to: RawFd) -> io::Result<()> {
        // SAFETY: `self.0` was initialised in `new`; the numbers are only recorded here.
        check(unsafe { libc::posix_spawn_file_actions_adddup2(&raw mut self.0, from, to) })
    }

    fn open(&mut self, number: RawFd, path: &'static std::ffi::CStr, flags: libc::c_int) -> io::Result<()> {
        // SAFETY: `self.0` was initialised in `new`; `path` is NUL-terminated and the call copies it.
        check(unsafe {
            libc::posix_spawn_file_actions_addopen(&raw mut self.0, number, path.as_ptr(), flags, 0)
        })
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, destroyed once.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.0) };
    }
}

struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    /// Default dispositions for every signal, nothing blocked, and a process group of its own if asked for.
    fn new(own_group: bool) -> io::Result<Self> {
        let mut made = MaybeUninit::uninit();
        // SAFETY: the pointer is to writable memory of the right type, which the call initialises.
        check(unsafe { libc::posix_spawnattr_init(made.as_mut_ptr()) })?;
        // SAFETY: the call succeeded, so the value is initialised.
        let mut this = Self(unsafe { made.assume_init() });

        let (all, none) = (signals(true), signals(false));
        // SAFETY: `this.0` is initialised; the set is initialised and copied by the call.
        check(unsafe { libc::posix_spawnattr_setsigdefault(&raw mut this.0, &raw const all) })?;
        // SAFETY: as above.
        check(unsafe { libc::posix_spawnattr_setsigmask(&raw mut this.0, &raw const none) })?;
        // SAFETY: `this.0` is initialised; group 0 means "the child's own pid".
        check(unsafe { libc::posix_spawnattr_setpgroup(&raw mut this.0, 0) })?;
        let group = if own_group { libc::POSIX_SPAWN_SETPGROUP } else { 0 };
        let flags = libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETSIGMASK | group;
        #[expect(clippy::cast_possible_truncation, reason = "the flags are bits below 0x100")]
        // SAFETY: `this.0` is initialised.
        check(unsafe { libc::posix_spawnattr_setflags(&raw mut this.0, flags as libc::c_short) })?;
        Ok(this)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, destroyed once.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}

fn signals(all: bool) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: both calls initialise the set behind the pointer, which is writable memory of the right type.
    unsafe {
        if all {
            libc::sigfillset(set.as_mut_ptr())
        } else {
            libc::sigemptyset(set.as_mut_ptr())
        };
    }
    // SAFETY: initialised by the call above, which cannot fail for a valid pointer.
    unsafe { set.assume_init() }
}
