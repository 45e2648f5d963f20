//! What a schema weighs in memory, to be charged before it is copied.

use crate::schema::{Body, Field, Fields, Kind, Schema, TypeDef, Variant};

/// What a schema takes in memory, roughly.
pub(super) fn size_of_schema(schema: &Schema) -> usize {
    let fields = |fields: &Fields| -> usize {
        fields
            .as_slice()
            .iter()
            .map(|field| size_of::<Field>() + field.name.len() + size_of_kind(&field.kind))
            .sum()
    };
    let types = schema.types.iter().map(|def| {
        size_of::<TypeDef>()
            + def.name.len()
            + match &def.body {
                Body::Struct(parts) => fields(parts),
                Body::Enum(variants) => {
                    variants.iter().map(|v| size_of::<Variant>() + v.name.len() + fields(&v.fields)).sum()
                }
            }
    });
    types.sum::<usize>() + size_of_kind(&schema.root)
}

fn size_of_kind(kind: &Kind) -> usize {
    size_of::<Kind>()
        + match kind {
            Kind::Option(k)
            | Kind::Seq(k)
            | Kind::Array(k, _)
            | Kind::Boxed(k)
            | Kind::Shared(k)
            | Kind::Weak(k) => size_of_kind(k),
            Kind::Map(key, value) => size_of_kind(key) + size_of_kind(value),
            Kind::Tuple(kinds) => kinds.iter().map(size_of_kind).sum(),
            _ => 0,
        }
}
