//! The child's side: what an entry gets, and the life of a child from its greeting to its exit.

use std::ffi::CString;
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getpid, kill_current_process_group, kill_process};

use crate::channel::{Channel, End, Got};
use crate::deadline::Deadline;
use crate::entry::{self, Outcome};
use crate::error::SendError;
use crate::frame::{FIRST_USER_KIND, Frame, kind};
use crate::handshake::{Hello, Ticket, VERSION};
use crate::limits::Limits;
use crate::os::fds::{self, Inherited};
use crate::os::{Role, build_id, poll};
use crate::panics;

/// The exit code of a child whose entry panicked; what std uses for a panicked `main`.
const PANICKED: i32 = 101;

/// The exit code of a child that was stopped before it got an entry to run, or whose entry failed.
const FAILED: i32 = 1;

/// The parent as a child sees it. Clones share the connection, for other threads.
#[derive(Clone)]
pub struct ChildSide(Arc<Link>);

struct Link {
    channel: Arc<Channel>,
    stopped: AtomicBool,
    /// Readable once a stop was asked for: its other end is dropped then.
    stop: OwnedFd,
    depth: u32,
    /// What came with the payload and was not taken yet.
    fds: Mutex<Vec<OwnedFd>>,
}

/// What a child's wait ended with.
#[derive(Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// A frame from the parent.
    Frame(Frame),
    /// The parent asked for a stop, and every frame it sent before was taken. Said again at every call.
    Stop,
    /// The parent has closed its end: no frame will come any more.
    Closed,
    /// The time is up.
    TimedOut,
}

impl ChildSide {
    /// Sends a frame to the parent. Frames arrive whole and in order.
    ///
    /// # Blocking
    /// While the parent does not read and the socket is full, for `timeout` at most (`None`: without end).
    ///
    /// # Errors
    /// The time is up, the parent is gone, a kind below [`FIRST_USER_KIND`], more than a frame can carry.
    pub fn send(&self, kind: u8, payload: &[u8], timeout: Option<Duration>) -> Result<(), SendError> {
        self.send_with(kind, &[payload], &[], timeout)
    }

    /// Sends a frame whose payload stands in several pieces, with descriptors.
    ///
    /// # Blocking
    /// As [`send`](Self::send).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_with(
        &self,
        kind: u8,
        parts: &[&[u8]],
        fds: &[BorrowedFd<'_>],
        timeout: Option<Duration>,
    ) -> Result<(), SendError> {
        if kind < FIRST_USER_KIND {
            return Err(SendError::ReservedKind(kind));
        }
        self.0.channel.send(kind, parts, fds, Deadline::after(timeout), None)
    }

    /// Waits for what the parent sends.
    ///
    /// # Blocking
    /// Until a frame or a stop comes, for `timeout` at most (`None`: without end; the process ends with its parent
    /// anyway).
    #[must_use]
    pub fn recv(&self, timeout: Option<Duration>) -> Incoming {
        match self.0.channel.recv(Deadline::after(timeout), Some(self.0.stop.as_fd())) {
            Ok(Got::Frame(frame)) if frame.kind >= FIRST_USER_KIND => Incoming::Frame(frame),
            Ok(Got::Frame(_)) => Incoming::Closed,
            Ok(Got::Woken) => Incoming::Stop,
            Ok(Got::TimedOut) => Incoming::TimedOut,
            Ok(Got::End(_)) | Err(_) => Incoming::Closed,
        }
    }

    /// Whether the parent asked for a stop; a load of one atomic.
    #[must_use]
    pub fn stop_requested(&self) -> bool {
        self.0.stopped.load(Ordering::Acquire)
    }

    /// Readable once a stop was asked for, for those who poll descriptors of their own.
    #[must_use]
    pub fn stop_fd(&self) -> BorrowedFd<'_> {
        self.0.stop.as_fd()
    }

    /// The descriptors that came with the payload, once.
    #[must_use]
    pub fn take_descriptors(&self) -> Vec<OwnedFd> {
        std::mem::take(&mut *self.0.fds.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many parents of ours are above this process; 1 for a child of a program started by hand.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.0.depth
    }
}

impl fmt::Debug for ChildSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stop = self.stop_requested();
        f.debug_struct("ChildSide").field("depth", &self.0.depth).field("stop", &stop).finish_non_exhaustive()
    }
}

/// The whole life of a child. Ends the process.
pub(crate) fn live(ticket: Ticket, inherited: Inherited) -> ! {
    name_process();
    let channel = Arc::new(Channel::new(inherited.control));
    let hello = Hello {
        version: VERSION,
        nonce: ticket.nonce,
        pid: std::process::id(),
        build: build_id::build_id().to_vec(),
    };
    if channel.send(kind::HELLO, &[&hello.encode()], &[], Deadline::NEVER, None).is_err() {
        end_group();
    }
    let mut lifeline = inherited.lifeline;
    // While the parent wakes up, and in a spare all the time it waits.
    panics::report_to(Arc::clone(&channel));
    crate::skprocess::warm_up();
    let Frame { mut payload, fds, .. } = loop {
        let frame = next(&channel, lifeline.as_ref());
        match frame.kind {
            kind::FDS => take(frame, &mut lifeline),
            kind::START => break frame,
            _ => end_group(),
        }
    };
    let Some(lifeline) = lifeline else { end_group() };

    let begun = begin(&mut payload).and_then(|entry| {
        let side = side(&channel, lifeline, ticket.depth, fds);
        side.map(|side| (entry, side)).map_err(|error| format!("no thread for the lifeline: {error}"))
    });
    let (entry, mut side) = match begun {
        Ok(begun) => begun,
        Err(why) => {
            let _ = channel.send(kind::REFUSED, &[why.as_bytes()], &[], Deadline::NEVER, None);
            std::process::exit(FAILED);
        }
    };
    let outcome: std::thread::Result<Outcome> =
        std::panic::catch_unwind(AssertUnwindSafe(|| (entry.run)(&mut side, payload)));
    let (code, sort, bytes) = match outcome {
        Ok(Ok(bytes)) => (0, kind::DONE, bytes),
        Ok(Err(bytes)) => (FAILED, kind::FAILED, bytes),
        Err(payload) => {
            // Told by the hook. The payload's own drop may panic again; the process ends anyway.
            std::mem::forget(payload);
            std::process::exit(PANICKED);
        }
    };
    // Whoever has the result may look at the output.
    let _ = std::io::Write::flush(&mut std::io::stdout());
    let code = match channel.send(sort, &[&bytes], &[], Deadline::NEVER, None) {
        Err(error @ SendError::TooLarge { .. }) => {
            let why = format!("the outcome cannot be sent: {error}");
            let _ = channel.send(kind::REFUSED, &[why.as_bytes()], &[], Deadline::NEVER, None);
            FAILED
        }
        _ => code,
    };
    std::process::exit(code);
}

/// The next frame; a parent that is gone or stops us ends the process.
fn next(channel: &Channel, lifeline: Option<&OwnedFd>) -> Frame {
    match channel.recv(Deadline::NEVER, lifeline.map(AsFd::as_fd)) {
        Ok(Got::Frame(frame)) => frame,
        Ok(Got::Woken) if lifeline.is_some_and(asked_to_stop) => std::process::exit(0),
        Ok(Got::Woken | Got::TimedOut | Got::End(End::Closed | End::Protocol(_))) | Err(_) => end_group(),
    }
}

/// Puts descriptors that follow over the socket in their places.
fn take(frame: Frame, lifeline: &mut Option<OwnedFd>) {
    for (role, fd) in frame.payload.iter().zip(frame.fds) {
        let _ = match *role {
            role if role == Role::Stdin as u8 => rustix::stdio::dup2_stdin(fd),
            role if role == Role::Stdout as u8 => rustix::stdio::dup2_stdout(fd),
            _ => {
                *lifeline = Some(fd);
                Ok(())
            }
        };
    }
}

/// Takes what [`start_trailer`] wrote from the end of the payload, and applies it.
fn begin(payload: &mut Vec<u8>) -> Result<entry::Entry, String> {
    let broken = || "a start frame that cannot be read".to_owned();
    let (rest, len) = payload.split_last_chunk().ok_or_else(broken)?;
    let end = rest.len();
    let at = end.checked_sub(u32::from_le_bytes(*len) as usize).ok_or_else(broken)?;
    payload.truncate(end);
    let start = payload.split_off(at);
    let (len, rest) = start.split_first_chunk().ok_or_else(broken)?;
    let (name, limits) = rest.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(broken)?;
    let limits = Limits::decode(limits).ok_or_else(broken)?;
    let entry = entry::find(&String::from_utf8_lossy(name))?;
    limits.apply()?;
    Ok(entry)
}

/// What `begin` reads: the entry's name with its length before it, the limits, the length of both.
pub(crate) fn start_trailer(entry: &str, limits: &Limits) -> Vec<u8> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let start = [&length(entry.as_bytes())[..], entry.as_bytes(), &limits.encode()].concat();
    [&start[..], &length(&start)].concat()
}

/// Makes the entry's side and starts the thread that looks at the lifeline.
fn side(
    channel: &Arc<Channel>,
    lifeline: OwnedFd,
    depth: u32,
    fds: Vec<OwnedFd>,
) -> std::io::Result<ChildSide> {
    let (stop, mut stops) = fds::pipe().map(|(stop, stops)| (stop, Some(stops)))?;
    let fds = Mutex::new(fds);
    let link = Link { channel: Arc::clone(channel), stopped: AtomicBool::new(false), stop, depth, fds };
    let side = ChildSide(Arc::new(link));
    let shared = side.clone();
    std::thread::Builder::new().name("suitkaise-lifeline".into()).stack_size(128 << 10).spawn(move || {
        loop {
            let _ = poll::ready(&mut [poll::input(lifeline.as_fd())], Deadline::NEVER);
            if !asked_to_stop(&lifeline) {
                end_group();
            }
            shared.0.stopped.store(true, Ordering::Release);
            drop(stops.take());
        }
    })?;
    Ok(side)
}

/// Reads the lifeline once it is readable: a byte asks for a stop, its end means that the parent is gone.
fn asked_to_stop(lifeline: &OwnedFd) -> bool {
    loop {
        match rustix::io::read(lifeline, &mut [0; 16]) {
            Ok(0) => return false,
            Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
}

/// Ends this process and, if it leads its group, everything it started that stayed in it.
fn end_group() -> ! {
    if getpgrp() == getpid() {
        let _ = kill_current_process_group(Signal::KILL);
    }
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort();
}

fn name_process() {
    let name = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&name).file_name().unwrap_or_default().as_encoded_bytes();
    if let Ok(name) = CString::new(&name[..name.len().min(15)]) {
        #[cfg(target_os = "linux")]
        crate::os::linux::name_process(&name);
        #[cfg(not(target_os = "linux"))]
        drop(name);
    }
}
