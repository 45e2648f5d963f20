//! The IR.

use crate::error::{Error, Result};
use crate::options::Options;
use crate::schema::{Kind, Root, Schema, SchemaBuilder};
use crate::wire::Reader;

/// Names a map key for a path: text or a number as written, nothing for other keys.
pub(crate) fn key_name(
    _schema: impl FnOnce(&mut SchemaBuilder) -> Kind,
    _bytes: &[u8],
    _options: &Options,
) -> Option<String> {
    None
}

/// Reads a value that was written with another schema than this program's.
pub(crate) fn read_foreign<R>(
    _r: &mut Reader<'_>,
    _theirs: &Schema,
    _ours: &Root,
    _read: impl FnOnce(Reader<'_>) -> Result<R>,
) -> Result<R> {
    Err(Error::other("stub"))
}

/// Reads a handler's state from what serde wrote for the value.
pub(crate) fn read_serde_form<R>(
    _r: &mut Reader<'_>,
    _ours: &Root,
    _read: impl FnOnce(Reader<'_>) -> Result<R>,
) -> Result<R> {
    Err(Error::other("stub"))
}
