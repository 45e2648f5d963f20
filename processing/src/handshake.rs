//! What a child is told by its environment, and how it introduces itself.
//!
//! Text and frames are written down in `PROTOCOL.md`.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::fd::RawFd;

/// The variable that makes a process a child.
pub(crate) const VARIABLE: &str = "SUITKAISE_CHILD";

/// The version of the variable's text and of the handshake frames.
pub(crate) const VERSION: u16 = 1;

/// How deep children may start children.
pub(crate) const MAX_DEPTH: u32 = 16;

/// A random number that a child has to repeat.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nonce([u64; 2]);

impl Nonce {
    pub(crate) fn new() -> Self {
        // std seeds each `RandomState` from the system's random source.
        Self([0, 1].map(|salt: u64| {
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u64(salt);
            hasher.finish()
        }))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0[0], self.0[1])
    }
}

/// What does not depend on how descriptors are passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) nonce: Nonce,
    /// 1 for a child of a program that nobody of ours started.
    pub(crate) depth: u32,
}

/// The numbers under which descriptors are passed, and the identity of the control socket. The identity is what makes
/// a stale variable harmless (a worker's own `Command` passes its environment on): the numbers then name other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    pub(crate) control: RawFd,
    pub(crate) lifeline: Option<RawFd>,
    pub(crate) socket_id: u64,
}

impl Ticket {
    /// `<version>:<control>[,<lifeline>]:<nonce>:<depth>:<socket id>`.
    pub(crate) fn text(&self, passed: &Passed) -> String {
        let lifeline = passed.lifeline.map(|fd| format!(",{fd}")).unwrap_or_default();
        let Self { nonce, depth } = self;
        format!("{VERSION}:{}{lifeline}:{nonce}:{depth}:{}", passed.control, passed.socket_id)
    }

    pub(crate) fn parse(text: &str) -> Option<(Self, Passed)> {
        let mut parts = text.split(':');
        let version: u16 = parts.next()?.parse().ok()?;
        let fds = parts.next()?;
        let (nonce, depth, socket_id) =
            (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        if version != VERSION || parts.next().is_some() || nonce.len() != 32 || !nonce.is_ascii() {
            return None;
        }
        let (control, lifeline) = match fds.split_once(',') {
            Some((control, lifeline)) => (control, Some(lifeline.parse().ok()?)),
            None => (fds, None),
        };
        let half = |range: std::ops::Range<usize>| u64::from_str_radix(&nonce[range], 16).ok();
        let nonce = Nonce([half(0..16)?, half(16..32)?]);
        Some((Self { nonce, depth }, Passed { control: control.parse().ok()?, lifeline, socket_id }))
    }

    pub(crate) fn from_environment() -> Option<(Self, Passed)> {
        Self::parse(std::env::var_os(VARIABLE)?.to_str()?)
    }
}

/// The first frame of a child.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) version: u16,
    pub(crate) nonce: Nonce,
    pub(crate) pid: u32,
    pub(crate) build: Vec<u8>,
}

impl Hello {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = self.version.to_le_bytes().to_vec();
        out.extend(self.nonce.0.iter().flat_map(|half| half.to_le_bytes()));
        out.extend(self.pid.to_le_bytes());
        out.extend(&self.build);
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, bytes) = bytes.split_first_chunk()?;
        let (a, bytes) = bytes.split_first_chunk()?;
        let (b, bytes) = bytes.split_first_chunk()?;
        let (pid, build) = bytes.split_first_chunk()?;
        Some(Self {
            version: u16::from_le_bytes(*version),
            nonce: Nonce([u64::from_le_bytes(*a), u64::from_le_bytes(*b)]),
            pid: u32::from_le_bytes(*pid),
            build: build.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_reads_back_and_broken_ones_are_none() {
        let ticket = Ticket { nonce: Nonce::new(), depth: 3 };
        for lifeline in [None, Some(12)] {
            let passed = Passed { control: 11, lifeline, socket_id: 987_654 };
            assert_eq!(Ticket::parse(&ticket.text(&passed)), Some((ticket, passed)));
        }
        for broken in ["", "1", "2:3,4:00:1:5", "1:x:00000000000000000000000000000000:1:5", "1:3::1:5"] {
            assert_eq!(Ticket::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_hello_reads_back() {
        let hello = Hello { version: 1, nonce: Nonce::new(), pid: 77, build: vec![1, 2, 3] };
        assert_eq!(Hello::decode(&hello.encode()).as_ref(), Some(&hello));
        assert_eq!(Hello::decode(&hello.encode()[..12]), None);
    }
}
