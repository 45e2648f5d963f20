//! JSON: a value as people and other programs read it, and back. `core/JSON.md` is the description.
//!
//! In between stands a tree again, of the nodes that JSON knows: unit for null, flags, 64-bit integers and `f64`,
//! text, lists, and records for objects.

mod doors;
#[cfg(test)]
mod every_node;
pub(super) mod markers;
mod parse;
mod print;
mod read;
mod write;

pub use doors::{from_json, ir_to_json, ir_to_jsonable, to_json, to_jsonable};

/// How JSON text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonStyle {
    pub(crate) indent: usize,
    pub(crate) sort_keys: bool,
}

impl JsonStyle {
    pub(crate) const fn new() -> JsonStyle {
        JsonStyle { indent: 2, sort_keys: true }
    }
}

impl Default for JsonStyle {
    fn default() -> JsonStyle {
        JsonStyle::new()
    }
}
