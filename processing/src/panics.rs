//! Panics of a child: a hook that tells the parent at once, so that the message arrives even if the process aborts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::channel::Channel;
use crate::deadline::Deadline;
use crate::frame::kind;

const LONGEST: usize = 16 << 10;
const PATIENCE: Duration = Duration::from_millis(200);

/// What a panic said, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanicInfo {
    /// The message; a payload that is no string is named as such.
    pub message: String,
    /// `file:line:column`.
    pub location: String,
    /// The name of the thread that panicked.
    pub thread: String,
}

impl fmt::Display for PanicInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked at {}: {}", self.location, self.message)
    }
}

impl PanicInfo {
    pub(crate) fn encode(&self) -> Vec<u8> {
        [self.location.as_str(), &self.thread, &self.message].join("\0").into_bytes()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut parts = text.splitn(3, '\0').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Self { location: next(), thread: next(), message: next() }
    }
}

/// Puts our hook before the one that is set.
pub(crate) fn report_to(channel: Arc<Channel>) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let mut message = text.unwrap_or("a panic payload that is no string").to_owned();
        message.truncate(message.floor_char_boundary(LONGEST));
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        let panic = PanicInfo { message, location, thread };
        // A parent that does not read must not keep a panicking child alive for long.
        let _ = channel.send(kind::PANIC, &[&panic.encode()], &[], Deadline::within(PATIENCE), None);
        before(info);
    }));
}
