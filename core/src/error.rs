//! The one error of the crate: a kind for programs, a line for people, a trail for debugging.

use std::fmt::{self, Write as _};

/// Shorthand for results whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, for programs that must decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not of this format, or are damaged.
    Malformed,
    /// The bytes end too soon.
    Truncated,
    /// Bytes are left after the value.
    Trailing,
    /// The bytes were written by a newer version of the format.
    NewerVersion,
    /// A budget of [`Limits`](crate::Limits) is spent: size, memory, elements or depth.
    Limit,
    /// The bytes hold another type than the one asked for.
    TypeMismatch,
    /// No handler, type, function or reconnector of that key is registered.
    Unknown,
    /// Two registrations claim one key.
    Duplicate,
    /// A value refuses to be written in its present state (borrowed, poisoned, locked, ..).
    Unwritable,
    /// A cycle that no placeholder can close.
    Cycle,
    /// A handler or a user's code failed while a value was taken apart.
    Extract,
    /// A handler or a user's code failed while a value was put together.
    Rebuild,
    /// A field that the reader needs is missing in the bytes.
    MissingField,
    /// A resource is a placeholder: reconnect it first.
    NotConnected,
    /// A resource could not be connected.
    Connect,
    /// Credentials are not in the form described.
    Credentials,
    /// Reading from or writing to a stream failed.
    Io,
    /// Anything else.
    Other,
}

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Field(&'static str),
    Name(String),
    Index(usize),
    Key(String),
}

struct Inner {
    kind: ErrorKind,
    message: String,
    /// Innermost first: steps are added while the error travels outwards.
    path: Vec<Step>,
    root: Option<String>,
    handler: Option<String>,
    help: Option<String>,
    trail: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Why a value could not be written, read, or reconnected.
///
/// `Display` is one line; `Debug` is a paragraph with the trail that led to the place; [`Error::kind`] is for
/// programs. It is one word wide.
pub struct Error(Box<Inner>);

impl Error {
    /// Makes an error of a kind with a message (lower case, no full stop).
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            path: Vec::new(),
            root: None,
            handler: None,
            help: None,
            trail: Vec::new(),
            source: None,
        }))
    }

    /// Makes an error of [`ErrorKind::Other`].
    #[cold]
    pub fn other(message: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Other, message.to_string())
    }

    /// Wraps the reason why a handler could not take a value apart.
    #[cold]
    pub fn extract(reason: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Extract, reason.to_string())
    }

    /// Wraps the reason why a handler could not put a value together.
    #[cold]
    pub fn rebuild(reason: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Rebuild, reason.to_string())
    }

    #[cold]
    pub(crate) fn malformed(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Malformed, message)
    }

    #[cold]
    pub(crate) fn truncated(wanted: usize, left: usize) -> Error {
        Error::new(
            ErrorKind::Truncated,
            format!("the bytes end too soon: {wanted} more are needed, {left} are left"),
        )
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it went wrong, as a path into the value (`jobs[2].db`); empty at the root.
    pub fn path(&self) -> String {
        render_path(self.0.path.iter().rev())
    }

    /// The key of the handler or reconnector that failed, if one did.
    pub fn handler(&self) -> Option<&str> {
        self.0.handler.as_deref()
    }

    /// What to do about it, if there is something to say.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Error {
        self.0.help.get_or_insert_with(|| help.into());
        self
    }

    /// Adds the error that caused this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.0.source = Some(source.into());
        self
    }

    /// Names the handler that was at work.
    #[must_use]
    #[cold]
    pub(crate) fn in_handler(mut self, key: &str) -> Error {
        self.0.handler.get_or_insert_with(|| key.to_owned());
        self
    }

    /// Names the root type.
    #[must_use]
    #[cold]
    pub(crate) fn in_root(mut self, root: &str) -> Error {
        self.0.root.get_or_insert_with(|| root.to_owned());
        self
    }

    /// Adds a line that only `Debug` shows.
    #[must_use]
    #[cold]
    pub(crate) fn seen(mut self, what: impl Into<String>) -> Error {
        self.0.trail.push(what.into());
        self
    }

    /// The steps from the root to the place.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.path.iter().rev()
    }

    /// Adds the field that was being worked on.
    #[doc(hidden)]
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn at_field(mut self, name: &'static str) -> Error {
        self.0.path.push(Step::Field(name));
        self
    }

    #[must_use]
    #[cold]
    pub(crate) fn at_name(mut self, name: &str) -> Error {
        self.0.path.push(Step::Name(name.to_owned()));
        self
    }

    /// Adds the element that was being worked on.
    #[doc(hidden)]
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn at_index(mut self, index: usize) -> Error {
        self.0.path.push(Step::Index(index));
        self
    }

    #[must_use]
    #[cold]
    pub(crate) fn at_key(mut self, key: String) -> Error {
        self.0.path.push(Step::Key(key));
        self
    }
}

/// Writes steps as `jobs[2].db`, outermost first.
pub(crate) fn render_path<'a>(steps: impl Iterator<Item = &'a Step>) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Field(name) => push_name(&mut out, name),
            Step::Name(name) => push_name(&mut out, name),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Key(key) => out.push_str(&format!("[{key}]")),
        }
    }
    out
}

fn push_name(out: &mut String, name: &str) {
    if !out.is_empty() {
        out.push('.');
    }
    out.push_str(name);
}

/// Keeps text on one line and free of control characters: names out of a stranger's bytes and the words of handlers
/// stand in messages. Line breaks become spaces.
struct OneLine<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (at, part) in text.split(['\n', '\r']).enumerate() {
            if at > 0 {
                self.0.write_char(' ')?;
            }
            for run in part.split_inclusive(is_hidden) {
                match run.chars().next_back().filter(|last| is_hidden(*last)) {
                    Some(last) => {
                        self.0.write_str(&run[..run.len() - last.len_utf8()])?;
                        write!(self.0, "{}", last.escape_default())?;
                    }
                    None => self.0.write_str(run)?,
                }
            }
        }
        Ok(())
    }
}

/// What moves the cursor or turns the direction of the text around it.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inner, mut f) = (&*self.0, OneLine(f));
        if let Some(root) = &inner.root {
            write!(f, "`{root}`: ")?;
        }
        f.write_str(&inner.message)?;
        if !inner.path.is_empty() {
            write!(f, " at `{}`", self.path())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {self}")?;
        let inner = &*self.0;
        write!(f, "\n  kind: {:?}", inner.kind)?;
        if let Some(handler) = &inner.handler {
            f.write_str("\n  handler: ")?;
            OneLine(f).write_str(handler)?;
        }
        for line in &inner.trail {
            f.write_str("\n  seen: ")?;
            OneLine(f).write_str(line)?;
        }
        let mut source = inner.source.as_ref().map(|s| &**s as &(dyn std::error::Error + 'static));
        while let Some(cause) = source {
            f.write_str("\n  caused by: ")?;
            write!(OneLine(f), "{cause}")?;
            source = cause.source();
        }
        if let Some(help) = &inner.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|s| &**s as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::new(ErrorKind::Io, error.to_string()).with_source(error)
    }
}

impl serde::ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::extract(message)
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::rebuild(message)
    }
}
