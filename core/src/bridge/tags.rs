//! The tags of a serde value.
//!
//! ```text
//! 0x00..=0x3f  an integer from 0 to 63         0x87..=0x8b  i8 i16 i32 i64 i128, little-endian, negative
//! 0x40..=0x5f  text of 0 to 31 bytes           0x8c f32   0x8d f64   0x8e char (u32)
//! 0x60..=0x6f  a struct of 0 to 15 fields      0x8f text: count, bytes     0x90 bytes: count, bytes
//! 0x70..=0x7f  a list of 0 to 15 elements      0x91 none   0x92 some: value
//! 0x80 unit  0x81 false  0x82 true             0x93 list: count, values
//! 0x83..=0x86  u8 u16 u32 u64, little-endian   0x94 map: count, keys and values in turn
//! 0x98 u128                                    0x95 struct: count, names and values in turn
//!                                              0x96 variant: name    0x97 variant: name, value
//! ```
//!
//! An integer takes the shortest form that holds it, whatever its type was. A name is a count: 0 and text at first
//! sight, its number (from 1, in the order of first sight within the serde value) later.

use crate::error::{Error, Result};
use crate::wire::{Reader, check_utf8};

pub(super) const SMALL_TEXT: u8 = 0x40;
pub(super) const SMALL_STRUCT: u8 = 0x60;
pub(super) const SMALL_LIST: u8 = 0x70;
pub(super) const UNIT: u8 = 0x80;
pub(super) const FALSE: u8 = 0x81;
pub(super) const TRUE: u8 = 0x82;
pub(super) const U8: u8 = 0x83;
pub(super) const U16: u8 = 0x84;
pub(super) const U32: u8 = 0x85;
pub(super) const U64: u8 = 0x86;
pub(super) const I8: u8 = 0x87;
pub(super) const I16: u8 = 0x88;
pub(super) const I32: u8 = 0x89;
pub(super) const I64: u8 = 0x8a;
pub(super) const I128: u8 = 0x8b;
pub(super) const F32: u8 = 0x8c;
pub(super) const F64: u8 = 0x8d;
pub(super) const CHAR: u8 = 0x8e;
pub(super) const TEXT: u8 = 0x8f;
pub(crate) const BYTES: u8 = 0x90;
pub(super) const NONE: u8 = 0x91;
pub(crate) const SOME: u8 = 0x92;
pub(super) const LIST: u8 = 0x93;
pub(super) const MAP: u8 = 0x94;
pub(super) const STRUCT: u8 = 0x95;
pub(crate) const UNIT_VARIANT: u8 = 0x96;
pub(crate) const VARIANT: u8 = 0x97;
pub(super) const U128: u8 = 0x98;

/// What a list's element or a struct's field is charged for at the least, whatever type it becomes.
const ELEMENT: usize = 16;

/// The start of a serde value: a whole scalar, or what the parts that follow make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tag<'de> {
    Unit,
    Bool(bool),
    Uint(u64),
    /// Below zero.
    Int(i64),
    /// Above 64 bits.
    U128(u128),
    /// Below 64 bits.
    I128(i128),
    F32(f32),
    F64(f64),
    Char(char),
    Text(&'de str),
    Bytes(&'de [u8]),
    None,
    /// The value follows.
    Some,
    /// So many values follow.
    List(usize),
    /// So many pairs follow.
    Map(usize),
    /// So many names and values follow.
    Struct(usize),
    /// A name follows.
    UnitVariant,
    /// A name and a value follow.
    Variant,
}

/// Takes an integer from zero up, if one is next.
#[inline(always)]
pub(super) fn likely_uint(r: &mut Reader<'_>) -> Result<Option<u64>> {
    let Some(&tag) = r.rest().first() else { return Ok(None) };
    macro_rules! wide {
        ($ty:ty) => {{
            r.block(1)?;
            u64::from(<$ty>::from_le_bytes(fixed(r)?))
        }};
    }
    Ok(Some(match tag {
        0..SMALL_TEXT => {
            r.block(1)?;
            u64::from(tag)
        }
        U8 => wide!(u8),
        U16 => wide!(u16),
        U32 => wide!(u32),
        U64 => wide!(u64),
        _ => return Ok(None),
    }))
}

/// Takes a wide float, if one is next.
#[inline(always)]
pub(super) fn likely_f64(r: &mut Reader<'_>) -> Result<Option<f64>> {
    if r.rest().first() != Some(&F64) {
        return Ok(None);
    }
    r.block(1)?;
    Ok(Some(f64::from_le_bytes(fixed(r)?)))
}

/// Takes text, if some is next.
#[inline(always)]
pub(super) fn likely_text<'de>(r: &mut Reader<'de>) -> Result<Option<&'de str>> {
    let text = match r.rest().first() {
        Some(&tag @ SMALL_TEXT..SMALL_STRUCT) => {
            r.block(1)?;
            let bytes = r.block(usize::from(tag - SMALL_TEXT))?;
            return text(r, bytes).map(Some);
        }
        Some(&TEXT) => {
            r.block(1)?;
            r.text()?
        }
        _ => return Ok(None),
    };
    r.charge(text.len())?;
    Ok(Some(text))
}

/// Takes the start of a struct or of a list, if it is a short one, and that is next: how many parts it has.
#[inline(always)]
fn likely_short(r: &mut Reader<'_>, tags: std::ops::Range<u8>, least: usize) -> Result<Option<usize>> {
    match r.rest().first() {
        Some(tag) if tags.contains(tag) => {
            let n = usize::from(tag - tags.start);
            r.block(1)?;
            charged(r, n, least).map(Some)
        }
        _ => Ok(None),
    }
}

/// Takes the start of a short struct, if one is next.
#[inline(always)]
pub(super) fn likely_struct(r: &mut Reader<'_>) -> Result<Option<usize>> {
    likely_short(r, SMALL_STRUCT..SMALL_LIST, 2)
}

/// Takes the start of a short list, if one is next.
#[inline(always)]
pub(super) fn likely_list(r: &mut Reader<'_>) -> Result<Option<usize>> {
    likely_short(r, SMALL_LIST..UNIT, 1)
}

/// Nothing is likelier than the rest.
#[inline(always)]
pub(super) fn unlikely(_: &mut Reader<'_>) -> Result<Option<bool>> {
    Ok(None)
}

/// Reads the start of a serde value. Counts are charged.
#[inline]
pub(crate) fn read_tag<'de>(r: &mut Reader<'de>) -> Result<Tag<'de>> {
    let tag = r.block(1)?[0];
    Ok(match tag {
        0..SMALL_TEXT => Tag::Uint(u64::from(tag)),
        SMALL_TEXT..SMALL_STRUCT => {
            let bytes = r.block(usize::from(tag - SMALL_TEXT))?;
            Tag::Text(text(r, bytes)?)
        }
        SMALL_STRUCT..SMALL_LIST => Tag::Struct(charged(r, usize::from(tag - SMALL_STRUCT), 2)?),
        SMALL_LIST..UNIT => Tag::List(charged(r, usize::from(tag - SMALL_LIST), 1)?),
        UNIT => Tag::Unit,
        FALSE => Tag::Bool(false),
        TRUE => Tag::Bool(true),
        U8 => Tag::Uint(u64::from(u8::from_le_bytes(fixed(r)?))),
        U16 => Tag::Uint(u64::from(u16::from_le_bytes(fixed(r)?))),
        U32 => Tag::Uint(u64::from(u32::from_le_bytes(fixed(r)?))),
        U64 => Tag::Uint(u64::from_le_bytes(fixed(r)?)),
        U128 => Tag::U128(u128::from_le_bytes(fixed(r)?)),
        I8 => Tag::Int(i64::from(i8::from_le_bytes(fixed(r)?))),
        I16 => Tag::Int(i64::from(i16::from_le_bytes(fixed(r)?))),
        I32 => Tag::Int(i64::from(i32::from_le_bytes(fixed(r)?))),
        I64 => Tag::Int(i64::from_le_bytes(fixed(r)?)),
        I128 => Tag::I128(i128::from_le_bytes(fixed(r)?)),
        F32 => Tag::F32(f32::from_le_bytes(fixed(r)?)),
        F64 => Tag::F64(f64::from_le_bytes(fixed(r)?)),
        CHAR => {
            let code = u32::from_le_bytes(fixed(r)?);
            Tag::Char(
                char::from_u32(code)
                    .ok_or_else(|| Error::malformed(format!("{code:#x} is not a character")))?,
            )
        }
        TEXT => {
            let bytes = r.bytes()?;
            Tag::Text(text(r, bytes)?)
        }
        BYTES => {
            let bytes = r.bytes()?;
            r.charge(bytes.len())?;
            Tag::Bytes(bytes)
        }
        NONE => Tag::None,
        SOME => Tag::Some,
        LIST => Tag::List(r.length(1, ELEMENT)?),
        MAP => Tag::Map(r.length(2, 2 * ELEMENT)?),
        STRUCT => Tag::Struct(r.length(2, ELEMENT)?),
        UNIT_VARIANT => Tag::UnitVariant,
        VARIANT => Tag::Variant,
        other => return Err(Error::malformed(format!("unknown tag {other:#x} of a serde value"))),
    })
}

#[inline]
fn charged(r: &mut Reader<'_>, n: usize, min: usize) -> Result<usize> {
    r.charge_elements(n, min, ELEMENT)?;
    Ok(n)
}

#[inline]
fn text<'de>(r: &mut Reader<'de>, bytes: &'de [u8]) -> Result<&'de str> {
    r.charge(bytes.len())?;
    check_utf8(bytes)
}

#[inline]
fn fixed<const N: usize>(r: &mut Reader<'_>) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    bytes.copy_from_slice(r.block(N)?);
    Ok(bytes)
}
