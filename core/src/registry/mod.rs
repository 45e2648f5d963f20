//! The registry: what a program knows to handle, by type and by key.
//!
//! A [`Registry`] is an ordinary value. The program's own ([`Registry::global`]) is filled once, from the plugins that
//! `inventory` found in the linked crates and from [`install`]; tests make theirs from [`Registry::empty`].

mod advice;
mod builder;
mod function;
mod handle;
mod handler;
mod leaf;
mod names;
mod object;
mod objects;

pub use builder::{PluginEntry, Registry, RegistryBuilder, install};
pub use function::FunctionEntry;
#[doc(hidden)]
pub use function::FunctionRef;
pub(crate) use function::address_of;
pub use handler::{Extract, Handler, Rebuild, Via};
pub use leaf::{Leaf, LeafSerde};
#[doc(hidden)]
pub use object::{AnyFns, ObjectFns, object_fns, read_boxed, read_object, write_object};
pub use object::{Object, ObjectEntry};

pub(crate) use handler::{guard, read_by, write_by};
pub(crate) use names::{ReadNames, Way, WriteNames, read_way, schema_of};

#[doc(hidden)]
pub use leaf::{Pick, PickLeaf, PickSerde, PickStatic};
