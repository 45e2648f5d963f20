//! The reading side: a `Deserializer` over the stream.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::names::read_name;
use super::tags::{self, Tag, read_tag};
use crate::error::{Error, ErrorKind, Result};
use crate::wire::Reader;

/// Reads one value.
pub(super) struct De<'a, 'de> {
    pub(super) r: &'a mut Reader<'de>,
    /// The names met in this serde value.
    pub(super) names: &'a mut Vec<&'de str>,
}

impl<'a, 'de> De<'a, 'de> {
    /// Shows the value to the visitor as it is.
    #[inline]
    fn show<V: Visitor<'de>>(self, tag: Tag<'de>, visitor: V) -> Result<V::Value> {
        match tag {
            Tag::Unit => visitor.visit_unit(),
            Tag::Bool(value) => visitor.visit_bool(value),
            Tag::Uint(value) => visitor.visit_u64(value),
            Tag::Int(value) => visitor.visit_i64(value),
            Tag::U128(value) => visitor.visit_u128(value),
            Tag::I128(value) => visitor.visit_i128(value),
            Tag::F32(value) => visitor.visit_f32(value),
            Tag::F64(value) => visitor.visit_f64(value),
            Tag::Char(value) => visitor.visit_char(value),
            Tag::Text(value) => visitor.visit_borrowed_str(value),
            Tag::Bytes(value) => visitor.visit_borrowed_bytes(value),
            Tag::None => visitor.visit_none(),
            Tag::Some => self.r.nested(|r| visitor.visit_some(De { r, names: self.names })),
            Tag::List(left) => self.elements(left, visitor),
            Tag::Map(left) => self.entries(left, false, visitor),
            Tag::Struct(left) => self.entries(left, true, visitor),
            // As text and as a map of one entry: what serde's buffers (untagged, flatten) can keep.
            Tag::UnitVariant => visitor.visit_borrowed_str(read_name(self.r, self.names)?),
            Tag::Variant => self.entries(1, true, visitor),
        }
    }

    /// Goes one level down for the parts of a compound, if there are any: as deep as the writer went.
    #[inline]
    fn below<R>(
        self,
        parts: usize,
        f: impl FnOnce(&mut Reader<'de>, &mut Vec<&'de str>) -> Result<R>,
    ) -> Result<R> {
        if parts == 0 { f(self.r, self.names) } else { self.r.nested(|r| f(r, self.names)) }
    }

    #[inline]
    fn elements<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value> {
        self.below(left, |r, names| {
            let mut parts = Parts { r, names, left, at: 0 };
            let value = visitor.visit_seq(&mut parts)?;
            parts.finish()?;
            Ok(value)
        })
    }

    #[inline]
    fn entries<V: Visitor<'de>>(self, left: usize, named: bool, visitor: V) -> Result<V::Value> {
        self.below(left, |r, names| {
            let mut map = Entries { parts: Parts { r, names, left, at: 0 }, named, field: None };
            let value = visitor.visit_map(&mut map)?;
            map.parts.finish()?;
            Ok(value)
        })
    }
}

/// Types that ask for themselves: what they most likely find is looked for first. They also take a value that was
/// optional when it was written.
macro_rules! typed {
    ($($method:ident $likely:ident $visit:ident;)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            if let Some(value) = tags::$likely(self.r)? {
                return visitor.$visit(value);
            }
            match read_tag(self.r)? {
                Tag::Some => self.r.nested(|r| De { r, names: self.names }.$method(visitor)),
                tag => self.show(tag, visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for De<'_, 'de> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let tag = read_tag(self.r)?;
        self.show(tag, visitor)
    }

    typed! {
        deserialize_u8 likely_uint visit_u64;
        deserialize_u16 likely_uint visit_u64;
        deserialize_u32 likely_uint visit_u64;
        deserialize_u64 likely_uint visit_u64;
        deserialize_i8 likely_uint visit_u64;
        deserialize_i16 likely_uint visit_u64;
        deserialize_i32 likely_uint visit_u64;
        deserialize_i64 likely_uint visit_u64;
        deserialize_u128 likely_uint visit_u64;
        deserialize_i128 likely_uint visit_u64;
        deserialize_f64 likely_f64 visit_f64;
        deserialize_str likely_text visit_borrowed_str;
        deserialize_string likely_text visit_borrowed_str;
        deserialize_identifier likely_text visit_borrowed_str;
        deserialize_bool unlikely visit_bool;
        deserialize_f32 unlikely visit_bool;
        deserialize_char unlikely visit_bool;
        deserialize_bytes unlikely visit_bool;
        deserialize_byte_buf unlikely visit_bool;
        deserialize_map unlikely visit_bool;
    }

    forward_to_deserialize_any! { unit unit_struct tuple_struct ignored_any }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match tags::likely_struct(self.r)? {
            Some(fields) => self.entries(fields, true, visitor),
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        match tags::likely_list(self.r)? {
            Some(elements) => self.elements(elements, visitor),
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some(elements) = tags::likely_list(self.r)? {
            return self.elements(elements, visitor);
        }
        match read_tag(self.r)? {
            Tag::Some => self.r.nested(|r| De { r, names: self.names }.deserialize_seq(visitor)),
            tag => self.show(tag, visitor),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        // Any other tag: the value was not optional when it was written, and is there.
        match self.r.rest().first() {
            Some(&tags::SOME) => {
                self.r.block(1)?;
                self.r.nested(|r| visitor.visit_some(De { r, names: self.names }))
            }
            Some(&tags::NONE) => {
                self.r.block(1)?;
                visitor.visit_none()
            }
            Some(&tags::UNIT) | None => self.deserialize_any(visitor),
            Some(_) => self.r.nested(|r| visitor.visit_some(De { r, names: self.names })),
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match read_tag(self.r)? {
            Tag::UnitVariant => {
                let variant = read_name(self.r, self.names)?;
                visitor.visit_enum(variant.into_deserializer())
            }
            Tag::Text(variant) => visitor.visit_enum(variant.into_deserializer()),
            Tag::Variant | Tag::Struct(1) => visitor.visit_enum(Chosen { de: self, named: true }),
            Tag::Map(1) => visitor.visit_enum(Chosen { de: self, named: false }),
            Tag::Some => {
                self.r.nested(|r| De { r, names: self.names }.deserialize_enum(name, variants, visitor))
            }
            other => {
                Err(Error::new(ErrorKind::TypeMismatch, format!("want a variant of `{name}`, got {other:?}")))
            }
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The elements of a list.
struct Parts<'a, 'de> {
    r: &'a mut Reader<'de>,
    names: &'a mut Vec<&'de str>,
    left: usize,
    at: usize,
}

impl<'de> Parts<'_, 'de> {
    #[inline]
    fn item<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        seed.deserialize(De { r: self.r, names: self.names })
    }

    fn finish(&self) -> Result<()> {
        match self.left {
            0 => Ok(()),
            left => {
                Err(Error::new(ErrorKind::TypeMismatch, format!("{left} more elements than the type takes")))
            }
        }
    }
}

impl<'de> de::SeqAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let value = self.item(seed).map_err(|error| error.at_index(self.at))?;
        self.at += 1;
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The entries of a map, or the fields of a struct.
struct Entries<'a, 'de> {
    parts: Parts<'a, 'de>,
    /// Whether the keys are names.
    named: bool,
    field: Option<&'de str>,
}

impl<'de> de::MapAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.parts.left == 0 {
            return Ok(None);
        }
        self.parts.left -= 1;
        self.parts.at += 1;
        if self.named {
            let name = read_name(self.parts.r, self.parts.names)?;
            self.field = Some(name);
            return seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some);
        }
        self.parts.item(seed).map(Some).map_err(|error| error.at_index(self.parts.at - 1))
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        self.parts.item(seed).map_err(|error| match self.field {
            Some(name) => error.at_name(name),
            None => error.at_index(self.parts.at - 1),
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.parts.left)
    }
}

/// A variant with its value.
struct Chosen<'a, 'de> {
    de: De<'a, 'de>,
    named: bool,
}

impl<'de> de::EnumAccess<'de> for Chosen<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self)> {
        let variant = if self.named {
            seed.deserialize(BorrowedStrDeserializer::<Error>::new(read_name(self.de.r, self.de.names)?))?
        } else {
            seed.deserialize(De { r: self.de.r, names: self.de.names })?
        };
        Ok((variant, self))
    }
}

impl<'de> de::VariantAccess<'de> for Chosen<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        self.newtype_variant_seed(std::marker::PhantomData::<de::IgnoredAny>).map(|_| ())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value> {
        self.de.r.nested(|r| seed.deserialize(De { r, names: self.de.names }))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.de.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.de.deserialize_any(visitor)
    }
}
