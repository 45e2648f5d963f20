//! Text from bytes: checked once, copied without a call where it is short.

use super::buffer::copy_short;
use crate::error::{Error, Result};

/// Checks bytes for UTF-8, word by word while they are ASCII.
#[inline(always)]
pub(crate) fn check_utf8(bytes: &[u8]) -> Result<&str> {
    if is_ascii(bytes) {
        // SAFETY: ASCII is UTF-8.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).map_err(|e| Error::malformed(format!("text is not UTF-8: {e}")))
}

#[inline(always)]
fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let n = bytes.len();
    let start = bytes.as_ptr();
    // SAFETY: every caller below asks for eight bytes that end at `n` or before; no alignment is needed.
    let word = |i: usize| unsafe { start.add(i).cast::<u64>().read_unaligned() };
    if n >= 16 {
        let mut seen = word(n - 16) | word(n - 8);
        let mut i = 0;
        while i + 16 < n {
            seen |= word(i) | word(i + 8);
            i += 16;
        }
        seen & HIGH == 0
    } else if n >= 8 {
        (word(0) | word(n - 8)) & HIGH == 0
    } else if n >= 4 {
        // SAFETY: as above, of four bytes.
        let half = |i: usize| unsafe { start.add(i).cast::<u32>().read_unaligned() };
        (half(0) | half(n - 4)) & HIGH as u32 == 0
    } else {
        bytes.iter().fold(0, |seen, b| seen | b) & 0x80 == 0
    }
}

/// Copies text into a `String` of exactly its size.
#[inline(always)]
pub(crate) fn own(text: &str) -> String {
    let n = text.len();
    let mut bytes = Vec::<u8>::with_capacity(n);
    // SAFETY:
    // - the fresh vector has room for `n` bytes and does not overlap `text`.
    // - the bytes are a copy of text, so they are UTF-8.
    unsafe {
        copy_short(text.as_ptr(), bytes.as_mut_ptr(), n);
        bytes.set_len(n);
        String::from_utf8_unchecked(bytes)
    }
}
