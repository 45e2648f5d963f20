//! Messages from the child that nobody has listened to yet.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::deadline::Deadline;

/// How many messages wait before the child has to.
const CAPACITY: usize = 4096;

/// A bounded queue between the supervisor and the listeners.
#[derive(Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    messages: VecDeque<Vec<u8>>,
    closed: bool,
}

/// What a wait for a message ended with.
pub(super) enum Taken {
    Message(Vec<u8>),
    TimedOut,
    Closed,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message; `false` where the queue is still full at the deadline. The message is then dropped with the
    /// process that sent it.
    pub(super) fn push(&self, message: Vec<u8>, deadline: Deadline) -> bool {
        let mut state = self.lock();
        while state.messages.len() >= CAPACITY {
            let (next, timed_out) = self.wait(state, deadline);
            state = next;
            if timed_out && state.messages.len() >= CAPACITY {
                return false;
            }
        }
        state.messages.push_back(message);
        self.changed.notify_all();
        true
    }

    /// No message will come any more; those that came stay.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub(super) fn take(&self, timeout: Option<Duration>) -> Taken {
        let deadline = Deadline::after(timeout);
        let mut state = self.lock();
        loop {
            if let Some(message) = state.messages.pop_front() {
                self.changed.notify_all();
                return Taken::Message(message);
            }
            if state.closed {
                return Taken::Closed;
            }
            let (next, timed_out) = self.wait(state, deadline);
            state = next;
            if timed_out && state.messages.is_empty() && !state.closed {
                return Taken::TimedOut;
            }
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, deadline: Deadline) -> (MutexGuard<'a, State>, bool) {
        match deadline.left() {
            None => (self.changed.wait(state).unwrap_or_else(PoisonError::into_inner), false),
            Some(left) => {
                let (state, result) =
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
                (state, result.timed_out())
            }
        }
    }
}
