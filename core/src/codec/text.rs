//! Text: a count and UTF-8, all in the tail.

use std::borrow::Cow;

use crate::encode::{Decode, Encode};
use crate::error::Result;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::wire::{Reader, Writer};

macro_rules! text {
    ($([$($generics:tt)*] $ty:ty, $as_str:expr, [$($lt:lifetime)?] $read:expr;)*) => {$(
        impl<$($generics)*> Encode for $ty {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::TEXT
            }
            fn schema(_: &mut SchemaBuilder) -> Kind {
                Kind::Text
            }
            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}
            #[inline(always)]
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                let as_str: for<'s> fn(&'s $ty) -> &'s str = $as_str;
                w.bytes(as_str(self).as_bytes());
                Ok(())
            }
        }
        impl<'de $(: $lt)?, $($generics)*> Decode<'de> for $ty {
            #[inline(always)]
            fn read(_: &[u8], r: &mut Reader<'de>) -> Result<$ty> {
                let read: fn(&mut Reader<'de>) -> Result<$ty> = $read;
                read(r)
            }
        }
    )*};
}

text! {
    [] String, |s| s, [] |r| r.string();
    ['a] &'a str, |s| s, ['a] |r| r.text();
    ['a] Cow<'a, str>, |s| s, ['a] |r| r.text().map(Cow::Borrowed);
}

impl Encode for &[u8] {
    #[inline(always)]
    fn shape() -> Shape {
        Shape::TEXT
    }
    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Seq(Box::new(Kind::U8))
    }
    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}
    #[inline(always)]
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        w.bytes(self);
        Ok(())
    }
}

impl<'de: 'a, 'a> Decode<'de> for &'a [u8] {
    #[inline(always)]
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<&'a [u8]> {
        r.bytes()
    }
}

impl Encode for Cow<'_, [u8]> {
    #[inline(always)]
    fn shape() -> Shape {
        Shape::TEXT
    }
    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Seq(Box::new(Kind::U8))
    }
    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}
    #[inline(always)]
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        w.bytes(self);
        Ok(())
    }
}

impl<'de: 'a, 'a> Decode<'de> for Cow<'a, [u8]> {
    #[inline(always)]
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<Cow<'a, [u8]>> {
        r.bytes().map(Cow::Borrowed)
    }
}
