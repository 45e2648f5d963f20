//! Asking before anything is sent whether every field has a way.

use crate::encode::Encode;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::schema::leaves_of;

/// Checks that every field of `T`, and of the types below it, has a way: `Cerial`, a registered handler, or serde.
///
/// What stands behind a trait object is known only when it is met, so it is not looked at.
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
        let registry = self.registry();
        let mut missing: Vec<String> = Vec::new();
        let mut help: Vec<String> = Vec::new();
        for leaf in leaves_of::<T>() {
            match registry.handler_of(leaf.id).map(|index| registry.handler(index)) {
                Some(Ok(_)) => {}
                Some(Err(poisoned)) => missing.push(format!("`{}`: {poisoned}", leaf.path)),
                None if leaf.serde => {}
                None => {
                    let error = registry.no_handler(leaf.type_name);
                    missing.push(format!("`{}`: {error}", leaf.path));
                    if let Some(advice) = error.help()
                        && !help.iter().any(|known| known == advice)
                    {
                        help.push(advice.to_owned());
                    }
                }
            }
        }
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
