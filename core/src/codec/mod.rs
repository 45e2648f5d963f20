//! Codecs: zero-size values that know how to write and read a type.
//!
//! `Vec<Arc<Mutex<Regex>>>` cannot be `Cerial`, because `Regex` is not. So the derive walks the syntax of a field's
//! type and composes `CVec(CArc(CMutex(leaf)))`; only the leaf is chosen by what the type can do (see
//! [`Leaf`](crate::Leaf)). The containers' own [`Encode`] and [`Decode`] are the same codecs around [`Static`].

mod cells;
mod charges;
mod cursors;
#[cfg(feature = "ndarray")]
mod foreign_arrays;
mod foreign_lists;
#[cfg(any(feature = "parking_lot", feature = "tokio"))]
mod foreign_locks;
mod foreign_maps;
#[cfg(feature = "nalgebra")]
mod foreign_matrices;
mod foreign_numbers;
#[allow(unsafe_code, reason = "one of the files that may: see ARCHITECTURE.md")]
mod functions;
mod lists;
mod maps;
mod net;
mod options;
mod outcomes;
mod paths;
mod pointee;
#[allow(unsafe_code, reason = "one of the files that may: see ARCHITECTURE.md")]
mod pointers;
mod scalars;
mod std_types;
mod text;
mod time;
mod tuples;
mod via;
mod ways;

use std::marker::PhantomData;

use crate::encode::{Decode, Encode};
use crate::error::Result;
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Plain, Reader, Writer};

pub use cells::{CCell, CMutex, COnceCell, COnceLock, CRefCell, CRwLock};
pub use cursors::CCursor;
#[cfg(feature = "smallvec")]
pub use foreign_lists::CSmallVec;
pub use functions::{CFn, Code};
pub(crate) use functions::{Written, place_from_outside, read_function, write_named};
pub use lists::{CArray, CBTreeSet, CBinaryHeap, CHashSet, CLinkedList, CVec, CVecDeque};
pub use maps::{CBTreeMap, CHashMap};
pub use options::{COption, CResult};
#[doc(hidden)]
pub use pointee::{Pointee, ReadPointee, WeakPointee, Weaks};
pub use pointers::{CArc, CBox, CRc, CWeak};
pub use std_types::{CPhantom, CReverse, CSaturating, CWrapping};
pub use tuples::CTuple;
pub use via::{ViaList, ViaMap};
pub use ways::{BySerde, With};

/// How to write a `T`: [`Encode`] with the knowledge outside the type.
pub trait Codec<T: ?Sized>: Copy {
    /// See [`Encode::shape`].
    fn shape(self) -> Shape;
    /// See [`Encode::PLAIN`].
    #[doc(hidden)]
    #[inline(always)]
    fn plain(self) -> Plain<T> {
        Plain::NO
    }
    /// See [`Encode::schema`].
    fn schema(self, builder: &mut SchemaBuilder) -> Kind;
    /// See `Encode::has_placeholder`.
    #[doc(hidden)]
    #[inline(always)]
    fn has_placeholder(self) -> bool {
        false
    }
    /// See `Encode::placeholder`.
    #[doc(hidden)]
    fn placeholder(self) -> Option<T>
    where
        T: Sized,
    {
        None
    }
    /// See [`Encode::head`].
    fn head(self, value: &T, out: &mut [u8]);
    /// See [`Encode::tail`].
    ///
    /// # Errors
    /// As there.
    fn tail(self, value: &T, w: &mut Writer<'_>) -> Result<()>;
    /// See [`Encode::walk`].
    ///
    /// # Errors
    /// As there.
    fn walk(self, value: &T, walker: &mut Walker<'_>) -> Result<()>;
    /// See [`Encode::patch`].
    fn patch(self, value: &mut T, patcher: &mut Patcher<'_>);
}

/// How to read a `T`: [`Decode`] with the knowledge outside the type.
pub trait ReadCodec<'de, T>: Codec<T> {
    /// See [`Decode::read`].
    ///
    /// # Errors
    /// As there.
    fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<T>;
}

/// The codec of a type that is `Cerial` itself.
pub struct Static<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Static<T> {
    /// The codec.
    pub const NEW: Static<T> = Static(PhantomData);
}

impl<T: ?Sized> Clone for Static<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Static<T> {}

impl<T: Encode + ?Sized> Codec<T> for Static<T> {
    #[inline(always)]
    fn shape(self) -> Shape {
        T::shape()
    }
    #[inline(always)]
    fn plain(self) -> Plain<T> {
        T::PLAIN
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        T::schema(builder)
    }
    #[inline(always)]
    fn has_placeholder(self) -> bool {
        T::has_placeholder()
    }
    fn placeholder(self) -> Option<T>
    where
        T: Sized,
    {
        T::placeholder()
    }
    #[inline(always)]
    fn head(self, value: &T, out: &mut [u8]) {
        value.head(out);
    }
    #[inline(always)]
    fn tail(self, value: &T, w: &mut Writer<'_>) -> Result<()> {
        value.tail(w)
    }
    #[inline(always)]
    fn walk(self, value: &T, walker: &mut Walker<'_>) -> Result<()> {
        value.walk(walker)
    }
    #[inline(always)]
    fn patch(self, value: &mut T, patcher: &mut Patcher<'_>) {
        value.patch(patcher);
    }
}

impl<'de, T: Decode<'de>> ReadCodec<'de, T> for Static<T> {
    #[inline(always)]
    fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<T> {
        T::read(head, r)
    }
}

/// Implements `Encode` and `Decode` for a container by its codec around `Static`.
macro_rules! by_codec {
    ([$($generics:tt)*] $ty:ty, [$($enc:tt)*], [$($dec:tt)*], $codec:expr $(, plain: $plain:expr)?) => {
        impl<$($generics)*> $crate::encode::Encode for $ty where $($enc)* {
            $(const PLAIN: $crate::wire::Plain<$ty> = $plain;)?
            #[inline(always)]
            fn shape() -> $crate::shape::Shape {
                $crate::codec::Codec::<$ty>::shape($codec)
            }
            fn schema(builder: &mut $crate::schema::SchemaBuilder) -> $crate::schema::Kind {
                $crate::codec::Codec::<$ty>::schema($codec, builder)
            }
            #[inline(always)]
            fn has_placeholder() -> bool {
                $crate::codec::Codec::<$ty>::has_placeholder($codec)
            }
            fn placeholder() -> Option<Self> {
                $crate::codec::Codec::<$ty>::placeholder($codec)
            }
            #[inline(always)]
            fn head(&self, out: &mut [u8]) {
                $crate::codec::Codec::<$ty>::head($codec, self, out)
            }
            #[inline(always)]
            fn tail(&self, w: &mut $crate::wire::Writer<'_>) -> $crate::error::Result<()> {
                $crate::codec::Codec::<$ty>::tail($codec, self, w)
            }
            #[inline]
            fn walk(&self, walker: &mut $crate::walk::Walker<'_>) -> $crate::error::Result<()> {
                $crate::codec::Codec::<$ty>::walk($codec, self, walker)
            }
            #[inline]
            fn patch(&mut self, patcher: &mut $crate::graph::Patcher<'_>) {
                $crate::codec::Codec::<$ty>::patch($codec, self, patcher)
            }
        }
        impl<'de, $($generics)*> $crate::encode::Decode<'de> for $ty where $($dec)* {
            #[inline(always)]
            fn read(head: &[u8], r: &mut $crate::wire::Reader<'de>) -> $crate::error::Result<Self> {
                $crate::codec::ReadCodec::<'de, $ty>::read($codec, head, r)
            }
        }
    };
}
pub(crate) use by_codec;

/// Implements `Encode` and `Decode` for a type by a state: one expression makes it, the other takes it back.
macro_rules! by_state {
    ($($ty:ty as $state:ty, $to:expr, $from:expr;)*) => {$(
        impl $crate::encode::Encode for $ty {
            #[inline(always)]
            fn shape() -> $crate::shape::Shape {
                <$state as $crate::encode::Encode>::shape()
            }
            fn schema(builder: &mut $crate::schema::SchemaBuilder) -> $crate::schema::Kind {
                <$state as $crate::encode::Encode>::schema(builder)
            }
            #[inline]
            fn head(&self, out: &mut [u8]) {
                let to: fn(&$ty) -> $state = $to;
                $crate::encode::Encode::head(&to(self), out);
            }
            #[inline]
            fn tail(&self, w: &mut $crate::wire::Writer<'_>) -> $crate::error::Result<()> {
                if !<$state as $crate::encode::Encode>::shape().tail {
                    return Ok(());
                }
                let to: fn(&$ty) -> $state = $to;
                $crate::encode::Encode::tail(&to(self), w)
            }
        }
        impl<'de> $crate::encode::Decode<'de> for $ty {
            #[inline]
            fn read(head: &[u8], r: &mut $crate::wire::Reader<'de>) -> $crate::error::Result<$ty> {
                let from: fn($state) -> $crate::error::Result<$ty> = $from;
                from(<$state as $crate::encode::Decode<'de>>::read(head, r)?)
            }
        }
    )*};
}
pub(crate) use by_state;
