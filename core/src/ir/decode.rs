//! Bytes and a schema make a tree.

use std::collections::HashMap;
use std::rc::Rc;

use super::layout::{Layout, is_tag, tag_bytes};
use super::node::{FunctionNode, LiveNode, Node, down};
use super::weight::size_of_schema;
use super::{Name, mismatch};
use crate::bridge::{Tag, read_name, read_tag};
use crate::codec::{Written, place_from_outside, read_function};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Way, read_way, schema_of};
use crate::schema::{Body, Field, Kind};
use crate::wire::Reader;

/// Collects into exactly the memory that was charged: a fallible `collect` grows by doubling.
trait Gather<T>: Iterator<Item = Result<T>> + Sized {
    fn gather(self, n: usize) -> Result<Vec<T>> {
        let mut all = Vec::with_capacity(n);
        for item in self {
            all.push(item?);
        }
        Ok(all)
    }
}
impl<T, I: Iterator<Item = Result<T>>> Gather<T> for I {}

/// How many levels of the tree one heap edge may take.
const LEVELS: u32 = 4;

/// Reads trees from a stream.
pub(super) struct Decoder<'r, 'de> {
    r: &'r mut Reader<'de>,
    depth_left: u32,
    /// The stream's number of a name -> the tree's.
    numbers: HashMap<usize, u32>,
    layouts: Vec<Rc<Layout>>,
    pub(super) names: Vec<Name>,
    /// Whether a shared or weak pointer was met.
    pub(super) shares: bool,
}

impl<'r, 'de> Decoder<'r, 'de> {
    pub(super) fn new(r: &'r mut Reader<'de>) -> Decoder<'r, 'de> {
        let depth_left = r.options().limits.depth.saturating_mul(LEVELS);
        Decoder {
            r,
            depth_left,
            numbers: HashMap::new(),
            layouts: Vec::new(),
            names: Vec::new(),
            shares: false,
        }
    }

    /// Reads a value: its head, then its tail.
    pub(super) fn value(&mut self, kind: &Kind, layout: &Layout) -> Result<Node> {
        let head = self.r.block(layout.shape(kind)?.head)?;
        self.read(kind, layout, head)
    }

    /// Goes one level down.
    fn nested<R>(&mut self, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or_else(too_deep)?;
        let result = down(|| f(self));
        self.depth_left += 1;
        result
    }

    fn boxed(&mut self, kind: &Kind, layout: &Layout) -> Result<Box<Node>> {
        self.r.charge(size_of::<Node>())?;
        self.nested(|d| d.value(kind, layout)).map(Box::new)
    }

    fn read(&mut self, kind: &Kind, layout: &Layout, head: &[u8]) -> Result<Node> {
        macro_rules! number {
            ($node:ident $ty:ty) => {{
                let mut bytes = [0; size_of::<$ty>()];
                bytes.copy_from_slice(head);
                Node::$node(<$ty>::from_le_bytes(bytes))
            }};
        }
        Ok(match kind {
            Kind::Unit => Node::Unit,
            Kind::Bool => Node::Bool(flag(head[0])?),
            Kind::U8 => number!(U8 u8),
            Kind::U16 => number!(U16 u16),
            Kind::U32 => number!(U32 u32),
            Kind::U64 => number!(U64 u64),
            Kind::U128 => number!(U128 u128),
            Kind::I8 => number!(I8 i8),
            Kind::I16 => number!(I16 i16),
            Kind::I32 => number!(I32 i32),
            Kind::I64 => number!(I64 i64),
            Kind::I128 => number!(I128 i128),
            Kind::F32 => number!(F32 f32),
            Kind::F64 => number!(F64 f64),
            Kind::Char => {
                let mut bytes = [0; 4];
                bytes.copy_from_slice(head);
                let code = u32::from_le_bytes(bytes);
                Node::Char(
                    char::from_u32(code)
                        .ok_or_else(|| Error::malformed(format!("{code:#x} is not a character")))?,
                )
            }
            Kind::Text => Node::Text(self.r.string()?),
            Kind::Option(inner) => match flag(head[0])? {
                false => Node::None,
                true if layout.shape(inner)?.tail => Node::Some(self.boxed(inner, layout)?),
                true => {
                    self.r.charge(size_of::<Node>())?;
                    Node::Some(Box::new(self.nested(|d| d.read(inner, layout, &head[1..]))?))
                }
            },
            Kind::Seq(inner) => self.list(inner, layout)?,
            Kind::Array(inner, _) if **inner == Kind::U8 => {
                self.r.charge(head.len())?;
                Node::Bytes(head.to_vec())
            }
            Kind::Array(inner, n) => {
                let shape = layout.shape(inner)?;
                let n = *n as usize;
                self.charge_inline(n, shape.min)?;
                let items = self.nested(|d| {
                    (0..n)
                        .map(|i| {
                            let part = &head[i * shape.head..(i + 1) * shape.head];
                            d.read(inner, layout, part).map_err(|e| e.at_index(i))
                        })
                        .gather(n)
                })?;
                Node::List(items)
            }
            Kind::Map(key, value) => self.map(key, value, layout)?,
            Kind::Tuple(items) => {
                self.charge_parts(items.iter(), layout)?;
                let mut at = 0;
                let items = self.nested(|d| {
                    items
                        .iter()
                        .enumerate()
                        .map(|(i, item)| d.part(item, layout, head, &mut at).map_err(|e| e.at_index(i)))
                        .gather(items.len())
                })?;
                Node::List(items)
            }
            Kind::Type(index) => self.named_type(*index, layout, head)?,
            Kind::Boxed(inner) => Node::Boxed(self.boxed(inner, layout)?),
            Kind::Shared(inner) => {
                self.shares = true;
                let tag = self.r.count()?;
                let id = small(tag >> 1)?;
                let body = if tag & 1 == 1 { Some(self.boxed(inner, layout)?) } else { None };
                Node::Shared(id, body)
            }
            Kind::Weak(_) => {
                self.shares = true;
                Node::Weak(self.r.count()?.checked_sub(1).map(small).transpose()?)
            }
            Kind::Leaf => self.leaf(true)?,
            Kind::Object => self.leaf(false)?,
            Kind::Serde => self.serde()?,
            Kind::Live => {
                let key = self.r.string()?;
                let version = self.r.count()? as u64;
                self.r.charge(size_of::<LiveNode>())?;
                let recipe = self.nested(|d| d.dynamic(&mut Vec::new()))?;
                let carried = match flag(self.r.block(1)?[0])? {
                    true => {
                        let bytes = self.r.bytes()?;
                        self.r.charge(bytes.len())?;
                        Some(bytes.to_vec())
                    }
                    false => None,
                };
                Node::Live(Box::new(LiveNode { key, version, recipe, carried }))
            }
            Kind::Function => {
                let Written::Name { name, signature, version } = read_function(self.r)? else {
                    return Err(place_from_outside());
                };
                self.r.charge(size_of::<FunctionNode>() + name.len() + signature.len())?;
                let (name, signature) = (name.to_owned(), signature.to_owned());
                Node::Function(Box::new(FunctionNode { name, signature, version }))
            }
        })
    }

    /// The next part of a head, with its tail.
    fn part(&mut self, kind: &Kind, layout: &Layout, head: &[u8], at: &mut usize) -> Result<Node> {
        let start = *at;
        *at += layout.shape(kind)?.head;
        self.read(kind, layout, &head[start..*at])
    }

    /// Charges values whose heads are taken already.
    fn charge_inline(&mut self, n: usize, min: usize) -> Result<()> {
        match min {
            0 => self.r.charge_elements(n, 0, size_of::<Node>()),
            _ => self.r.charge(n.saturating_mul(size_of::<Node>())),
        }
    }

    /// Charges the parts of a struct or tuple: those that take no bytes count as elements without input.
    fn charge_parts<'k>(
        &mut self,
        kinds: impl ExactSizeIterator<Item = &'k Kind>,
        layout: &Layout,
    ) -> Result<()> {
        self.r.charge(kinds.len() * size_of::<Node>())?;
        let mut unbacked = 0;
        for kind in kinds {
            unbacked += usize::from(layout.shape(kind)?.min == 0);
        }
        self.r.charge_elements(unbacked, 0, 0)
    }

    fn list(&mut self, inner: &Kind, layout: &Layout) -> Result<Node> {
        if *inner == Kind::U8 {
            let bytes = self.r.bytes()?;
            self.r.charge(bytes.len())?;
            return Ok(Node::Bytes(bytes.to_vec()));
        }
        let shape = layout.shape(inner)?;
        let n = self.r.length(shape.min, size_of::<Node>())?;
        let items = self.nested(|d| {
            (0..n)
                .map(|i| {
                    let head = d.r.block(shape.head)?;
                    d.read(inner, layout, head).map_err(|e| e.at_index(i))
                })
                .gather(n)
        })?;
        Ok(Node::List(items))
    }

    fn map(&mut self, key: &Kind, value: &Kind, layout: &Layout) -> Result<Node> {
        let (key_shape, value_shape) = (layout.shape(key)?, layout.shape(value)?);
        let n = self.r.length(key_shape.min.saturating_add(value_shape.min), 2 * size_of::<Node>())?;
        let entries = self.nested(|d| {
            (0..n)
                .map(|i| {
                    let key_head = d.r.block(key_shape.head)?;
                    let value_head = d.r.block(value_shape.head)?;
                    let key = d.read(key, layout, key_head).map_err(|e| e.at_index(i))?;
                    let value = d.read(value, layout, value_head).map_err(|e| e.at_index(i))?;
                    Ok((key, value))
                })
                .gather(n)
        })?;
        Ok(Node::Map(entries))
    }

    fn named_type(&mut self, index: u32, layout: &Layout, head: &[u8]) -> Result<Node> {
        let def = layout.def(index);
        match &def.body {
            Body::Struct(fields) => Ok(Node::Struct(self.fields(fields.as_slice(), layout, head)?)),
            Body::Enum(variants) => {
                let in_head = is_tag(variants);
                let tag = if in_head { head } else { self.r.block(tag_bytes(variants))? };
                let tag = tag.iter().rev().fold(0, |tag, byte| tag << 8 | usize::from(*byte));
                let variant = variants
                    .get(tag)
                    .ok_or_else(|| Error::malformed(format!("`{}` has no variant {tag}", def.name)))?;
                let fields = if in_head {
                    Vec::new()
                } else {
                    let mut size = 0;
                    for field in variant.fields.as_slice() {
                        size += layout.shape(&field.kind)?.head;
                    }
                    let head = self.r.block(size)?;
                    self.fields(variant.fields.as_slice(), layout, head)
                        .map_err(|e| e.at_name(&variant.name))?
                };
                Ok(Node::Variant(tag as u32, fields))
            }
        }
    }

    fn fields(&mut self, fields: &[Field], layout: &Layout, head: &[u8]) -> Result<Vec<Node>> {
        self.charge_parts(fields.iter().map(|field| &field.kind), layout)?;
        let mut at = 0;
        self.nested(|d| {
            fields
                .iter()
                .enumerate()
                .map(|(i, field)| {
                    d.part(&field.kind, layout, head, &mut at).map_err(|e| at_field(e, field, i))
                })
                .gather(fields.len())
        })
    }

    /// A value whose way the bytes name. Serde's way is for leaves only: an object has a type.
    fn leaf(&mut self, or_serde: bool) -> Result<Node> {
        let number = match read_way(self.r)? {
            Way::Named(number) => number,
            Way::Serde if or_serde => return self.serde(),
            Way::Serde => return Err(Error::malformed("an object cannot go serde's way")),
        };
        let local = match self.numbers.get(&number) {
            Some(local) => *local,
            None => {
                let schema = schema_of(self.r, number)?;
                // Kept three times: by the stream, by the layout, by the tree.
                self.r.charge(size_of_schema(&schema).saturating_mul(3))?;
                let name = self.r.names().get(number).name.to_string();
                let local = self.names.len() as u32;
                self.numbers.insert(number, local);
                self.layouts.push(Rc::new(Layout::new((*schema).clone())?));
                self.names.push(Name { name, schema: (*schema).clone() });
                local
            }
        };
        let layout = self.layouts[local as usize].clone();
        let state = self.boxed(&layout.schema.root, &layout);
        let state = state.map_err(|e| e.in_handler(&self.names[local as usize].name))?;
        Ok(Node::Named(local, state))
    }

    /// Reads a value that describes itself.
    pub(super) fn serde(&mut self) -> Result<Node> {
        self.r.charge(size_of::<Node>())?;
        self.nested(|d| d.dynamic(&mut Vec::new())).map(|node| Node::Serde(Box::new(node)))
    }

    fn dynamic(&mut self, names: &mut Vec<&'de str>) -> Result<Node> {
        Ok(match read_tag(self.r)? {
            Tag::Unit => Node::Unit,
            Tag::Bool(value) => Node::Bool(value),
            Tag::Uint(value) => Node::U64(value),
            Tag::Int(value) => Node::I64(value),
            Tag::U128(value) => Node::U128(value),
            Tag::I128(value) => Node::I128(value),
            Tag::F32(value) => Node::F32(value),
            Tag::F64(value) => Node::F64(value),
            Tag::Char(value) => Node::Char(value),
            Tag::Text(value) => Node::Text(value.to_owned()),
            Tag::Bytes(value) => Node::Bytes(value.to_vec()),
            Tag::None => Node::None,
            Tag::Some => {
                self.r.charge(size_of::<Node>())?;
                Node::Some(Box::new(self.nested(|d| d.dynamic(names))?))
            }
            Tag::List(n) => {
                self.r.charge(n * size_of::<Node>())?;
                self.nested(|d| (0..n).map(|i| d.dynamic(names).map_err(|e| e.at_index(i))).gather(n))
                    .map(Node::List)?
            }
            Tag::Map(n) => {
                self.r.charge(2 * n * size_of::<Node>())?;
                self.nested(|d| {
                    (0..n)
                        .map(|i| {
                            let key = d.dynamic(names).map_err(|e| e.at_index(i))?;
                            Ok((key, d.dynamic(names).map_err(|e| e.at_index(i))?))
                        })
                        .gather(n)
                })
                .map(Node::Map)?
            }
            Tag::Struct(n) => {
                self.r.charge(2 * n * size_of::<Node>())?;
                self.nested(|d| (0..n).map(|_| d.record_field(names)).gather(n)).map(Node::Record)?
            }
            Tag::UnitVariant => {
                let name = self.dynamic_name(names)?;
                Node::Case(Box::new((name, None)))
            }
            Tag::Variant => {
                self.r.charge(2 * size_of::<Node>())?;
                let (name, value) = self.nested(|d| d.record_field(names))?;
                Node::Case(Box::new((name, Some(value))))
            }
        })
    }

    fn dynamic_name(&mut self, names: &mut Vec<&'de str>) -> Result<String> {
        let name = read_name(self.r, names)?;
        self.r.charge(name.len())?;
        Ok(name.to_owned())
    }

    fn record_field(&mut self, names: &mut Vec<&'de str>) -> Result<(String, Node)> {
        let name = self.dynamic_name(names)?;
        let value = self.dynamic(names).map_err(|e| e.at_name(&name))?;
        Ok((name, value))
    }
}

/// Adds a field to an error's path: its name, or its position in a tuple.
#[cold]
pub(super) fn at_field(error: Error, field: &Field, index: usize) -> Error {
    if field.name.is_empty() { error.at_index(index) } else { error.at_name(&field.name) }
}

fn flag(byte: u8) -> Result<bool> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Error::malformed(format!("want 0 or 1, got {other}"))),
    }
}

fn small(id: usize) -> Result<u32> {
    u32::try_from(id).map_err(|_| Error::malformed(format!("object {id} stands before its turn")))
}

#[cold]
pub(super) fn too_deep() -> Error {
    Error::new(ErrorKind::Limit, "the tree is nested too deep").with_help("raise it with `Limits::depth`")
}

impl Node {
    /// The error where the tree is not what the schema says.
    #[cold]
    pub(super) fn is_not(&self, layout: &Layout, kind: &Kind) -> Error {
        mismatch(&layout.schema.name(kind), self.what())
    }
}
