//! What each step of a path saw: for errors with [`Options::debug`](crate::Options::debug).

use crate::error::{Error, Step, render_path};
use crate::schema::{Body, Field, Fields, Kind, Root, Schema};

impl Error {
    /// Adds a line for each step from the root to the place: the path and the type that stands there.
    #[cold]
    pub(crate) fn through(mut self, root: &Root) -> Error {
        let steps: Vec<Step> = self.steps().cloned().collect();
        let schema = &root.schema;
        let mut at = Some(&schema.root);
        self = self.seen(format!("the root: {}", root.name));
        for end in 1..=steps.len() {
            at = at.and_then(|kind| below(schema, kind, &steps[end - 1]));
            let what = match at {
                Some(kind) => schema.name(through(kind)),
                // Behind an object, a handler or serde.
                None => "a type that the schema leaves open".to_owned(),
            };
            self = self.seen(format!("`{}`: {what}", render_path(steps[..end].iter())));
        }
        self
    }
}

/// What a pointer or a cell holds.
fn through(mut kind: &Kind) -> &Kind {
    while let Kind::Boxed(inner) | Kind::Shared(inner) | Kind::Weak(inner) = kind {
        kind = inner;
    }
    kind
}

/// The kind one step down.
fn below<'s>(schema: &'s Schema, kind: &'s Kind, step: &Step) -> Option<&'s Kind> {
    let mut kind = through(kind);
    while let Kind::Option(inner) = kind {
        kind = through(inner);
    }
    match (kind, step) {
        (Kind::Seq(inner) | Kind::Array(inner, _), Step::Index(_)) => Some(inner),
        (Kind::Map(_, value), Step::Index(_) | Step::Key(_)) => Some(value),
        (Kind::Tuple(kinds), Step::Index(index)) => kinds.get(*index),
        (Kind::Type(index), step) => {
            let name = match step {
                Step::Field(name) => (*name).to_owned(),
                Step::Name(name) | Step::Key(name) => name.clone(),
                Step::Index(index) => index.to_string(),
            };
            match &schema.types.get(*index as usize)?.body {
                Body::Struct(fields) => field(fields, &name),
                // The step of a variant stays where it is.
                Body::Enum(variants) if variants.iter().any(|variant| variant.name == name) => Some(kind),
                Body::Enum(variants) => variants.iter().find_map(|variant| field(&variant.fields, &name)),
            }
        }
        _ => None,
    }
}

fn field<'s>(fields: &'s Fields, name: &str) -> Option<&'s Kind> {
    let found = |field: &&Field| field.name == name;
    match fields {
        Fields::Unit => None,
        Fields::Tuple(fields) => fields.get(name.parse::<usize>().ok()?).map(|field| &field.kind),
        Fields::Named(fields) => fields.iter().find(found).map(|field| &field.kind),
    }
}
