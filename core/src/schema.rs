//! Schemas: what the bytes of a type mean, told once per stream.
//!
//! A [`Kind`] describes one value, a [`TypeDef`] a named struct or enum. A [`Schema`] is the table of all types that
//! can be reached from a root without a run-time decision, and the root's kind. From it alone the bytes can be
//! inspected, turned into JSON, skipped, or carried over to a changed type.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{OnceLock, RwLock};

use crate::encode::Encode;
use crate::error::Result;
use crate::wire::{Headers, Writer};

/// What one value is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names of Rust's own types")]
pub enum Kind {
    Unit,
    Bool,
    U8,
    U16,
    U32,
    U64,
    U128,
    I8,
    I16,
    I32,
    I64,
    I128,
    F32,
    F64,
    Char,
    /// UTF-8 text.
    Text,
    /// A value that may be missing.
    Option(Box<Kind>),
    /// A list of any length. Of [`Kind::U8`]: bytes.
    Seq(Box<Kind>),
    /// A list of a length that the type fixes.
    Array(Box<Kind>, u32),
    /// Pairs of keys and values.
    Map(Box<Kind>, Box<Kind>),
    /// Values side by side.
    Tuple(Vec<Kind>),
    /// A named type: an index into the schema's table.
    Type(u32),
    /// A value in a box, a cell or a lock.
    Boxed(Box<Kind>),
    /// A shared pointer that owns: an object id, and the value where it stands first.
    Shared(Box<Kind>),
    /// A shared pointer that does not own: an object id, or none.
    Weak(Box<Kind>),
    /// A value whose way (handler or serde) the bytes name.
    Leaf,
    /// A trait object: the bytes name its type.
    Object,
    /// A value that serde describes, self-describing.
    Serde,
    /// A live resource: its key and its recipe.
    Live,
    /// A function, by name.
    Function,
}

/// A named type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// The name on the wire, `crate::Type`.
    pub name: String,
    /// Names under which older bytes may know it. Not on the wire.
    pub aliases: &'static [&'static str],
    /// Its parts.
    pub body: Body,
}

/// The parts of a named type.
#[derive(Clone, Debug)]
pub enum Body {
    /// A struct.
    Struct(Fields),
    /// An enum: its variants in the order of their tags.
    Enum(Vec<Variant>),
}

/// One variant of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Names under which older bytes may know it. Not on the wire.
    pub aliases: &'static [&'static str],
    /// Its parts.
    pub fields: Fields,
}

/// The parts of a struct or a variant.
#[derive(Clone, Debug)]
pub enum Fields {
    /// None.
    Unit,
    /// By position.
    Tuple(Vec<Field>),
    /// By name.
    Named(Vec<Field>),
}

impl Fields {
    /// The fields in order.
    pub fn as_slice(&self) -> &[Field] {
        match self {
            Fields::Unit => &[],
            Fields::Tuple(fields) | Fields::Named(fields) => fields,
        }
    }
}

/// Writes a field's default value, head and tail.
pub type WriteDefault = fn(&mut Writer<'_>) -> Result<()>;

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name; empty in a tuple.
    pub name: String,
    /// Names under which older bytes may know it. Not on the wire.
    pub aliases: &'static [&'static str],
    /// What it holds.
    pub kind: Kind,
    /// What to take where older bytes have no such field. Not on the wire.
    pub default: Option<WriteDefault>,
}

impl Field {
    /// A field of that name.
    pub fn new(name: &str, kind: Kind) -> Field {
        Field { name: name.to_owned(), aliases: &[], kind, default: None }
    }

    /// Adds the names under which older bytes may know it.
    #[must_use]
    pub fn aliases(mut self, aliases: &'static [&'static str]) -> Field {
        self.aliases = aliases;
        self
    }

    /// Adds what to take where older bytes have no such field.
    #[must_use]
    pub fn default(mut self, write: WriteDefault) -> Field {
        self.default = Some(write);
        self
    }
}

/// A table of types and the kind of the root.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The named types; [`Kind::Type`] counts from 0.
    pub types: Vec<TypeDef>,
    /// What the root is.
    pub root: Kind,
}

impl Schema {
    /// The schema of a type.
    pub fn of<T: Encode + ?Sized>() -> Schema {
        Schema::build(T::schema)
    }

    /// The schema whose root `kind` makes.
    pub(crate) fn build(kind: impl FnOnce(&mut SchemaBuilder) -> Kind) -> Schema {
        let mut builder = SchemaBuilder::default();
        let root = kind(&mut builder);
        let types =
            builder.types.into_iter().map(|t| t.expect("invariant: every type that was begun is defined"));
        Schema { types: types.collect(), root }
    }

    /// The name of a kind for messages: the wire name of a type, or a description.
    pub fn name(&self, kind: &Kind) -> String {
        match kind {
            Kind::Type(index) => match self.types.get(*index as usize) {
                Some(def) => def.name.clone(),
                None => format!("type {index}"),
            },
            Kind::Option(inner) => format!("option<{}>", self.name(inner)),
            Kind::Seq(inner) if **inner == Kind::U8 => "bytes".to_owned(),
            Kind::Seq(inner) => format!("list<{}>", self.name(inner)),
            Kind::Array(inner, n) => format!("[{}; {n}]", self.name(inner)),
            Kind::Map(key, value) => format!("map<{}, {}>", self.name(key), self.name(value)),
            Kind::Tuple(items) => {
                format!("({})", items.iter().map(|k| self.name(k)).collect::<Vec<_>>().join(", "))
            }
            Kind::Boxed(inner) => self.name(inner),
            Kind::Shared(inner) => format!("shared<{}>", self.name(inner)),
            Kind::Weak(inner) => format!("weak<{}>", self.name(inner)),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}

/// Collects the types that are reachable from a root.
#[derive(Default)]
pub struct SchemaBuilder {
    types: Vec<Option<TypeDef>>,
    seen: HashMap<TypeId, u32>,
    path: Vec<&'static str>,
    uses: Uses,
}

/// A leaf whose way is decided at run time, and the first path to it.
pub(crate) struct LeafUse {
    pub(crate) path: String,
    pub(crate) id: TypeId,
    pub(crate) type_name: &'static str,
    pub(crate) serde: bool,
}

/// A trait object, and the first path to it.
pub(crate) struct ObjectUse {
    pub(crate) path: String,
    pub(crate) id: TypeId,
    pub(crate) trait_name: &'static str,
}

/// What is decided at run time below a type.
#[derive(Default)]
pub(crate) struct Uses {
    pub(crate) leaves: Vec<LeafUse>,
    pub(crate) objects: Vec<ObjectUse>,
}

/// What is decided at run time below a type.
pub(crate) fn uses_of<T: Encode + ?Sized>() -> Uses {
    let mut builder = SchemaBuilder::default();
    T::schema(&mut builder);
    builder.uses
}

impl SchemaBuilder {
    /// Steps into a field for the time of `f`.
    pub(crate) fn field<R>(&mut self, name: &'static str, f: impl FnOnce(&mut SchemaBuilder) -> R) -> R {
        self.path.push(name);
        let result = f(self);
        self.path.pop();
        result
    }

    /// Notes a leaf.
    pub(crate) fn leaf<T: 'static>(&mut self, serde: bool) -> Kind {
        let (path, type_name) = (self.path.join("."), std::any::type_name::<T>());
        self.uses.leaves.push(LeafUse { path, id: TypeId::of::<T>(), type_name, serde });
        Kind::Leaf
    }

    /// Notes an object of the trait `B`: for the expansion of `#[cerial::object]`.
    #[doc(hidden)]
    pub fn object<B: ?Sized + 'static>(&mut self, trait_name: &'static str) -> Kind {
        let path = self.path.join(".");
        self.uses.objects.push(ObjectUse { path, id: TypeId::of::<B>(), trait_name });
        Kind::Object
    }

    /// Defines the type `T` once and returns its kind. `body` may ask for the same type again.
    pub fn define<T: ?Sized>(
        &mut self,
        name: &str,
        aliases: &'static [&'static str],
        body: impl FnOnce(&mut SchemaBuilder) -> Body,
    ) -> Kind {
        let id = typeid::of::<T>();
        if let Some(&index) = self.seen.get(&id) {
            return Kind::Type(index);
        }
        let index = self.types.len() as u32;
        self.seen.insert(id, index);
        self.types.push(None);
        let body = body(self);
        self.types[index as usize] = Some(TypeDef { name: name.to_owned(), aliases, body });
        Kind::Type(index)
    }
}

/// A type's schema, its bytes and their hash: made once per type and program.
pub(crate) struct Root {
    pub(crate) schema: Schema,
    pub(crate) bytes: Vec<u8>,
    pub(crate) fingerprint: u64,
    pub(crate) name: String,
    /// What a compact and a portable stream of the type begin with.
    pub(crate) headers: Headers,
}

/// Where a type that is no generic one keeps its root: a load instead of a look-up.
#[doc(hidden)]
#[derive(Default)]
pub struct RootCache(OnceLock<&'static Root>);

/// A root that only this crate looks into.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct RootRef(pub(crate) &'static Root);

impl RootCache {
    #[doc(hidden)]
    pub const fn new() -> RootCache {
        RootCache(OnceLock::new())
    }

    #[doc(hidden)]
    #[inline]
    pub fn get<T: Encode + ?Sized>(&'static self) -> RootRef {
        RootRef(self.0.get_or_init(|| cached::<T>()))
    }
}

/// The schema of `T`.
#[inline]
pub(crate) fn root_of<T: Encode + ?Sized>() -> &'static Root {
    T::root().0
}

impl RootRef {
    pub(crate) fn of<T: Encode + ?Sized>() -> RootRef {
        RootRef(cached::<T>())
    }
}

thread_local! {
    static LAST: std::cell::Cell<Option<(TypeId, &'static Root)>> = const { std::cell::Cell::new(None) };
}

/// The schema of `T`, from a table.
#[inline]
fn cached<T: Encode + ?Sized>() -> &'static Root {
    let id = typeid::of::<T>();
    if let Some((last, root)) = LAST.get()
        && last == id
    {
        return root;
    }
    let root = root_slow(id, || Schema::of::<T>());
    LAST.set(Some((id, root)));
    root
}

#[inline(never)]
fn root_slow(id: TypeId, make: impl FnOnce() -> Schema) -> &'static Root {
    static ROOTS: OnceLock<RwLock<HashMap<TypeId, &'static Root>>> = OnceLock::new();
    let roots = ROOTS.get_or_init(Default::default);
    if let Some(root) = roots.read().unwrap_or_else(|e| e.into_inner()).get(&id) {
        return root;
    }
    let schema = make();
    let bytes = crate::wire::schema_to_bytes(&schema);
    let fingerprint = fingerprint(&bytes);
    let headers = Headers::new(&bytes, fingerprint);
    let root = Root { fingerprint, name: schema.name(&schema.root), schema, bytes, headers };
    let mut roots = roots.write().unwrap_or_else(|e| e.into_inner());
    // Leaked on purpose: one per type of the program, and bytes refer to it for the program's life.
    roots.entry(id).or_insert_with(|| Box::leak(Box::new(root)))
}

/// FNV-1a, 64 bits: tells builds apart, is no protection against forgery.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}
