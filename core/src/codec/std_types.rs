//! The small generic types of `core`: markers, wrappers, ranges, non-zero numbers.

use std::cmp::{Ordering, Reverse};
use std::marker::PhantomData;
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, ControlFlow, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};
use std::task::Poll;
use std::time::Duration;

use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::graph::Patcher;
use crate::schema::{Body, Field, Fields, Kind, SchemaBuilder, Variant};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{Codec, ReadCodec, Static, by_codec};

/// `PhantomData<T>`: no bytes, and nothing asked of `T`.
#[derive(Clone, Copy)]
pub struct CPhantom;

impl<T: ?Sized> Codec<PhantomData<T>> for CPhantom {
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::UNIT
    }
    fn schema(self, _: &mut SchemaBuilder) -> Kind {
        Kind::Unit
    }
    #[inline(always)]
    fn head(self, _: &PhantomData<T>, _: &mut [u8]) {}
    #[inline(always)]
    fn tail(self, _: &PhantomData<T>, _: &mut Writer<'_>) -> Result<()> {
        Ok(())
    }
    fn walk(self, _: &PhantomData<T>, _: &mut Walker<'_>) -> Result<()> {
        Ok(())
    }
    fn patch(self, _: &mut PhantomData<T>, _: &mut Patcher<'_>) {}
}

impl<'de, T: ?Sized> ReadCodec<'de, PhantomData<T>> for CPhantom {
    #[inline(always)]
    fn read(self, _: &[u8], _: &mut Reader<'de>) -> Result<PhantomData<T>> {
        Ok(PhantomData)
    }
}
by_codec!([T: ?Sized] PhantomData<T>, [], [], CPhantom);

/// A newtype of one public field: the value, in place.
macro_rules! newtypes {
    ($($codec:ident, $ty:ident;)*) => {$(
        #[doc = concat!("`", stringify!($ty), "<T>`: the value, in place.")]
        #[derive(Clone, Copy)]
        pub struct $codec<C>(pub C);

        impl<T, C: Codec<T>> Codec<$ty<T>> for $codec<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                self.0.shape()
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                self.0.schema(builder)
            }
            #[inline(always)]
            fn head(self, value: &$ty<T>, out: &mut [u8]) {
                self.0.head(&value.0, out);
            }
            #[inline(always)]
            fn tail(self, value: &$ty<T>, w: &mut Writer<'_>) -> Result<()> {
                self.0.tail(&value.0, w)
            }
            fn walk(self, value: &$ty<T>, walker: &mut Walker<'_>) -> Result<()> {
                self.0.walk(&value.0, walker)
            }
            fn patch(self, value: &mut $ty<T>, patcher: &mut Patcher<'_>) {
                self.0.patch(&mut value.0, patcher);
            }
        }
        impl<'de, T, C: ReadCodec<'de, T>> ReadCodec<'de, $ty<T>> for $codec<C> {
            #[inline(always)]
            fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<$ty<T>> {
                self.0.read(head, r).map($ty)
            }
        }
        by_codec!([T] $ty<T>, [T: Encode], [T: Decode<'de>], $codec(Static::<T>::NEW));
    )*};
}

newtypes! {
    CReverse, Reverse;
    CWrapping, Wrapping;
    CSaturating, Saturating;
}

/// A type that goes as another one: `to` makes the other, `from` takes it back.
macro_rules! via {
    ([$($generics:tt)*] $ty:ty as $state:ty, [$($enc:tt)*], [$($dec:tt)*], $name:literal [$($field:literal),*], $to:expr, $from:expr) => {
        impl<$($generics)*> Encode for $ty where $($enc)* {
            #[inline(always)]
            fn shape() -> Shape {
                <$state as Encode>::shape()
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                let Kind::Tuple(parts) = <$state as Encode>::schema(builder) else { return Kind::Unit };
                builder.define::<$ty>($name, &[], |_| {
                    let names = [$($field),*];
                    let fields = names.into_iter().zip(parts).map(|(name, kind)| Field::new(name, kind));
                    Body::Struct(Fields::Named(fields.collect()))
                })
            }
            #[inline(always)]
            fn head(&self, out: &mut [u8]) {
                let to: fn(&$ty) -> $state = $to;
                to(self).head(out);
            }
            #[inline(always)]
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                let to: fn(&$ty) -> $state = $to;
                to(self).tail(w)
            }
        }
        impl<'de, $($generics)*> Decode<'de> for $ty where $($dec)* {
            #[inline(always)]
            fn read(head: &[u8], r: &mut Reader<'de>) -> Result<$ty> {
                let from: fn($state) -> Result<$ty> = $from;
                from(<$state as Decode<'de>>::read(head, r)?)
            }
        }
    };
}

#[cfg(any(feature = "num-complex", feature = "num-rational"))]
pub(super) use via;

via!([] Duration as (u64, u32), [], [], "core::Duration" ["secs", "nanos"],
|d| (d.as_secs(), d.subsec_nanos()),
|(secs, nanos)| if nanos < 1_000_000_000 {
    Ok(Duration::new(secs, nanos))
} else {
    Err(Error::malformed(format!("{nanos} nanoseconds are more than a second")))
});
via!([T] Range<T> as (T, T), [T: Encode + Clone], [T: Decode<'de> + Clone], "core::Range" ["start", "end"],
    |v| (v.start.clone(), v.end.clone()), |(start, end)| Ok(start..end));
via!([T] RangeInclusive<T> as (T, T), [T: Encode + Clone], [T: Decode<'de> + Clone],
    "core::RangeInclusive" ["start", "end"],
    |v| (v.start().clone(), v.end().clone()), |(start, end)| Ok(start..=end));
via!([T] RangeFrom<T> as (T,), [T: Encode + Clone], [T: Decode<'de> + Clone], "core::RangeFrom" ["start"],
    |v| (v.start.clone(),), |(start,)| Ok(start..));
via!([T] RangeTo<T> as (T,), [T: Encode + Clone], [T: Decode<'de> + Clone], "core::RangeTo" ["end"],
    |v| (v.end.clone(),), |(end,)| Ok(..end));
via!([T] RangeToInclusive<T> as (T,), [T: Encode + Clone], [T: Decode<'de> + Clone],
    "core::RangeToInclusive" ["end"],
    |v| (v.end.clone(),), |(end,)| Ok(..=end));

/// An enum of `core` without payloads.
macro_rules! unit_enums {
    ($($ty:ty, $name:literal, [$($variant:ident = $value:expr),*];)*) => {$(
        impl Encode for $ty {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::scalar(1)
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                builder.define::<$ty>($name, &[], |_| {
                    $crate::schema::Body::Enum(vec![$($crate::schema::Variant {
                        name: stringify!($variant).to_owned(),
                        aliases: &[],
                        fields: $crate::schema::Fields::Unit,
                    }),*])
                })
            }
            fn head(&self, out: &mut [u8]) {
                let all = [$($value),*];
                out[0] = all.iter().position(|v| v == self).unwrap_or(0) as u8;
            }
            fn tail(&self, _: &mut Writer<'_>) -> Result<()> {
                Ok(())
            }
        }
        impl<'de> Decode<'de> for $ty {
            fn read(head: &[u8], _: &mut Reader<'de>) -> Result<$ty> {
                [$($value),*].get(usize::from(head[0])).copied().ok_or_else(|| {
                    Error::malformed(format!("`{}` has no variant {}", $name, head[0]))
                })
            }
        }
    )*};
}
pub(super) use unit_enums;

unit_enums! {
    Ordering, "core::Ordering",
        [Less = Ordering::Less, Equal = Ordering::Equal, Greater = Ordering::Greater];
    RangeFull, "core::RangeFull", [RangeFull = RangeFull];
}

/// An enum of `core` whose variants hold at most one value.
macro_rules! enums {
    ($([$($T:ident),*] $ty:ty, $name:literal, [$($tag:literal $variant:ident $pattern:pat => $payload:expr, $T2:ty, $build:expr;)*])*) => {$(
        impl<$($T: Encode),*> Encode for $ty {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::HEAP
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                builder.define::<$ty>($name, &[], |b| {
                    Body::Enum(vec![$(Variant {
                        name: stringify!($variant).to_owned(),
                        aliases: &[],
                        fields: Fields::Tuple(vec![Field::new("", <$T2 as Encode>::schema(b))]),
                    }),*])
                })
            }
            fn head(&self, _: &mut [u8]) {}
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                match self {
                    $($pattern => {
                        w.block(1)[0] = $tag;
                        w.value(Static::<$T2>::NEW, $payload)
                    })*
                }
            }
            fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
                match self {
                    $($pattern => Encode::walk($payload, walker),)*
                }
            }
        }
        impl<'de, $($T: Decode<'de>),*> Decode<'de> for $ty {
            fn read(_: &[u8], r: &mut Reader<'de>) -> Result<$ty> {
                match r.block(1)?[0] {
                    $($tag => r.value(Static::<$T2>::NEW).map($build),)*
                    other => Err(Error::malformed(format!("`{}` has no variant {other}", $name))),
                }
            }
        }
    )*};
}

enums! {
    [T] Bound<T>, "core::Bound", [
        0 Included Bound::Included(v) => v, T, Bound::Included;
        1 Excluded Bound::Excluded(v) => v, T, Bound::Excluded;
        2 Unbounded Bound::Unbounded => &(), (), |()| Bound::Unbounded;
    ]
    [B, C] ControlFlow<B, C>, "core::ControlFlow", [
        0 Continue ControlFlow::Continue(v) => v, C, ControlFlow::Continue;
        1 Break ControlFlow::Break(v) => v, B, ControlFlow::Break;
    ]
    [T] Poll<T>, "core::Poll", [
        0 Ready Poll::Ready(v) => v, T, Poll::Ready;
        1 Pending Poll::Pending => &(), (), |()| Poll::Pending;
    ]
}

macro_rules! non_zero {
    ($($ty:ty),*) => {$(
        impl Encode for NonZero<$ty> {
            #[inline(always)]
            fn shape() -> Shape {
                <$ty>::shape()
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                <$ty>::schema(builder)
            }
            #[inline(always)]
            fn head(&self, out: &mut [u8]) {
                self.get().head(out);
            }
            #[inline(always)]
            fn tail(&self, _: &mut Writer<'_>) -> Result<()> {
                Ok(())
            }
        }
        impl<'de> Decode<'de> for NonZero<$ty> {
            #[inline(always)]
            fn read(head: &[u8], r: &mut Reader<'de>) -> Result<NonZero<$ty>> {
                NonZero::new(<$ty>::read(head, r)?)
                    .ok_or_else(|| Error::malformed("zero stands where a non-zero number must"))
            }
        }
    )*};
}

non_zero!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);
