//! A frame channel over one end of a stream socket.
//!
//! Nobody owns a reader thread: the thread that waits does the reading. One waiter at a time has the *reading role* and
//! polls the socket; other waiters sleep on a condition variable until it leaves. A sender that finds the socket full
//! takes the reading role too, if it is free, and moves what arrives into the inbox while it waits. So two sides that
//! write large frames to each other at the same moment cannot block each other, and a frame costs no thread hop.

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recv, recvmsg, sendmsg,
};

use crate::deadline::Deadline;
use crate::error::SendError;
use crate::frame::{Decoder, Frame, MAX_FDS, MAX_PAYLOAD, header};
use crate::os::poll;

const SCRATCH: usize = 16 << 10;

pub(crate) struct Channel {
    socket: OwnedFd,
    rx: Mutex<Rx>,
    rx_changed: Condvar,
    tx: Mutex<Tx>,
    tx_changed: Condvar,
}

#[derive(Default)]
struct Rx {
    inbox: VecDeque<Frame>,
    decoder: Decoder,
    scratch: Vec<u8>,
    reading: bool,
    end: Option<End>,
}

#[derive(Default)]
struct Tx {
    writing: bool,
    /// The tail of a frame whose sender's deadline passed midway.
    rest: Vec<u8>,
}

/// Why no more frames will come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Protocol(String),
}

/// What a wait ended with.
#[derive(Debug)]
pub(crate) enum Got {
    Frame(Frame),
    End(End),
    /// The wake descriptor fired and the inbox is empty.
    Woken,
    TimedOut,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn sleep_on<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>, deadline: Deadline) -> MutexGuard<'a, T> {
    match deadline.left() {
        None => condvar.wait(guard).unwrap_or_else(PoisonError::into_inner),
        Some(left) => condvar.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0,
    }
}

impl Channel {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self {
            socket,
            rx: Mutex::default(),
            rx_changed: Condvar::new(),
            tx: Mutex::default(),
            tx_changed: Condvar::new(),
        }
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Whether anything was read that nobody took yet.
    pub(crate) fn has_unread(&self) -> bool {
        let rx = lock(&self.rx);
        !rx.inbox.is_empty() || rx.decoder.in_frame()
    }

    /// Takes a frame without waiting; with `pull`, after one read where none is there. `None` at the end of frames too,
    /// which [`recv`](Self::recv) tells. For a channel with one reader that polls by itself.
    pub(crate) fn take(&self, pull: bool) -> Option<Frame> {
        let mut rx = lock(&self.rx);
        if rx.inbox.is_empty() && pull && !rx.reading {
            self.pull(&mut rx);
        }
        rx.inbox.pop_front()
    }

    /// Whether no frame will be read any more.
    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.rx).end.is_some()
    }

    /// Waits for the next frame. All callers of one channel pass the same `wake`.
    pub(crate) fn recv(&self, deadline: Deadline, wake: Option<BorrowedFd<'_>>) -> io::Result<Got> {
        self.drive(deadline, wake, |rx| rx.inbox.pop_front())
    }

    /// Reads into the inbox until `wake` fires, without taking frames out. `true`: it fired.
    pub(crate) fn pump(&self, deadline: Deadline, wake: BorrowedFd<'_>) -> io::Result<bool> {
        loop {
            match self.drive(deadline, Some(wake), |_| None)? {
                Got::Woken => return Ok(true),
                Got::TimedOut => return Ok(false),
                Got::End(_) => return poll::ready(&mut [poll::input(wake)], deadline),
                Got::Frame(_) => {}
            }
        }
    }

    /// Looks at the frames that were read and not yet taken.
    pub(crate) fn find<T>(&self, look: impl FnMut(&Frame) -> Option<T>) -> Option<T> {
        let mut rx = lock(&self.rx);
        if !rx.reading {
            while rx.end.is_none() && self.pull(&mut rx) {}
        }
        rx.inbox.iter().rev().find_map(look)
    }

    fn drive(
        &self,
        deadline: Deadline,
        wake: Option<BorrowedFd<'_>>,
        mut take: impl FnMut(&mut Rx) -> Option<Frame>,
    ) -> io::Result<Got> {
        let mut rx = lock(&self.rx);
        loop {
            if let Some(frame) = take(&mut rx) {
                return Ok(Got::Frame(frame));
            }
            if let Some(end) = &rx.end {
                return Ok(Got::End(end.clone()));
            }
            if rx.reading {
                if deadline.passed() {
                    return Ok(Got::TimedOut);
                }
                rx = sleep_on(&self.rx_changed, rx, deadline);
                continue;
            }
            if self.pull(&mut rx) {
                continue;
            }
            rx.reading = true;
            drop(rx);
            let mut fds = [poll::input(self.as_fd()), poll::input(wake.unwrap_or(self.as_fd()))];
            let polled = poll::ready(&mut fds[..if wake.is_some() { 2 } else { 1 }], deadline);
            rx = lock(&self.rx);
            rx.reading = false;
            self.rx_changed.notify_all();
            let waked = wake.is_some() && poll::fired(&fds[1]);
            if !polled? {
                return Ok(Got::TimedOut);
            }
            // What was sent before the wake is read before the wake is told.
            if waked {
                while self.pull(&mut rx) {}
                return Ok(take(&mut rx).map_or(Got::Woken, Got::Frame));
            }
        }
    }

    /// Reads once without waiting; `true` if that changed anything.
    fn pull(&self, rx: &mut Rx) -> bool {
        if rx.end.is_some() {
            return false;
        }
        if rx.scratch.is_empty() {
            rx.scratch.resize(SCRATCH, 0);
        }
        let Rx { decoder, scratch, .. } = &mut *rx;
        // Descriptors come with the first byte of a frame, so never in the reads that end with a payload.
        let mut direct = false;
        let got = if let Some(payload) = decoder.room(SCRATCH) {
            direct = true;
            recv(&self.socket, rustix::buffer::spare_capacity(payload), RecvFlags::DONTWAIT).map(|(n, _)| n)
        } else if decoder.missing() > 0 {
            let upto = SCRATCH.min(decoder.missing());
            recv(&self.socket, &mut scratch[..upto], RecvFlags::DONTWAIT).map(|(n, _)| n)
        } else {
            receive_with_fds(&self.socket, scratch, decoder)
        };
        match got {
            Err(Errno::AGAIN | Errno::INTR) => return false,
            // In the middle of a frame too: whoever sends may end at any byte.
            Ok(0) | Err(Errno::CONNRESET) => rx.end = Some(End::Closed),
            Err(errno) => rx.end = Some(End::Protocol(format!("cannot read the control socket: {errno}"))),
            Ok(n) => {
                let Rx { inbox, decoder, scratch, .. } = rx;
                if let Err(said) = decoder.feed(if direct { &[] } else { &scratch[..n] }, inbox) {
                    rx.end = Some(End::Protocol(said));
                }
            }
        }
        true
    }

    /// Sends one frame whose payload is the parts one after the other. `wake` firing means the other side is gone.
    pub(crate) fn send(
        &self,
        kind: u8,
        parts: &[&[u8]],
        fds: &[BorrowedFd<'_>],
        deadline: Deadline,
        wake: Option<BorrowedFd<'_>>,
    ) -> Result<(), SendError> {
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        if len > MAX_PAYLOAD || fds.len() > MAX_FDS {
            return Err(SendError::TooLarge { bytes: len, fds: fds.len() });
        }
        let mut tx = lock(&self.tx);
        while tx.writing {
            if deadline.passed() {
                return Err(SendError::Timeout { partial: false });
            }
            tx = sleep_on(&self.tx_changed, tx, deadline);
        }
        tx.writing = true;
        let mut rest = std::mem::take(&mut tx.rest);
        drop(tx);

        let head = header(kind, fds.len(), len);
        let result = self.write(&mut [IoSlice::new(&rest)], &[], deadline, wake).map_err(|(at, why)| {
            rest.drain(..at);
            why
        });
        let result = result.and_then(|()| {
            rest.clear();
            let mut slices = Vec::with_capacity(1 + parts.len());
            slices.push(IoSlice::new(&head));
            slices.extend(parts.iter().map(|part| IoSlice::new(part)));
            self.write(&mut slices, fds, deadline, wake).map_err(|(at, why)| {
                if at == 0 {
                    return why;
                }
                let whole = [&[&head[..]], parts].concat().concat();
                rest.extend_from_slice(&whole[at..]);
                match why {
                    SendError::Timeout { .. } => SendError::Timeout { partial: true },
                    why => why,
                }
            })
        });
        let mut tx = lock(&self.tx);
        tx.rest = rest;
        tx.writing = false;
        self.tx_changed.notify_one();
        result
    }

    /// Writes all slices; an error tells how many bytes went out.
    fn write(
        &self,
        mut slices: &mut [IoSlice<'_>],
        fds: &[BorrowedFd<'_>],
        deadline: Deadline,
        wake: Option<BorrowedFd<'_>>,
    ) -> Result<(), (usize, SendError)> {
        let mut at = 0;
        let mut fds = fds;
        IoSlice::advance_slices(&mut slices, 0);
        while !slices.is_empty() {
            match send_with_fds(&self.socket, slices, fds) {
                Ok(n) => {
                    at += n;
                    fds = &[];
                    IoSlice::advance_slices(&mut slices, n);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.wait_writable(deadline, wake).map_err(|why| (at, why))?;
                }
                Err(Errno::PIPE | Errno::CONNRESET) => return Err((at, SendError::Closed)),
                Err(errno) => return Err((at, SendError::Io(errno.into()))),
            }
        }
        Ok(())
    }

    fn wait_writable(&self, deadline: Deadline, wake: Option<BorrowedFd<'_>>) -> Result<(), SendError> {
        let mut rx = lock(&self.rx);
        let reader = !rx.reading && rx.end.is_none();
        rx.reading |= reader;
        drop(rx);
        let wanted = if reader { PollFlags::OUT | PollFlags::IN } else { PollFlags::OUT };
        let mut fds =
            [PollFd::from_borrowed_fd(self.as_fd(), wanted), poll::input(wake.unwrap_or(self.as_fd()))];
        let polled = poll::ready(&mut fds[..if wake.is_some() { 2 } else { 1 }], deadline);
        if reader {
            let mut rx = lock(&self.rx);
            rx.reading = false;
            if fds[0].revents().contains(PollFlags::IN) {
                self.pull(&mut rx);
            }
            self.rx_changed.notify_all();
        }
        match polled {
            Err(error) => Err(SendError::Io(error)),
            Ok(false) => Err(SendError::Timeout { partial: false }),
            Ok(true) if wake.is_some() && poll::fired(&fds[1]) => Err(SendError::Closed),
            Ok(true) => Ok(()),
        }
    }
}

fn send_with_fds(
    socket: &OwnedFd,
    slices: &[IoSlice<'_>],
    fds: &[BorrowedFd<'_>],
) -> rustix::io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(fds));
    }
    sendmsg(socket, slices, &mut control, SendFlags::DONTWAIT | SendFlags::NOSIGNAL)
}

fn receive_with_fds(socket: &OwnedFd, buffer: &mut [u8], decoder: &mut Decoder) -> rustix::io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let flags = RecvFlags::DONTWAIT;
    let got = recvmsg(socket, &mut [IoSliceMut::new(buffer)], &mut control, flags)?;
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(fds) = message {
            for fd in fds {
                rustix::io::fcntl_setfd(&fd, rustix::io::FdFlags::CLOEXEC)?;
                decoder.push_fd(fd);
            }
        }
    }
    if got.flags.contains(ReturnFlags::CTRUNC) {
        return Err(Errno::MFILE);
    }
    Ok(got.bytes)
}
