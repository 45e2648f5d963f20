//! The bridge to serde: values of types that only serde knows, self-describing in both modes.
//!
//! A serde value is a tree of tagged values ([`tags`]), so that what serde can only read from a self-describing
//! format (untagged and internally tagged enums, `flatten`, dynamic tables, `typetag`) comes back. Names of fields
//! and variants stand once per serde value and cost an index afterwards. The format says that it is not human
//! readable: an `Uuid` is its 16 bytes and an `IpAddr` its octets, as in every binary format of serde.
//!
//! Newtype structs go as what they hold, unit structs as unit, tuples as lists: no type of serde needs more to be
//! read back, and the value may change between those forms.

mod de;
mod names;
mod ser;
mod tags;
mod value;
mod walk;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::live::reading_under;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

pub use value::Serde;

pub(crate) use names::{WriteNames, put_name, read_name};
pub(crate) use ser::{Compound, put_int, put_length, put_text};
pub(crate) use tags::{BYTES, SOME, Tag, UNIT_VARIANT, VARIANT, read_tag};

/// Writes what a type tells serde.
pub(crate) fn write_serde<T: Serialize + ?Sized>(value: &T, w: &mut Writer<'_>) -> Result<()> {
    value.serialize(ser::Ser { w, names: &mut WriteNames::default() })
}

/// Reads a value that serde puts together.
pub(crate) fn read_serde<T: DeserializeOwned>(r: &mut Reader<'_>) -> Result<T> {
    let policy = r.options().policy.as_ref();
    reading_under(policy, || T::deserialize(de::De { r, names: &mut Vec::new() }))
}

/// Shows the live resources in a value that only serde knows.
pub(crate) fn walk_serde<T: Serialize + ?Sized>(value: &T, walker: &mut Walker<'_>) -> Result<()> {
    walk::walk(value, walker)
}
