//! A tree and its schema make the bytes that the value itself would have made.

use super::layout::{Layout, is_tag, tag_bytes};
use super::node::{Node, down};
use super::{Name, decode::at_field};
use crate::bridge::{Compound, WriteNames, put_int, put_length, put_name, put_text, write_serde};
use crate::codec::write_named;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::schema::{Body, Field, Kind};
use crate::wire::{Writer, schema_to_bytes};

/// Writes trees.
pub(super) struct Encoder<'t, 'o> {
    pub(super) w: Writer<'o>,
    names: &'t [Name],
    layouts: Vec<Option<Layout>>,
    /// The stream's number of each name, from 1; 0 before its first sight.
    numbers: Vec<u32>,
    next: u32,
}

impl<'t, 'o> Encoder<'t, 'o> {
    pub(super) fn new(options: &'o Options, names: &'t [Name]) -> Encoder<'t, 'o> {
        Encoder {
            w: Writer::new(Vec::new(), options),
            names,
            layouts: names.iter().map(|_| None).collect(),
            numbers: vec![0; names.len()],
            next: 0,
        }
    }

    /// Writes a value: its head, then its tail.
    pub(super) fn value(&mut self, node: &'t Node, kind: &Kind, layout: &Layout) -> Result<()> {
        let size = layout.shape(kind)?.head;
        if size > 0 {
            head(node, kind, layout, self.w.block(size))?;
        }
        down(|| self.tail(node, kind, layout))
    }

    fn each(&mut self, items: &'t [Node], kind: &Kind, layout: &Layout) -> Result<()> {
        for (i, item) in items.iter().enumerate() {
            self.value(item, kind, layout).map_err(|e| e.at_index(i))?;
        }
        Ok(())
    }

    fn tail(&mut self, node: &'t Node, kind: &Kind, layout: &Layout) -> Result<()> {
        match (kind, node) {
            (Kind::Text, Node::Text(text)) => self.w.bytes(text.as_bytes()),
            (Kind::Option(inner), Node::Some(value)) if layout.shape(inner)?.tail => {
                return self.value(value, inner, layout);
            }
            (Kind::Option(_), Node::Some(_) | Node::None) => {}
            (Kind::Seq(inner), Node::Bytes(bytes)) if **inner == Kind::U8 => self.w.bytes(bytes),
            (Kind::Seq(inner), Node::List(items)) if **inner != Kind::U8 => {
                self.w.count(items.len());
                return self.each(items, inner, layout);
            }
            (Kind::Array(inner, n), Node::List(items)) if items.len() == *n as usize => {
                if layout.shape(inner)?.tail {
                    for (i, item) in items.iter().enumerate() {
                        down(|| self.tail(item, inner, layout)).map_err(|e| e.at_index(i))?;
                    }
                }
            }
            (Kind::Array(inner, _), Node::Bytes(_)) if **inner == Kind::U8 => {}
            (Kind::Tuple(kinds), Node::List(items)) if items.len() == kinds.len() => {
                for (i, (kind, item)) in kinds.iter().zip(items).enumerate() {
                    down(|| self.tail(item, kind, layout)).map_err(|e| e.at_index(i))?;
                }
            }
            (Kind::Map(key, value), Node::Map(entries)) => {
                self.w.count(entries.len());
                let (key_head, value_head) = (layout.shape(key)?.head, layout.shape(value)?.head);
                for (i, (k, v)) in entries.iter().enumerate() {
                    let (first, second) = self.w.block(key_head + value_head).split_at_mut(key_head);
                    head(k, key, layout, first)
                        .and_then(|()| head(v, value, layout, second))
                        .and_then(|()| down(|| self.tail(k, key, layout)))
                        .and_then(|()| down(|| self.tail(v, value, layout)))
                        .map_err(|e| e.at_index(i))?;
                }
            }
            (Kind::Type(index), _) => return self.named_type(node, *index, kind, layout),
            (Kind::Boxed(inner), Node::Boxed(value)) => return self.value(value, inner, layout),
            (Kind::Shared(inner), Node::Shared(id, body)) => {
                self.w.count((*id as usize) << 1 | usize::from(body.is_some()));
                if let Some(body) = body {
                    return self.value(body, inner, layout);
                }
            }
            (Kind::Weak(_), Node::Weak(id)) => self.w.count(id.map_or(0, |id| id as usize + 1)),
            (Kind::Leaf, Node::Serde(value)) => {
                self.w.count(0);
                return self.dynamic(value, &mut WriteNames::default());
            }
            (Kind::Leaf | Kind::Object, Node::Named(name, state)) => return self.named(*name, state),
            (Kind::Serde, Node::Serde(value)) => return self.dynamic(value, &mut WriteNames::default()),
            (Kind::Live, Node::Live(live)) => {
                self.w.bytes(live.key.as_bytes());
                self.w.count(live.version as usize);
                self.dynamic(&live.recipe, &mut WriteNames::default())?;
                self.w.block(1)[0] = u8::from(live.carried.is_some());
                if let Some(carried) = &live.carried {
                    self.w.bytes(carried);
                }
            }
            (Kind::Function, Node::Function(function)) => {
                write_named(&mut self.w, &function.name, &function.signature, function.version);
            }
            // Scalars stand in the head alone, where they were checked.
            _ if !layout.shape(kind)?.tail => {}
            _ => return Err(node.is_not(layout, kind)),
        }
        Ok(())
    }

    fn named_type(&mut self, node: &'t Node, index: u32, kind: &Kind, layout: &Layout) -> Result<()> {
        match (&layout.def(index).body, node) {
            (Body::Struct(fields), Node::Struct(values)) if fields.as_slice().len() == values.len() => {
                self.tails(fields.as_slice(), values, layout)
            }
            (Body::Enum(variants), Node::Variant(tag, values)) => {
                if is_tag(variants) {
                    return Ok(());
                }
                let variant = variants.get(*tag as usize).ok_or_else(|| node.is_not(layout, kind))?;
                let bytes = tag_bytes(variants);
                self.w.block(bytes).copy_from_slice(&tag.to_le_bytes()[..bytes]);
                let fields = variant.fields.as_slice();
                let mut size = 0;
                for field in fields {
                    size += layout.shape(&field.kind)?.head;
                }
                heads(fields, values, layout, self.w.block(size))?;
                self.tails(fields, values, layout).map_err(|e| e.at_name(&variant.name))
            }
            _ => Err(node.is_not(layout, kind)),
        }
    }

    fn tails(&mut self, fields: &[Field], values: &'t [Node], layout: &Layout) -> Result<()> {
        for (i, (field, value)) in fields.iter().zip(values).enumerate() {
            down(|| self.tail(value, &field.kind, layout)).map_err(|e| at_field(e, field, i))?;
        }
        Ok(())
    }

    fn named(&mut self, index: u32, state: &'t Node) -> Result<()> {
        let at = index as usize;
        let name = self
            .names
            .get(at)
            .ok_or_else(|| Error::new(ErrorKind::Other, format!("the tree has no name {at}")))?;
        match self.numbers[at] {
            0 => {
                self.next += 1;
                self.numbers[at] = self.next;
                self.w.count(1);
                self.w.bytes(name.name.as_bytes());
                self.w.bytes(&schema_to_bytes(&name.schema));
            }
            number => self.w.count(number as usize + 1),
        }
        let layout = match self.layouts[at].take() {
            Some(layout) => layout,
            None => Layout::new(name.schema.clone())?,
        };
        let result = self.value(state, &layout.schema.root, &layout);
        self.layouts[at] = Some(layout);
        result.map_err(|e| e.in_handler(&name.name))
    }

    fn dynamic(&mut self, node: &'t Node, names: &mut WriteNames<'t>) -> Result<()> {
        match node {
            Node::Some(value) => {
                self.w.block(1)[0] = crate::bridge::SOME;
                down(|| self.dynamic(value, names))?;
            }
            Node::List(items) => {
                put_length(&mut self.w, Compound::List, items.len());
                items.iter().try_for_each(|item| down(|| self.dynamic(item, names)))?;
            }
            Node::Map(entries) => {
                put_length(&mut self.w, Compound::Map, entries.len());
                for (key, value) in entries {
                    down(|| self.dynamic(key, names))?;
                    down(|| self.dynamic(value, names))?;
                }
            }
            Node::Record(fields) => {
                put_length(&mut self.w, Compound::Struct, fields.len());
                for (name, value) in fields {
                    put_name(&mut self.w, names, name);
                    down(|| self.dynamic(value, names)).map_err(|e| e.at_name(name))?;
                }
            }
            Node::Case(case) => {
                self.w.block(1)[0] =
                    if case.1.is_some() { crate::bridge::VARIANT } else { crate::bridge::UNIT_VARIANT };
                put_name(&mut self.w, names, &case.0);
                if let Some(value) = &case.1 {
                    down(|| self.dynamic(value, names)).map_err(|e| e.at_name(&case.0))?;
                }
            }
            Node::Text(text) => put_text(&mut self.w, text),
            Node::Bool(value) => write_serde(value, &mut self.w)?,
            Node::F32(value) => write_serde(value, &mut self.w)?,
            Node::F64(value) => write_serde(value, &mut self.w)?,
            Node::Char(value) => write_serde(value, &mut self.w)?,
            Node::U128(value) => write_serde(value, &mut self.w)?,
            Node::Unit => write_serde(&(), &mut self.w)?,
            Node::None => write_serde(&None::<()>, &mut self.w)?,
            Node::Bytes(bytes) => {
                self.w.block(1)[0] = crate::bridge::BYTES;
                self.w.bytes(bytes);
            }
            other => match other.as_int() {
                Some(int) => put_int(&mut self.w, int.to()?),
                None => return Err(super::mismatch("a serde value", other.what())),
            },
        }
        Ok(())
    }
}

/// Writes the fixed part of a value.
fn head(node: &Node, kind: &Kind, layout: &Layout, out: &mut [u8]) -> Result<()> {
    macro_rules! numbers {
        ($($name:ident)*) => {
            match (kind, node) {
                $((Kind::$name, Node::$name(value)) => out.copy_from_slice(&value.to_le_bytes()),)*
                (Kind::Bool, Node::Bool(value)) => out[0] = u8::from(*value),
                (Kind::Char, Node::Char(value)) => out.copy_from_slice(&u32::from(*value).to_le_bytes()),
                (Kind::Unit, Node::Unit) => {}
                (Kind::Option(_), Node::None) => {}
                (Kind::Option(inner), Node::Some(value)) => {
                    out[0] = 1;
                    if !layout.shape(inner)?.tail {
                        down(|| head(value, inner, layout, &mut out[1..]))?;
                    }
                }
                (Kind::Array(inner, _), Node::Bytes(bytes)) if **inner == Kind::U8 && bytes.len() == out.len() => {
                    out.copy_from_slice(bytes);
                }
                (Kind::Array(inner, n), Node::List(items)) if items.len() == *n as usize && **inner != Kind::U8 => {
                    let size = layout.shape(inner)?.head;
                    for (i, item) in items.iter().enumerate() {
                        down(|| head(item, inner, layout, &mut out[i * size..(i + 1) * size])).map_err(|e| e.at_index(i))?;
                    }
                }
                (Kind::Tuple(kinds), Node::List(items)) if items.len() == kinds.len() => {
                    let mut at = 0;
                    for (i, (kind, item)) in kinds.iter().zip(items).enumerate() {
                        let end = at + layout.shape(kind)?.head;
                        down(|| head(item, kind, layout, &mut out[at..end])).map_err(|e| e.at_index(i))?;
                        at = end;
                    }
                }
                (Kind::Type(index), _) => return head_of_type(node, *index, kind, layout, out),
                _ if layout.shape(kind)?.tail => {}
                _ => return Err(node.is_not(layout, kind)),
            }
        };
    }
    numbers!(U8 U16 U32 U64 U128 I8 I16 I32 I64 I128 F32 F64);
    Ok(())
}

fn head_of_type(node: &Node, index: u32, kind: &Kind, layout: &Layout, out: &mut [u8]) -> Result<()> {
    match (&layout.def(index).body, node) {
        (Body::Struct(fields), Node::Struct(values)) => heads(fields.as_slice(), values, layout, out),
        (Body::Enum(variants), Node::Variant(tag, _)) => {
            if is_tag(variants) {
                out.copy_from_slice(&tag.to_le_bytes()[..out.len()]);
            }
            Ok(())
        }
        _ => Err(node.is_not(layout, kind)),
    }
}

fn heads(fields: &[Field], values: &[Node], layout: &Layout, out: &mut [u8]) -> Result<()> {
    if fields.len() != values.len() {
        return Err(super::mismatch(&format!("{} fields", fields.len()), &format!("{}", values.len())));
    }
    let mut at = 0;
    for (i, (field, value)) in fields.iter().zip(values).enumerate() {
        let end = at + layout.shape(&field.kind)?.head;
        down(|| head(value, &field.kind, layout, &mut out[at..end])).map_err(|e| at_field(e, field, i))?;
        at = end;
    }
    Ok(())
}
