//! Map keys as steps of a path.

use super::decode::Decoder;
use super::layout::Layout;
use super::node::Node;
use crate::options::{Mode, Options};
use crate::schema::{Body, Kind, Schema, SchemaBuilder};
use crate::wire::Reader;

/// Names a map key for a path: text, a number, a flag or a variant as written, nothing for other keys.
pub(crate) fn key_name(
    schema: impl FnOnce(&mut SchemaBuilder) -> Kind,
    bytes: &[u8],
    options: &Options,
) -> Option<String> {
    let schema = Schema::build(schema);
    let mut r = Reader::new(bytes, options, Mode::Portable);
    if schema.root == Kind::Text {
        return r.string().ok();
    }
    let layout = Layout::new(schema).ok()?;
    let node = Decoder::new(&mut r).value(&layout.schema.root, &layout).ok()?;
    name_of(&node, &layout.schema.root, &layout)
}

fn name_of(node: &Node, kind: &Kind, layout: &Layout) -> Option<String> {
    match (kind, node) {
        (_, Node::Text(text)) => Some(text.clone()),
        (_, Node::Char(value)) => Some(value.to_string()),
        (_, Node::Bool(value)) => Some(value.to_string()),
        (Kind::Boxed(inner), Node::Boxed(value)) | (Kind::Shared(inner), Node::Shared(_, Some(value))) => {
            name_of(value, inner, layout)
        }
        (Kind::Type(index), _) => match (&layout.def(*index).body, node) {
            (Body::Enum(variants), Node::Variant(tag, fields)) if fields.is_empty() => {
                variants.get(*tag as usize).map(|variant| variant.name.clone())
            }
            (Body::Struct(fields), Node::Struct(values)) => match (fields.as_slice(), &values[..]) {
                ([field], [value]) => name_of(value, &field.kind, layout),
                _ => None,
            },
            _ => None,
        },
        _ => node.as_int().map(|int| int.to_string()),
    }
}
