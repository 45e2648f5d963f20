//! Schemas as bytes: written once per stream, and hostile when they are read.

use crate::error::{Error, Result};
use crate::options::{Mode, Options};
use crate::schema::{Body, Field, Fields, Kind, Schema, TypeDef, Variant};
use crate::wire::{Reader, Writer};

/// How deep kinds may nest in each other between named types.
const MAX_KIND_DEPTH: u32 = 64;

const SCALARS: [Kind; 21] = [
    Kind::Unit,
    Kind::Bool,
    Kind::U8,
    Kind::U16,
    Kind::U32,
    Kind::U64,
    Kind::U128,
    Kind::I8,
    Kind::I16,
    Kind::I32,
    Kind::I64,
    Kind::I128,
    Kind::F32,
    Kind::F64,
    Kind::Char,
    Kind::Text,
    Kind::Leaf,
    Kind::Object,
    Kind::Serde,
    Kind::Live,
    Kind::Function,
];
const OPTION: usize = 32;
const SEQ: usize = 33;
const ARRAY: usize = 34;
const MAP: usize = 35;
const TUPLE: usize = 36;
const TYPE: usize = 37;
const BOXED: usize = 38;
const SHARED: usize = 39;
const WEAK: usize = 40;

/// Encodes a schema.
pub(crate) fn schema_to_bytes(schema: &Schema) -> Vec<u8> {
    let options = Options::new();
    let mut w = Writer::new(Vec::new(), &options);
    w.count(schema.types.len());
    for def in &schema.types {
        w.bytes(def.name.as_bytes());
        match &def.body {
            Body::Struct(fields) => {
                w.count(0);
                put_fields(&mut w, fields);
            }
            Body::Enum(variants) => {
                w.count(1);
                w.count(variants.len());
                for variant in variants {
                    w.bytes(variant.name.as_bytes());
                    put_fields(&mut w, &variant.fields);
                }
            }
        }
    }
    put_kind(&mut w, &schema.root);
    w.into_vec()
}

fn put_fields(w: &mut Writer<'_>, fields: &Fields) {
    w.count(match fields {
        Fields::Unit => return w.count(0),
        Fields::Tuple(_) => 1,
        Fields::Named(_) => 2,
    });
    w.count(fields.as_slice().len());
    for field in fields.as_slice() {
        if matches!(fields, Fields::Named(_)) {
            w.bytes(field.name.as_bytes());
        }
        put_kind(w, &field.kind);
    }
}

fn put_kind(w: &mut Writer<'_>, kind: &Kind) {
    match kind {
        Kind::Option(inner) => put_inner(w, OPTION, inner),
        Kind::Seq(inner) => put_inner(w, SEQ, inner),
        Kind::Boxed(inner) => put_inner(w, BOXED, inner),
        Kind::Shared(inner) => put_inner(w, SHARED, inner),
        Kind::Weak(inner) => put_inner(w, WEAK, inner),
        Kind::Array(inner, n) => {
            put_inner(w, ARRAY, inner);
            w.count(*n as usize);
        }
        Kind::Map(key, value) => {
            put_inner(w, MAP, key);
            put_kind(w, value);
        }
        Kind::Tuple(items) => {
            w.count(TUPLE);
            w.count(items.len());
            items.iter().for_each(|item| put_kind(w, item));
        }
        Kind::Type(index) => {
            w.count(TYPE);
            w.count(*index as usize);
        }
        scalar => w.count(
            SCALARS
                .iter()
                .position(|s| s == scalar)
                .expect("invariant: every kind without parts is in the table"),
        ),
    }
}

fn put_inner(w: &mut Writer<'_>, tag: usize, inner: &Kind) {
    w.count(tag);
    put_kind(w, inner);
}

/// Decodes a schema under the limits of the call. Type indexes are checked, inline recursion is refused.
pub(crate) fn schema_from_bytes(bytes: &[u8], options: &Options) -> Result<Schema> {
    let r = &mut Reader::new(bytes, options, Mode::Portable);
    let n = r.length(3, size_of::<TypeDef>())?;
    let mut types = Vec::with_capacity(n);
    for _ in 0..n {
        let name = r.string()?;
        let body = match r.count()? {
            0 => Body::Struct(fields(r, n)?),
            1 => {
                let len = r.length(2, size_of::<Variant>())?;
                let mut variants = Vec::with_capacity(len);
                for _ in 0..len {
                    variants.push(Variant { name: r.string()?, aliases: &[], fields: fields(r, n)? });
                }
                Body::Enum(variants)
            }
            other => {
                return Err(Error::malformed(format!("unknown body {other} of type `{name}` in the schema")));
            }
        };
        types.push(TypeDef { name, aliases: &[], body });
    }
    let root = kind(r, n, MAX_KIND_DEPTH)?;
    r.finish()?;
    Ok(Schema { types, root })
}

fn fields(r: &mut Reader<'_>, types: usize) -> Result<Fields> {
    let named = match r.count()? {
        0 => return Ok(Fields::Unit),
        1 => false,
        2 => true,
        other => return Err(Error::malformed(format!("unknown field style {other} in the schema"))),
    };
    let n = r.length(1 + usize::from(named), size_of::<Field>())?;
    let mut fields = Vec::with_capacity(n);
    for _ in 0..n {
        let name = if named { r.string()? } else { String::new() };
        fields.push(Field { name, aliases: &[], kind: kind(r, types, MAX_KIND_DEPTH)?, default: None });
    }
    Ok(if named { Fields::Named(fields) } else { Fields::Tuple(fields) })
}

fn kind(r: &mut Reader<'_>, types: usize, depth: u32) -> Result<Kind> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Error::malformed(format!("kinds nest deeper than {MAX_KIND_DEPTH} in the schema")));
    };
    let tag = r.count()?;
    if let Some(scalar) = SCALARS.get(tag) {
        return Ok(scalar.clone());
    }
    r.charge(size_of::<Kind>())?;
    let inner = |r: &mut Reader<'_>| kind(r, types, depth).map(Box::new);
    Ok(match tag {
        OPTION => Kind::Option(inner(r)?),
        SEQ => Kind::Seq(inner(r)?),
        BOXED => Kind::Boxed(inner(r)?),
        SHARED => Kind::Shared(inner(r)?),
        WEAK => Kind::Weak(inner(r)?),
        ARRAY => {
            let item = inner(r)?;
            let n = u32::try_from(r.count()?)
                .map_err(|_| Error::malformed("an array in the schema is too long"))?;
            Kind::Array(item, n)
        }
        MAP => Kind::Map(inner(r)?, inner(r)?),
        TUPLE => {
            let n = r.length(1, size_of::<Kind>())?;
            let mut items = Vec::with_capacity(n);
            for _ in 0..n {
                items.push(kind(r, types, depth)?);
            }
            Kind::Tuple(items)
        }
        TYPE => {
            let index = r.count()?;
            if index >= types {
                return Err(Error::malformed(format!("type {index} of {types} in the schema")));
            }
            Kind::Type(index as u32)
        }
        other => return Err(Error::malformed(format!("unknown kind {other} in the schema"))),
    })
}
