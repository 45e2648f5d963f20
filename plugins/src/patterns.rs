//! Compiled patterns: they are compiled again where they are read.
//!
//! A `Regex` cannot be asked for the flags that a `RegexBuilder` gave it: only what stands in the pattern itself
//! (`(?i)`, `(?m)`, ..) travels with it. [`Pattern`] keeps the builder's options beside the regex and travels whole.

use std::ops::Deref;

use cerial::{Cerial, Error, Extract, Handler, Rebuild, Result};
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder, bytes};

/// The largest compiled sizes tried in turn, in bytes. A pattern of a few characters can compile to megabytes, so
/// each is charged by what it may take; the last one is the `regex` crate's own limit.
const SIZES: [usize; 3] = [64 << 10, 1 << 20, 10 << 20];

/// Compiles in the smallest of [`SIZES`] that suffices, each charged before it is spent.
fn within<T>(cx: &mut Rebuild, compile: impl Fn(usize) -> Result<T, regex::Error>) -> Result<T> {
    let mut charged = 0;
    for size in SIZES {
        cx.charge(size - charged)?;
        charged = size;
        match compile(size) {
            Err(regex::Error::CompiledTooBig(_)) => {}
            result => return result.map_err(Error::rebuild),
        }
    }
    Err(Error::rebuild(format!("a regex is larger than {charged} bytes when it is compiled")))
}

macro_rules! patterns {
    ($($(#[$doc:meta])* $handler:ident, $value:ty as $state:ty, $key:literal, $extract:expr, $builder:expr;)*) => {$(
        $(#[$doc])*
        pub struct $handler;
        impl Handler for $handler {
            type Value = $value;
            type State = $state;
            const KEY: &'static str = $key;
            fn extract(value: &$value, _: &mut Extract) -> Result<$state> {
                let extract: fn(&$value) -> $state = $extract;
                Ok(extract(value))
            }
            fn rebuild(state: $state, cx: &mut Rebuild) -> Result<$value> {
                #[allow(clippy::redundant_closure_call, reason = "the closure is the macro's argument")]
                within(cx, |size| $builder(&state).size_limit(size).build())
            }
        }
    )*};
}

patterns! {
    /// `regex::Regex`: its pattern.
    RegexHandler, Regex as String, "regex::Regex", |v| v.as_str().to_owned(), |s: &String| RegexBuilder::new(s);
    /// `regex::RegexSet`: its patterns in order.
    RegexSetHandler, RegexSet as Vec<String>, "regex::RegexSet", |v| v.patterns().to_vec(),
        |s: &Vec<String>| RegexSetBuilder::new(s);
    /// `regex::bytes::Regex`: its pattern.
    BytesRegexHandler, bytes::Regex as String, "regex::bytes::Regex", |v| v.as_str().to_owned(),
        |s: &String| bytes::RegexBuilder::new(s);
    /// `regex::bytes::RegexSet`: its patterns in order.
    BytesRegexSetHandler, bytes::RegexSet as Vec<String>, "regex::bytes::RegexSet", |v| v.patterns().to_vec(),
        |s: &Vec<String>| bytes::RegexSetBuilder::new(s);
}

/// The options of a `regex::RegexBuilder`, with its defaults.
#[derive(Cerial, Clone, Debug, PartialEq, Eq)]
#[cerial(name = "regex::Options")]
#[non_exhaustive]
pub struct PatternOptions {
    /// Letters match in either case.
    pub case_insensitive: bool,
    /// `^` and `$` match at lines.
    pub multi_line: bool,
    /// `.` matches a line's end too.
    pub dot_matches_new_line: bool,
    /// `\r\n` ends lines too.
    pub crlf: bool,
    /// The byte that ends lines.
    pub line_terminator: u8,
    /// `a*` is lazy and `a*?` greedy.
    pub swap_greed: bool,
    /// White space and `#` comments in the pattern are skipped.
    pub ignore_whitespace: bool,
    /// Classes such as `\w` are Unicode's.
    pub unicode: bool,
    /// `\123` is an octal escape.
    pub octal: bool,
}

impl Default for PatternOptions {
    fn default() -> PatternOptions {
        PatternOptions {
            case_insensitive: false,
            multi_line: false,
            dot_matches_new_line: false,
            crlf: false,
            line_terminator: b'\n',
            swap_greed: false,
            ignore_whitespace: false,
            unicode: true,
            octal: false,
        }
    }
}

impl PatternOptions {
    fn builder(&self, pattern: &str) -> RegexBuilder {
        let mut builder = RegexBuilder::new(pattern);
        builder
            .case_insensitive(self.case_insensitive)
            .multi_line(self.multi_line)
            .dot_matches_new_line(self.dot_matches_new_line)
            .crlf(self.crlf)
            .line_terminator(self.line_terminator)
            .swap_greed(self.swap_greed)
            .ignore_whitespace(self.ignore_whitespace)
            .unicode(self.unicode)
            .octal(self.octal);
        builder
    }
}

/// A `Regex` that remembers the options it was built with, and travels with them.
///
/// ```
/// use cerial::Via;
/// use cerial_plugins::{Pattern, PatternOptions};
///
/// # fn main() -> cerial::Result<()> {
/// let mut options = PatternOptions::default();
/// options.case_insensitive = true;
/// let bytes = cerial::serialize(&Via(Pattern::new("abc", options)?))?;
/// let back: Via<Pattern> = cerial::deserialize(&bytes)?;
/// assert!(back.is_match("xABC"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    options: PatternOptions,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is no pattern, or too large a one.
    pub fn new(pattern: &str, options: PatternOptions) -> Result<Pattern> {
        let regex = options.builder(pattern).build().map_err(Error::rebuild)?;
        Ok(Pattern { regex, options })
    }

    /// The options it was built with.
    pub fn options(&self) -> &PatternOptions {
        &self.options
    }
}

impl Deref for Pattern {
    type Target = Regex;
    fn deref(&self) -> &Regex {
        &self.regex
    }
}

/// [`Pattern`]: its pattern and its options.
pub struct PatternHandler;
impl Handler for PatternHandler {
    type Value = Pattern;
    type State = (String, PatternOptions);
    const KEY: &'static str = "cerial_plugins::Pattern";
    fn extract(value: &Pattern, _: &mut Extract) -> Result<Self::State> {
        Ok((value.as_str().to_owned(), value.options.clone()))
    }
    fn rebuild((pattern, options): Self::State, cx: &mut Rebuild) -> Result<Pattern> {
        let regex = within(cx, |size| options.builder(&pattern).size_limit(size).build())?;
        Ok(Pattern { regex, options })
    }
}
