//! Walking a serde value for live resources: a `Serializer` that writes nothing.
//!
//! Its fields, elements and keys push path segments on the walker. A `Live` inside a foreign type shows itself to the
//! walker of the thread when serde comes to it ([`Walker::through_serde`]).

use serde::ser::{self, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::walk::Walker;

/// Shows every live resource of a serde value to the walker.
pub(super) fn walk<T: Serialize + ?Sized>(value: &T, walker: &mut Walker<'_>) -> Result<()> {
    walker.through_serde(|walker| value.serialize(Walk { walker }))
}

struct Walk<'a, 'w> {
    walker: &'a mut Walker<'w>,
}

macro_rules! nothing {
    ($($method:ident($($ty:ty),*);)*) => {$(
        fn $method(self, $(_: $ty),*) -> Result<()> {
            Ok(())
        }
    )*};
}

impl<'a, 'w> Serializer for Walk<'a, 'w> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parts<'a, 'w>;
    type SerializeTuple = Parts<'a, 'w>;
    type SerializeTupleStruct = Parts<'a, 'w>;
    type SerializeTupleVariant = Parts<'a, 'w>;
    type SerializeMap = Parts<'a, 'w>;
    type SerializeStruct = Parts<'a, 'w>;
    type SerializeStructVariant = Parts<'a, 'w>;

    nothing! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        stacker::maybe_grow(64 << 10, 1 << 20, || value.serialize(self))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        stacker::maybe_grow(64 << 10, 1 << 20, || value.serialize(self))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a, 'w>> {
        Ok(Parts::new(self))
    }
    fn serialize_tuple(self, _: usize) -> Result<Parts<'a, 'w>> {
        Ok(Parts::new(self))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'a, 'w>> {
        Ok(Parts::new(self))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Parts<'a, 'w>> {
        Ok(Parts::new(self))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a, 'w>> {
        Ok(Parts::new(self))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a, 'w>> {
        Ok(Parts::new(self))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Parts<'a, 'w>> {
        Ok(Parts::new(self))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The parts of a list, map or struct.
struct Parts<'a, 'w> {
    walker: &'a mut Walker<'w>,
    at: usize,
    key: Option<String>,
}

impl<'a, 'w> Parts<'a, 'w> {
    fn new(walk: Walk<'a, 'w>) -> Parts<'a, 'w> {
        Parts { walker: walk.walker, at: 0, key: None }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.at += 1;
        self.walker.index(self.at - 1, |walker| value.serialize(Walk { walker }))
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.walker.field(name, |walker| value.serialize(Walk { walker }))
    }
}

macro_rules! parts {
    ($($trait:ident $method:ident($($name:ident: $ty:ty)?) $to:ident;)*) => {$(
        impl ser::$trait for Parts<'_, '_> {
            type Ok = ();
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $ty,)? value: &T) -> Result<()> {
                self.$to($($name,)? value)
            }
            fn end(self) -> Result<()> {
                Ok(())
            }
        }
    )*};
}
parts! {
    SerializeSeq serialize_element() element;
    SerializeTuple serialize_element() element;
    SerializeTupleStruct serialize_field() element;
    SerializeTupleVariant serialize_field() element;
    SerializeStruct serialize_field(name: &'static str) field;
    SerializeStructVariant serialize_field(name: &'static str) field;
}

impl ser::SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        // Text or a number names the entry; what else keys are, the entry goes by its position.
        self.key = match serde_json::to_value(key) {
            Ok(serde_json::Value::String(text)) => Some(text),
            Ok(serde_json::Value::Number(number)) => Some(number.to_string()),
            Ok(serde_json::Value::Bool(value)) => Some(value.to_string()),
            _ => None,
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.at += 1;
        match self.key.take() {
            Some(key) => self.walker.key(key, |walker| value.serialize(Walk { walker })),
            None => self.walker.index(self.at - 1, |walker| value.serialize(Walk { walker })),
        }
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}
