//! What a resource asks for and what it touches.

/// Whether a resource takes a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Auth {
    /// Never: it connects by itself at the first use.
    None,
    /// Depends on the resource: without a secret it is tried, and may ask for one.
    Optional,
    /// Always: a missing secret is found before anything is opened.
    Required,
}

/// What connecting a resource touches, for the [`ReconnectPolicy`](super::ReconnectPolicy).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reach {
    /// Nothing outside the process.
    Memory,
    /// A file of that path.
    File(String),
    /// A host of that name or address.
    Host(String),
    /// Starts a thread.
    Thread,
    /// Starts a program.
    Process,
    /// Something else.
    Other,
}
