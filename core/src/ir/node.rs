//! The tree.

use crate::error::{Error, ErrorKind, Result};

/// One value of the tree.
///
/// Names of fields and variants are not repeated in the tree: they stand in the [`Schema`](crate::schema::Schema)
/// that governs the place, which is the [`Ir`](super::Ir)'s own or that of the nearest [`Node::Named`] above.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names of Rust's own types")]
pub enum Node {
    Unit,
    Bool(bool),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    U128(u128),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    F32(f32),
    F64(f64),
    Char(char),
    Text(String),
    /// A list or array of bytes.
    Bytes(Vec<u8>),
    /// An optional value that is missing.
    None,
    /// An optional value that is there.
    Some(Box<Node>),
    /// The elements of a list, an array or a tuple.
    List(Vec<Node>),
    /// Keys and values, in the order of the bytes.
    Map(Vec<(Node, Node)>),
    /// The fields of a struct, in the schema's order.
    Struct(Vec<Node>),
    /// The number of a variant, and its fields.
    Variant(u32, Vec<Node>),
    /// What stands in a box, a cell or a lock.
    Boxed(Box<Node>),
    /// A shared pointer: the object's id, and the object itself where it stands first.
    Shared(u32, Option<Box<Node>>),
    /// A weak pointer: the object's id, if there is an object.
    Weak(Option<u32>),
    /// A value whose way the bytes name: the number of the handler or type in [`Ir::names`](super::Ir::names), and
    /// the state, by the schema that stands there.
    Named(u32, Box<Node>),
    /// A value that serde describes. Below it integers have 64 bits or 128, structs are [`Node::Record`] and enums
    /// are [`Node::Case`].
    Serde(Box<Node>),
    /// A struct as serde tells it: names and values.
    Record(Vec<(String, Node)>),
    /// A variant as serde tells it: its name, and its value if it has one.
    Case(Box<(String, Option<Node>)>),
    /// A live resource.
    Live(Box<LiveNode>),
    /// A function.
    Function(Box<FunctionNode>),
}

/// A live resource in the tree: what is needed to connect it again, without secrets.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveNode {
    /// The reconnector's key.
    pub key: String,
    /// The version of the layout.
    pub version: u64,
    /// The recipe, as serde tells it.
    pub recipe: Node,
    /// What else travels: the group of handles that share it, carried state.
    pub carried: Option<Vec<u8>>,
}

/// A function in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionNode {
    /// Its name.
    pub name: String,
    /// Its signature's type name.
    pub signature: String,
    /// Its version.
    pub version: u64,
}

impl Node {
    /// Shows the nodes directly below.
    pub(super) fn children_mut(&mut self, f: &mut dyn FnMut(&mut Node)) {
        match self {
            Node::Some(inner) | Node::Boxed(inner) | Node::Named(_, inner) | Node::Serde(inner) => f(inner),
            Node::Shared(_, Some(body)) => f(body),
            Node::List(items) | Node::Struct(items) | Node::Variant(_, items) => items.iter_mut().for_each(f),
            Node::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
                f(key);
                f(value);
            }),
            Node::Record(fields) => fields.iter_mut().for_each(|(_, value)| f(value)),
            Node::Case(case) => {
                if let Some(value) = &mut case.1 {
                    f(value);
                }
            }
            Node::Live(live) => f(&mut live.recipe),
            _ => {}
        }
    }

    /// What it is, for messages.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Node::Unit => "unit",
            Node::Bool(_) => "bool",
            Node::U8(_) | Node::U16(_) | Node::U32(_) | Node::U64(_) | Node::U128(_) => "an unsigned integer",
            Node::I8(_) | Node::I16(_) | Node::I32(_) | Node::I64(_) | Node::I128(_) => "a signed integer",
            Node::F32(_) | Node::F64(_) => "a float",
            Node::Char(_) => "a character",
            Node::Text(_) => "text",
            Node::Bytes(_) => "bytes",
            Node::None => "none",
            Node::Some(_) => "an optional value",
            Node::List(_) => "a list",
            Node::Map(_) => "a map",
            Node::Struct(_) | Node::Record(_) => "a struct",
            Node::Variant(..) | Node::Case(_) => "a variant",
            Node::Boxed(_) => "a box",
            Node::Shared(..) => "a shared pointer",
            Node::Weak(_) => "a weak pointer",
            Node::Named(..) => "a handler's value",
            Node::Serde(_) => "a serde value",
            Node::Live(_) => "a live resource",
            Node::Function(_) => "a function",
        }
    }

    /// An integer of any width.
    pub(super) fn as_int(&self) -> Option<Int> {
        Some(match *self {
            Node::U8(v) => Int::Small(v.into()),
            Node::U16(v) => Int::Small(v.into()),
            Node::U32(v) => Int::Small(v.into()),
            Node::U64(v) => Int::Small(v.into()),
            Node::U128(v) => i128::try_from(v).map_or(Int::Large(v), Int::Small),
            Node::I8(v) => Int::Small(v.into()),
            Node::I16(v) => Int::Small(v.into()),
            Node::I32(v) => Int::Small(v.into()),
            Node::I64(v) => Int::Small(v.into()),
            Node::I128(v) => Int::Small(v),
            _ => return None,
        })
    }
}

/// An integer of any type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Int {
    Small(i128),
    /// Past the range of `i128`.
    Large(u128),
}

impl Int {
    pub(super) fn as_f64(self) -> f64 {
        match self {
            Int::Small(v) => v as f64,
            Int::Large(v) => v as f64,
        }
    }

    pub(super) fn to<T: TryFrom<i128> + TryFrom<u128>>(self) -> Result<T> {
        match self {
            Int::Small(v) => T::try_from(v).ok(),
            Int::Large(v) => T::try_from(v).ok(),
        }
        .ok_or_else(|| {
            Error::new(
                ErrorKind::TypeMismatch,
                format!("{self} does not fit `{}`", std::any::type_name::<T>()),
            )
        })
    }
}

impl std::fmt::Display for Int {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Int::Small(v) => v.fmt(f),
            Int::Large(v) => v.fmt(f),
        }
    }
}

/// Goes one level down a tree; the stack grows on the heap where it is deep.
#[inline]
pub(super) fn down<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(128 << 10, 1 << 20, f)
}
