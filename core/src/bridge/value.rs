//! The wrapper for values that only serde knows.

use serde::{Deserialize, Serialize};

use super::{de, walk_serde, write_serde};
use crate::encode::{Decode, Encode};
use crate::error::Result;
use crate::live::reading_under;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

/// A value of a type that serde knows and cerial does not: goes through the doors as serde describes it.
///
/// By value or by reference: `serialize(&Serde(&value))`, `deserialize::<Serde<T>>(&bytes)?.0`. The bytes describe
/// themselves in both modes; the type is told that the format is not human readable.
///
/// ```
/// # fn main() -> cerial::Result<()> {
/// let table: serde_json::Value = serde_json::json!({ "name": "a", "sizes": [1, 2.5, null] });
/// let bytes = cerial::serialize(&cerial::Serde(&table))?;
/// let back: cerial::Serde<serde_json::Value> = cerial::deserialize(&bytes)?;
/// assert_eq!(back.0, table);
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serde<T>(pub T);

impl<T> std::ops::Deref for Serde<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Serde<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Serde<T> {
    fn from(value: T) -> Serde<T> {
        Serde(value)
    }
}

impl<T: Serialize> Encode for Serde<T> {
    fn shape() -> Shape {
        Shape::HEAP
    }
    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Serde
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        write_serde(&self.0, w)
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        walk_serde(&self.0, walker)
    }
}

impl<'de, T: Serialize + Deserialize<'de>> Decode<'de> for Serde<T> {
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<Serde<T>> {
        let policy = r.options().policy.as_ref();
        reading_under(policy, || T::deserialize(de::De { r, names: &mut Vec::new() })).map(Serde)
    }
}
