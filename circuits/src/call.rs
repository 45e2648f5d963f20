//! Calls through a breaking circuit.

use std::error::Error;
use std::fmt;

use crate::breaker::Breaker;

/// Why a call through a [`BreakingCircuit`](crate::BreakingCircuit) gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError<E> {
    /// The circuit was broken: nothing was called.
    Broken,
    /// It was called and failed; the failure was counted as a short.
    Failed(E),
}

impl<E> CallError<E> {
    /// The error of the call itself, if it was made.
    pub fn into_failure(self) -> Option<E> {
        match self {
            CallError::Broken => None,
            CallError::Failed(error) => Some(error),
        }
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Broken => f.write_str("not called: the circuit is broken; call reset() to close it"),
            CallError::Failed(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            CallError::Broken => None,
            CallError::Failed(error) => error.source(),
        }
    }
}

/// Counts a call that panics as a short. It does not sleep: a thread that unwinds has better things to do.
pub(crate) struct ShortOnPanic<'a>(pub(crate) &'a Breaker);

impl ShortOnPanic<'_> {
    pub(crate) fn returned(self) {
        std::mem::forget(self);
    }
}

impl Drop for ShortOnPanic<'_> {
    fn drop(&mut self) {
        // a future that is dropped has not failed
        if std::thread::panicking() {
            self.0.short(None);
        }
    }
}
