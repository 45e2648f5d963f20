//! `Cursor<T>`: the place in it, and what it reads.

use std::io::Cursor;

use crate::encode::{Decode, Encode};
use crate::error::Result;
use crate::graph::Patcher;
use crate::schema::{Body, Field, Fields, Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{Codec, ReadCodec, Static, by_codec};

/// `Cursor<T>`.
#[derive(Clone, Copy)]
pub struct CCursor<C>(pub C);

impl<T, C: Codec<T>> Codec<Cursor<T>> for CCursor<C> {
    #[inline(always)]
    fn shape(self) -> Shape {
        u64::shape().and(self.0.shape())
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        builder.define::<Cursor<T>>("std::Cursor", &[], |b| {
            let inner = Field::new("inner", self.0.schema(b));
            Body::Struct(Fields::Named(vec![Field::new("position", Kind::U64), inner]))
        })
    }
    fn head(self, value: &Cursor<T>, out: &mut [u8]) {
        let (position, inner) = out.split_at_mut(8);
        value.position().head(position);
        self.0.head(value.get_ref(), inner);
    }
    fn tail(self, value: &Cursor<T>, w: &mut Writer<'_>) -> Result<()> {
        self.0.tail(value.get_ref(), w)
    }
    fn walk(self, value: &Cursor<T>, walker: &mut Walker<'_>) -> Result<()> {
        self.0.walk(value.get_ref(), walker)
    }
    fn patch(self, value: &mut Cursor<T>, patcher: &mut Patcher<'_>) {
        self.0.patch(value.get_mut(), patcher);
    }
}

impl<'de, T, C: ReadCodec<'de, T>> ReadCodec<'de, Cursor<T>> for CCursor<C> {
    fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<Cursor<T>> {
        let (position, inner) = head.split_at(8);
        let position = u64::read(position, r)?;
        let mut cursor = Cursor::new(self.0.read(inner, r)?);
        cursor.set_position(position);
        Ok(cursor)
    }
}
by_codec!([T] Cursor<T>, [T: Encode], [T: Decode<'de>], CCursor(Static::<T>::NEW));
