//! What a child wrote to its standard streams.
//!
//! A child's stderr is a pipe whose bytes are passed on to the parent's stderr as they come; the last 8 KiB are kept for
//! the error that tells of a death. A captured stream is kept whole. One thread reads them all, so that no child ever
//! waits for a parent that is busy elsewhere.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::os;

const KEPT: usize = 8 << 10;

/// How long a death waits for the pipe of a process that is gone: a stranger may have inherited it.
const PATIENCE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Tail {
    /// Keep everything, not only the end.
    whole: bool,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    kept: Vec<u8>,
    ended: bool,
}

/// Where the bytes of a child's stream go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forward {
    Stderr,
    Nowhere,
}

impl Tail {
    /// Reads `pipe` to its end on another thread.
    pub(crate) fn follow(pipe: OwnedFd, forward: Forward, whole: bool) -> io::Result<Arc<Self>> {
        let tail = Arc::new(Self { whole, state: Mutex::default(), ended: Condvar::new() });
        let told = Arc::clone(&tail);
        os::backend().watch(
            pipe,
            Box::new(move |fd| {
                let mut buffer = [0; 4096];
                match rustix::io::read(fd, &mut buffer) {
                    Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => true,
                    Ok(0) | Err(_) => {
                        told.lock().ended = true;
                        told.ended.notify_all();
                        false
                    }
                    Ok(n) => {
                        told.lock().push(&buffer[..n], told.whole);
                        let _ = match forward {
                            Forward::Stderr => io::stderr().lock().write_all(&buffer[..n]),
                            Forward::Nowhere => Ok(()),
                        };
                        true
                    }
                }
            }),
        )?;
        Ok(tail)
    }

    /// Everything that is kept so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.lock().kept.clone()
    }

    /// The last lines of a process that is gone.
    pub(crate) fn last(&self) -> String {
        self.finish().text()
    }

    /// Waits until all that a process wrote is here, after it is gone.
    pub(crate) fn finish(&self) -> MutexGuard<'_, State> {
        let state = self.lock();
        let waited = self.ended.wait_timeout_while(state, PATIENCE, |state| !state.ended);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, bytes: &[u8], whole: bool) {
        self.kept.extend_from_slice(bytes);
        if !whole && self.kept.len() > 2 * KEPT {
            self.kept.drain(..self.kept.len() - KEPT);
        }
    }

    fn text(&self) -> String {
        let kept = &self.kept[self.kept.len().saturating_sub(KEPT)..];
        // A line whose beginning is lost is left out.
        let whole = if kept.len() < self.kept.len() || kept.len() == KEPT {
            kept.iter().position(|b| *b == b'\n').map_or(kept, |at| &kept[at + 1..])
        } else {
            kept
        };
        String::from_utf8_lossy(whole).trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_whole_lines_are_kept() {
        let mut state = State::default();
        for n in 0..10_000 {
            state.push(format!("line {n}\n").as_bytes(), false);
        }
        let text = state.text();
        assert!(text.len() <= KEPT && text.ends_with("line 9999"));
        assert!(text.lines().all(|line| line.starts_with("line ")), "{:?}", text.lines().next());
        assert!(state.kept.len() <= 2 * KEPT);
    }
}
