//! Leaves: a field's type that is not a container. What it can do decides the way, in this order: `Cerial` itself,
//! statically; a handler in the registry; serde.

use std::any::{TypeId, type_name};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::handler::Via;
use super::names::{Table, Way, read_way, resolve, write_name, write_number};
use crate::bridge::{read_serde, walk_serde, write_serde};
use crate::codec::{Codec, ReadCodec, Static};
use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

/// The codec of a type that only a handler can take.
pub struct Leaf<T>(PhantomData<fn() -> T>);
/// The codec of a type that a handler may take, and serde otherwise.
pub struct LeafSerde<T>(PhantomData<fn() -> T>);

macro_rules! marker {
    ($($ty:ident)*) => {$(
        impl<T> $ty<T> {
            /// The codec.
            pub const NEW: $ty<T> = $ty(PhantomData);
        }
        impl<T> Clone for $ty<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $ty<T> {}
    )*};
}
marker!(Leaf LeafSerde Pick);

/// What handled types are kept under.
struct Handled;

type WriteBySerde<T> = fn(&T, &mut Writer<'_>) -> Result<()>;
type ReadBySerde<T> = fn(&mut Reader<'_>) -> Result<T>;

#[inline]
fn write<T: 'static>(value: &T, w: &mut Writer<'_>, serde: Option<WriteBySerde<T>>) -> Result<()> {
    let (registry, concrete) = (w.registry(), TypeId::of::<T>());
    if let Some((number, index)) = w.names().recent(TypeId::of::<Handled>(), concrete)
        && let Some(fns) = registry.handler(index)?.fns::<T>()
    {
        write_number(w, number);
        return (fns.write)(value, w);
    }
    if let Some(index) = registry.handler_of(concrete) {
        let entry = registry.handler(index)?;
        if let Some(fns) = entry.fns::<T>() {
            write_name(w, Table::Handlers, index, entry.key, entry.root);
            w.names().keep_recent(Table::Handlers, TypeId::of::<Handled>(), concrete, index);
            return (fns.write)(value, w);
        }
    }
    match serde {
        Some(write) => {
            w.count(0);
            write(value, w)
        }
        None => Err(registry.no_handler(type_name::<T>())),
    }
}

#[inline]
fn read<T: 'static>(r: &mut Reader<'_>, serde: Option<ReadBySerde<T>>) -> Result<T> {
    let registry = r.registry();
    match read_way(r)? {
        Way::Named(number) => {
            let (index, foreign) = resolve(r, Table::Handlers, number, |key| {
                let index = registry.handler_by_key(key)?;
                Ok((index, (registry.handler(index)?.root)()))
            })?;
            let entry = registry.handler(index)?;
            let Some(fns) = entry.fns::<T>() else {
                return Err(Error::new(
                    ErrorKind::TypeMismatch,
                    format!("want `{}`, got a value of the handler `{}`", type_name::<T>(), entry.key),
                ));
            };
            match foreign {
                None => (fns.read)(r),
                Some(schema) => crate::ir::read_foreign(r, &schema, (entry.root)(), |r| (fns.read)(r)),
            }
        }
        Way::Serde => match (serde, registry.handler_of(TypeId::of::<T>())) {
            (Some(read), _) => read(r),
            // This program has no serde for the type, but a handler: its state may be what serde wrote.
            (None, Some(index)) => {
                let entry = registry.handler(index)?;
                let fns = entry.fns::<T>().ok_or_else(|| registry.no_handler(type_name::<T>()))?;
                crate::ir::read_serde_form(r, (entry.root)(), |r| (fns.read)(r))
            }
            (None, None) => Err(registry.no_handler(type_name::<T>())),
        },
    }
}

macro_rules! leaf_codec {
    ($ty:ident, [$($bounds:tt)*], $write:expr, $read:expr, |$value:ident, $walker:ident| $walk:expr) => {
        impl<T: 'static $($bounds)*> Codec<T> for $ty<T> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::HEAP
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                let serde: Option<WriteBySerde<T>> = $write;
                builder.leaf::<T>(serde.is_some())
            }
            #[inline(always)]
            fn head(self, _: &T, _: &mut [u8]) {}
            #[inline]
            fn tail(self, value: &T, w: &mut Writer<'_>) -> Result<()> {
                write(value, w, $write)
            }
            fn walk(self, $value: &T, $walker: &mut Walker<'_>) -> Result<()> {
                $walk
            }
            fn patch(self, _: &mut T, _: &mut Patcher<'_>) {}
        }
        impl<'de, T: 'static $($bounds)*> ReadCodec<'de, T> for $ty<T> {
            #[inline]
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<T> {
                read(r, $read)
            }
        }
    };
}

leaf_codec!(Leaf, [], None, None, |value, walker| {
    let _ = (value, walker);
    Ok(())
});
leaf_codec!(LeafSerde, [+ Serialize + DeserializeOwned], Some(write_serde::<T>), Some(read_serde::<T>),
    |value, walker| walk_serde(value, walker));

impl<T: 'static> Encode for Via<T> {
    fn shape() -> Shape {
        Shape::HEAP
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        builder.leaf::<T>(false)
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        Leaf::<T>::NEW.tail(&self.0, w)
    }
}

impl<'de, T: 'static> Decode<'de> for Via<T> {
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<Via<T>> {
        Leaf::<T>::NEW.read(head, r).map(Via)
    }
}

/// The derive's question to a type: `(&&&Pick::<T>::NEW).pick()` is the codec of its best way.
///
/// Method resolution tries fewer references last, so the first of the three traits that holds wins.
#[doc(hidden)]
pub struct Pick<T>(PhantomData<fn() -> T>);

#[doc(hidden)]
pub trait PickStatic<T> {
    fn pick(&self) -> Static<T> {
        Static::NEW
    }
}
impl<T: Encode> PickStatic<T> for &&Pick<T> {}

#[doc(hidden)]
pub trait PickSerde<T> {
    fn pick(&self) -> LeafSerde<T> {
        LeafSerde::NEW
    }
}
impl<T: Serialize + DeserializeOwned + 'static> PickSerde<T> for &Pick<T> {}

#[doc(hidden)]
pub trait PickLeaf<T> {
    fn pick(&self) -> Leaf<T> {
        Leaf::NEW
    }
}
impl<T: 'static> PickLeaf<T> for Pick<T> {}
