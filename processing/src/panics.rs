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
#[derive(Clone, Debug, PartialEq, Eq, cerial::Cerial)]
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

/// What else stands in the last lines of a process that panicked: the panic's message, place and backtrace are told by
/// themselves, and would push everything else out.
pub(crate) fn without(stderr: &str, panic: &PanicInfo) -> String {
    let place = format!(" panicked at {}:", panic.location);
    let mut kept: Vec<&str> = Vec::new();
    let mut lines = stderr.lines().peekable();
    while let Some(line) = lines.next() {
        if !(line.starts_with("thread '") && line.ends_with(&place)) {
            kept.push(line);
            continue;
        }
        for said in panic.message.lines() {
            if lines.next_if(|line| *line == said || said.starts_with("a panic payload")).is_none() {
                break;
            }
        }
        while lines.next_if(|line| is_trace(line)).is_some() {}
        // An empty line stands before the message of std's hook.
        if kept.last().is_some_and(|line| line.is_empty()) {
            kept.pop();
        }
    }
    kept.join("\n")
}

/// Whether std's hook wrote this behind a panic's message.
fn is_trace(line: &str) -> bool {
    let frame = line.trim_start();
    let numbered = frame.split_once(": ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    line == "stack backtrace:"
        || line.starts_with("note: run with `RUST_BACKTRACE=")
        || line.starts_with("note: Some details are omitted")
        || (frame.len() < line.len() && (numbered || frame.starts_with("at ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_cut_out_of_the_last_lines() {
        let panic = PanicInfo {
            message: "first\nsecond".into(),
            location: "src/main.rs:1:2".into(),
            thread: "main".into(),
        };
        let block = "\nthread 'main' (7) panicked at src/main.rs:1:2:\nfirst\nsecond\n";
        let traces = [
            "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
            "stack backtrace:\n   0: a::b\n             at ./src/main.rs:1:2\n  11: main\nnote: Some details are omitted, ..\n",
            "",
        ];
        for trace in traces {
            let text = format!("before\n{block}{trace}after: 1\n");
            assert_eq!(without(&text, &panic), "before\nafter: 1", "{trace}");
        }
        assert_eq!(
            without("thread 'x' panicked at elsewhere:\n", &panic),
            "thread 'x' panicked at elsewhere:"
        );
    }
}
