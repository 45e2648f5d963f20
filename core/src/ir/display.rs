//! The tree for people.

use std::fmt::{self, Display, Formatter};

use super::layout::Layout;
use super::node::{Node, down};
use super::tree::{Ir, Name};
use crate::schema::{Body, Field, Fields, Kind, Schema};

impl Display for Ir {
    /// As Rust would write it, one part a line. Before an object of which several pointers know stands `#id`; `-> #id`
    /// points at it again, `~> #id` weakly. After `via` stands the handler.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let layout = Layout::new(self.schema.clone()).map_err(|_| fmt::Error)?;
        let layouts = self.names.iter().map(|name| Layout::new(name.schema.clone()));
        let layouts = layouts.collect::<crate::Result<Vec<_>>>().map_err(|_| fmt::Error)?;
        Printer { f, names: &self.names, layouts: &layouts, indent: 0 }.node(
            &self.root,
            &self.schema.root,
            &layout,
        )
    }
}

struct Printer<'a, 'f> {
    f: &'a mut Formatter<'f>,
    names: &'a [Name],
    layouts: &'a [Layout],
    indent: usize,
}

impl Printer<'_, '_> {
    fn line(&mut self) -> fmt::Result {
        write!(self.f, "\n{:1$}", "", self.indent * 4)
    }

    /// Parts between brackets, one a line.
    fn parts<T>(
        &mut self,
        brackets: [&str; 2],
        items: impl ExactSizeIterator<Item = T>,
        mut part: impl FnMut(&mut Self, T) -> fmt::Result,
    ) -> fmt::Result {
        self.f.write_str(brackets[0])?;
        if items.len() > 0 {
            self.indent += 1;
            for item in items {
                self.line()?;
                down(|| part(self, item))?;
                self.f.write_str(",")?;
            }
            self.indent -= 1;
            self.line()?;
        }
        self.f.write_str(brackets[1])
    }

    fn node(&mut self, node: &Node, kind: &Kind, layout: &Layout) -> fmt::Result {
        match (kind, node) {
            (Kind::Option(inner), Node::Some(value)) => {
                self.f.write_str("Some(")?;
                down(|| self.node(value, inner, layout))?;
                self.f.write_str(")")
            }
            (Kind::Boxed(inner), Node::Boxed(value)) => down(|| self.node(value, inner, layout)),
            (Kind::Seq(inner) | Kind::Array(inner, _), Node::List(items)) => {
                self.parts(["[", "]"], items.iter(), |p, item| p.node(item, inner, layout))
            }
            (Kind::Tuple(kinds), Node::List(items)) => {
                self.parts(["(", ")"], kinds.iter().zip(items), |p, (kind, item)| p.node(item, kind, layout))
            }
            (Kind::Map(key, value), Node::Map(entries)) => {
                self.parts(["{", "}"], entries.iter(), |p, (k, v)| {
                    p.node(k, key, layout)?;
                    p.f.write_str(": ")?;
                    p.node(v, value, layout)
                })
            }
            (Kind::Shared(inner), Node::Shared(id, Some(value))) => {
                write!(self.f, "#{id} ")?;
                down(|| self.node(value, inner, layout))
            }
            (Kind::Type(index), _) => self.named_type(node, *index, layout),
            (_, Node::Named(index, state)) => {
                let at = *index as usize;
                let (Some(name), Some(layout)) = (self.names.get(at), self.layouts.get(at)) else {
                    return Err(fmt::Error);
                };
                if *kind == Kind::Leaf {
                    write!(self.f, "via {} ", name.name)?;
                }
                down(|| self.node(state, &layout.schema.root, layout))
            }
            (_, Node::Serde(value)) => {
                self.f.write_str("serde ")?;
                self.dynamic(value)
            }
            (_, Node::Live(live)) => {
                write!(self.f, "live {} ", live.key)?;
                self.dynamic(&live.recipe)?;
                match &live.carried {
                    Some(carried) => write!(self.f, " + {} bytes", carried.len()),
                    None => Ok(()),
                }
            }
            (_, Node::Function(function)) => {
                write!(self.f, "fn {}: {} (version {})", function.name, function.signature, function.version)
            }
            _ => self.dynamic(node),
        }
    }

    fn named_type(&mut self, node: &Node, index: u32, layout: &Layout) -> fmt::Result {
        let def = layout.def(index);
        match (&def.body, node) {
            (Body::Struct(fields), Node::Struct(values)) => {
                self.f.write_str(&def.name)?;
                self.fields(values, fields, layout)
            }
            (Body::Enum(variants), Node::Variant(tag, values)) => {
                let Some(variant) = variants.get(*tag as usize) else { return Err(fmt::Error) };
                write!(self.f, "{}::{}", def.name, variant.name)?;
                self.fields(values, &variant.fields, layout)
            }
            _ => Err(fmt::Error),
        }
    }

    fn fields(&mut self, values: &[Node], fields: &Fields, layout: &Layout) -> fmt::Result {
        match fields {
            Fields::Unit => Ok(()),
            Fields::Tuple(fields) => {
                self.parts(["(", ")"], fields.iter().zip(values), |p, (field, value)| {
                    p.node(value, &field.kind, layout)
                })
            }
            Fields::Named(fields) => {
                self.parts([" {", "}"], fields.iter().zip(values), |p, (field, value)| {
                    write!(p.f, "{}: ", field.name)?;
                    p.node(value, &field.kind, layout)
                })
            }
        }
    }

    /// A value that needs no schema.
    fn dynamic(&mut self, node: &Node) -> fmt::Result {
        match node {
            Node::Unit => self.f.write_str("()"),
            Node::Bool(value) => write!(self.f, "{value}"),
            Node::F32(value) => write!(self.f, "{value:?}"),
            Node::F64(value) => write!(self.f, "{value:?}"),
            Node::Char(value) => write!(self.f, "{value:?}"),
            Node::Text(value) => write!(self.f, "{value:?}"),
            Node::Bytes(bytes) => {
                write!(self.f, "{} bytes", bytes.len())?;
                if !bytes.is_empty() {
                    self.f.write_str(" ")?;
                }
                bytes.iter().take(32).try_for_each(|byte| write!(self.f, "{byte:02x}"))?;
                if bytes.len() > 32 { self.f.write_str("..") } else { Ok(()) }
            }
            Node::None => self.f.write_str("None"),
            Node::Some(value) => {
                self.f.write_str("Some(")?;
                down(|| self.dynamic(value))?;
                self.f.write_str(")")
            }
            Node::List(items) => self.parts(["[", "]"], items.iter(), |p, item| p.dynamic(item)),
            Node::Map(entries) => self.parts(["{", "}"], entries.iter(), |p, (key, value)| {
                p.dynamic(key)?;
                p.f.write_str(": ")?;
                p.dynamic(value)
            }),
            Node::Record(fields) => self.parts(["{", "}"], fields.iter(), |p, (name, value)| {
                write!(p.f, "{name}: ")?;
                p.dynamic(value)
            }),
            Node::Case(case) => {
                self.f.write_str(&case.0)?;
                match &case.1 {
                    None => Ok(()),
                    Some(value) => {
                        self.parts(["(", ")"], std::iter::once(value), |p, value| p.dynamic(value))
                    }
                }
            }
            Node::Shared(id, _) => write!(self.f, "-> #{id}"),
            Node::Weak(Some(id)) => write!(self.f, "~> #{id}"),
            Node::Weak(None) => self.f.write_str("~> nothing"),
            other => match other.as_int() {
                Some(int) => write!(self.f, "{int}"),
                None => self.f.write_str(other.what()),
            },
        }
    }
}

impl Display for Schema {
    /// The types as Rust would declare them, then the root.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for def in &self.types {
            match &def.body {
                Body::Struct(fields) => {
                    write!(f, "struct {}", def.name)?;
                    put_fields(f, self, fields, 4)?;
                }
                Body::Enum(variants) => {
                    write!(f, "enum {} {{", def.name)?;
                    for variant in variants {
                        write!(f, "\n    {}", variant.name)?;
                        put_fields(f, self, &variant.fields, 8)?;
                        f.write_str(",")?;
                    }
                    f.write_str("\n}")?;
                }
            }
            f.write_str("\n")?;
        }
        write!(f, "root: {}", self.name(&self.root))
    }
}

fn put_fields(f: &mut Formatter<'_>, schema: &Schema, fields: &Fields, indent: usize) -> fmt::Result {
    match fields {
        Fields::Unit => Ok(()),
        Fields::Tuple(fields) => {
            let kinds: Vec<String> = fields.iter().map(|field: &Field| schema.name(&field.kind)).collect();
            write!(f, "({})", kinds.join(", "))
        }
        Fields::Named(fields) => {
            f.write_str(" {")?;
            for field in fields {
                write!(f, "\n{:indent$}{}: {},", "", field.name, schema.name(&field.kind))?;
            }
            write!(f, "\n{:1$}}}", "", indent - 4)
        }
    }
}
