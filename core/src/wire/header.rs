//! The first bytes of a stream: format, version, mode, schema.

use super::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::options::{Mode, Options};

/// `0xCE` is no first byte of UTF-8 text here, and of no common archive.
const MAGIC: [u8; 3] = [0xCE, b'r', b'l'];
/// The version of `core/WIRE.md` that this crate writes, and the newest that it reads.
const VERSION: u8 = 1;

/// What the header of a stream says.
pub(crate) struct Header<'de> {
    pub(crate) mode: Mode,
    /// Portable: the schema's bytes. Compact: the eight bytes of the fingerprint.
    pub(crate) schema: &'de [u8],
}

/// The headers of one type, ready to be written and compared.
pub(crate) struct Headers {
    compact: [u8; 13],
    portable: Vec<u8>,
}

impl Headers {
    pub(crate) fn new(schema: &[u8], fingerprint: u64) -> Headers {
        let options = Options::new();
        let mut w = Writer::new(Vec::new(), &options);
        w.raw(&MAGIC);
        w.raw(&[VERSION, Mode::Portable as u8]);
        w.bytes(schema);
        let mut compact = [0; 13];
        compact[..3].copy_from_slice(&MAGIC);
        compact[3] = VERSION;
        compact[4] = Mode::Compact as u8;
        compact[5..].copy_from_slice(&fingerprint.to_le_bytes());
        Headers { compact, portable: w.into_vec() }
    }

    /// Calls `write` with what a stream of the mode begins with; the size of the short one is known where it is called.
    #[inline(always)]
    pub(crate) fn put(&self, mode: Mode, mut write: impl FnMut(&[u8])) {
        match mode {
            Mode::Compact => write(&self.compact),
            Mode::Portable => write(&self.portable),
        }
    }

    /// What stands behind the header, if it is one of these.
    #[inline]
    pub(crate) fn strip<'de>(&self, bytes: &'de [u8]) -> Option<(Mode, &'de [u8])> {
        match bytes.get(4) {
            Some(&mode) if mode == Mode::Compact as u8 => {
                let (header, rest) = bytes.split_first_chunk::<13>()?;
                (*header == self.compact).then_some((Mode::Compact, rest))
            }
            _ => {
                let (header, rest) = bytes.split_at_checked(self.portable.len())?;
                same(header, &self.portable).then_some((Mode::Portable, rest))
            }
        }
    }
}

/// Compares two slices of one length: headers are short, a call costs more than the comparison.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() > 96 {
        return a == b;
    }
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let differing =
        a.iter().zip(b).fold(0, |bits, (a, b)| bits | (u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b)));
    differing == 0 && a_rest == b_rest
}

#[inline]
pub(crate) fn write_header(w: &mut Writer<'_>, headers: &Headers) {
    headers.put(w.options().mode, |header| w.raw(header));
}

pub(crate) fn read_header<'de>(r: &mut Reader<'de>) -> Result<Header<'de>> {
    let magic = r.block(r.rest().len().min(MAGIC.len()))?;
    if magic != &MAGIC[..magic.len()] || magic.is_empty() {
        return Err(foreign(magic));
    }
    let [version, mode] = *r.block(5 - magic.len())? else {
        return Err(Error::truncated(5, magic.len()));
    };
    if version > VERSION {
        return Err(Error::new(
            ErrorKind::NewerVersion,
            format!("the bytes are of wire version {version}, this program reads up to {VERSION}"),
        )
        .with_help("update the crate `cerial` on this side"));
    }
    if version == 0 {
        return Err(Error::malformed("wire version 0 does not exist"));
    }
    let (mode, schema) = match mode {
        0 => (Mode::Portable, r.bytes()?),
        1 => (Mode::Compact, r.block(8)?),
        other => return Err(Error::malformed(format!("unknown mode {other}"))),
    };
    Ok(Header { mode, schema })
}

#[cold]
fn foreign(start: &[u8]) -> Error {
    let what = match start {
        [] => return Error::new(ErrorKind::Truncated, "there are no bytes"),
        [b'{' | b'[' | b'"', ..] => " (they look like JSON: `from_json` reads that)",
        [0x80, 2..=5, ..] => " (they look like a Python pickle)",
        _ => "",
    };
    Error::malformed(format!("the bytes are not of this format{what}"))
}
