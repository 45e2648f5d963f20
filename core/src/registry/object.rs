//! Trait objects: the bytes name the concrete type.

use std::any::{Any, TypeId};

use super::names::{Table, Way, read_way, resolve, write_name, write_number};
use crate::codec::Static;
use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Patcher;
use crate::schema::{Root, root_of};
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
    /// The type behind the trait object.
    #[doc(hidden)]
    fn concrete_type(&self) -> TypeId;
    #[doc(hidden)]
    fn write_body(&self, w: &mut Writer<'_>) -> Result<()>;
    #[doc(hidden)]
    fn walk_body(&self, walker: &mut Walker<'_>) -> Result<()>;
    #[doc(hidden)]
    fn patch_body(&mut self, patcher: &mut Patcher<'_>);
}

impl<T: Encode + 'static> Object for T {
    fn concrete_type(&self) -> TypeId {
        TypeId::of::<T>()
    }
    fn write_body(&self, w: &mut Writer<'_>) -> Result<()> {
        w.value(Static::<T>::NEW, self)
    }
    fn walk_body(&self, walker: &mut Walker<'_>) -> Result<()> {
        self.walk(walker)
    }
    fn patch_body(&mut self, patcher: &mut Patcher<'_>) {
        self.patch(patcher);
    }
}

/// Reads a concrete type into a box of the trait.
pub type ReadObject<O> = for<'a, 'de> fn(&'a mut Reader<'de>) -> Result<Box<O>>;

/// One type behind one trait: submitted to `inventory` by `#[cerial::object]` on the impl.
pub struct ObjectEntry {
    pub(super) object: fn() -> TypeId,
    pub(super) concrete: fn() -> TypeId,
    pub(super) root: fn() -> &'static Root,
    /// A `ReadObject<dyn Trait>`.
    read: &'static (dyn Any + Send + Sync),
}

inventory::collect!(ObjectEntry);

impl ObjectEntry {
    /// `read` is a `ReadObject<O>`.
    #[doc(hidden)]
    pub const fn new<O: ?Sized + 'static, T: Encode + 'static>(
        read: &'static (dyn Any + Send + Sync),
    ) -> ObjectEntry {
        ObjectEntry { object: TypeId::of::<O>, concrete: TypeId::of::<T>, root: root_of::<T>, read }
    }

    pub(super) fn root(&self) -> &'static Root {
        (self.root)()
    }

    pub(super) fn name(&self) -> &'static str {
        &(self.root)().name
    }
}

/// Writes a trait object: its type's name, then its value.
///
/// # Errors
/// [`ErrorKind::Unknown`] where the type is not registered for the trait.
#[doc(hidden)]
#[inline]
pub fn write_object<O: ?Sized + 'static>(
    w: &mut Writer<'_>,
    trait_name: &str,
    concrete: TypeId,
    body: impl FnOnce(&mut Writer<'_>) -> Result<()>,
) -> Result<()> {
    let under = TypeId::of::<O>();
    match w.names().recent(under, concrete) {
        Some((number, _)) => write_number(w, number),
        None => write_object_name(w, under, concrete, trait_name)?,
    }
    body(w)
}

#[cold]
fn write_object_name(w: &mut Writer<'_>, under: TypeId, concrete: TypeId, trait_name: &str) -> Result<()> {
    let Some((index, entry)) = w.registry().object_of(under, concrete) else {
        return Err(Error::new(
            ErrorKind::Unknown,
            format!("a type behind `dyn {trait_name}` is not registered"),
        )
        .with_help("put `#[cerial::object]` on its `impl`, and link its crate with `use .. as _;`"));
    };
    write_name(w, Table::Objects, index, None, entry.root);
    w.names().keep_recent(Table::Objects, under, concrete, index);
    Ok(())
}

/// Reads a trait object.
///
/// # Errors
/// [`ErrorKind::Unknown`] where the named type is not registered for the trait; those of the value.
#[doc(hidden)]
pub fn read_object<O: ?Sized + 'static>(r: &mut Reader<'_>, trait_name: &str) -> Result<Box<O>> {
    let Way::Named(number) = read_way(r)? else {
        return Err(Error::malformed(format!("a value of serde stands where a `dyn {trait_name}` must")));
    };
    let registry = r.registry();
    let (index, foreign) = resolve(r, number, |name| {
        let (index, entry) = registry.object_by_name(TypeId::of::<O>(), name, trait_name)?;
        Ok((index, (entry.root)()))
    })?;
    let entry = registry.object(index);
    let Some(read) = entry.read.downcast_ref::<ReadObject<O>>() else {
        return Err(Error::malformed(format!("a type that is no `dyn {trait_name}` stands where one must")));
    };
    let result = match foreign {
        None => read(r),
        Some(schema) => crate::ir::read_foreign(r, &schema, (entry.root)(), read),
    };
    result.map_err(|error| error.in_handler(entry.name()))
}

/// Whether `T` can be read, for the expansion's bound.
#[doc(hidden)]
pub fn read_boxed<'de, T: Decode<'de>>(r: &mut Reader<'de>) -> Result<Box<T>> {
    r.value(Static::<T>::NEW).map(Box::new)
}
