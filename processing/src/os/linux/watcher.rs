//! One thread that calls back when descriptors become readable.

use std::collections::HashMap;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use std::os::fd::OwnedFd;

use rustix::event::epoll;
use rustix::io::Errno;

const STACK: usize = 256 << 10;

/// Something with a descriptor that a [`Watcher`] looks after.
pub(super) trait Watched: Send {
    fn fd(&self) -> BorrowedFd<'_>;

    /// Called when the descriptor can be read; `false` ends the watch.
    fn ready(&mut self) -> bool;
}

/// A thread over an epoll set; it starts with the first descriptor and stays. Adding one wakes nobody.
pub(super) struct Watcher {
    name: &'static str,
    state: Mutex<State>,
    epoll: OnceLock<OwnedFd>,
}

struct State {
    running: bool,
    next: u64,
    watched: Option<HashMap<u64, Box<dyn Watched>>>,
}

impl Watcher {
    pub(super) const fn new(name: &'static str) -> Self {
        let state = State { running: false, next: 0, watched: None };
        Self { name, state: Mutex::new(state), epoll: OnceLock::new() }
    }

    pub(super) fn add(&'static self, watched: Box<dyn Watched>) -> io::Result<()> {
        let mut state = self.lock();
        let epoll = match self.epoll.get() {
            Some(epoll) => epoll,
            None => {
                let made = epoll::create(epoll::CreateFlags::CLOEXEC)?;
                self.epoll.get_or_init(|| made)
            }
        };
        if !state.running {
            let thread = std::thread::Builder::new().name(self.name.into()).stack_size(STACK);
            thread.spawn(move || self.run(epoll))?;
            state.running = true;
        }
        let key = state.next;
        state.next += 1;
        epoll::add(epoll, watched.fd(), epoll::EventData::new_u64(key), epoll::EventFlags::IN)?;
        state.watched.get_or_insert_default().insert(key, watched);
        Ok(())
    }

    fn run(&self, epoll: &OwnedFd) {
        let mut events = Vec::with_capacity(64);
        loop {
            match epoll::wait(epoll, rustix::buffer::spare_capacity(&mut events), None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return,
            }
            for event in events.drain(..) {
                let key = event.data.u64();
                // The lock is not held while the callback runs: it may block on a terminal.
                let Some(mut watched) = self.lock().watched.get_or_insert_default().remove(&key) else {
                    continue;
                };
                if watched.ready() {
                    self.lock().watched.get_or_insert_default().insert(key, watched);
                } else {
                    let _ = epoll::delete(epoll, watched.fd());
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
