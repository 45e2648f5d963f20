//! Puts values that describe themselves (of serde, of JSON) into the form of a schema.

use super::carry::{element, find_variant, inner, no_variant};
use super::decode::at_field;
use super::graft::Graft;
use super::json::markers::Markers;
use super::layout::Layout;
use super::mismatch;
use super::node::{Int, Node, down};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Body, Fields, Kind, TypeDef};

/// A schema, and the tree that is made.
pub(super) struct Former<'c, 'o> {
    pub(super) graft: &'c mut Graft<'o>,
    pub(super) layout: &'c Layout,
    /// Whether marker objects stand for what the source has no form for.
    pub(super) markers: Option<Markers>,
}

impl<'c, 'o> Former<'c, 'o> {
    /// For values of serde.
    pub(super) fn serde(graft: &'c mut Graft<'o>, layout: &'c Layout) -> Former<'c, 'o> {
        Former { graft, layout, markers: None }
    }

    /// Puts a value into the form of `kind`.
    pub(super) fn form(&mut self, node: Node, kind: &'c Kind) -> Result<Node> {
        if let Some(markers) = &self.markers
            && let Some(marked) = markers.find(&node)?
        {
            return down(|| self.marked(marked, node, kind));
        }
        Ok(match (kind, node) {
            (Kind::Boxed(inner), node) => Node::Boxed(self.boxed(node, inner)?),
            (Kind::Option(_), Node::None | Node::Unit) => Node::None,
            (Kind::Option(inner), Node::Some(node)) => Node::Some(self.boxed(*node, inner)?),
            (Kind::Option(inner), node) => Node::Some(self.boxed(node, inner)?),
            (Kind::Leaf | Kind::Serde, node) => Node::Serde(Box::new(self.plain(node)?)),
            (_, Node::Some(node)) => down(|| self.form(*node, kind))?,
            (Kind::Shared(inner), node) => {
                let id = self.graft.alone();
                Node::Shared(id, Some(self.boxed(node, inner)?))
            }
            (Kind::Weak(_), Node::None | Node::Unit) => Node::Weak(None),
            (Kind::Unit, Node::Unit | Node::None) => Node::Unit,
            (Kind::Bool, node @ Node::Bool(_)) => node,
            (Kind::Text, node @ Node::Text(_)) => node,
            (Kind::Text, Node::Char(value)) => Node::Text(value.to_string()),
            (Kind::Char, node @ Node::Char(_)) => node,
            (Kind::Char, Node::Text(text)) => {
                let mut chars = text.chars();
                match (chars.next(), chars.next()) {
                    (Some(value), None) => Node::Char(value),
                    _ => return Err(mismatch("one character", "text of another length")),
                }
            }
            (Kind::F32, Node::F32(value)) => Node::F32(value),
            (Kind::F32, Node::F64(value)) => Node::F32(value as f32),
            (Kind::F64, Node::F64(value)) => Node::F64(value),
            (Kind::F64, Node::F32(value)) => Node::F64(f64::from(value)),
            (Kind::Seq(_) | Kind::Array(..) | Kind::Tuple(_), node) => self.list(node, kind)?,
            (Kind::Map(key, value), node) => self.map(node, key, value)?,
            (Kind::Type(index), node) => self.named_type(node, self.layout.def(*index))?,
            (kind, node) => match (node.as_int(), kind) {
                (Some(int), Kind::F32) => Node::F32(int.as_f64() as f32),
                (Some(int), Kind::F64) => Node::F64(int.as_f64()),
                (Some(value), _) => int(value, kind).unwrap_or_else(|| Err(self.wrong(&node, kind)))?,
                (None, _) => return Err(self.wrong(&node, kind)),
            },
        })
    }

    pub(super) fn boxed(&mut self, node: Node, kind: &'c Kind) -> Result<Box<Node>> {
        down(|| self.form(node, kind)).map(Box::new)
    }

    fn list(&mut self, node: Node, kind: &'c Kind) -> Result<Node> {
        let items = match node {
            Node::Bytes(bytes) if inner(kind) == Some(&Kind::U8) => {
                check_length(bytes.len(), kind)?;
                return Ok(Node::Bytes(bytes));
            }
            Node::Bytes(bytes) => bytes.into_iter().map(Node::U8).collect(),
            Node::List(items) => items,
            other => return Err(self.wrong(&other, kind)),
        };
        check_length(items.len(), kind)?;
        let items = items.into_iter().enumerate().map(|(i, item)| match element(kind, i) {
            Some(kind) => down(|| self.form(item, kind)).map_err(|e| e.at_index(i)),
            None => Err(mismatch("fewer elements", "more")),
        });
        let items: Vec<Node> = items.collect::<Result<_>>()?;
        Ok(if inner(kind) == Some(&Kind::U8) { bytes(items) } else { Node::List(items) })
    }

    fn map(&mut self, node: Node, key: &'c Kind, value: &'c Kind) -> Result<Node> {
        let entries: Vec<(Node, Node)> = match node {
            Node::Map(entries) => entries,
            Node::Record(fields) => {
                fields.into_iter().map(|(name, value)| (Node::Text(self.unescape(name)), value)).collect()
            }
            other => return Err(mismatch("a map", other.what())),
        };
        let entries = entries.into_iter().enumerate().map(|(i, (k, v))| {
            let name = match &k {
                Node::Text(text) => Some(text.clone()),
                _ => None,
            };
            let at = |e: Error| match &name {
                Some(name) => e.at_key(name.clone()),
                None => e.at_index(i),
            };
            let k = down(|| self.form(k, key)).map_err(at)?;
            Ok((k, down(|| self.form(v, value)).map_err(at)?))
        });
        Ok(Node::Map(entries.collect::<Result<_>>()?))
    }

    fn named_type(&mut self, node: Node, def: &'c TypeDef) -> Result<Node> {
        match &def.body {
            Body::Struct(fields) => self.fields(node, fields, &def.name).map(Node::Struct),
            Body::Enum(variants) => {
                let (name, value) = match node {
                    Node::Text(name) => (name, None),
                    Node::Case(case) => *case,
                    Node::Record(mut fields) if fields.len() == 1 => fields
                        .pop()
                        .map(|(name, value)| (self.unescape(name), Some(value)))
                        .unwrap_or_default(),
                    Node::Map(mut entries) if entries.len() == 1 => match entries.pop() {
                        Some((Node::Text(name), value)) => (name, Some(value)),
                        _ => return Err(mismatch(&format!("a variant of `{}`", def.name), "a map")),
                    },
                    other => return Err(mismatch(&format!("a variant of `{}`", def.name), other.what())),
                };
                let tag = find_variant(&name, variants).ok_or_else(|| no_variant(&name, def))?;
                let variant = &variants[tag];
                let owner = format!("{}::{}", def.name, variant.name);
                let fields = match value {
                    None if variant.fields.as_slice().is_empty() => Ok(Vec::new()),
                    value => self.fields(value.unwrap_or(Node::Record(Vec::new())), &variant.fields, &owner),
                };
                fields.map(|fields| Node::Variant(tag as u32, fields)).map_err(|e| e.at_name(&variant.name))
            }
        }
    }

    fn fields(&mut self, node: Node, fields: &'c Fields, owner: &str) -> Result<Vec<Node>> {
        match (fields, node) {
            (Fields::Unit, _) => Ok(Vec::new()),
            (Fields::Tuple(fields), node) if fields.len() == 1 => {
                down(|| self.form(node, &fields[0].kind)).map(|node| vec![node])
            }
            (Fields::Tuple(fields), Node::Bytes(bytes)) => {
                self.by_position(bytes.into_iter().map(Node::U8).collect(), fields, owner)
            }
            (Fields::Named(fields) | Fields::Tuple(fields), Node::List(items)) => {
                self.by_position(items, fields, owner)
            }
            (Fields::Tuple(fields), Node::Unit | Node::Record(_)) if fields.is_empty() => Ok(Vec::new()),
            (Fields::Named(_), Node::Record(values)) => {
                let values = values.into_iter().map(|(name, value)| (self.unescape(name), value)).collect();
                self.by_name(values, fields.as_slice(), owner)
            }
            (Fields::Named(_), Node::Map(entries)) => {
                let values = entries.into_iter().filter_map(|(key, value)| match key {
                    Node::Text(name) => Some((name, value)),
                    _ => None,
                });
                self.by_name(values.collect(), fields.as_slice(), owner)
            }
            (_, other) => Err(mismatch(&format!("`{owner}`"), other.what())),
        }
    }

    fn by_position(
        &mut self,
        items: Vec<Node>,
        fields: &'c [crate::schema::Field],
        owner: &str,
    ) -> Result<Vec<Node>> {
        let mut items = items.into_iter();
        fields
            .iter()
            .enumerate()
            .map(|(i, field)| match items.next() {
                Some(item) => down(|| self.form(item, &field.kind)).map_err(|e| at_field(e, field, i)),
                None => self.graft.missing(field, i, self.layout, owner),
            })
            .collect()
    }

    fn by_name(
        &mut self,
        values: Vec<(String, Node)>,
        fields: &'c [crate::schema::Field],
        owner: &str,
    ) -> Result<Vec<Node>> {
        let mut values: Vec<(String, Option<Node>)> =
            values.into_iter().map(|(name, v)| (name, Some(v))).collect();
        fields
            .iter()
            .enumerate()
            .map(|(i, field)| {
                let at = values
                    .iter()
                    .position(|(name, _)| *name == field.name)
                    .or_else(|| values.iter().position(|(name, _)| field.aliases.contains(&&**name)));
                match at.and_then(|at| values[at].1.take()) {
                    Some(value) => down(|| self.form(value, &field.kind)).map_err(|e| at_field(e, field, i)),
                    None => self.graft.missing(field, i, self.layout, owner),
                }
            })
            .collect()
    }

    fn unescape(&self, name: String) -> String {
        match &self.markers {
            Some(_) => super::json::markers::unescape(name),
            None => name,
        }
    }

    /// A value that stays self-describing.
    fn plain(&mut self, node: Node) -> Result<Node> {
        match self.markers {
            Some(_) => super::json::markers::plain(node),
            None => Ok(node),
        }
    }

    #[cold]
    pub(super) fn wrong(&self, node: &Node, kind: &Kind) -> Error {
        mismatch(&format!("`{}`", self.layout.schema.name(kind)), node.what())
    }
}

fn check_length(n: usize, kind: &Kind) -> Result<()> {
    let want = match kind {
        Kind::Array(_, want) => *want as usize,
        Kind::Tuple(kinds) => kinds.len(),
        _ => return Ok(()),
    };
    if n == want {
        return Ok(());
    }
    Err(Error::new(ErrorKind::TypeMismatch, format!("want {want} elements, got {n}")))
}

/// An integer as one of the kind's width; none where the kind is no integer.
pub(super) fn int(value: Int, kind: &Kind) -> Option<Result<Node>> {
    Some(match kind {
        Kind::U8 => value.to().map(Node::U8),
        Kind::U16 => value.to().map(Node::U16),
        Kind::U32 => value.to().map(Node::U32),
        Kind::U64 => value.to().map(Node::U64),
        Kind::U128 => value.to().map(Node::U128),
        Kind::I8 => value.to().map(Node::I8),
        Kind::I16 => value.to().map(Node::I16),
        Kind::I32 => value.to().map(Node::I32),
        Kind::I64 => value.to().map(Node::I64),
        Kind::I128 => value.to().map(Node::I128),
        _ => return None,
    })
}

/// A list of bytes, as the tree keeps it.
pub(super) fn bytes(items: Vec<Node>) -> Node {
    Node::Bytes(
        items
            .into_iter()
            .filter_map(|item| if let Node::U8(byte) = item { Some(byte) } else { None })
            .collect(),
    )
}
