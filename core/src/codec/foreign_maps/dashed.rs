//! `DashMap` and `DashSet`: each shard is a lock, so they are read like locks.

use std::hash::{BuildHasher, Hash};
use std::time::{Duration, Instant};

use dashmap::mapref::multiple::RefMulti;
use dashmap::{DashMap, DashSet};

use crate::codec::maps::{read_entries, sorted_by_bytes, walk_entries, write_entries};
use crate::codec::{CHashMap, CHashSet, Codec, ReadCodec, Static, by_codec, charges};
use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

/// Waits until no shard is held for writing: what this thread holds itself would never come free.
fn settled<K: Eq + Hash, V, S: BuildHasher + Clone>(map: &DashMap<K, V, S>, wait: Duration) -> Result<()> {
    let start = Instant::now();
    for shard in map.shards() {
        while shard.try_read().is_none() {
            if start.elapsed() >= wait {
                return Err(Error::new(
                    ErrorKind::Unwritable,
                    format!("a DashMap is held elsewhere, waited {wait:?} for it"),
                )
                .with_help("release the reference into it, or wait longer with `Limits::lock_wait`"));
            }
            std::thread::park_timeout(Duration::from_micros(50));
        }
    }
    Ok(())
}

/// All entries, each under its shard's lock.
fn entries<K: Eq + Hash, V, S: BuildHasher + Clone>(
    map: &DashMap<K, V, S>,
    wait: Duration,
) -> Result<Vec<RefMulti<'_, K, V>>> {
    settled(map, wait)?;
    Ok(map.iter().collect())
}

impl<K: Eq + Hash, V, S: BuildHasher + Clone, C: Codec<K>, D: Codec<V>> Codec<DashMap<K, V, S>>
    for CHashMap<C, D>
{
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::HEAP
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Map(Box::new(self.0.schema(builder)), Box::new(self.1.schema(builder)))
    }
    #[inline(always)]
    fn head(self, _: &DashMap<K, V, S>, _: &mut [u8]) {}
    fn tail(self, value: &DashMap<K, V, S>, w: &mut Writer<'_>) -> Result<()> {
        let held = entries(value, w.options().limits.lock_wait)?;
        w.count(held.len());
        let pairs = held.iter().map(RefMulti::pair);
        w.transient(self.0.shape().nests || self.1.shape().nests, |w| {
            if w.options().canonical {
                let sorted = sorted_by_bytes(pairs, |entry| entry.0, self.0, w)?;
                return write_entries(sorted.into_iter(), self.0, self.1, w);
            }
            write_entries(pairs, self.0, self.1, w)
        })
    }
    fn walk(self, value: &DashMap<K, V, S>, walker: &mut Walker<'_>) -> Result<()> {
        if !self.1.shape().nests {
            return Ok(());
        }
        let held = entries(value, Duration::from_secs(1))?;
        walk_entries(held.iter().map(RefMulti::pair), self.0, self.1, walker)
    }
    fn patch(self, value: &mut DashMap<K, V, S>, patcher: &mut Patcher<'_>) {
        if self.1.shape().nests {
            patcher
                .nested(|patcher| value.iter_mut().for_each(|mut entry| self.1.patch(&mut entry, patcher)));
        }
    }
}

impl<'de, K, V, S, C, D> ReadCodec<'de, DashMap<K, V, S>> for CHashMap<C, D>
where
    K: Eq + Hash,
    S: BuildHasher + Clone + Default,
    C: ReadCodec<'de, K>,
    D: ReadCodec<'de, V>,
{
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<DashMap<K, V, S>> {
        let n = r.length(self.0.shape().min + self.1.shape().min, 0)?;
        // Twice: the entries are spread over shards, each of which grows by itself.
        charges::table(r, n.saturating_mul(2), size_of::<(K, V)>())?;
        let map = DashMap::with_hasher(S::default());
        read_entries(self.0, self.1, r, n, |key, value| {
            map.insert(key, value);
        })?;
        Ok(map)
    }
}
by_codec!(
    [K: Eq + Hash, V, S: BuildHasher + Clone] DashMap<K, V, S>,
    [K: Encode, V: Encode],
    [K: Decode<'de>, V: Decode<'de>, S: Default],
    CHashMap(Static::<K>::NEW, Static::<V>::NEW)
);

impl<T: Eq + Hash, S: BuildHasher + Clone, C: Codec<T>> Codec<DashSet<T, S>> for CHashSet<C> {
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::HEAP
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Seq(Box::new(self.0.schema(builder)))
    }
    #[inline(always)]
    fn head(self, _: &DashSet<T, S>, _: &mut [u8]) {}
    fn tail(self, value: &DashSet<T, S>, w: &mut Writer<'_>) -> Result<()> {
        // A set gives no way to ask its shards: this waits while another thread writes into one.
        let held: Vec<_> = value.iter().collect();
        w.count(held.len());
        let nests = self.0.shape().nests;
        w.eager(nests, |w| {
            w.transient(nests, |w| {
                let items = held.iter().map(|item| item.key());
                if w.options().canonical {
                    let sorted = sorted_by_bytes(items, |item| item, self.0, w)?;
                    return crate::codec::lists::write_each(sorted.into_iter(), self.0, w);
                }
                crate::codec::lists::write_each(items, self.0, w)
            })
        })
    }
    fn walk(self, value: &DashSet<T, S>, walker: &mut Walker<'_>) -> Result<()> {
        if !self.0.shape().nests {
            return Ok(());
        }
        let held: Vec<_> = value.iter().collect();
        crate::codec::lists::walk_each(held.iter().map(|item| item.key()), self.0, walker)
    }
    fn patch(self, _: &mut DashSet<T, S>, _: &mut Patcher<'_>) {}
}

impl<'de, T: Eq + Hash, S: BuildHasher + Clone + Default, C: ReadCodec<'de, T>> ReadCodec<'de, DashSet<T, S>>
    for CHashSet<C>
{
    fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<DashSet<T, S>> {
        let n = r.length(self.0.shape().min, 0)?;
        charges::table(r, n.saturating_mul(2), size_of::<T>())?;
        let set = DashSet::with_hasher(S::default());
        r.eager(self.0.shape().nests, |r| {
            crate::codec::lists::read_each(self.0, r, n, |item| {
                set.insert(item);
            })
        })?;
        Ok(set)
    }
}
by_codec!(
    [T: Eq + Hash, S: BuildHasher + Clone] DashSet<T, S>,
    [T: Encode],
    [T: Decode<'de>, S: Default],
    CHashSet(Static::<T>::NEW)
);
