//! The writing side: a `Serializer` straight into the stream.

use serde::ser::{self, Serialize, Serializer};

use super::names::{WriteNames, put_name};
use super::tags;
use crate::error::{Error, Result};
use crate::wire::{Level, Walk, Writer};

/// Writes an integer from zero up, in its shortest form.
#[inline]
fn put_uint(w: &mut Writer<'_>, value: u64) {
    if value < u64::from(tags::SMALL_TEXT) {
        return w.raw(&[value as u8]);
    }
    put_wide(w, tags::U8, value, value);
}

/// Writes an integer of up to 64 bits, in its shortest form.
#[inline]
fn put_signed(w: &mut Writer<'_>, value: i64) {
    match u64::try_from(value) {
        Ok(value) => put_uint(w, value),
        // What an integer below zero has in its low bits beside the sign, from zero up.
        Err(_) => put_wide(w, tags::I8, value as u64, (!value as u64) << 1),
    }
}

/// Writes the lowest 1, 2, 4 or 8 bytes of `value`: as many as `size` takes. Tag `first` is that of one byte.
#[inline(always)]
fn put_wide(w: &mut Writer<'_>, first: u8, value: u64, size: u64) {
    let class = u8::from(size > 0xff) + u8::from(size > 0xffff) + u8::from(size > 0xffff_ffff);
    w.tagged(first + class, value, 1 << class);
}

/// Writes an integer of up to 64 bits in its shortest form, and of 128 bits where it needs them.
pub(crate) fn put_int(w: &mut Writer<'_>, value: i128) {
    if let Ok(value) = u64::try_from(value) {
        put_uint(w, value);
    } else if let Ok(value) = i64::try_from(value) {
        put_signed(w, value);
    } else if let Ok(value) = u128::try_from(value) {
        fixed(w, tags::U128, value.to_le_bytes());
    } else {
        fixed(w, tags::I128, value.to_le_bytes());
    }
}

/// Writes text.
#[inline]
pub(crate) fn put_text(w: &mut Writer<'_>, text: &str) {
    if text.len() < usize::from(tags::SMALL_STRUCT - tags::SMALL_TEXT) {
        w.prefixed(tags::SMALL_TEXT + text.len() as u8, text.as_bytes());
    } else {
        w.raw(&[tags::TEXT]);
        w.bytes(text.as_bytes());
    }
}

/// What has parts and a count of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compound {
    List,
    Map,
    Struct,
}

/// Writes the start of a list, map or struct.
#[inline]
pub(crate) fn put_length(w: &mut Writer<'_>, compound: Compound, n: usize) {
    let (small, large) = match compound {
        Compound::List => (tags::SMALL_LIST, tags::LIST),
        Compound::Struct => (tags::SMALL_STRUCT, tags::STRUCT),
        Compound::Map => {
            w.raw(&[tags::MAP]);
            return w.count(n);
        }
    };
    if n < 16 {
        w.raw(&[small + n as u8]);
    } else {
        w.raw(&[large]);
        w.count(n);
    }
}

#[inline(always)]
fn fixed<const N: usize>(w: &mut Writer<'_>, tag: u8, bytes: [u8; N]) {
    let block = w.block(1 + N);
    block[0] = tag;
    block[1..].copy_from_slice(&bytes);
}

/// Writes one value.
pub(super) struct Ser<'a, 'o> {
    pub(super) w: &'a mut Writer<'o>,
    pub(super) names: &'a mut WriteNames<'static>,
}

impl<'a, 'o> Ser<'a, 'o> {
    #[inline]
    fn open(self, compound: Compound, declared: Option<usize>) -> Parts<'a, 'o> {
        let start = self.w.len();
        if let Some(n) = declared {
            put_length(self.w, compound, n);
        }
        let body = self.w.len();
        let level = self.w.enter();
        Parts { w: self.w, names: self.names, compound, declared, n: 0, level, start, body }
    }

    #[inline]
    fn variant(&mut self, tag: u8, name: &'static str) {
        self.w.raw(&[tag]);
        put_name(self.w, self.names, name);
    }
}

macro_rules! ints {
    ($($method:ident $ty:ty, $put:ident;)*) => {$(
        #[inline]
        fn $method(self, value: $ty) -> Result<()> {
            $put(self.w, value.into());
            Ok(())
        }
    )*};
}

impl<'a, 'o> Serializer for Ser<'a, 'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parts<'a, 'o>;
    type SerializeTuple = Parts<'a, 'o>;
    type SerializeTupleStruct = Parts<'a, 'o>;
    type SerializeTupleVariant = Parts<'a, 'o>;
    type SerializeMap = Parts<'a, 'o>;
    type SerializeStruct = Parts<'a, 'o>;
    type SerializeStructVariant = Parts<'a, 'o>;

    ints! {
        serialize_u8 u8, put_uint;
        serialize_u16 u16, put_uint;
        serialize_u32 u32, put_uint;
        serialize_u64 u64, put_uint;
        serialize_i8 i8, put_signed;
        serialize_i16 i16, put_signed;
        serialize_i32 i32, put_signed;
        serialize_i64 i64, put_signed;
        serialize_i128 i128, put_int;
    }

    fn serialize_u128(self, value: u128) -> Result<()> {
        match i128::try_from(value) {
            Ok(value) => put_int(self.w, value),
            Err(_) => fixed(self.w, tags::U128, value.to_le_bytes()),
        }
        Ok(())
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<()> {
        self.w.raw(&[if value { tags::TRUE } else { tags::FALSE }]);
        Ok(())
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<()> {
        fixed(self.w, tags::F32, value.to_le_bytes());
        Ok(())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<()> {
        fixed(self.w, tags::F64, value.to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        fixed(self.w, tags::CHAR, u32::from(value).to_le_bytes());
        Ok(())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<()> {
        put_text(self.w, value);
        Ok(())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        self.w.raw(&[tags::BYTES]);
        self.w.bytes(value);
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Result<()> {
        self.w.raw(&[tags::NONE]);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        self.w.raw(&[tags::SOME]);
        self.w.nested(|w| value.serialize(Ser { w, names: self.names }))
    }

    #[inline]
    fn serialize_unit(self) -> Result<()> {
        self.w.raw(&[tags::UNIT]);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_unit_variant(mut self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.variant(tags::UNIT_VARIANT, variant);
        Ok(())
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        self.variant(tags::VARIANT, variant);
        self.w.nested(|w| value.serialize(Ser { w, names: self.names })).map_err(|e| e.at_field(variant))
    }

    #[inline]
    fn serialize_seq(self, len: Option<usize>) -> Result<Parts<'a, 'o>> {
        Ok(self.open(Compound::List, len))
    }

    #[inline]
    fn serialize_tuple(self, len: usize) -> Result<Parts<'a, 'o>> {
        Ok(self.open(Compound::List, Some(len)))
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Parts<'a, 'o>> {
        Ok(self.open(Compound::List, Some(len)))
    }

    #[inline]
    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Parts<'a, 'o>> {
        self.variant(tags::VARIANT, variant);
        Ok(self.open(Compound::List, Some(len)))
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<Parts<'a, 'o>> {
        Ok(self.open(Compound::Map, len))
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Parts<'a, 'o>> {
        Ok(self.open(Compound::Struct, Some(len)))
    }

    #[inline]
    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Parts<'a, 'o>> {
        self.variant(tags::VARIANT, variant);
        Ok(self.open(Compound::Struct, Some(len)))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// Writes the parts of a list, map or struct.
pub(super) struct Parts<'a, 'o> {
    w: &'a mut Writer<'o>,
    names: &'a mut WriteNames<'static>,
    compound: Compound,
    declared: Option<usize>,
    n: usize,
    level: Level,
    start: usize,
    body: usize,
}

impl Parts<'_, '_> {
    #[inline]
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        match self.level {
            Level::Open => value.serialize(Ser { w: self.w, names: self.names }),
            level => self.item_with_care(level, value),
        }
    }

    #[inline(never)]
    fn item_with_care<T: Serialize + ?Sized>(&mut self, level: Level, value: &T) -> Result<()> {
        self.w.below(level, |w| value.serialize(Ser { w, names: self.names }))
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.item(value).map_err(|error| error.at_index(self.n))?;
        self.n += 1;
        Ok(())
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        put_name(self.w, self.names, name);
        self.n += 1;
        self.item(value).map_err(|error| error.at_field(name))
    }

    #[inline]
    fn close(self) -> Result<()> {
        self.w.leave(self.level);
        if self.declared != Some(self.n) {
            self.recount();
        }
        Ok(())
    }

    /// Puts the true count before parts whose number was not known, or told wrongly.
    #[inline(never)]
    fn recount(self) {
        let body = self.w.written()[self.body..].to_vec();
        self.w.truncate(self.start);
        put_length(self.w, self.compound, self.n);
        self.w.raw(&body);
    }
}

macro_rules! elements {
    ($($trait:ident $method:ident)*) => {$(
        impl ser::$trait for Parts<'_, '_> {
            type Ok = ();
            type Error = Error;
            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.element(value)
            }
            #[inline]
            fn end(self) -> Result<()> {
                self.close()
            }
        }
    )*};
}
elements! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($trait:ident)*) => {$(
        impl ser::$trait for Parts<'_, '_> {
            type Ok = ();
            type Error = Error;
            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
                self.field(name, value)
            }
            #[inline]
            fn end(self) -> Result<()> {
                self.close()
            }
        }
    )*};
}
fields!(SerializeStruct SerializeStructVariant);

impl ser::SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = Error;
    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.n += 1;
        self.item(key).map_err(|error| error.at_index(self.n - 1))
    }
    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.item(value).map_err(|error| error.at_index(self.n - 1))
    }
    #[inline]
    fn end(self) -> Result<()> {
        self.close()
    }
}
