//! The first bytes of a stream: format, version, mode, schema.

use super::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Mode;
use crate::schema::Root;

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

pub(crate) fn write_header(w: &mut Writer<'_>, root: &Root) {
    let mode = if w.portable() { Mode::Portable } else { Mode::Compact };
    let first = w.block(5);
    first[..3].copy_from_slice(&MAGIC);
    first[3] = VERSION;
    first[4] = mode as u8;
    match mode {
        Mode::Portable => w.bytes(&root.bytes),
        Mode::Compact => w.raw(&root.fingerprint.to_le_bytes()),
    }
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
