//! The shapes of a schema's kinds, computed without the types. The schema may be hostile.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Body, Field, Fields, Kind, Schema, Variant};
use crate::shape::Shape;

/// The largest head of a value.
const MAX_HEAD: usize = 1 << 30;
/// How many named types may stand directly in each other.
const MAX_INLINE: u32 = 1024;

/// A schema with the shape of each of its types.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) schema: Schema,
    shapes: Vec<Shape>,
}

#[derive(Clone, Copy)]
enum State {
    New,
    Busy,
    Done(Shape),
}

impl Layout {
    /// Computes all shapes.
    pub(super) fn new(schema: Schema) -> Result<Layout> {
        let mut states = vec![State::New; schema.types.len()];
        for index in 0..schema.types.len() {
            type_shape(&schema, index, &mut states, 0)?;
        }
        let shapes = states.into_iter().map(|state| match state {
            State::Done(shape) => shape,
            State::New | State::Busy => Shape::UNIT,
        });
        let layout = Layout { shapes: shapes.collect(), schema };
        // The root and the insides of lists stand in no type's head: checked on their own.
        kind_shape(&layout.schema, &layout.schema.root, &mut layout.states(), 0)?;
        Ok(layout)
    }

    fn states(&self) -> Vec<State> {
        self.shapes.iter().map(|shape| State::Done(*shape)).collect()
    }

    /// The shape of a kind of this schema.
    ///
    /// # Errors
    /// A head that is too large.
    pub(super) fn shape(&self, kind: &Kind) -> Result<Shape> {
        Ok(match kind {
            Kind::Type(index) => self.shapes[*index as usize],
            Kind::Option(inner) => self.shape(inner)?.optional(),
            Kind::Array(inner, n) => times(self.shape(inner)?, *n)?,
            Kind::Tuple(items) => {
                let mut shape = Shape::UNIT;
                for item in items {
                    shape = and(shape, self.shape(item)?)?;
                }
                shape
            }
            other => plain(other),
        })
    }

    /// A named type.
    pub(super) fn def(&self, index: u32) -> &crate::schema::TypeDef {
        &self.schema.types[index as usize]
    }
}

/// Whether an enum is only a tag in the head.
pub(super) fn is_tag(variants: &[Variant]) -> bool {
    variants.iter().all(|variant| matches!(variant.fields, Fields::Unit))
}

/// How many bytes an enum's tag takes.
pub(super) fn tag_bytes(variants: &[Variant]) -> usize {
    if variants.len() > 256 { 2 } else { 1 }
}

fn type_shape(schema: &Schema, index: usize, states: &mut Vec<State>, depth: u32) -> Result<Shape> {
    let def = &schema.types[index];
    match states[index] {
        State::Done(shape) => return Ok(shape),
        State::Busy => {
            return Err(Error::malformed(format!(
                "type `{}` of the schema holds itself without a pointer",
                def.name
            )));
        }
        State::New => {}
    }
    if depth > MAX_INLINE {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("more than {MAX_INLINE} types of the schema stand in each other"),
        ));
    }
    states[index] = State::Busy;
    let shape = super::node::down(|| match &def.body {
        Body::Struct(fields) => fields_shape(schema, fields.as_slice(), states, depth + 1),
        Body::Enum(variants) if is_tag(variants) => Ok(Shape::scalar(tag_bytes(variants))),
        Body::Enum(variants) => {
            // What a variant holds stands behind the tag, but it too must have a size.
            states[index] = State::Done(Shape::HEAP);
            for variant in variants {
                fields_shape(schema, variant.fields.as_slice(), states, depth + 1)?;
            }
            Ok(Shape::HEAP)
        }
    })?;
    states[index] = State::Done(shape);
    Ok(shape)
}

fn fields_shape(schema: &Schema, fields: &[Field], states: &mut Vec<State>, depth: u32) -> Result<Shape> {
    let mut shape = Shape::UNIT;
    for field in fields {
        shape = and(shape, kind_shape(schema, &field.kind, states, depth)?)?;
    }
    Ok(shape)
}

fn kind_shape(schema: &Schema, kind: &Kind, states: &mut Vec<State>, depth: u32) -> Result<Shape> {
    Ok(match kind {
        Kind::Type(index) => type_shape(schema, *index as usize, states, depth)?,
        Kind::Option(inner) => kind_shape(schema, inner, states, depth)?.optional(),
        Kind::Array(inner, n) => times(kind_shape(schema, inner, states, depth)?, *n)?,
        Kind::Tuple(items) => {
            let mut shape = Shape::UNIT;
            for item in items {
                shape = and(shape, kind_shape(schema, item, states, depth)?)?;
            }
            shape
        }
        other => plain(other),
    })
}

/// The shape of a kind that does not depend on others.
fn plain(kind: &Kind) -> Shape {
    match kind {
        Kind::Unit => Shape::UNIT,
        Kind::Bool | Kind::U8 | Kind::I8 => Shape::scalar(1),
        Kind::U16 | Kind::I16 => Shape::scalar(2),
        Kind::U32 | Kind::I32 | Kind::F32 | Kind::Char => Shape::scalar(4),
        Kind::U64 | Kind::I64 | Kind::F64 => Shape::scalar(8),
        Kind::U128 | Kind::I128 => Shape::scalar(16),
        Kind::Text | Kind::Function => Shape::TEXT,
        Kind::Boxed(_) => Shape::BOX,
        _ => Shape::HEAP,
    }
}

fn and(a: Shape, b: Shape) -> Result<Shape> {
    let head = checked(a.head.checked_add(b.head))?;
    Ok(Shape { head, tail: a.tail | b.tail, nests: a.nests | b.nests, min: a.min.saturating_add(b.min) })
}

fn times(shape: Shape, n: u32) -> Result<Shape> {
    let n = n as usize;
    let head = checked(shape.head.checked_mul(n))?;
    Ok(Shape {
        head,
        tail: shape.tail && n > 0,
        nests: shape.nests && n > 0,
        min: shape.min.saturating_mul(n),
    })
}

fn checked(head: Option<usize>) -> Result<usize> {
    head.filter(|head| *head <= MAX_HEAD).ok_or_else(|| {
        Error::new(
            ErrorKind::Limit,
            format!("a type of the schema takes more than {MAX_HEAD} bytes in place"),
        )
    })
}
