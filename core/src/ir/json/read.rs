//! Marker objects in the form of a schema.

use super::super::form::{Former, int};
use super::super::graft::{Edge, Graft};
use super::super::node::{FunctionNode, LiveNode, Node, down};
use super::markers::{
    BYTES, FLOAT, FUNCTION, HANDLER, ID, INT, LIVE, MAP, Markers, REF, SOME, STATE, TYPE, VALUE, WEAK,
    bytes_from, float_from, int_from, pairs_from, plain, take, take_text,
};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Body, Fields, Kind, Schema};

/// Takes the values of all shared objects out of the tree: they are put where they are met first.
pub(super) fn take_objects(node: &mut Node, graft: &mut Graft<'_>) -> Result<()> {
    if let Node::Record(fields) = node
        && fields.iter().any(|(key, _)| key == ID)
    {
        let id = object_id(node, ID, false)?;
        let mut body = take(node, VALUE)?;
        down(|| take_objects(&mut body, graft))?;
        if graft.bodies.insert(id, body).is_some() {
            return Err(Error::malformed(format!("object {id} has two values")));
        }
        return Ok(());
    }
    let mut result = Ok(());
    node.children_mut(&mut |child| {
        if result.is_ok() {
            result = down(|| take_objects(child, graft));
        }
    });
    result
}

/// The id in a marker object, which stays there unless it is taken.
fn object_id(node: &mut Node, key: &str, optional: bool) -> Result<u64> {
    match node {
        Node::Record(fields) => match fields.iter().find(|(name, _)| name == key) {
            Some((_, Node::U64(id))) => u32::try_from(*id).map(u64::from).ok(),
            Some((_, Node::Unit)) if optional => Some(u64::MAX),
            _ => None,
        },
        _ => None,
    }
    .ok_or_else(|| Error::malformed(format!("want an object's id at `{key}`")))
}

impl<'c> Former<'c, '_> {
    /// Puts a marker object into the form of `kind`.
    pub(in crate::ir) fn marked(
        &mut self,
        marker: &'static str,
        mut node: Node,
        kind: &'c Kind,
    ) -> Result<Node> {
        Ok(match (kind, marker) {
            (Kind::Boxed(inner), _) => Node::Boxed(self.boxed(node, inner)?),
            (Kind::Option(inner), SOME) => Node::Some(self.boxed(take(&mut node, SOME)?, inner)?),
            (Kind::Option(inner), _) => Node::Some(self.boxed(node, inner)?),
            (Kind::Type(index), _) => match &self.layout.def(*index).body {
                Body::Struct(Fields::Tuple(fields)) if fields.len() == 1 => {
                    Node::Struct(vec![down(|| self.form(node, &fields[0].kind))?])
                }
                _ => return Err(self.unexpected(marker, kind)),
            },
            (Kind::Leaf, HANDLER) => {
                let key = take_text(&mut node, HANDLER)?;
                let registry = self.graft.options.registry();
                let entry = registry.handler(registry.handler_by_key(&key)?)?;
                self.named(entry.key, &(entry.root)().schema, take(&mut node, STATE)?)?
            }
            (Kind::Object, TYPE) => {
                let name = take_text(&mut node, TYPE)?;
                let Some(root) = self.graft.options.registry().objects().root(&name) else {
                    return Err(Error::new(
                        ErrorKind::Unknown,
                        format!("no type `{name}` is registered for a trait"),
                    )
                    .with_help(
                        "put `#[cerial::object]` on its impl, and link its crate with `use .. as _;`",
                    ));
                };
                self.named(&name, &root.schema, take(&mut node, VALUE)?)?
            }
            (Kind::Leaf | Kind::Serde, _) => Node::Serde(Box::new(plain(node)?)),
            (Kind::Shared(inner), ID | REF) => {
                let old = object_id(&mut node, marker, false)?;
                match self.graft.strong(old) {
                    Edge::Again(id) => Node::Shared(id, None),
                    Edge::First(id) => {
                        let body = self.graft.body(old)?;
                        Node::Shared(id, Some(self.boxed(body, inner)?))
                    }
                }
            }
            // What is written without an id is an object of its own.
            (Kind::Shared(inner), _) => {
                let id = self.graft.alone();
                Node::Shared(id, Some(self.boxed(node, inner)?))
            }
            (Kind::Weak(_), WEAK) => match object_id(&mut node, WEAK, true)? {
                u64::MAX => Node::Weak(None),
                old => Node::Weak(Some(self.graft.weak(old))),
            },
            (Kind::Map(..), MAP) => {
                let pairs = pairs_from(&mut node)?;
                return self.form(Node::Map(pairs), kind);
            }
            (Kind::Seq(_) | Kind::Array(..) | Kind::Tuple(_), BYTES) => {
                return self.form(Node::Bytes(bytes_from(&mut node)?), kind);
            }
            (Kind::F32, FLOAT) => {
                let (value, bits) = float_from(&mut node)?;
                let bits = bits.map(|bits| u32::try_from(bits).map(f32::from_bits)).transpose();
                Node::F32(
                    bits.map_err(|e| Error::malformed("a NaN of 64 bits in an f32").with_source(e))?
                        .unwrap_or(value as f32),
                )
            }
            (Kind::F64, FLOAT) => {
                let (value, bits) = float_from(&mut node)?;
                if bits.is_some_and(|bits| u32::try_from(bits).is_ok()) {
                    return Err(Error::malformed("a NaN of 32 bits in an f64"));
                }
                Node::F64(bits.map_or(value, f64::from_bits))
            }
            (_, INT) => match int(int_from(&mut node)?, kind) {
                Some(node) => node?,
                None => return Err(self.unexpected(marker, kind)),
            },
            (Kind::Live, LIVE) => {
                let mut live = take(&mut node, LIVE)?;
                let carried = match take(&mut live, "carried")? {
                    Node::Unit => None,
                    mut bytes => Some(bytes_from(&mut bytes)?),
                };
                Node::Live(Box::new(LiveNode {
                    key: take_text(&mut live, "key")?,
                    version: version(&mut live)?,
                    recipe: plain(take(&mut live, "recipe")?)?,
                    carried,
                }))
            }
            (Kind::Function, FUNCTION) => {
                let mut function = take(&mut node, FUNCTION)?;
                Node::Function(Box::new(FunctionNode {
                    name: take_text(&mut function, "name")?,
                    signature: take_text(&mut function, "signature")?,
                    version: version(&mut function)?,
                }))
            }
            _ => return Err(self.unexpected(marker, kind)),
        })
    }

    /// A state or an object, by the schema that this program has for it.
    fn named(&mut self, name: &str, schema: &Schema, state: Node) -> Result<Node> {
        let (number, layout) = self.graft.name(name, schema)?;
        let mut former = Former { graft: &mut *self.graft, layout: &layout, markers: Some(Markers) };
        let state = former.boxed(state, &layout.schema.root).map_err(|e| e.in_handler(name))?;
        Ok(Node::Named(number, state))
    }

    #[cold]
    fn unexpected(&self, marker: &str, kind: &Kind) -> Error {
        super::super::mismatch(
            &format!("`{}`", self.layout.schema.name(kind)),
            &format!("a `{marker}` object"),
        )
    }
}

fn version(node: &mut Node) -> Result<u64> {
    match take(node, "version")? {
        Node::U64(version) => Ok(version),
        other => Err(super::super::mismatch("a version", other.what())),
    }
}
