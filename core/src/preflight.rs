//! Asking before anything is sent whether every field has a way.

use std::any::TypeId;

use crate::encode::Encode;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::registry::Registry;
use crate::schema::{LeafUse, uses_of};

/// Checks that every field of `T`, and of the types below it, has a way: `Cerial`, a registered handler, or serde.
///
/// Behind a trait object stands any of the types that are registered for the trait: all of them are looked at.
///
/// # Errors
/// [`ErrorKind::Unknown`], naming every field that has none with its type.
///
/// ```
/// #[derive(cerial::Cerial)]
/// struct Page { title: String, canvas: Canvas }
/// struct Canvas; // no `Cerial`, no handler, no serde
///
/// let error = cerial::preflight::<Page>().unwrap_err();
/// assert!(error.to_string().contains("canvas"), "{error}");
/// cerial::preflight::<Vec<String>>()?;
/// # Ok::<(), cerial::Error>(())
/// ```
pub fn preflight<T: Encode + ?Sized>() -> Result<()> {
    Options::new().preflight::<T>()
}

impl Options {
    /// [`preflight`] with these options' registry.
    ///
    /// # Errors
    /// As there.
    pub fn preflight<T: Encode + ?Sized>(&self) -> Result<()> {
        let mut found = Missing { registry: self.registry(), fields: Vec::new(), help: Vec::new() };
        let mut traits: Vec<TypeId> = Vec::new();
        let mut waiting = vec![(String::new(), uses_of::<T>())];
        while let Some((before, uses)) = waiting.pop() {
            for leaf in &uses.leaves {
                found.leaf(&before, leaf);
            }
            for object in uses.objects {
                if traits.contains(&object.id) {
                    continue;
                }
                traits.push(object.id);
                let path = format!("{before}{}", object.path);
                let mut types = found.registry.objects().behind(object.id).peekable();
                if types.peek().is_none() {
                    found.note(&path, &no_type(object.trait_name));
                }
                for (name, entry) in types {
                    waiting.push((format!("{path} -> {name}."), entry.uses()));
                }
            }
        }
        let Missing { fields: missing, help, .. } = found;
        if missing.is_empty() {
            return Ok(());
        }
        let count = missing.len();
        let message = format!(
            "{count} {} of `{}` cannot be serialized: {}",
            if count == 1 { "field" } else { "fields" },
            std::any::type_name::<T>(),
            missing.join("; ")
        );
        Err(Error::new(ErrorKind::Unknown, message).with_help(help.join("; ")))
    }
}

/// The fields that have no way.
struct Missing<'r> {
    registry: &'r Registry,
    fields: Vec<String>,
    help: Vec<String>,
}

impl Missing<'_> {
    fn leaf(&mut self, before: &str, leaf: &LeafUse) {
        let path = format!("{before}{}", leaf.path);
        match self.registry.handler_of(leaf.id).map(|index| self.registry.handler(index)) {
            Some(Ok(_)) => {}
            Some(Err(poisoned)) => self.note(&path, &poisoned),
            None if leaf.serde => {}
            None => {
                let error = self.registry.no_handler(leaf.type_name);
                self.note(&path, &error);
            }
        }
    }

    fn note(&mut self, path: &str, error: &Error) {
        self.fields.push(format!("`{path}`: {error}"));
        if let Some(advice) = error.help()
            && !self.help.iter().any(|known| known == advice)
        {
            self.help.push(advice.to_owned());
        }
    }
}

fn no_type(trait_name: &str) -> Error {
    Error::new(ErrorKind::Unknown, format!("no type is registered for `dyn {trait_name}`"))
        .with_help("put `#[cerial::object]` on the `impl`s, and link their crates with `use .. as _;`")
}
