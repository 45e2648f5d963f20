//! Maps: a count, then keys and values side by side.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{Codec, ReadCodec, Static, by_codec, charges};

/// Sorts items by the bytes of their keys, written apart.
pub(super) fn sorted_by_bytes<T, K>(
    items: impl Iterator<Item = T>,
    key: impl Fn(&T) -> &K,
    codec: impl Codec<K>,
    w: &Writer<'_>,
) -> Result<Vec<T>> {
    let mut keyed = Vec::new();
    for item in items {
        let mut apart = Writer::new(Vec::new(), w.options());
        apart.value(codec, key(&item))?;
        keyed.push((apart.into_vec(), item));
    }
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

pub(super) fn write_entries<'a, K: 'a, V: 'a>(
    entries: impl Iterator<Item = (&'a K, &'a V)>,
    keys: impl Codec<K>,
    values: impl Codec<V>,
    w: &mut Writer<'_>,
) -> Result<()> {
    let (key_shape, value_shape) = (keys.shape(), values.shape());
    let head = key_shape.head + value_shape.head;
    let all = |w: &mut Writer<'_>| {
        for (i, (key, value)) in entries.enumerate() {
            if head > 0 {
                let block = w.block(head);
                let (key_head, value_head) = block.split_at_mut(key_shape.head);
                keys.head(key, key_head);
                values.head(value, value_head);
            }
            let result = w.eager(key_shape.nests, |w| keys.tail(key, w)).and_then(|()| values.tail(value, w));
            if let Err(error) = result {
                return Err(at_entry(error, i, keys, key, w));
            }
        }
        Ok(())
    };
    if key_shape.nests || value_shape.nests { w.nested(all) } else { all(w) }
}

/// Names an entry by its key where the key is text or a number, by its position otherwise.
#[cold]
fn at_entry<K>(error: Error, i: usize, keys: impl Codec<K>, key: &K, w: &Writer<'_>) -> Error {
    match key_name(keys, key, w) {
        Some(name) => error.at_key(name),
        None => error.at_index(i),
    }
}

fn key_name<K>(keys: impl Codec<K>, key: &K, w: &Writer<'_>) -> Option<String> {
    let mut apart = Writer::new(Vec::new(), w.options());
    apart.value(keys, key).ok()?;
    crate::ir::key_name(|builder| keys.schema(builder), apart.written(), w.options())
}

pub(super) fn walk_entries<'a, K: 'a, V: 'a>(
    entries: impl Iterator<Item = (&'a K, &'a V)>,
    keys: impl Codec<K>,
    values: impl Codec<V>,
    walker: &mut Walker<'_>,
) -> Result<()> {
    if !values.shape().nests {
        return Ok(());
    }
    let options = crate::options::Options::new();
    let scratch = Writer::new(Vec::new(), &options);
    for (i, (key, value)) in entries.enumerate() {
        match key_name(keys, key, &scratch) {
            Some(name) => walker.key(name, |walker| values.walk(value, walker))?,
            None => walker.index(i, |walker| values.walk(value, walker))?,
        }
    }
    Ok(())
}

pub(super) fn read_entries<'de, K, V>(
    keys: impl ReadCodec<'de, K>,
    values: impl ReadCodec<'de, V>,
    r: &mut Reader<'de>,
    n: usize,
    mut insert: impl FnMut(K, V),
) -> Result<()> {
    let (key_shape, value_shape) = (keys.shape(), values.shape());
    let mut all = |r: &mut Reader<'de>| {
        for i in 0..n {
            let head = r.block(key_shape.head + value_shape.head)?;
            let (key_head, value_head) = head.split_at(key_shape.head);
            let key = match r.eager(key_shape.nests, |r| keys.read(key_head, r)) {
                Ok(key) => key,
                Err(error) => return Err(error.at_index(i)),
            };
            match values.read(value_head, r) {
                Ok(value) => insert(key, value),
                Err(error) => return Err(error.at_index(i)),
            }
        }
        Ok(())
    };
    if key_shape.nests || value_shape.nests { r.nested(all) } else { all(r) }
}

macro_rules! map {
    ($(#[$doc:meta])* pub $codec:ident; $($of:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $codec<C, D>(pub C, pub D);

        $crate::codec::maps::map!($codec; $($of)*);
    };
    ($codec:ident; [$($generics:tt)*] $map:ty, [$($bounds:tt)*],
     sort: $sort:expr, charge: $charge:path, empty: $empty:expr, [$($enc:tt)*], [$($dec:tt)*]) => {
        impl<$($generics)*, C: Codec<K>, D: Codec<V>> Codec<$map> for $codec<C, D> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::HEAP
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Map(Box::new(self.0.schema(builder)), Box::new(self.1.schema(builder)))
            }
            #[inline(always)]
            fn head(self, _: &$map, _: &mut [u8]) {}
            fn tail(self, value: &$map, w: &mut Writer<'_>) -> Result<()> {
                w.count(value.len());
                if $sort && w.options().canonical {
                    let sorted = sorted_by_bytes(value.iter(), |entry| entry.0, self.0, w)?;
                    return write_entries(sorted.into_iter(), self.0, self.1, w);
                }
                write_entries(value.iter(), self.0, self.1, w)
            }
            fn walk(self, value: &$map, walker: &mut Walker<'_>) -> Result<()> {
                walk_entries(value.iter(), self.0, self.1, walker)
            }
            fn patch(self, value: &mut $map, patcher: &mut Patcher<'_>) {
                if self.1.shape().nests {
                    patcher.nested(|patcher| value.values_mut().for_each(|v| self.1.patch(v, patcher)));
                }
            }
        }
        impl<'de, $($generics)*, C: ReadCodec<'de, K>, D: ReadCodec<'de, V>> ReadCodec<'de, $map> for $codec<C, D>
        where
            $($bounds)*
        {
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$map> {
                let min = self.0.shape().min + self.1.shape().min;
                let n = r.length(min, 0)?;
                $charge(r, n, size_of::<(K, V)>())?;
                #[allow(clippy::redundant_closure_call, reason = "the closure is the macro's argument")]
                let mut map: $map = $empty(n);
                read_entries(self.0, self.1, r, n, |key, value| {
                    map.insert(key, value);
                })?;
                Ok(map)
            }
        }
        by_codec!([$($generics)*] $map, [$($enc)*], [$($dec)*], $codec(Static::<K>::NEW, Static::<V>::NEW));
    };
}

pub(super) use map;

map! {
    /// `HashMap<K, V, S>`.
    pub CHashMap; [K, V, S] HashMap<K, V, S>, [K: Eq + Hash, S: BuildHasher + Default],
    sort: true,
    charge: charges::table,
    empty: |n| HashMap::with_capacity_and_hasher(n, S::default()),
    [K: Encode, V: Encode],
    [K: Decode<'de> + Eq + Hash, V: Decode<'de>, S: BuildHasher + Default]
}

map! {
    /// `BTreeMap<K, V>`.
    pub CBTreeMap; [K, V] BTreeMap<K, V>, [K: Ord],
    sort: false,
    charge: charges::tree,
    empty: |_| BTreeMap::new(),
    [K: Encode, V: Encode],
    [K: Decode<'de> + Ord, V: Decode<'de>]
}
