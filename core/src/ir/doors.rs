//! The doors: a value or bytes make a tree, a tree makes a value.

use super::decode::Decoder;
use super::layout::Layout;
use super::tree::Ir;
use crate::encode::{Cerial, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::options::{Mode, Options};
use crate::wire::{Reader, read_header, schema_from_bytes};

static DEFAULT: Options = Options::new();

/// Makes the tree of a value.
///
/// # Errors
/// As [`serialize`](crate::serialize).
pub fn serialize_ir<T: Encode + ?Sized>(value: &T) -> Result<Ir> {
    DEFAULT.serialize_ir(value)
}

/// Makes a value of a tree. The tree may be of an older form of the type.
///
/// # Errors
/// As [`deserialize`](crate::deserialize).
pub fn deserialize_ir<T: Cerial>(ir: &Ir) -> Result<T> {
    DEFAULT.deserialize_ir(ir)
}

/// Makes the tree of portable bytes, without the type that wrote them.
///
/// # Errors
/// Bytes that are not of this format, or compact: those do not describe themselves; a spent budget of
/// [`Limits`](crate::Limits).
pub fn inspect(bytes: &[u8]) -> Result<Ir> {
    DEFAULT.inspect(bytes)
}

impl Options {
    /// [`serialize_ir`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn serialize_ir<T: Encode + ?Sized>(&self, value: &T) -> Result<Ir> {
        let options = self.clone().mode(Mode::Portable);
        options.inspect(&options.serialize(value)?)
    }

    /// [`deserialize_ir`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn deserialize_ir<T: Cerial>(&self, ir: &Ir) -> Result<T> {
        self.deserialize(&ir.to_bytes()?)
    }

    /// [`inspect`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn inspect(&self, bytes: &[u8]) -> Result<Ir> {
        if bytes.len() as u64 > self.limits.input_bytes {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "{} bytes are over the limit of {} for one input",
                    bytes.len(),
                    self.limits.input_bytes
                ),
            ));
        }
        let mut r = Reader::new(bytes, self, Mode::Portable);
        let header = read_header(&mut r)?;
        if header.mode == Mode::Compact {
            return Err(Error::new(ErrorKind::TypeMismatch, "compact bytes do not describe themselves")
                .with_help(
                    "read them with their type in the program that wrote them, or write them portable",
                ));
        }
        let schema = schema_from_bytes(header.schema, self)?;
        let name = schema.name(&schema.root);
        let layout = Layout::new(schema)?;
        let mut r = Reader::new(r.rest(), self, Mode::Portable);
        let mut decoder = Decoder::new(&mut r);
        let root = decoder.value(&layout.schema.root, &layout).map_err(|e| e.in_root(&name))?;
        let names = decoder.names;
        r.finish()?;
        Ok(Ir { schema: layout.schema, names, root })
    }
}
