//! A child as its parent sees it.

use std::fmt;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::channel::{Channel, End, Got};
use crate::deadline::Deadline;
use crate::death::{Cause, Death};
use crate::error::SendError;
use crate::frame::{FIRST_USER_KIND, Frame, kind};
use crate::limits::Limits;
use crate::oom;
use crate::os::{Exit, Process};
use crate::panics::{self, PanicInfo};
use crate::side::start_trailer;
use crate::streams::Tail;

/// How long a process that closed its control socket and does not end may go on.
const CLOSING: Duration = Duration::from_millis(250);

/// How long a child may take to handle SIGTERM in [`Child::end`].
const TERM_GRACE: Duration = Duration::from_millis(200);

/// A started child. Dropping the handle kills the child and its process group; nobody waits for that, and no zombie
/// stays.
///
/// All methods take `&self` and may be called from several threads; frames then go to whichever thread asked first.
pub struct Child(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) process: Arc<Process>,
    pub(crate) channel: Channel,
    pub(crate) lifeline: OwnedFd,
    pub(crate) stdout: Option<Arc<Tail>>,
    pub(crate) stderr: Option<Arc<Tail>>,
    pub(crate) stderr_captured: bool,
    pub(crate) state: Mutex<State>,
    pub(crate) begun: AtomicBool,
    pub(crate) killed: AtomicBool,
    pub(crate) death: OnceLock<Arc<Death>>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    panic: Option<PanicInfo>,
    /// A cause that the exit status cannot tell.
    verdict: Option<Cause>,
    /// What the process is killed for, though it may have been about to end by itself: its own end tells more.
    suspicion: Option<String>,
    /// Until when a process that closed its control socket may go on.
    closed_until: Option<Instant>,
}

/// What a parent's wait ended with.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A frame from the child.
    Frame(Frame),
    /// The entry returned `Ok` with these bytes; the child exits next.
    Done(Vec<u8>),
    /// The entry returned `Err` with these bytes; the child exits next.
    Failed(Vec<u8>),
    /// The child has ended and everything it sent was taken. Every later call says so again.
    Died(Arc<Death>),
    /// The time is up.
    TimedOut,
}

impl Child {
    /// Tells the child which entry to run on which payload. Once per child; the child waits for it.
    ///
    /// That the entry does not exist, or that a limit cannot be set, is told by [`recv`](Self::recv) as a death with
    /// the cause [`Refused`](Cause::Refused).
    ///
    /// # Blocking
    /// Until the child has read a payload that exceeds the socket's buffer, for `timeout` at most.
    ///
    /// # Errors
    /// As [`send`](Self::send), and a second call.
    pub fn begin(
        &self,
        entry: &str,
        payload: &[u8],
        limits: &Limits,
        timeout: Option<Duration>,
    ) -> Result<(), SendError> {
        self.begin_with(entry, &[payload], &[], limits, timeout)
    }

    /// [`begin`](Self::begin) with a payload in several pieces, and with descriptors, which
    /// [`ChildSide::take_descriptors`](crate::raw::ChildSide::take_descriptors) gives to the entry.
    ///
    /// # Blocking
    /// As there.
    ///
    /// # Errors
    /// As there.
    pub fn begin_with(
        &self,
        entry: &str,
        parts: &[&[u8]],
        fds: &[BorrowedFd<'_>],
        limits: &Limits,
        timeout: Option<Duration>,
    ) -> Result<(), SendError> {
        let deadline = Deadline::after(timeout);
        if self.0.begun.swap(true, Ordering::SeqCst) {
            return Err(SendError::AlreadyBegun);
        }
        // One frame, so that a child that waits is woken once; the short part last, so that the long one need not move.
        let start = start_trailer(entry, limits);
        let parts: Vec<_> = parts.iter().copied().chain([&start[..]]).collect();
        self.0.send(kind::START, &parts, fds, deadline)
    }

    /// Sends a frame to the child. Frames arrive whole and in order.
    ///
    /// # Blocking
    /// While the child does not read and the socket is full, for `timeout` at most (`None`: until it reads or dies).
    /// What the child sends meanwhile is kept, so that two sides that send at once do not block each other.
    ///
    /// # Errors
    /// The time is up, the child is gone, a kind below [`FIRST_USER_KIND`], more than a frame can carry.
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
        self.0.send(kind, parts, fds, Deadline::after(timeout))
    }

    /// Waits for the next thing that the child says, or for its end.
    ///
    /// # Blocking
    /// For `timeout` at most (`None`: until the child says something or ends).
    #[must_use]
    pub fn recv(&self, timeout: Option<Duration>) -> Event {
        self.0.recv(Deadline::after(timeout))
    }

    /// Waits for the end of the process. `false`: the time is up. What the child sends meanwhile is kept for `recv`
    /// (in memory, without limit), so that a child with a large result can end before anybody asks for it.
    ///
    /// # Blocking
    /// For `timeout` at most (`None`: until it ends).
    #[must_use]
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        let deadline = Deadline::after(timeout);
        match self.0.channel.pump(deadline, self.0.process.exit_fd()) {
            Ok(true) => matches!(self.0.process.wait(deadline), Ok(Some(_))),
            Ok(false) | Err(_) => false,
        }
    }

    /// How the child ended; `None` while it runs.
    #[must_use]
    pub fn death(&self) -> Option<Arc<Death>> {
        self.0.death()
    }

    /// Whether the process runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.0.process.collect().is_none()
    }

    /// Asks the child to stop: [`ChildSide::stop_requested`](crate::raw::ChildSide::stop_requested) turns true, its
    /// `recv` returns. Overtakes every frame; never blocks.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// Sends SIGTERM to the child and its process group.
    pub fn terminate(&self) {
        let _ = self.0.process.signal(Signal::TERM);
    }

    /// Kills the child and its process group. The end is told by `recv`, `wait` and `death`.
    pub fn kill(&self) {
        self.0.kill(Signal::KILL);
    }

    /// Ends the child: stop, SIGTERM after `grace`, SIGKILL 200 ms later.
    ///
    /// # Blocking
    /// For `grace` and 200 ms at most, and for the time that the system needs to end a killed process.
    pub fn end(&self, grace: Duration) -> Arc<Death> {
        self.stop();
        if !self.wait(Some(grace)) {
            self.terminate();
            if !self.wait(Some(TERM_GRACE)) {
                self.kill();
                let _ = self.wait(None);
            }
        }
        self.0.end_of_process(Deadline::NEVER).unwrap_or_else(|| self.0.lost())
    }

    /// The process id, also after the end.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.process.pid()
    }

    /// Readable once the process ended; for those who poll many children at once.
    #[must_use]
    pub fn exit_fd(&self) -> BorrowedFd<'_> {
        self.0.process.exit_fd()
    }

    /// Readable when frames may have come; for those who poll many children at once. `recv` with a zero timeout then
    /// takes them. Frames that were read while sending or waiting make no descriptor readable: take until `TimedOut`.
    #[must_use]
    pub fn frames_fd(&self) -> BorrowedFd<'_> {
        self.0.channel.as_fd()
    }

    /// What the child wrote to its stdout so far, if it is captured.
    #[must_use]
    pub fn stdout(&self) -> Option<Vec<u8>> {
        self.0.output(self.0.stdout.as_ref())
    }

    /// What the child wrote to its stderr so far, if it is captured.
    #[must_use]
    pub fn stderr(&self) -> Option<Vec<u8>> {
        self.0.output(self.0.stderr.as_ref().filter(|_| self.0.stderr_captured))
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("pid", &self.pid())
            .field("death", &self.0.death.get())
            .finish_non_exhaustive()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.0.process.collect().is_none() {
            self.0.kill(Signal::KILL);
        }
    }
}

impl Shared {
    pub(crate) fn send(
        &self,
        kind: u8,
        parts: &[&[u8]],
        fds: &[BorrowedFd<'_>],
        deadline: Deadline,
    ) -> Result<(), SendError> {
        self.channel.send(kind, parts, fds, deadline, Some(self.process.exit_fd()))
    }

    pub(crate) fn recv(&self, deadline: Deadline) -> Event {
        loop {
            let broken = match self.channel.recv(deadline, Some(self.process.exit_fd())) {
                Ok(Got::Frame(frame)) => match self.sort(frame) {
                    Ok(Some(event)) => return event,
                    Ok(None) => continue,
                    Err(said) => said,
                },
                Ok(Got::TimedOut) => return Event::TimedOut,
                Ok(Got::Woken) => match self.end_of_process(deadline) {
                    Some(death) => return Event::Died(death),
                    None => return Event::TimedOut,
                },
                Ok(Got::End(End::Closed)) => return self.closed(deadline),
                Ok(Got::End(End::Protocol(said))) => said,
                Err(error) => format!("cannot wait for the child: {error}"),
            };
            self.condemn(broken);
            return self.end_of_process(deadline).map_or(Event::TimedOut, Event::Died);
        }
    }

    /// The control socket is closed. Nearly always since the process ends: that is seen a moment later, or much later on
    /// a busy machine, and then the end speaks for itself. A process that lives on without its socket is killed.
    fn closed(&self, deadline: Deadline) -> Event {
        let until = *self.state().closed_until.get_or_insert_with(|| Instant::now() + CLOSING);
        if let Some(death) = self.end_of_process(deadline.or_at(until)) {
            return Event::Died(death);
        }
        if !self.process.is_ending() {
            if Instant::now() < until {
                return Event::TimedOut;
            }
            self.state().suspicion.get_or_insert_with(|| "it closed its control socket".into());
            self.kill(Signal::KILL);
        }
        self.end_of_process(deadline).map_or(Event::TimedOut, Event::Died)
    }

    /// When to ask again for the end of a process that closed its control socket; `None`: its end will wake whoever
    /// waits for it.
    pub(crate) fn closed_until(&self) -> Option<Instant> {
        let state = self.state();
        state.closed_until.filter(|_| state.suspicion.is_none())
    }

    /// Kills the process for what it did, which is then the cause of its end.
    pub(crate) fn condemn(&self, what: String) {
        if self.process.collect().is_none() {
            self.state().verdict.get_or_insert(Cause::Protocol(what));
            self.kill(Signal::KILL);
        }
    }

    /// What a frame is for whoever waits; `Ok(None)`: it was for us. `Err`: it should not have come.
    fn sort(&self, frame: Frame) -> Result<Option<Event>, String> {
        match frame.kind {
            FIRST_USER_KIND.. => return Ok(Some(Event::Frame(frame))),
            kind::DONE => return Ok(Some(Event::Done(frame.payload))),
            kind::FAILED => return Ok(Some(Event::Failed(frame.payload))),
            kind::PANIC => self.state().panic = Some(PanicInfo::decode(&frame.payload)),
            kind::REFUSED => {
                let why = String::from_utf8_lossy(&frame.payload).into_owned();
                self.state().verdict.get_or_insert(Cause::Refused(why));
            }
            kind::HELLO | kind::LOADED | kind::NO_INIT => {}
            kind => return Err(format!("a frame of the unknown kind {kind}")),
        }
        Ok(None)
    }

    /// What is there, after at most one read. `None`: nothing, and the child runs; otherwise ask [`recv`](Self::recv).
    /// For one who polls the child's descriptors and found that it has not ended.
    pub(crate) fn take(&self, mut pull: bool) -> Option<Event> {
        while let Some(frame) = self.channel.take(pull) {
            pull = false;
            match self.sort(frame) {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(said) => {
                    self.condemn(said);
                    break;
                }
            }
        }
        self.channel.has_ended().then(|| self.recv(Deadline::within(Duration::ZERO)))
    }

    pub(crate) fn stop(&self) {
        let flags = rustix::net::SendFlags::DONTWAIT | rustix::net::SendFlags::NOSIGNAL;
        let _ = rustix::net::send(&self.lifeline, b"s", flags);
    }

    pub(crate) fn kill(&self, signal: Signal) {
        if self.process.collect().is_none() {
            self.killed.store(true, Ordering::SeqCst);
            let _ = self.process.signal(signal);
        }
    }

    pub(crate) fn death(&self) -> Option<Arc<Death>> {
        self.process.collect().map(|exit| self.explain(exit))
    }

    pub(crate) fn end_of_process(&self, deadline: Deadline) -> Option<Arc<Death>> {
        let exit = self.process.wait(deadline).ok()??;
        Some(self.explain(exit))
    }

    pub(crate) fn lost(&self) -> Arc<Death> {
        self.explain(Exit::Lost)
    }

    fn explain(&self, exit: Exit) -> Arc<Death> {
        let explained = self.death.get_or_init(|| {
            let sent = self.channel.find(|frame| match frame.kind {
                kind::PANIC => Some((Some(PanicInfo::decode(&frame.payload)), None)),
                kind::REFUSED => Some((None, Some(String::from_utf8_lossy(&frame.payload).into_owned()))),
                _ => None,
            });
            let (panic, refused) = sent.unwrap_or_default();
            let mut state = self.state();
            let panic = panic.or_else(|| state.panic.take());
            let verdict = state.verdict.take().or(refused.map(Cause::Refused));
            let suspicion = state.suspicion.take();
            drop(state);

            let clean = exit == Exit::Code(0) && verdict.is_none();
            let stderr = self.stderr.as_ref().filter(|_| !clean).map(|tail| tail.last()).unwrap_or_default();
            let killed = self.killed.load(Ordering::SeqCst);
            let cause = match (verdict, exit) {
                // A signal that is not ours is the process's own end, whatever it did before.
                (Some(verdict), Exit::Code(_) | Exit::Lost) => verdict,
                (Some(verdict), Exit::Signal { number: libc::SIGKILL, .. }) if killed => verdict,
                (_, Exit::Signal { number: libc::SIGKILL, .. }) if killed => {
                    suspicion.map_or(Cause::Killed, Cause::Protocol)
                }
                (_, Exit::Signal { number: libc::SIGKILL, .. }) if oom::struck() => Cause::OutOfMemory,
                // What std says before it aborts; no hook of ours runs.
                (_, Exit::Signal { number: libc::SIGABRT, .. })
                    if stderr.contains("memory allocation of ") =>
                {
                    Cause::OutOfMemory
                }
                (_, exit) => exit.into(),
            };
            // An earlier panic that was caught has nothing to do with a signal that came later.
            let by_panic = match exit {
                Exit::Code(code) => code != 0,
                Exit::Signal { number, .. } => number == libc::SIGABRT,
                Exit::Lost => false,
            };
            let panic = panic.filter(|_| by_panic);
            let stderr = panic.as_ref().map(|panic| panics::without(&stderr, panic)).unwrap_or(stderr);
            Arc::new(Death { pid: self.process.pid(), cause, panic, stderr })
        });
        Arc::clone(explained)
    }

    fn output(&self, tail: Option<&Arc<Tail>>) -> Option<Vec<u8>> {
        let tail = tail?;
        if self.process.collect().is_some() {
            drop(tail.finish());
        }
        Some(tail.bytes())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
