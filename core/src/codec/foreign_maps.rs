//! The maps and sets of other crates: as those of `std`, by the same codecs.

#[cfg(feature = "dashmap")]
mod dashed;

#[cfg(any(feature = "hashbrown", feature = "indexmap"))]
use std::hash::{BuildHasher, Hash};

#[cfg(any(feature = "hashbrown", feature = "indexmap"))]
use super::{
    CHashMap, CHashSet, Codec, ReadCodec, Static, by_codec, charges, lists::keyed, lists::read_each,
    lists::walk_each, lists::write_each, maps::map, maps::read_entries, maps::sorted_by_bytes,
    maps::walk_entries, maps::write_entries,
};
#[cfg(any(feature = "hashbrown", feature = "indexmap"))]
use crate::{
    encode::{Decode, Encode},
    error::Result,
    graph::Patcher,
    schema::{Kind, SchemaBuilder},
    shape::Shape,
    walk::Walker,
    wire::{Reader, Writer},
};

/// What an `IndexMap` or an `IndexSet` takes: the entries with their hashes, and a table of positions.
#[cfg(feature = "indexmap")]
fn indexed(r: &mut Reader<'_>, n: usize, item: usize) -> Result<()> {
    charges::table(r, n, size_of::<usize>())?;
    charges::each(r, n, item + size_of::<usize>())
}

#[cfg(feature = "indexmap")]
map! {
    CHashMap; [K, V, S] indexmap::IndexMap<K, V, S>, [K: Eq + Hash, S: BuildHasher + Default],
    sort: false,
    charge: indexed,
    empty: |n| indexmap::IndexMap::with_capacity_and_hasher(n, S::default()),
    [K: Encode, V: Encode],
    [K: Decode<'de> + Eq + Hash, V: Decode<'de>, S: BuildHasher + Default]
}

#[cfg(feature = "indexmap")]
keyed! {
    CHashSet; [T, S] indexmap::IndexSet<T, S>, [T: Eq + Hash, S: BuildHasher + Default],
    sort: false,
    charge: indexed,
    empty: |n| indexmap::IndexSet::with_capacity_and_hasher(n, S::default()),
    push: |v: &mut indexmap::IndexSet<T, S>, item| v.insert(item)
}
#[cfg(feature = "indexmap")]
by_codec!(
    [T, S] indexmap::IndexSet<T, S>,
    [T: Encode],
    [T: Decode<'de> + Eq + Hash, S: BuildHasher + Default],
    CHashSet(Static::<T>::NEW)
);

#[cfg(feature = "hashbrown")]
map! {
    CHashMap; [K, V, S] hashbrown::HashMap<K, V, S>, [K: Eq + Hash, S: BuildHasher + Default],
    sort: true,
    charge: charges::table,
    empty: |n| hashbrown::HashMap::with_capacity_and_hasher(n, S::default()),
    [K: Encode, V: Encode],
    [K: Decode<'de> + Eq + Hash, V: Decode<'de>, S: BuildHasher + Default]
}

#[cfg(feature = "hashbrown")]
keyed! {
    CHashSet; [T, S] hashbrown::HashSet<T, S>, [T: Eq + Hash, S: BuildHasher + Default],
    sort: true,
    charge: charges::table,
    empty: |n| hashbrown::HashSet::with_capacity_and_hasher(n, S::default()),
    push: |v: &mut hashbrown::HashSet<T, S>, item| v.insert(item)
}
#[cfg(feature = "hashbrown")]
by_codec!(
    [T, S] hashbrown::HashSet<T, S>,
    [T: Encode],
    [T: Decode<'de> + Eq + Hash, S: BuildHasher + Default],
    CHashSet(Static::<T>::NEW)
);
