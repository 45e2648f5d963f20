//! Values that may be missing, and results.

use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::graph::Patcher;
use crate::schema::{Body, Field, Fields, Kind, SchemaBuilder, Variant};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::scalars::no_flag;
use super::{Codec, ReadCodec, Static, by_codec};

/// `Option<T>`: a flag in the head. The value's head stands there too, unless it has a tail.
#[derive(Clone, Copy)]
pub struct COption<C>(pub C);

impl<T, C: Codec<T>> Codec<Option<T>> for COption<C> {
    #[inline(always)]
    fn shape(self) -> Shape {
        self.0.shape().optional()
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Option(Box::new(self.0.schema(builder)))
    }
    #[inline(always)]
    fn has_placeholder(self) -> bool {
        true
    }
    fn placeholder(self) -> Option<Option<T>> {
        Some(None)
    }
    #[inline(always)]
    fn head(self, value: &Option<T>, out: &mut [u8]) {
        if let Some(value) = value {
            out[0] = 1;
            if !self.0.shape().tail {
                self.0.head(value, &mut out[1..]);
            }
        }
    }
    #[inline(always)]
    fn tail(self, value: &Option<T>, w: &mut Writer<'_>) -> Result<()> {
        match value {
            Some(value) if self.0.shape().tail => w.value(self.0, value),
            _ => Ok(()),
        }
    }
    #[inline]
    fn walk(self, value: &Option<T>, walker: &mut Walker<'_>) -> Result<()> {
        value.as_ref().map_or(Ok(()), |value| self.0.walk(value, walker))
    }
    #[inline]
    fn patch(self, value: &mut Option<T>, patcher: &mut Patcher<'_>) {
        if let Some(value) = value {
            self.0.patch(value, patcher);
        }
    }
}

impl<'de, T, C: ReadCodec<'de, T>> ReadCodec<'de, Option<T>> for COption<C> {
    #[inline(always)]
    fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<Option<T>> {
        match head[0] {
            0 => Ok(None),
            1 if self.0.shape().tail => r.value(self.0).map(Some),
            1 => self.0.read(&head[1..], r).map(Some),
            other => Err(no_flag(other)),
        }
    }
}

by_codec!([T] Option<T>, [T: Encode], [T: Decode<'de>], COption(Static::<T>::NEW));

/// `Result<T, E>`: a tag, then the one or the other.
#[derive(Clone, Copy)]
pub struct CResult<C, D>(pub C, pub D);

impl<T, E, C: Codec<T>, D: Codec<E>> Codec<Result<T, E>> for CResult<C, D> {
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::HEAP
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        builder.define::<Result<T, E>>("core::Result", &[], |b| {
            let variant = |name: &str, kind| Variant {
                name: name.to_owned(),
                aliases: &[],
                fields: Fields::Tuple(vec![Field::new("", kind)]),
            };
            Body::Enum(vec![variant("Ok", self.0.schema(b)), variant("Err", self.1.schema(b))])
        })
    }
    #[inline(always)]
    fn head(self, _: &Result<T, E>, _: &mut [u8]) {}
    #[inline]
    fn tail(self, value: &Result<T, E>, w: &mut Writer<'_>) -> Result<()> {
        match value {
            Ok(value) => {
                w.block(1)[0] = 0;
                w.value(self.0, value)
            }
            Err(error) => {
                w.block(1)[0] = 1;
                w.value(self.1, error)
            }
        }
    }
    fn walk(self, value: &Result<T, E>, walker: &mut Walker<'_>) -> Result<()> {
        match value {
            Ok(value) => self.0.walk(value, walker),
            Err(error) => self.1.walk(error, walker),
        }
    }
    fn patch(self, value: &mut Result<T, E>, patcher: &mut Patcher<'_>) {
        match value {
            Ok(value) => self.0.patch(value, patcher),
            Err(error) => self.1.patch(error, patcher),
        }
    }
}

impl<'de, T, E, C: ReadCodec<'de, T>, D: ReadCodec<'de, E>> ReadCodec<'de, Result<T, E>> for CResult<C, D> {
    #[inline]
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<Result<T, E>> {
        match r.block(1)?[0] {
            0 => r.value(self.0).map(Ok),
            1 => r.value(self.1).map(Err),
            other => Err(Error::malformed(format!("`core::Result` has no variant {other}"))),
        }
    }
}

by_codec!(
    [T, E] Result<T, E>,
    [T: Encode, E: Encode],
    [T: Decode<'de>, E: Decode<'de>],
    CResult(Static::<T>::NEW, Static::<E>::NEW)
);
