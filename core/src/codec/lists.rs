//! Lists: a count, then the elements. Elements without a tail stand as one block.

use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};

use crate::encode::{Decode, Encode};
use crate::error::Result;
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Plain, Reader, Writer, fill, fill_from};

use super::{Codec, ReadCodec, Static, by_codec, charges};

/// Writes a slice: count and elements.
#[inline]
pub(super) fn write_slice<T>(items: &[T], codec: impl Codec<T>, w: &mut Writer<'_>) -> Result<()> {
    w.count(items.len());
    let shape = codec.shape();
    if let Some(bytes) = codec.plain().bytes(items) {
        w.raw(bytes);
        return Ok(());
    }
    if !shape.tail {
        w.blocks(items, shape.head, |item, out| codec.head(item, out));
        return Ok(());
    }
    if shape.nests && items.is_empty() {
        return w.nothing_nested();
    }
    write_each(items.iter(), codec, w)
}

/// Writes elements that follow a count.
#[inline]
pub(super) fn write_each<'a, T: 'a>(
    items: impl Iterator<Item = &'a T>,
    codec: impl Codec<T>,
    w: &mut Writer<'_>,
) -> Result<()> {
    let all = |w: &mut Writer<'_>| {
        for (i, item) in items.enumerate() {
            if let Err(error) = w.value(codec, item) {
                return Err(error.at_index(i));
            }
        }
        Ok(())
    };
    if codec.shape().nests { w.nested(all) } else { all(w) }
}

/// Reads a vector of `n` elements, charged already.
#[inline]
pub(super) fn read_vec<'de, T>(
    codec: impl ReadCodec<'de, T>,
    r: &mut Reader<'de>,
    n: usize,
) -> Result<Vec<T>> {
    let shape = codec.shape();
    if !shape.tail && shape.head > 0 {
        let heads = r.block(n * shape.head)?;
        if let Some(list) = codec.plain().list(heads) {
            return Ok(list);
        }
        return fill_from(heads, shape.head, |i, head| {
            codec.read(head, r).map_err(|error| error.at_index(i))
        });
    }
    let all = |r: &mut Reader<'de>| fill(n, |i| r.value(codec).map_err(|error| error.at_index(i)));
    match (shape.nests, n) {
        (false, _) => all(r),
        (true, 0) => r.nothing_nested().map(|()| Vec::new()),
        (true, _) => r.nested(all),
    }
}

/// Reads `n` elements, charged already, into `push`.
#[inline]
pub(super) fn read_each<'de, T>(
    codec: impl ReadCodec<'de, T>,
    r: &mut Reader<'de>,
    n: usize,
    mut push: impl FnMut(T),
) -> Result<()> {
    let shape = codec.shape();
    if !shape.tail && shape.head > 0 {
        let block = r.block(n * shape.head)?;
        for (i, head) in block.chunks_exact(shape.head).enumerate() {
            match codec.read(head, r) {
                Ok(item) => push(item),
                Err(error) => return Err(error.at_index(i)),
            }
        }
        return Ok(());
    }
    let mut all = |r: &mut Reader<'de>| {
        for i in 0..n {
            match r.value(codec) {
                Ok(item) => push(item),
                Err(error) => return Err(error.at_index(i)),
            }
        }
        Ok(())
    };
    if shape.nests { r.nested(all) } else { all(r) }
}

pub(super) fn walk_each<'a, T: 'a>(
    items: impl Iterator<Item = &'a T>,
    codec: impl Codec<T>,
    walker: &mut Walker<'_>,
) -> Result<()> {
    if codec.shape().nests {
        for (i, item) in items.enumerate() {
            walker.index(i, |walker| codec.walk(item, walker))?;
        }
    }
    Ok(())
}

pub(super) fn patch_each<'a, T: 'a>(
    items: impl Iterator<Item = &'a mut T>,
    codec: impl Codec<T>,
    patcher: &mut Patcher<'_>,
) {
    if codec.shape().nests {
        patcher.nested(|patcher| items.for_each(|item| codec.patch(item, patcher)));
    }
}

/// A list type: how it is written from a slice or an iterator, and filled.
macro_rules! list {
    ($(#[$doc:meta])* pub $codec:ident; $($of:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $codec<C>(pub C);

        $crate::codec::lists::list!($codec; $($of)*);
    };
    ($codec:ident; [$($generics:tt)*] $list:ty, [$($bounds:tt)*],
     charge: $item:expr, write: $write:expr, read: $read:expr, patch: $patch:expr) => {
        impl<$($generics)*, C: Codec<T>> Codec<$list> for $codec<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::HEAP
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Seq(Box::new(self.0.schema(builder)))
            }
            #[inline(always)]
            fn has_placeholder(self) -> bool {
                true
            }
            fn placeholder(self) -> Option<$list> {
                Some(<$list>::new())
            }
            #[inline(always)]
            fn head(self, _: &$list, _: &mut [u8]) {}
            #[inline]
            fn tail(self, value: &$list, w: &mut Writer<'_>) -> Result<()> {
                #[allow(clippy::redundant_closure_call, reason = "the closure is the macro's argument")]
                $write(value, self.0, w)
            }
            #[inline]
            fn walk(self, value: &$list, walker: &mut Walker<'_>) -> Result<()> {
                walk_each(value.iter(), self.0, walker)
            }
            #[inline]
            fn patch(self, value: &mut $list, patcher: &mut Patcher<'_>) {
                #[allow(clippy::redundant_closure_call, reason = "the closure is the macro's argument")]
                $patch(value, self.0, patcher)
            }
        }
        impl<'de, $($generics)*, C: ReadCodec<'de, T>> ReadCodec<'de, $list> for $codec<C>
        where
            $($bounds)*
        {
            #[inline]
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$list> {
                let n = r.length(self.0.shape().min, $item)?;
                #[allow(clippy::redundant_closure_call, reason = "the closure is the macro's argument")]
                $read(self.0, r, n)
            }
        }
    };
}

pub(super) use list;

list! {
    /// `Vec<T>`.
    pub CVec; [T] Vec<T>, [],
    charge: size_of::<T>(),
    write: |v: &Vec<T>, c, w| write_slice(v, c, w),
    read: |c, r, n| read_vec(c, r, n),
    patch: |v: &mut Vec<T>, c, p| patch_each(v.iter_mut(), c, p)
}
by_codec!([T] Vec<T>, [T: Encode], [T: Decode<'de>], CVec(Static::<T>::NEW));

list! {
    /// `VecDeque<T>`.
    pub CVecDeque; [T] VecDeque<T>, [],
    charge: size_of::<T>(),
    write: |v: &VecDeque<T>, c, w: &mut Writer<'_>| {
        w.count(v.len());
        write_each(v.iter(), c, w)
    },
    read: |c, r, n| read_vec(c, r, n).map(VecDeque::from),
    patch: |v: &mut VecDeque<T>, c, p| patch_each(v.iter_mut(), c, p)
}
by_codec!([T] VecDeque<T>, [T: Encode], [T: Decode<'de>], CVecDeque(Static::<T>::NEW));

list! {
    /// `LinkedList<T>`.
    pub CLinkedList; [T] LinkedList<T>, [],
    charge: (size_of::<T>() + 2 * size_of::<usize>()).next_multiple_of(align_of::<usize>()),
    write: |v: &LinkedList<T>, c, w: &mut Writer<'_>| {
        w.count(v.len());
        write_each(v.iter(), c, w)
    },
    read: |c, r, n| {
        let mut list = LinkedList::new();
        read_each(c, r, n, |item| list.push_back(item)).map(|()| list)
    },
    patch: |v: &mut LinkedList<T>, c, p| patch_each(v.iter_mut(), c, p)
}
by_codec!([T] LinkedList<T>, [T: Encode], [T: Decode<'de>], CLinkedList(Static::<T>::NEW));

/// A collection whose elements are hashed or ordered while it is read: they must be complete by then.
macro_rules! keyed {
    ($(#[$doc:meta])* pub $codec:ident; $($of:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $codec<C>(pub C);

        $crate::codec::lists::keyed!($codec; $($of)*);
    };
    ($codec:ident; [$($generics:tt)*] $list:ty, [$($bounds:tt)*],
     sort: $sort:expr, charge: $charge:path, empty: $empty:expr, push: $push:expr) => {
        impl<$($generics)*, C: Codec<T>> Codec<$list> for $codec<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::HEAP
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Seq(Box::new(self.0.schema(builder)))
            }
            #[inline(always)]
            fn head(self, _: &$list, _: &mut [u8]) {}
            fn tail(self, value: &$list, w: &mut Writer<'_>) -> Result<()> {
                w.count(value.len());
                let nests = self.0.shape().nests;
                w.eager(nests, |w| {
                    if $sort && w.options().canonical {
                        let sorted = $crate::codec::maps::sorted_by_bytes(value.iter(), |item| item, self.0, w)?;
                        write_each(sorted.into_iter(), self.0, w)
                    } else {
                        write_each(value.iter(), self.0, w)
                    }
                })
            }
            fn walk(self, value: &$list, walker: &mut Walker<'_>) -> Result<()> {
                walk_each(value.iter(), self.0, walker)
            }
            fn patch(self, _: &mut $list, _: &mut Patcher<'_>) {}
        }
        impl<'de, $($generics)*, C: ReadCodec<'de, T>> ReadCodec<'de, $list> for $codec<C>
        where
            $($bounds)*
        {
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$list> {
                let n = r.length(self.0.shape().min, 0)?;
                $charge(r, n, size_of::<T>())?;
                #[allow(clippy::redundant_closure_call, reason = "the closure is the macro's argument")]
                let mut list: $list = $empty(n);
                let nests = self.0.shape().nests;
                r.eager(nests, |r| {
                    read_each(self.0, r, n, |item| {
                        $push(&mut list, item);
                    })
                })?;
                Ok(list)
            }
        }
    };
}

pub(super) use keyed;

keyed! {
    /// `HashSet<T, S>`.
    pub CHashSet; [T, S] HashSet<T, S>, [T: Eq + Hash, S: BuildHasher + Default],
    sort: true,
    charge: charges::table,
    empty: |n| HashSet::with_capacity_and_hasher(n, S::default()),
    push: |v: &mut HashSet<T, S>, item| v.insert(item)
}
by_codec!(
    [T, S] HashSet<T, S>,
    [T: Encode],
    [T: Decode<'de> + Eq + Hash, S: BuildHasher + Default],
    CHashSet(Static::<T>::NEW)
);

keyed! {
    /// `BTreeSet<T>`.
    pub CBTreeSet; [T] BTreeSet<T>, [T: Ord],
    sort: false,
    charge: charges::tree,
    empty: |_| BTreeSet::new(),
    push: |v: &mut BTreeSet<T>, item| v.insert(item)
}
by_codec!([T] BTreeSet<T>, [T: Encode], [T: Decode<'de> + Ord], CBTreeSet(Static::<T>::NEW));

keyed! {
    /// `BinaryHeap<T>`: its elements, in the heap's own order (sorted by their bytes where canonical).
    pub CBinaryHeap; [T] BinaryHeap<T>, [T: Ord],
    sort: true,
    charge: charges::each,
    empty: BinaryHeap::with_capacity,
    push: |v: &mut BinaryHeap<T>, item| v.push(item)
}
by_codec!([T] BinaryHeap<T>, [T: Encode], [T: Decode<'de> + Ord], CBinaryHeap(Static::<T>::NEW));

/// `[T; N]`: the elements side by side, as in a tuple.
#[derive(Clone, Copy)]
pub struct CArray<C>(pub C);

impl<T, C: Codec<T>, const N: usize> Codec<[T; N]> for CArray<C> {
    #[inline(always)]
    fn shape(self) -> Shape {
        self.0.shape().times(N)
    }
    #[inline(always)]
    fn plain(self) -> Plain<[T; N]> {
        Plain::array(self.0.plain())
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        Kind::Array(Box::new(self.0.schema(builder)), N as u32)
    }
    #[inline(always)]
    fn head(self, value: &[T; N], out: &mut [u8]) {
        let size = self.0.shape().head;
        for (i, item) in value.iter().enumerate() {
            self.0.head(item, &mut out[i * size..(i + 1) * size]);
        }
    }
    #[inline(always)]
    fn tail(self, value: &[T; N], w: &mut Writer<'_>) -> Result<()> {
        if self.0.shape().tail {
            for (i, item) in value.iter().enumerate() {
                self.0.tail(item, w).map_err(|error| error.at_index(i))?;
            }
        }
        Ok(())
    }
    fn walk(self, value: &[T; N], walker: &mut Walker<'_>) -> Result<()> {
        walk_each(value.iter(), self.0, walker)
    }
    fn patch(self, value: &mut [T; N], patcher: &mut Patcher<'_>) {
        patch_each(value.iter_mut(), self.0, patcher);
    }
}

impl<'de, T, C: ReadCodec<'de, T>, const N: usize> ReadCodec<'de, [T; N]> for CArray<C> {
    #[inline(always)]
    fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<[T; N]> {
        let size = self.0.shape().head;
        let mut failed = None;
        let items: [Option<T>; N] = std::array::from_fn(|i| {
            if failed.is_some() {
                return None;
            }
            self.0.read(&head[i * size..(i + 1) * size], r).map_err(|e| failed = Some(e.at_index(i))).ok()
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(items.map(|item| item.expect("invariant: an element that is missing has failed"))),
        }
    }
}

by_codec!(
    [T, const N: usize] [T; N],
    [T: Encode],
    [T: Decode<'de>],
    CArray(Static::<T>::NEW),
    plain: Plain::array(T::PLAIN)
);
