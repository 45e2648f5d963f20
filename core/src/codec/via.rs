//! `#[cerial(via(Vec<_>))]`: collections of other crates, element by element.

use std::marker::PhantomData;

use crate::error::Result;
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::lists::{read_vec, walk_each, write_each};
use super::maps::{read_entries, walk_entries, write_entries};
use super::{Codec, ReadCodec};

/// A collection that gives its elements by reference and is made of them: as a list.
///
/// What it is made by is code of others, so its elements are complete by then: as in a set.
pub struct ViaList<T, C>(C, PhantomData<fn() -> T>);

/// A collection of keys and values: as a map.
pub struct ViaMap<K, V, C, D>(C, D, PhantomData<fn() -> (K, V)>);

impl<T, C> ViaList<T, C> {
    /// The codec, of the elements' one.
    pub const fn new(items: C) -> ViaList<T, C> {
        ViaList(items, PhantomData)
    }
}
impl<K, V, C, D> ViaMap<K, V, C, D> {
    /// The codec, of those of the keys and values.
    pub const fn new(keys: C, values: D) -> ViaMap<K, V, C, D> {
        ViaMap(keys, values, PhantomData)
    }
}
impl<T, C: Copy> Clone for ViaList<T, C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, C: Copy> Copy for ViaList<T, C> {}
impl<K, V, C: Copy, D: Copy> Clone for ViaMap<K, V, C, D> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K, V, C: Copy, D: Copy> Copy for ViaMap<K, V, C, D> {}

impl<T: 'static, L, C: Codec<T>> Codec<L> for ViaList<T, C>
where
    for<'a> &'a L: IntoIterator<Item = &'a T>,
{
    fn shape(self) -> Shape {
        Shape::HEAP
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Seq(Box::new(self.0.schema(builder)))
    }
    fn head(self, _: &L, _: &mut [u8]) {}
    fn tail(self, value: &L, w: &mut Writer<'_>) -> Result<()> {
        w.count(value.into_iter().count());
        w.eager(self.0.shape().nests, |w| write_each(value.into_iter(), self.0, w))
    }
    fn walk(self, value: &L, walker: &mut Walker<'_>) -> Result<()> {
        walk_each(value.into_iter(), self.0, walker)
    }
    fn patch(self, _: &mut L, _: &mut Patcher<'_>) {}
}

impl<'de, T: 'static, L: FromIterator<T>, C: ReadCodec<'de, T>> ReadCodec<'de, L> for ViaList<T, C>
where
    for<'a> &'a L: IntoIterator<Item = &'a T>,
{
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<L> {
        let shape = self.0.shape();
        // The elements are there twice for a moment.
        let n = r.length(shape.min, 2 * size_of::<T>())?;
        r.eager(shape.nests, |r| read_vec(self.0, r, n)).map(|items| items.into_iter().collect())
    }
}

impl<K: 'static, V: 'static, M, C: Codec<K>, D: Codec<V>> Codec<M> for ViaMap<K, V, C, D>
where
    for<'a> &'a M: IntoIterator<Item = (&'a K, &'a V)>,
{
    fn shape(self) -> Shape {
        Shape::HEAP
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Map(Box::new(self.0.schema(builder)), Box::new(self.1.schema(builder)))
    }
    fn head(self, _: &M, _: &mut [u8]) {}
    fn tail(self, value: &M, w: &mut Writer<'_>) -> Result<()> {
        w.count(value.into_iter().count());
        let nests = self.1.shape().nests;
        w.eager(nests, |w| write_entries(value.into_iter(), self.0, self.1, w))
    }
    fn walk(self, value: &M, walker: &mut Walker<'_>) -> Result<()> {
        walk_entries(value.into_iter(), self.0, self.1, walker)
    }
    fn patch(self, _: &mut M, _: &mut Patcher<'_>) {}
}

impl<'de, K: 'static, V: 'static, M, C, D> ReadCodec<'de, M> for ViaMap<K, V, C, D>
where
    M: FromIterator<(K, V)>,
    C: ReadCodec<'de, K>,
    D: ReadCodec<'de, V>,
    for<'a> &'a M: IntoIterator<Item = (&'a K, &'a V)>,
{
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<M> {
        let (keys, values) = (self.0.shape(), self.1.shape());
        let n = r.length(keys.min + values.min, 2 * size_of::<(K, V)>())?;
        let mut entries = Vec::with_capacity(n);
        r.eager(values.nests, |r| {
            read_entries(self.0, self.1, r, n, |key, value| entries.push((key, value)))
        })?;
        Ok(entries.into_iter().collect())
    }
}
