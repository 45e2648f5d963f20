//! The traits of a type that can travel.
//!
//! `#[derive(Cerial)]` implements [`Encode`] and [`Decode`]; [`Cerial`] is both together for types that own what they
//! hold. A field is not asked for these traits directly but through a *codec* (see [`crate::codec`]), so that it may
//! be of a type that nobody could implement them for.

use crate::error::Result;
use crate::graph::Patcher;
use crate::schema::{Kind, RootRef, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Plain, Reader, Writer};

/// A value that can be written, and walked for live resources.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be serialized by cerial",
    label = "this type is not `Cerial`",
    note = "add `#[derive(Cerial)]` to it; for a foreign type wrap it: `Via<{Self}>` (a registered handler) or `Serde<{Self}>`"
)]
pub trait Encode {
    /// The size of the head, and whether a tail follows.
    fn shape() -> Shape;

    /// What the bytes mean.
    fn schema(builder: &mut SchemaBuilder) -> Kind;

    /// The type's schema, made once: a type that is no generic one keeps it in a static.
    #[doc(hidden)]
    #[inline]
    fn root() -> RootRef {
        RootRef::of::<Self>()
    }

    /// Whether lists of it are copied as a whole.
    #[doc(hidden)]
    const PLAIN: Plain<Self> = Plain::NO;

    /// Whether there is a [`placeholder`](Encode::placeholder).
    #[doc(hidden)]
    #[inline(always)]
    fn has_placeholder() -> bool {
        false
    }

    /// A value for the time while the one behind a shared pointer is being read, for pointers in it that lead back.
    #[doc(hidden)]
    fn placeholder() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Writes the fixed part. `out` has exactly [`Shape::head`] bytes, zeroed.
    fn head(&self, out: &mut [u8]);

    /// Writes the rest.
    ///
    /// # Errors
    /// Whatever keeps the value from being written: a borrowed cell, a poisoned lock, a missing handler.
    fn tail(&self, w: &mut Writer<'_>) -> Result<()>;

    /// Shows the live resources in it to a walker.
    ///
    /// # Errors
    /// A part that cannot be looked into now (a borrowed cell, a lock held elsewhere).
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        let _ = walker;
        Ok(())
    }

    /// Fills in weak pointers that were met before their targets.
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        let _ = patcher;
    }
}

/// A value that can be read; it may borrow from the bytes for `'de`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be deserialized by cerial",
    label = "this type is not `Cerial`",
    note = "add `#[derive(Cerial)]` to it; for a foreign type wrap it: `Via<{Self}>` (a registered handler) or `Serde<{Self}>`",
    note = "a type that borrows from the bytes is read by `deserialize_borrowed`"
)]
pub trait Decode<'de>: Encode + Sized {
    /// Reads the rest of a value whose fixed part is `head`, of exactly [`Shape::head`] bytes.
    ///
    /// # Errors
    /// Bytes that are not such a value, or a budget that is spent.
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<Self>;
}

/// A value that can travel: written, read back without borrowing, walked.
///
/// Implemented by `#[derive(Cerial)]` (through [`Encode`] and [`Decode`]) and for the types of `core`, `alloc` and
/// `std` that own what they hold and do not touch the operating system.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Cerial`",
    label = "cannot be serialized by cerial",
    note = "add `#[derive(Cerial)]` to it; for a foreign type wrap it: `Via<{Self}>` (a registered handler) or `Serde<{Self}>`"
)]
pub trait Cerial: Encode + for<'de> Decode<'de> {}

impl<T: Encode + for<'de> Decode<'de>> Cerial for T {}
