//! The IR: any value as a plain tree, and what can be done with one.
//!
//! A stream of bytes says what it holds, so a tree ([`Ir`]) can be made of it without the types that wrote it:
//! [`decode`] reads it along the [`layout`] of its schema, [`encode`] writes the same bytes again. Everything that needs
//! to look at a value from outside goes through the tree: [`inspect`](crate::inspect), JSON, and evolution, which
//! carries a tree over to the schema of a changed type ([`carry`]).
//!
//! Schemas and trees may be hostile. Sizes and depths are budgeted by the [`Reader`] that decodes them; the walks of
//! this module keep their stack on the heap where they are deep.

mod carry;
mod decode;
mod display;
mod doors;
mod encode;
mod foreign;
mod form;
mod graft;
mod json;
mod key;
mod layout;
mod node;
mod story;
mod tree;
mod weight;

pub use doors::{deserialize_ir, inspect, serialize_ir};
pub use json::{from_json, ir_to_json, ir_to_jsonable, to_json, to_jsonable};
pub use node::{FunctionNode, LiveNode, Node};
pub use tree::{Ir, Name};

pub(crate) use foreign::{read_foreign, read_serde_form};
pub(crate) use json::JsonStyle;
pub(crate) use key::key_name;

use crate::error::{Error, ErrorKind};

/// One type stands where another is wanted.
#[cold]
fn mismatch(want: &str, got: &str) -> Error {
    Error::new(ErrorKind::TypeMismatch, format!("want {want}, got {got}"))
}
