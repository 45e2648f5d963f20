//! Numbers, booleans and characters: little-endian, fixed width, all in the head.

use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::wire::{Plain, Reader, Writer};

/// A scalar: its wire form is `$wire` of the same size.
macro_rules! scalar {
    ($($ty:ty as $wire:ty, $plain:ident, $kind:ident, $to:expr, $from:expr;)*) => {$(
        impl Encode for $ty {
            const PLAIN: Plain<$ty> = Plain::<$ty>::$plain;
            #[inline(always)]
            fn shape() -> Shape {
                Shape::scalar(size_of::<$wire>())
            }
            fn schema(_: &mut SchemaBuilder) -> Kind {
                Kind::$kind
            }
            #[inline(always)]
            fn head(&self, out: &mut [u8]) {
                let to: fn(&$ty) -> $wire = $to;
                out.copy_from_slice(&to(self).to_le_bytes());
            }
            #[inline(always)]
            fn tail(&self, _: &mut Writer<'_>) -> Result<()> {
                Ok(())
            }
        }
        impl<'de> Decode<'de> for $ty {
            #[inline(always)]
            fn read(head: &[u8], _: &mut Reader<'de>) -> Result<$ty> {
                let from: fn($wire) -> Result<$ty> = $from;
                let mut bytes = [0; size_of::<$wire>()];
                bytes.copy_from_slice(head);
                from(<$wire>::from_le_bytes(bytes))
            }
        }
    )*};
}

scalar! {
    u8 as u8, NUMBER, U8, |v| *v, Ok;
    u16 as u16, NUMBER, U16, |v| *v, Ok;
    u32 as u32, NUMBER, U32, |v| *v, Ok;
    u64 as u64, NUMBER, U64, |v| *v, Ok;
    u128 as u128, NUMBER, U128, |v| *v, Ok;
    i8 as i8, NUMBER, I8, |v| *v, Ok;
    i16 as i16, NUMBER, I16, |v| *v, Ok;
    i32 as i32, NUMBER, I32, |v| *v, Ok;
    i64 as i64, NUMBER, I64, |v| *v, Ok;
    i128 as i128, NUMBER, I128, |v| *v, Ok;
    f32 as u32, NUMBER, F32, |v| v.to_bits(), |v| Ok(f32::from_bits(v));
    f64 as u64, NUMBER, F64, |v| v.to_bits(), |v| Ok(f64::from_bits(v));
    usize as u64, NO, U64, |v| *v as u64, |v| usize::try_from(v).map_err(|_| too_wide(v));
    isize as i64, NO, I64, |v| *v as i64, |v| isize::try_from(v).map_err(|_| too_wide(v));
    bool as u8, NO, Bool, |v| u8::from(*v), bool_of;
    char as u32, NO, Char, |v| u32::from(*v), |v| char::from_u32(v).ok_or_else(|| no_char(v));
}

#[inline(always)]
fn bool_of(byte: u8) -> Result<bool> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(no_flag(byte)),
    }
}

#[cold]
pub(crate) fn no_flag(byte: u8) -> Error {
    Error::malformed(format!("want 0 or 1, got {byte}"))
}

#[cold]
fn no_char(v: u32) -> Error {
    Error::malformed(format!("{v:#x} is not a character"))
}

#[cold]
fn too_wide(v: impl std::fmt::Display) -> Error {
    Error::malformed(format!("{v} does not fit a pointer-sized integer of this machine"))
}

impl Encode for () {
    #[inline(always)]
    fn shape() -> Shape {
        Shape::UNIT
    }
    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Unit
    }
    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}
    #[inline(always)]
    fn tail(&self, _: &mut Writer<'_>) -> Result<()> {
        Ok(())
    }
}

impl<'de> Decode<'de> for () {
    #[inline(always)]
    fn read(_: &[u8], _: &mut Reader<'de>) -> Result<()> {
        Ok(())
    }
}
