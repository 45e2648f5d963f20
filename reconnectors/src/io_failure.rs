//! What an error of the operating system means for a connection.

use std::io;

use cerial::{Error, Failure};

/// Which failure it is.
pub(crate) fn kind(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::Timeout,
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::PermissionDenied => {
            Failure::Other
        }
        // Refused, no route, no such name, reset while connecting: somebody may answer later.
        _ => Failure::Unreachable,
    }
}

/// The error, with the system's words in lower case and without its number.
#[allow(dead_code, reason = "not every feature connects by itself")]
pub(crate) fn error(error: &io::Error) -> Error {
    Error::connect(kind(error), words(error))
}

/// `connection refused` out of `Connection refused (os error 111)`.
pub(crate) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "no reason given".to_owned(),
    }
}
