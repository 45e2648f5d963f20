//! A tree makes a tree of JSON's nodes.

use std::collections::HashSet;

use super::super::layout::Layout;
use super::super::node::{Int, Node, down};
use super::super::tree::{Ir, Name};
use super::markers::{
    FUNCTION, HANDLER, ID, INT, LIVE, MAP, REF, SOME, STATE, TYPE, VALUE, WEAK, bytes_to, escape, float_to,
    is_some, marker,
};
use crate::error::{Error, Result};
use crate::schema::{Body, Field, Fields, Kind};

/// The JSON form of a tree.
pub(super) fn json(ir: &Ir) -> Result<Node> {
    let layout = Layout::new(ir.schema.clone())?;
    let mut writer = JsonWriter { names: &ir.names, layouts: ir.names.iter().map(|_| None).collect() };
    writer.value(&ir.root, &layout.schema.root, &layout)
}

struct JsonWriter<'t> {
    names: &'t [Name],
    layouts: Vec<Option<Layout>>,
}

impl JsonWriter<'_> {
    fn value(&mut self, node: &Node, kind: &Kind, layout: &Layout) -> Result<Node> {
        Ok(match (kind, node) {
            (Kind::Option(inner), Node::Some(value)) => some(down(|| self.value(value, inner, layout))?),
            (Kind::Boxed(inner), Node::Boxed(value)) => down(|| self.value(value, inner, layout))?,
            (Kind::Seq(inner) | Kind::Array(inner, _), Node::List(items)) => {
                let items = items.iter().map(|item| down(|| self.value(item, inner, layout)));
                Node::List(items.collect::<Result<_>>()?)
            }
            (Kind::Tuple(kinds), Node::List(items)) => {
                let items =
                    kinds.iter().zip(items).map(|(kind, item)| down(|| self.value(item, kind, layout)));
                Node::List(items.collect::<Result<_>>()?)
            }
            (Kind::Map(key, value), Node::Map(entries)) => {
                let entries = entries.iter().map(|(k, v)| {
                    Ok((down(|| self.value(k, key, layout))?, down(|| self.value(v, value, layout))?))
                });
                map(entries.collect::<Result<_>>()?, matches!(**key, Kind::Text))
            }
            (Kind::Shared(inner), Node::Shared(id, Some(value))) => Node::Record(vec![
                (ID.to_owned(), Node::U64(u64::from(*id))),
                (VALUE.to_owned(), down(|| self.value(value, inner, layout))?),
            ]),
            (_, Node::Shared(id, None)) => marker(REF, Node::U64(u64::from(*id))),
            (_, Node::Weak(id)) => marker(WEAK, id.map_or(Node::Unit, |id| Node::U64(u64::from(id)))),
            (Kind::Type(index), _) => return self.named_type(node, *index, layout),
            (_, Node::Named(index, state)) => {
                let at = *index as usize;
                let Some(name) = self.names.get(at) else {
                    return Err(Error::other(format!("the tree has no name {at}")));
                };
                let layout = match self.layouts[at].take() {
                    Some(layout) => layout,
                    None => Layout::new(name.schema.clone())?,
                };
                let state = down(|| self.value(state, &layout.schema.root, &layout));
                self.layouts[at] = Some(layout);
                let (name_key, state_key) =
                    if *kind == Kind::Object { (TYPE, VALUE) } else { (HANDLER, STATE) };
                Node::Record(vec![
                    (name_key.to_owned(), Node::Text(name.name.clone())),
                    (state_key.to_owned(), state?),
                ])
            }
            (_, Node::Serde(value)) => dynamic(value)?,
            (_, Node::Live(live)) => {
                let part = |name: &str, node| (name.to_owned(), node);
                marker(
                    LIVE,
                    Node::Record(vec![
                        part("key", Node::Text(live.key.clone())),
                        part("version", Node::U64(live.version)),
                        part("recipe", dynamic(&live.recipe)?),
                        part("carried", live.carried.as_ref().map_or(Node::Unit, |bytes| bytes_to(bytes))),
                    ]),
                )
            }
            (_, Node::Function(function)) => {
                let part = |name: &str, node| (name.to_owned(), node);
                marker(
                    FUNCTION,
                    Node::Record(vec![
                        part("name", Node::Text(function.name.clone())),
                        part("signature", Node::Text(function.signature.clone())),
                        part("version", Node::U64(function.version)),
                    ]),
                )
            }
            _ => return dynamic(node),
        })
    }

    fn named_type(&mut self, node: &Node, index: u32, layout: &Layout) -> Result<Node> {
        let def = layout.def(index);
        match (&def.body, node) {
            (Body::Struct(fields), Node::Struct(values)) => self.fields(values, fields, layout),
            (Body::Enum(variants), Node::Variant(tag, values)) => {
                let variant = variants
                    .get(*tag as usize)
                    .ok_or_else(|| Error::malformed(format!("`{}` has no variant {tag}", def.name)))?;
                match variant.fields {
                    Fields::Unit => Ok(Node::Text(variant.name.clone())),
                    _ => Ok(marker(&escape(&variant.name), self.fields(values, &variant.fields, layout)?)),
                }
            }
            _ => Err(super::super::mismatch(&def.name, node.what())),
        }
    }

    fn fields(&mut self, values: &[Node], fields: &Fields, layout: &Layout) -> Result<Node> {
        let mut each = |field: &Field, value: &Node| down(|| self.value(value, &field.kind, layout));
        Ok(match (fields, values) {
            (Fields::Unit, _) => Node::Unit,
            (Fields::Tuple(fields), [value]) if fields.len() == 1 => return each(&fields[0], value),
            (Fields::Tuple(fields), _) => Node::List(
                fields.iter().zip(values).map(|(field, value)| each(field, value)).collect::<Result<_>>()?,
            ),
            (Fields::Named(fields), _) => {
                let parts = fields
                    .iter()
                    .zip(values)
                    .map(|(field, value)| Ok((escape(&field.name), each(field, value)?)));
                Node::Record(parts.collect::<Result<_>>()?)
            }
        })
    }
}

/// An optional value that is there: itself, unless that could be taken for a missing one.
fn some(node: Node) -> Node {
    if node == Node::Unit || is_some(&node) { marker(SOME, node) } else { node }
}

/// A map: an object where all keys are text and none stands twice.
fn map(entries: Vec<(Node, Node)>, text_keys: bool) -> Node {
    let mut seen = HashSet::new();
    let natural = text_keys
        && entries.iter().all(|(key, _)| match key {
            Node::Text(text) => seen.insert(&**text),
            _ => false,
        });
    if natural {
        let fields = entries.into_iter().filter_map(|(key, value)| match key {
            Node::Text(text) => Some((escape(&text), value)),
            _ => None,
        });
        return Node::Record(fields.collect());
    }
    marker(MAP, Node::List(entries.into_iter().map(|(key, value)| Node::List(vec![key, value])).collect()))
}

/// A value that needs no schema.
fn dynamic(node: &Node) -> Result<Node> {
    Ok(match node {
        Node::Unit | Node::None => Node::Unit,
        Node::Bool(value) => Node::Bool(*value),
        Node::Char(value) => Node::Text(value.to_string()),
        Node::Text(value) => Node::Text(value.clone()),
        Node::Bytes(bytes) => bytes_to(bytes),
        // The shortest decimal that gives the same f32, not the f64 of the same bits.
        Node::F32(value) if value.is_finite() => {
            Node::F64(value.to_string().parse().unwrap_or(f64::from(*value)))
        }
        Node::F32(value) => {
            float_to(f64::from(*value), value.to_bits() == f32::NAN.to_bits(), u64::from(value.to_bits()))
        }
        Node::F64(value) => float_to(*value, value.to_bits() == f64::NAN.to_bits(), value.to_bits()),
        Node::Some(value) => some(down(|| dynamic(value))?),
        Node::List(items) => {
            Node::List(items.iter().map(|item| down(|| dynamic(item))).collect::<Result<_>>()?)
        }
        Node::Map(entries) => {
            let texts = entries.iter().all(|(key, _)| matches!(key, Node::Text(_)));
            let entries = entries.iter().map(|(k, v)| Ok((down(|| dynamic(k))?, down(|| dynamic(v))?)));
            map(entries.collect::<Result<_>>()?, texts)
        }
        Node::Record(fields) => {
            let fields = fields.iter().map(|(key, value)| Ok((escape(key), down(|| dynamic(value))?)));
            Node::Record(fields.collect::<Result<_>>()?)
        }
        Node::Case(case) => match &case.1 {
            None => Node::Text(case.0.clone()),
            Some(value) => marker(&escape(&case.0), down(|| dynamic(value))?),
        },
        other => match other.as_int() {
            Some(int) => int_to(int),
            None => return Err(super::super::mismatch("a value", other.what())),
        },
    })
}

fn int_to(int: Int) -> Node {
    if let Ok(value) = int.to::<u64>() {
        Node::U64(value)
    } else if let Ok(value) = int.to::<i64>() {
        Node::I64(value)
    } else {
        marker(INT, Node::Text(int.to_string()))
    }
}
