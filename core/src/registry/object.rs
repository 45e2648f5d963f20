//! Trait objects: the bytes name the concrete type.

use std::any::{Any, TypeId, type_name};
use std::rc::Weak as RcWeak;
use std::sync::Weak as ArcWeak;

use super::builder::Registry;
use super::function::signature;
use super::names::{Table, Way, read_way, resolve, write_name, write_number};
use crate::codec::{Static, Weaks};
use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Patcher;
use crate::schema::{Kind, Root, Uses, root_of, uses_of};
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

/// What `#[cerial::object]` makes a supertrait of the trait: every `Cerial` type has it.
///
/// Its methods are for the expansion of the attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand behind a `#[cerial::object]` trait",
    note = "add `#[derive(Cerial)]` to it"
)]
pub trait Object: 'static {
    /// Writes the name of the type as `dyn Trait` knows it (`under` is the trait object's type), then the value.
    #[doc(hidden)]
    fn write_under(&self, w: &mut Writer<'_>, under: TypeId, trait_name: &str) -> Result<()>;
    #[doc(hidden)]
    fn walk_body(&self, walker: &mut Walker<'_>) -> Result<()>;
    #[doc(hidden)]
    fn patch_body(&mut self, patcher: &mut Patcher<'_>);
}

impl<T: Encode + 'static> Object for T {
    fn write_under(&self, w: &mut Writer<'_>, under: TypeId, trait_name: &str) -> Result<()> {
        let concrete = TypeId::of::<T>();
        match w.names().recent(under, concrete) {
            Some((number, _)) => write_number(w, number),
            None => write_object_name(w, under, (concrete, type_name::<T>), trait_name)?,
        }
        w.value(Static::<T>::NEW, self)
    }
    fn walk_body(&self, walker: &mut Walker<'_>) -> Result<()> {
        self.walk(walker)
    }
    fn patch_body(&mut self, patcher: &mut Patcher<'_>) {
        self.patch(patcher);
    }
}

/// How one kind of object is made of one type.
#[doc(hidden)]
pub struct ObjectFns<O: ?Sized> {
    /// Reads a value of the type.
    pub read: for<'a, 'de> fn(&'a mut Reader<'de>) -> Result<Box<O>>,
    pub rc: Weaks<RcWeak<O>>,
    pub arc: Weaks<ArcWeak<O>>,
}

/// An [`ObjectFns`] of some kind.
#[doc(hidden)]
pub type AnyFns = &'static (dyn Any + Send + Sync);

/// One type behind one trait: submitted to `inventory` by `#[cerial::object]` on the impl.
pub struct ObjectEntry {
    pub(super) object: fn() -> TypeId,
    pub(super) concrete: fn() -> TypeId,
    pub(super) root: fn() -> &'static Root,
    pub(super) leaves: fn() -> Uses,
    pub(super) type_name: fn() -> &'static str,
    /// For `dyn Trait`, and with `Send`, `Sync` and both, where the type is so.
    fns: [Option<AnyFns>; 4],
}

inventory::collect!(ObjectEntry);

impl ObjectEntry {
    /// `O` is `dyn Trait`.
    #[doc(hidden)]
    pub const fn new<O: ?Sized + 'static, T: Encode + 'static>(fns: [Option<AnyFns>; 4]) -> ObjectEntry {
        ObjectEntry {
            object: TypeId::of::<O>,
            concrete: TypeId::of::<T>,
            root: root_of::<T>,
            leaves: uses_of::<T>,
            type_name: type_name::<T>,
            fns,
        }
    }

    pub(super) fn root(&self) -> &'static Root {
        (self.root)()
    }

    /// What the type is called in bytes: its name, with its arguments where it has some.
    pub(super) fn name(&self) -> String {
        let Root { name, schema, .. } = self.root();
        match (&schema.root, (self.type_name)().split_once('<')) {
            (Kind::Type(_), Some((_, arguments))) => format!("{name}<{}", signature(arguments)),
            _ => name.clone(),
        }
    }

    /// What is decided at run time below the type.
    pub(crate) fn uses(&self) -> Uses {
        (self.leaves)()
    }

    /// How an object of the kind `O` is made of the type.
    #[inline]
    pub(super) fn fns<O: ?Sized + 'static>(&self) -> Option<&'static ObjectFns<O>> {
        self.fns.iter().flatten().find_map(|fns| fns.downcast_ref())
    }
}

/// Writes an object of the trait `B`: its type's name, then its value, by one call through its table.
///
/// # Errors
/// [`ErrorKind::Unknown`] where the type is not registered for the trait.
#[doc(hidden)]
#[inline]
pub fn write_object<B: ?Sized + 'static>(
    object: &(impl Object + ?Sized),
    w: &mut Writer<'_>,
    trait_name: &str,
) -> Result<()> {
    object.write_under(w, TypeId::of::<B>(), trait_name)
}

#[cold]
fn write_object_name(
    w: &mut Writer<'_>,
    under: TypeId,
    concrete: (TypeId, fn() -> &'static str),
    trait_name: &str,
) -> Result<()> {
    let Some(index) = w.registry().objects().of(under, concrete.0)? else {
        return Err(Error::new(
            ErrorKind::Unknown,
            format!("the type `{}` is not registered for `dyn {trait_name}`", (concrete.1)()),
        )
        .with_help(
            "put `#[cerial::object]` on its `impl`, or `cerial::objects! { impl Trait for Type<..>; }` where that is \
             generic, and link its crate with `use .. as _;`",
        ));
    };
    let objects = w.registry().objects();
    write_name(w, Table::Objects, index, objects.name(index), objects.entry(index).root);
    w.names().keep_recent(Table::Objects, under, concrete.0, index);
    Ok(())
}

/// Reads an object of the trait `B`, as the kind `O`.
///
/// # Errors
/// [`ErrorKind::Unknown`] where the named type is not registered for the trait; those of the value.
#[doc(hidden)]
pub fn read_object<B: ?Sized + 'static, O: ?Sized + 'static>(
    r: &mut Reader<'_>,
    trait_name: &str,
) -> Result<Box<O>> {
    let Way::Named(number) = read_way(r)? else {
        return Err(Error::malformed(format!("a value of serde stands where a `dyn {trait_name}` must")));
    };
    let registry = r.registry();
    let (index, foreign) = resolve(r, Table::Objects, number, |name| {
        let index = registry.objects().named(TypeId::of::<B>(), name, trait_name)?;
        Ok((index, registry.objects().entry(index).root()))
    })?;
    let entry = registry.objects().entry(index);
    if (entry.object)() != TypeId::of::<B>() {
        return Err(Error::malformed(format!("a type that is no `dyn {trait_name}` stands where one must")));
    }
    let Some(ObjectFns { read, .. }) = entry.fns::<O>() else {
        return Err(not_so(registry.objects().name(index), type_name::<O>()));
    };
    let result = match foreign {
        None => read(r),
        Some(schema) => crate::ir::read_foreign(r, &schema, (entry.root)(), read),
    };
    result.map_err(|error| error.in_handler(registry.objects().name(index)))
}

/// How objects of the kind `O`, of the trait `B`, are made of some type: for a `Weak` to nothing.
///
/// # Errors
/// [`ErrorKind::Unknown`] where no type is registered for them.
#[doc(hidden)]
pub fn object_fns<B: ?Sized + 'static, O: ?Sized + 'static>(
    registry: &Registry,
    trait_name: &str,
) -> Result<&'static ObjectFns<O>> {
    let found = registry.objects().behind(TypeId::of::<B>()).find_map(|(_, entry)| entry.fns::<O>());
    found.ok_or_else(|| {
        Error::new(ErrorKind::Unknown, format!("no type is registered for `dyn {trait_name}`"))
            .with_help("put `#[cerial::object]` on an `impl`, and link its crate with `use .. as _;`")
    })
}

#[cold]
fn not_so(name: &str, kind: &str) -> Error {
    Error::new(
        ErrorKind::TypeMismatch,
        format!("`{name}` cannot stand behind `{kind}`: it is not `Send` or not `Sync`"),
    )
}

/// Whether `T` can be read, for the expansion's bound.
#[doc(hidden)]
pub fn read_boxed<'de, T: Decode<'de>>(r: &mut Reader<'de>) -> Result<Box<T>> {
    r.value(Static::<T>::NEW).map(Box::new)
}
