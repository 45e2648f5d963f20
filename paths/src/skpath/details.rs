//! [`SkpathDetails`]: everything about a path at one moment.

use std::fmt;

use super::Skpath;

/// What is known of a path, as plain text: for logs and tables.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SkpathDetails {
    /// The absolute path with `/`.
    pub ap: String,
    /// The project-relative path with `/`; empty outside a project.
    pub rp: String,
    /// The project's root with `/`.
    pub root: Option<String>,
    /// The id.
    pub id: String,
    /// The last name.
    pub name: String,
    /// Whether something stood there when the details were taken.
    pub exists: bool,
}

impl Skpath {
    /// Takes down what is known of this path, with one look at the disk.
    #[must_use]
    pub fn details(&self) -> SkpathDetails {
        SkpathDetails {
            ap: self.ap().into_owned(),
            rp: self.rp().into_owned(),
            root: self.root_str().map(|root| root.into_owned()),
            id: self.id(),
            name: self.name().into_owned(),
            exists: self.exists(),
        }
    }
}

impl fmt::Display for SkpathDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.root.as_deref().unwrap_or("none");
        let Self { ap, rp, id, name, exists, .. } = self;
        write!(f, "name: {name}\nrp: {rp}\nap: {ap}\nroot: {root}\nid: {id}\nexists: {exists}")
    }
}
