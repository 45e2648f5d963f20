//! A tree with what it takes to read it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::encode::Encoder;
use super::layout::Layout;
use super::node::Node;
use crate::error::Result;
use crate::options::{Mode, Options};
use crate::schema::{Schema, fingerprint};
use crate::wire::{Headers, schema_to_bytes, write_header};

/// A value as a plain tree: type names and field names in its schema, object ids, references, handler keys and
/// reconnectors in its nodes.
///
/// Made by [`serialize_ir`](crate::serialize_ir) from a value and by [`inspect`](crate::inspect) from bytes, without
/// the type. `Display` prints it for people; [`ir_to_json`](crate::ir_to_json) for programs. As a serde value it is the
/// bytes of [`Ir::to_bytes`] (base64 where the format is for humans), so that any format can carry it unharmed.
///
/// ```
/// # fn main() -> cerial::Result<()> {
/// let bytes = cerial::serialize(&(1_u8, vec!["a", "b"]))?;
/// let ir = cerial::inspect(&bytes)?;
/// assert_eq!(ir.to_string(), "(\n    1,\n    [\n        \"a\",\n        \"b\",\n    ],\n)");
/// assert_eq!(ir.to_bytes()?, bytes);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Ir {
    pub(super) schema: Schema,
    pub(super) names: Vec<Name>,
    pub(super) root: Node,
}

/// A handler or a concrete type that the bytes name.
#[derive(Clone, Debug)]
pub struct Name {
    /// The handler's key, or the type's name.
    pub name: String,
    /// The schema of the handler's state, or of the type.
    pub schema: Schema,
}

impl Ir {
    /// The root of the tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The schema of the root.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The handlers and concrete types that the tree names, in the order of the bytes.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The name of the root's type.
    pub fn type_name(&self) -> String {
        self.schema.name(&self.schema.root)
    }

    /// The portable bytes: those that the value itself would have made.
    ///
    /// # Errors
    /// None for a tree that this crate made.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let options = Options::new().mode(Mode::Portable);
        let schema = schema_to_bytes(&self.schema);
        let headers = Headers::new(&schema, fingerprint(&schema));
        let layout = Layout::new(self.schema.clone())?;
        let mut encoder = Encoder::new(&options, &self.names);
        write_header(&mut encoder.w, &headers);
        encoder.value(&self.root, &self.schema.root, &layout)?;
        Ok(encoder.w.into_vec())
    }
}

impl fmt::Debug for Ir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ir")
            .field("type", &self.type_name())
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

/// Equal bytes: equal schemas and equal trees.
impl PartialEq for Ir {
    fn eq(&self, other: &Ir) -> bool {
        matches!((self.to_bytes(), other.to_bytes()), (Ok(a), Ok(b)) if a == b)
    }
}

impl Drop for Ir {
    /// Level by level, so that a deep tree needs no deep stack.
    fn drop(&mut self) {
        let mut waiting = vec![std::mem::replace(&mut self.root, Node::Unit)];
        while let Some(mut node) = waiting.pop() {
            node.children_mut(&mut |child| {
                if !matches!(child, Node::Text(_) | Node::Bytes(_)) {
                    let mut parent = false;
                    child.children_mut(&mut |_| parent = true);
                    if parent {
                        waiting.push(std::mem::replace(child, Node::Unit));
                    }
                }
            });
        }
    }
}

impl Serialize for Ir {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine;
        let bytes = self.to_bytes().map_err(serde::ser::Error::custom)?;
        if serializer.is_human_readable() {
            serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(bytes))
        } else {
            serializer.serialize_bytes(&bytes)
        }
    }
}

impl<'de> Deserialize<'de> for Ir {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ir, D::Error> {
        struct Bytes;
        impl serde::de::Visitor<'_> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the bytes of an IR, or their base64")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
                use base64::Engine;
                base64::engine::general_purpose::STANDARD.decode(text).map_err(E::custom)
            }
            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        let bytes = if deserializer.is_human_readable() {
            deserializer.deserialize_str(Bytes)
        } else {
            deserializer.deserialize_bytes(Bytes)
        };
        super::inspect(&bytes?).map_err(serde::de::Error::custom)
    }
}
