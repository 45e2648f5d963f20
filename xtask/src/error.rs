//! The one error of the chores: a line for a human, and whether it was the command line's fault.

use std::fmt;

/// What a chore returns.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a chore did not do what it was asked to.
#[derive(Debug)]
pub(crate) struct Error {
    message: String,
    code: u8,
}

impl Error {
    /// Makes an error of a chore that failed (exit code 1).
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), code: 1 }
    }

    /// Makes an error of a command line that says nothing a chore understands (exit code 2).
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), code: 2 }
    }

    /// Returns the exit code of the program.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Says what was being done when a system call or a parser failed.
pub(crate) trait Context<T> {
    /// Turns the error into `cannot {what}: {error}`.
    fn context(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|e| Error::new(format_args!("cannot {what}: {e}")))
    }
}
