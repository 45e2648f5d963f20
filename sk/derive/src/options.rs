//! The words in `#[sk(..)]`.

use std::collections::BTreeSet;

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Ident, LitStr, Result, Token, parenthesized};

/// What stands in the brackets of `#[sk(..)]`, on an item or on a method.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) blocking: bool,
    pub(crate) asynced: Option<Ident>,
    pub(crate) extend: bool,
    pub(crate) skip: bool,
    pub(crate) reads: Option<BTreeSet<String>>,
    pub(crate) writes: Option<BTreeSet<String>>,
    seen: Vec<Ident>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Options::default();
        while !input.is_empty() {
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                "blocking" => options.blocking = true,
                "asynced" => options.asynced = Some(word.clone()),
                "extend" => options.extend = true,
                "skip" => options.skip = true,
                "reads" => options.reads = Some(attributes(input)?),
                "writes" => options.writes = Some(attributes(input)?),
                _ => {
                    let message = format!(
                        "`#[sk]` does not know `{word}`; on an impl block it knows `asynced` and `extend`, on a method \
                         `skip`, `reads(..)`, `writes(..)` and `blocking`, on a function `blocking`; modifiers are \
                         chained where it is called"
                    );
                    return Err(Error::new(word.span(), message));
                }
            }
            options.seen.push(word);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

fn attributes(input: ParseStream<'_>) -> Result<BTreeSet<String>> {
    let list;
    parenthesized!(list in input);
    let one = |input: ParseStream<'_>| {
        if input.peek(LitStr) {
            input.parse::<LitStr>().map(|s| s.value())
        } else {
            input.parse::<Ident>().map(|i| i.to_string())
        }
    };
    Ok(Punctuated::<String, Token![,]>::parse_terminated_with(&list, one)?.into_iter().collect())
}

impl Options {
    /// Refuses words that do not belong here.
    pub(crate) fn only(&self, allowed: &[&str]) -> Result<()> {
        match self.seen.iter().find(|word| !allowed.iter().any(|a| *word == a)) {
            None => Ok(()),
            Some(word) => {
                let message = match allowed {
                    ["blocking"] => {
                        format!("`{word}` means nothing on a function; write it on an impl block or a method")
                    }
                    _ => format!("`{word}` means nothing here; allowed are {}", allowed.join(", ")),
                };
                Err(Error::new(word.span(), message))
            }
        }
    }

    /// Takes the `#[sk(..)]` and `#[blocking]` off a method.
    pub(crate) fn take(attrs: &mut Vec<Attribute>) -> Result<Options> {
        let mut options = Options::default();
        for attr in attrs.iter() {
            if is_sk(attr) {
                options = attr.parse_args()?;
                options.only(&["skip", "reads", "writes", "blocking"])?;
            }
        }
        options.blocking |= attrs.iter().any(is_blocking);
        // `#[blocking]` stays: it changes nothing, and a `use` of it would look unused without it.
        attrs.retain(|a| !is_sk(a));
        Ok(options)
    }
}

/// Whether it is `#[blocking]`, by whatever path.
pub(crate) fn is_blocking(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|s| s.ident == "blocking")
}

/// Whether it is `#[sk]`, by whatever path.
pub(crate) fn is_sk(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|s| s.ident == "sk")
}
