//! Ways that a field's attribute chooses: a handler by its type, serde.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bridge::{read_serde, walk_serde, write_serde};
use crate::encode::Encode;
use crate::error::Result;
use crate::graph::Patcher;
use crate::registry::{Handler, read_by, write_by};
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{Codec, ReadCodec};

/// `#[cerial(with = H)]`: this handler, without a look into the registry.
pub struct With<H>(PhantomData<fn() -> H>);

/// `#[cerial(serde)]`: serde, whatever handlers are registered.
pub struct BySerde<T>(PhantomData<fn() -> T>);

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
marker!(With BySerde);

impl<H: Handler> Codec<H::Value> for With<H> {
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::BOX
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Boxed(Box::new(<H::State as Encode>::schema(builder)))
    }
    #[inline(always)]
    fn head(self, _: &H::Value, _: &mut [u8]) {}
    fn tail(self, value: &H::Value, w: &mut Writer<'_>) -> Result<()> {
        write_by::<H>(value, w)
    }
    fn walk(self, _: &H::Value, _: &mut Walker<'_>) -> Result<()> {
        Ok(())
    }
    fn patch(self, _: &mut H::Value, _: &mut Patcher<'_>) {}
}

impl<'de, H: Handler> ReadCodec<'de, H::Value> for With<H> {
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<H::Value> {
        read_by::<H>(r)
    }
}

impl<T: Serialize + DeserializeOwned> Codec<T> for BySerde<T> {
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::HEAP
    }
    fn schema(self, _: &mut SchemaBuilder) -> Kind {
        Kind::Serde
    }
    #[inline(always)]
    fn head(self, _: &T, _: &mut [u8]) {}
    fn tail(self, value: &T, w: &mut Writer<'_>) -> Result<()> {
        write_serde(value, w)
    }
    fn walk(self, value: &T, walker: &mut Walker<'_>) -> Result<()> {
        walk_serde(value, walker)
    }
    fn patch(self, _: &mut T, _: &mut Patcher<'_>) {}
}

impl<'de, T: Serialize + DeserializeOwned> ReadCodec<'de, T> for BySerde<T> {
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<T> {
        read_serde(r)
    }
}
