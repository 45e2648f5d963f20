//! Messages from the child that nobody has listened to yet.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::deadline::Deadline;
use crate::raw::Frame;

/// How many messages wait before the child has to.
const CAPACITY: usize = 4096;

/// A queue between the supervisor and the listeners. It is bounded, so that a child that tells more than anybody listens to
/// has to wait; but not while somebody waits for the end of that child, which would then never come.
#[derive(Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    messages: VecDeque<Frame>,
    closed: bool,
    /// How many wait for the end; nothing is bounded then.
    waiters: usize,
    wakers: Vec<Waker>,
}

/// What a wait for a message ended with.
pub(super) enum Taken {
    Message(Frame),
    TimedOut,
    Closed,
}

impl State {
    fn take(&mut self) -> Option<Taken> {
        match self.messages.pop_front() {
            Some(message) => Some(Taken::Message(message)),
            None if self.closed => Some(Taken::Closed),
            None => None,
        }
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody who waits, one way or the other.
    fn tell(&self, mut state: MutexGuard<'_, State>) {
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.changed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Adds a message; `false` where the queue is still full at the deadline. The message is then dropped with the
    /// process that sent it.
    pub(super) fn push(&self, message: Frame, deadline: Deadline) -> bool {
        let mut state = self.lock();
        while state.messages.len() >= CAPACITY && state.waiters == 0 && !state.closed {
            if deadline.passed() {
                return false;
            }
            state = self.wait(state, deadline);
        }
        state.messages.push_back(message);
        self.tell(state);
        true
    }

    /// No message will come any more; those that came stay.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.tell(state);
    }

    /// Lifts the bound until what is returned is dropped.
    pub(super) fn unbounded(&self) -> Unbounded<'_> {
        let mut state = self.lock();
        state.waiters += 1;
        self.tell(state);
        Unbounded(self)
    }

    /// Lifts the bound for good.
    pub(super) fn unbind(&self) {
        std::mem::forget(self.unbounded());
    }

    pub(super) fn take(&self, deadline: Deadline) -> Taken {
        let mut state = self.lock();
        loop {
            if let Some(taken) = state.take() {
                self.tell(state);
                return taken;
            }
            if deadline.passed() {
                return Taken::TimedOut;
            }
            state = self.wait(state, deadline);
        }
    }

    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<Taken> {
        let mut state = self.lock();
        if let Some(taken) = state.take() {
            self.tell(state);
            return Poll::Ready(taken);
        }
        if !state.wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.wakers.push(cx.waker().clone());
        }
        Poll::Pending
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, deadline: Deadline) -> MutexGuard<'a, State> {
        match deadline.left() {
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(left) => self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
        }
    }
}

/// While it lives, the inbox takes everything.
pub(super) struct Unbounded<'a>(&'a Inbox);

impl Drop for Unbounded<'_> {
    fn drop(&mut self) {
        self.0.lock().waiters -= 1;
    }
}
