//! [`Streamline`]: any text to a name that every file system takes.

use std::path::Path;

use crate::filename::{is_forbidden, is_reserved};
use crate::{PathError, PathErrorKind};

/// How to make a file name of any text.
///
/// The text is taken as *one* name: separators are replaced like every other character that a file system refuses.
/// The result of [`apply`](Self::apply) always passes [`is_valid_filename`](crate::is_valid_filename), unless `max_len`
/// allows more than the 255 bytes of a name.
///
/// # Examples
///
/// ```
/// use suitkaise_paths::Streamline;
///
/// let name = Streamline::new().max_len(6).lowercase(true).apply("  My: Report?.TXT ")?;
/// assert_eq!(name, "my_ re.txt");
/// # Ok::<(), suitkaise_paths::PathError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "options do nothing until `apply` is called"]
pub struct Streamline {
    max_len: Option<usize>,
    replacement: char,
    lowercase: bool,
    strip_whitespace: bool,
    also_replace: String,
    allow_unicode: bool,
}

impl Default for Streamline {
    fn default() -> Self {
        Self::new()
    }
}

impl Streamline {
    /// Starts with the defaults: no `max_len`, `_` as replacement, case kept, whitespace stripped, nothing more to
    /// replace, Unicode allowed.
    pub fn new() -> Self {
        Self {
            max_len: None,
            replacement: '_',
            lowercase: false,
            strip_whitespace: true,
            also_replace: String::new(),
            allow_unicode: true,
        }
    }

    /// Cuts the name to so many characters, the suffix not counted: `max_len(4)` makes `repo.txt` of `report.txt`.
    pub fn max_len(mut self, characters: usize) -> Self {
        self.max_len = Some(characters);
        self
    }

    /// Puts `with` where a character is replaced. Default `_`.
    pub fn replacement_char(mut self, with: char) -> Self {
        self.replacement = with;
        self
    }

    /// Makes all letters small. Default false.
    pub fn lowercase(mut self, yes: bool) -> Self {
        self.lowercase = yes;
        self
    }

    /// Takes whitespace off both ends. Default true.
    pub fn strip_whitespace(mut self, yes: bool) -> Self {
        self.strip_whitespace = yes;
        self
    }

    /// Replaces these characters too. Default none.
    pub fn chars_to_replace(mut self, characters: impl Into<String>) -> Self {
        self.also_replace = characters.into();
        self
    }

    /// Keeps letters beyond ASCII; otherwise they are replaced. Default true.
    pub fn allow_unicode(mut self, yes: bool) -> Self {
        self.allow_unicode = yes;
        self
    }

    /// Makes a file name of `text`.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::InvalidName`] when the replacement character itself may not stand in a name (a dot or a space
    /// may not stand at its end), or `max_len` is zero.
    pub fn apply(&self, text: &str) -> Result<String, PathError> {
        let c = self.replacement;
        let refuse = |why: String| PathError::new(PathErrorKind::InvalidName, "make a file name").why(why);
        if is_forbidden(c) || c == '.' || c.is_whitespace() || self.also_replace.contains(c) {
            return Err(refuse(format!(
                "the replacement character {c:?} may not stand in a name itself; take `_`"
            )));
        }
        if !self.allow_unicode && !c.is_ascii() {
            return Err(refuse(format!(
                "the replacement character {c:?} is not ASCII, and `allow_unicode` is off"
            )));
        }
        if self.max_len == Some(0) {
            return Err(refuse("`max_len` is 0, which leaves no name".to_owned()));
        }
        Ok(self.streamlined(text))
    }

    /// Does the work with options that were checked.
    fn streamlined(&self, text: &str) -> String {
        let text = if self.strip_whitespace { text.trim() } else { text };
        let replaced = |c: char| {
            is_forbidden(c) || self.also_replace.contains(c) || !(self.allow_unicode || c.is_ascii())
        };
        // Small letters first: the small form of one letter may be several characters.
        let mut name: String = if self.lowercase { text.to_lowercase() } else { text.to_owned() };
        name = name.chars().map(|c| if replaced(c) { self.replacement } else { c }).collect();
        trim_end(&mut name);
        if let Some(max) = self.max_len {
            name = cut(&name, max);
        }
        if is_reserved(&name) {
            name.insert(name.find('.').unwrap_or(name.len()), self.replacement);
            if is_reserved(&name) || self.max_len.is_some_and(|max| stem_of(&name).chars().count() > max) {
                name.replace_range(..1, self.replacement.encode_utf8(&mut [0; 4]));
                name = self.max_len.map_or_else(|| name.clone(), |max| cut(&name, max));
            }
        }
        if name.is_empty() {
            name.push(self.replacement);
        }
        name
    }
}

/// Makes a file name of `text` with the defaults of [`Streamline::new`]; never empty.
///
/// # Examples
///
/// ```
/// use suitkaise_paths::streamline_path;
///
/// assert_eq!(streamline_path(" notes: 1/2?.md "), "notes_ 1_2_.md");
/// assert_eq!(streamline_path("CON"), "CON_");
/// assert_eq!(streamline_path(""), "_");
/// ```
#[must_use]
pub fn streamline_path(text: &str) -> String {
    Streamline::new().streamlined(text)
}

/// Makes a plain file name of `text`: ASCII only, spaces replaced, otherwise as [`streamline_path`].
///
/// # Examples
///
/// ```
/// assert_eq!(suitkaise_paths::streamline_path_quick("Café menu.txt"), "Caf__menu.txt");
/// ```
#[must_use]
pub fn streamline_path_quick(text: &str) -> String {
    Streamline::new().chars_to_replace(" ").allow_unicode(false).streamlined(text)
}

fn trim_end(name: &mut String) {
    name.truncate(name.trim_end_matches(|c: char| c == '.' || c.is_whitespace()).len());
}

fn stem_of(name: &str) -> &str {
    Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name)
}

/// Cuts the stem to `max` characters and puts the suffix back.
fn cut(name: &str, max: usize) -> String {
    let stem = stem_of(name);
    let suffix = &name[stem.len().min(name.len())..];
    let mut short: String = stem.chars().take(max).collect();
    if suffix.is_empty() {
        trim_end(&mut short);
    }
    short + suffix
}
