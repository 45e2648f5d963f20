//! What travels on the control socket: frames of a kind byte and a payload.
//!
//! The layout of a frame is written down in `PROTOCOL.md`. The decoder takes bytes as they come (a frame may arrive in
//! any number of pieces), never allocates for a length that was only announced, and treats everything that does not
//! begin like a frame as a broken protocol.

use std::collections::VecDeque;
use std::fmt;
use std::os::fd::OwnedFd;

/// The first kind byte that belongs to the layer above; smaller ones are the handshake's.
pub const FIRST_USER_KIND: u8 = 64;

/// The largest payload of one frame, in bytes.
pub const MAX_PAYLOAD: usize = 1 << 30;

/// The most descriptors that may travel with one frame.
pub const MAX_FDS: usize = 16;

pub(crate) const HEADER: usize = 8;
const MAGIC: u8 = 0xA7;
const FIRST_ALLOCATION: usize = 1 << 20;

pub(crate) mod kind {
    pub(crate) const HELLO: u8 = 1;
    pub(crate) const LOADED: u8 = 2;
    pub(crate) const NO_INIT: u8 = 3;
    pub(crate) const PANIC: u8 = 4;
    pub(crate) const DONE: u8 = 5;
    pub(crate) const FAILED: u8 = 6;
    pub(crate) const REFUSED: u8 = 7;
    pub(crate) const FDS: u8 = 32;
    pub(crate) const START: u8 = 33;
}

/// One message: a kind, opaque bytes, and descriptors that travel with them.
#[derive(Default)]
pub struct Frame {
    /// What the payload is; kinds below [`FIRST_USER_KIND`] are refused by `send`.
    pub kind: u8,
    /// The bytes; this layer never looks into them.
    pub payload: Vec<u8>,
    /// Descriptors passed along, close-on-exec at the receiver.
    pub fds: Vec<OwnedFd>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, payload, fds } = self;
        write!(f, "Frame {{ kind: {kind}, payload: {} bytes, fds: {} }}", payload.len(), fds.len())
    }
}

pub(crate) fn header(kind: u8, fds: usize, len: usize) -> [u8; HEADER] {
    let [a, b, c, d] = u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes();
    [MAGIC, kind, u8::try_from(fds).unwrap_or(u8::MAX), 0, a, b, c, d]
}

/// Puts frames together from bytes in pieces.
#[derive(Default)]
pub(crate) struct Decoder {
    head: [u8; HEADER],
    have: usize,
    want: usize,
    payload: Vec<u8>,
    fds: VecDeque<OwnedFd>,
}

impl Decoder {
    /// How many bytes of the current payload are still missing.
    pub(crate) fn missing(&self) -> usize {
        if self.have == HEADER { self.want - self.payload.len() } else { 0 }
    }

    /// Whether bytes of an unfinished frame are held.
    pub(crate) fn in_frame(&self) -> bool {
        self.have > 0
    }

    /// The current payload with free room for some of its missing bytes and for no others, if that is worth it.
    pub(crate) fn room(&mut self, at_least: usize) -> Option<&mut Vec<u8>> {
        let missing = self.missing();
        if missing <= at_least {
            return None;
        }
        if self.payload.capacity() == self.payload.len() {
            // Grows with what has arrived, not with what was announced.
            self.payload.reserve_exact(missing.min(self.payload.len().max(FIRST_ALLOCATION)));
        }
        (self.payload.capacity() - self.payload.len() <= missing).then_some(&mut self.payload)
    }

    pub(crate) fn push_fd(&mut self, fd: OwnedFd) {
        self.fds.push_back(fd);
    }

    pub(crate) fn feed(&mut self, mut bytes: &[u8], out: &mut VecDeque<Frame>) -> Result<(), String> {
        loop {
            if self.have < HEADER {
                let n = (HEADER - self.have).min(bytes.len());
                self.head[self.have..self.have + n].copy_from_slice(&bytes[..n]);
                self.have += n;
                bytes = &bytes[n..];
                if self.have > 0 && self.head[0] != MAGIC {
                    return Err(format!(
                        "bytes that are no frame on the control socket (first byte {:#04x})",
                        self.head[0]
                    ));
                }
                if self.have < HEADER {
                    return Ok(());
                }
                let [_, _, _, _, a, b, c, d] = self.head;
                self.want = u32::from_le_bytes([a, b, c, d]) as usize;
                if self.want > MAX_PAYLOAD || self.head[3] != 0 || usize::from(self.head[2]) > MAX_FDS {
                    return Err(format!("a frame header out of bounds (payload of {} bytes)", self.want));
                }
                self.payload = Vec::with_capacity(self.want.min(FIRST_ALLOCATION));
            }
            let n = (self.want - self.payload.len()).min(bytes.len());
            self.payload.extend_from_slice(&bytes[..n]);
            bytes = &bytes[n..];
            if self.payload.len() < self.want {
                return Ok(());
            }
            let fds = usize::from(self.head[2]);
            if self.fds.len() < fds {
                return Err(format!("a frame that announces {fds} descriptors came with {}", self.fds.len()));
            }
            let fds = self.fds.drain(..fds).collect();
            out.push_back(Frame { kind: self.head[1], payload: std::mem::take(&mut self.payload), fds });
            self.have = 0;
            if bytes.is_empty() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(kind: u8, payload: &[u8]) -> Vec<u8> {
        [&header(kind, 0, payload.len())[..], payload].concat()
    }

    #[test]
    fn frames_come_whole_from_pieces_of_any_size() {
        let stream = [bytes(64, b"one"), bytes(65, b""), bytes(66, &[7; 300])].concat();
        for step in 1..stream.len() {
            let (mut decoder, mut out) = (Decoder::default(), VecDeque::new());
            for piece in stream.chunks(step) {
                decoder.feed(piece, &mut out).expect("well formed");
            }
            let got: Vec<_> = out.iter().map(|f| (f.kind, f.payload.len())).collect();
            assert_eq!(got, [(64, 3), (65, 0), (66, 300)], "pieces of {step}");
            assert!(!decoder.in_frame());
        }
    }

    #[test]
    fn foreign_bytes_and_absurd_lengths_are_refused() {
        let mut out = VecDeque::new();
        let said = Decoder::default().feed(b"hello, world", &mut out).expect_err("no frame");
        assert!(said.contains("no frame"), "{said}");
        let mut head = header(64, 0, 0);
        head[4..].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Decoder::default().feed(&head, &mut out).is_err());
        assert!(Decoder::default().feed(&header(64, 1, 0), &mut out).is_err(), "descriptor that never came");
    }

    #[test]
    fn an_announced_length_allocates_nothing_before_it_arrives() {
        let mut decoder = Decoder::default();
        decoder.feed(&header(64, 0, MAX_PAYLOAD), &mut VecDeque::new()).expect("within bounds");
        assert!(decoder.payload.capacity() <= FIRST_ALLOCATION);
    }
}
