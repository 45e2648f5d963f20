//! The walk through a tree, a line a part: where it stands, what it is, who handles it, how large it is.

use super::layout::Layout;
use super::node::{Node, down};
use super::tree::{Ir, Name};
use crate::error::Result;
use crate::schema::{Body, Field, Kind};

impl Ir {
    /// Calls `line` for each part, parents first: its depth, its path (`jobs -> [2] -> db`), what it is.
    pub(crate) fn story(&self, line: &mut dyn FnMut(usize, &str, &str)) -> Result<()> {
        let layout = Layout::new(self.schema.clone())?;
        let layouts = self.names.iter().map(|name| Layout::new(name.schema.clone()));
        let layouts = layouts.collect::<Result<Vec<_>>>()?;
        let mut teller = Teller { line, names: &self.names, layouts: &layouts, path: Vec::new() };
        teller.node(&self.root, &self.schema.root, &layout, "");
        Ok(())
    }
}

struct Teller<'a> {
    line: &'a mut dyn FnMut(usize, &str, &str),
    names: &'a [Name],
    layouts: &'a [Layout],
    path: Vec<String>,
}

/// Longer text is cut.
const SHOWN: usize = 40;

impl Teller<'_> {
    fn tell(&mut self, before: &str, what: &str) {
        (self.line)(self.path.len(), &self.path.join(" -> "), &format!("{before}{what}"));
    }

    fn step(&mut self, step: String, f: impl FnOnce(&mut Self)) {
        self.path.push(step);
        down(|| f(self));
        self.path.pop();
    }

    /// `before` is what the pointers around it say.
    fn node(&mut self, node: &Node, kind: &Kind, layout: &Layout, before: &str) {
        match (kind, node) {
            (Kind::Option(inner), Node::Some(value)) | (Kind::Boxed(inner), Node::Boxed(value)) => {
                down(|| self.node(value, inner, layout, before));
            }
            (Kind::Shared(inner), Node::Shared(id, Some(value))) => {
                down(|| self.node(value, inner, layout, &format!("{before}#{id} ")));
            }
            (_, Node::Shared(id, None)) => self.tell(before, &format!("-> #{id}")),
            (_, Node::Weak(Some(id))) => self.tell(before, &format!("~> #{id}")),
            (_, Node::Weak(None)) => self.tell(before, "~> nothing"),
            (Kind::Seq(inner) | Kind::Array(inner, _), Node::List(items)) => {
                self.tell(before, &format!("{} x {}", items.len(), layout.schema.name(inner)));
                self.items(items, |t, item| t.node(item, inner, layout, ""));
            }
            (Kind::Tuple(kinds), Node::List(items)) => {
                self.tell(before, &layout.schema.name(kind));
                for (i, (kind, item)) in kinds.iter().zip(items).enumerate() {
                    self.step(format!("[{i}]"), |t| t.node(item, kind, layout, ""));
                }
            }
            (Kind::Map(key, value), Node::Map(entries)) => {
                self.tell(before, &format!("{} x {}", entries.len(), layout.schema.name(kind)));
                for (i, (k, v)) in entries.iter().enumerate() {
                    let step = match k {
                        Node::Text(text) => format!("[{text}]"),
                        _ => format!("[{i}]"),
                    };
                    if !is_plain(k) {
                        self.step(format!("key {i}"), |t| t.node(k, key, layout, ""));
                    }
                    self.step(step, |t| t.node(v, value, layout, ""));
                }
            }
            (Kind::Type(index), _) => self.named_type(node, *index, layout, before),
            (_, Node::Named(index, state)) => {
                let at = *index as usize;
                let (Some(name), Some(layout)) = (self.names.get(at), self.layouts.get(at)) else { return };
                let before = match kind {
                    Kind::Leaf => format!("{before}via {}: ", name.name),
                    _ => format!("{before}dyn "),
                };
                down(|| self.node(state, &layout.schema.root, layout, &before));
            }
            (_, Node::Serde(value)) => self.dynamic(value, &format!("{before}serde: ")),
            (_, Node::Live(live)) => self.dynamic(&live.recipe, &format!("{before}live {}: ", live.key)),
            (_, Node::Function(function)) => {
                self.tell(before, &format!("fn {}: {}", function.name, function.signature));
            }
            _ => self.dynamic(node, before),
        }
    }

    /// Numbers and their like are told by their count alone.
    fn items(&mut self, items: &[Node], mut f: impl FnMut(&mut Self, &Node)) {
        for (i, item) in items.iter().enumerate().filter(|(_, item)| !is_plain(item)) {
            self.step(format!("[{i}]"), |t| f(t, item));
        }
    }

    fn named_type(&mut self, node: &Node, index: u32, layout: &Layout, before: &str) {
        let def = layout.def(index);
        match (&def.body, node) {
            (Body::Struct(fields), Node::Struct(values)) => {
                self.tell(before, &def.name);
                self.fields(values, fields.as_slice(), layout);
            }
            (Body::Enum(variants), Node::Variant(tag, values)) => {
                if let Some(variant) = variants.get(*tag as usize) {
                    self.tell(before, &format!("{}::{}", def.name, variant.name));
                    self.fields(values, variant.fields.as_slice(), layout);
                }
            }
            _ => {}
        }
    }

    fn fields(&mut self, values: &[Node], fields: &[Field], layout: &Layout) {
        for (i, (value, field)) in values.iter().zip(fields).enumerate() {
            let step = if field.name.is_empty() { i.to_string() } else { field.name.clone() };
            self.step(step, |t| t.node(value, &field.kind, layout, ""));
        }
    }

    /// A value that needs no schema.
    fn dynamic(&mut self, node: &Node, before: &str) {
        let what = match node {
            Node::Text(text) if text.chars().count() > SHOWN => {
                let start: String = text.chars().take(SHOWN).collect();
                format!("{start:?}.. ({} bytes)", text.len())
            }
            Node::Text(text) => format!("{text:?}"),
            Node::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Node::Bool(value) => value.to_string(),
            Node::Char(value) => format!("{value:?}"),
            Node::F32(value) => format!("{value:?}"),
            Node::F64(value) => format!("{value:?}"),
            Node::Unit => "()".to_owned(),
            Node::None => "none".to_owned(),
            Node::Some(value) => return down(|| self.dynamic(value, before)),
            Node::List(items) => format!("{} elements", items.len()),
            Node::Map(entries) => format!("{} entries", entries.len()),
            Node::Record(fields) => format!("{} fields", fields.len()),
            Node::Case(case) => format!("::{}", case.0),
            other => other.as_int().map_or_else(|| other.what().to_owned(), |int| int.to_string()),
        };
        self.tell(before, &what);
        match node {
            Node::List(items) => self.items(items, |t, item| t.dynamic(item, "")),
            Node::Record(fields) => {
                for (name, value) in fields {
                    self.step(name.clone(), |t| t.dynamic(value, ""));
                }
            }
            Node::Map(entries) => {
                for (i, (key, value)) in entries.iter().enumerate() {
                    let step =
                        if let Node::Text(text) = key { format!("[{text}]") } else { format!("[{i}]") };
                    self.step(step, |t| t.dynamic(value, ""));
                }
            }
            Node::Case(case) => {
                if let Some(value) = &case.1 {
                    self.step(case.0.clone(), |t| t.dynamic(value, ""));
                }
            }
            _ => {}
        }
    }
}

/// Whether a part needs no line of its own in a list.
fn is_plain(node: &Node) -> bool {
    matches!(node, Node::Unit | Node::Bool(_) | Node::F32(_) | Node::F64(_) | Node::Char(_) | Node::Text(_))
        || node.as_int().is_some()
}
