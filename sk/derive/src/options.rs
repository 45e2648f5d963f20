//! The words in `#[sk(..)]`.

use std::collections::BTreeSet;

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, FnArg, Ident, LitStr, Meta, PatType, Result, ReturnType, Signature, Token,
    parenthesized,
};

/// What stands in the brackets of `#[sk(..)]`, on an item or on a method.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) blocking: bool,
    pub(crate) asynced: Option<Ident>,
    pub(crate) extend: bool,
    /// The name in `extend = NAME`.
    pub(crate) extends: Option<Ident>,
    /// The names in `blocks(..)`.
    pub(crate) blocks: Vec<Ident>,
    /// Metadata and proxy only, no modifiers.
    pub(crate) proxy: bool,
    /// The method that lets go of what was kept for a process.
    pub(crate) process_ended: Option<Ident>,
    pub(crate) skip: bool,
    /// What travels instead of this method.
    pub(crate) via: Option<Signature>,
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
                "extend" => {
                    options.extend = true;
                    options.extends = named(input)?;
                }
                "blocks" => options.blocks = blocks(input)?,
                "proxy" => options.proxy = true,
                "process_ended" => options.process_ended = Some(method(input, &word)?),
                "via" => options.via = Some(via(input, &word)?),
                "skip" => options.skip = true,
                "reads" => options.reads = Some(attributes(input)?),
                "writes" => options.writes = Some(attributes(input)?),
                _ => {
                    let message = format!(
                        "`#[sk]` does not know `{word}`; on an impl block it knows `asynced`, `proxy`, `extend`, \
                         `blocks(..)` and `process_ended = ..`, on a method `skip`, `reads(..)`, `writes(..)`, \
                         `via = ..` and `blocking`, on a function `blocking`; modifiers are chained where it is called"
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

/// `= NAME`, if it is there.
fn named(input: ParseStream<'_>) -> Result<Option<Ident>> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        return Ok(Some(input.parse()?));
    }
    Ok(None)
}

fn method(input: ParseStream<'_>, word: &Ident) -> Result<Ident> {
    named(input)?.ok_or_else(|| {
        Error::new(word.span(), format!("`{word}` wants a method of this block: `{word} = method`"))
    })
}

/// `= name(argument: Type, ..) -> Result`, as a method that takes `&self`.
fn via(input: ParseStream<'_>, word: &Ident) -> Result<Signature> {
    let Some(name) = named(input)? else {
        let message = "`via` wants the method that travels instead: `via = name(argument: Type) -> Result`";
        return Err(Error::new(word.span(), message));
    };
    let list;
    parenthesized!(list in input);
    let arguments = Punctuated::<PatType, Token![,]>::parse_terminated_with(&list, |input| {
        let argument: FnArg = input.parse()?;
        match argument {
            FnArg::Typed(argument) => Ok(argument),
            FnArg::Receiver(this) => Err(Error::new_spanned(this, "`self` goes without saying here")),
        }
    })?;
    let output: ReturnType = input.parse()?;
    Ok(syn::parse_quote!(fn #name(&self, #arguments) #output))
}

fn blocks(input: ParseStream<'_>) -> Result<Vec<Ident>> {
    let list;
    parenthesized!(list in input);
    let names: Vec<Ident> = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?.into_iter().collect();
    for (i, name) in names.iter().enumerate() {
        if let Some(twin) = names[..i].iter().find(|other| block_id(other) == block_id(name)) {
            let message = format!("`{name}` and `{twin}` have the same id; give one another name");
            return Err(Error::new(name.span(), message));
        }
    }
    Ok(names)
}

/// What `extend = NAME` and `blocks(NAME)` agree on without seeing each other; 0 is the `#[sk]` block's own.
pub(crate) fn block_id(name: &Ident) -> u16 {
    let hash = name
        .to_string()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    ((hash ^ (hash >> 16)) as u16).max(1)
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
    ///
    /// One in a `#[cfg_attr(.., sk(..))]` counts as well: whoever writes that has the block's own `#[sk]` under the same
    /// condition, which holds, or nobody would read this.
    pub(crate) fn take(attrs: &mut Vec<Attribute>) -> Result<Options> {
        let mut options = Options::default();
        for attr in attrs.iter() {
            for meta in held(attr) {
                if meta.path().segments.last().is_some_and(|s| s.ident == "sk") {
                    options = meta.require_list()?.parse_args()?;
                    options.only(&["skip", "reads", "writes", "via", "blocking"])?;
                }
            }
        }
        options.blocking |= attrs.iter().any(is_blocking);
        // `#[blocking]` stays: it changes nothing, and a `use` of it would look unused without it.
        attrs.retain(|a| !holds_sk(a));
        Ok(options)
    }
}

/// Whether it is `#[sk]`, or holds one in a `#[cfg_attr(..)]`.
pub(crate) fn holds_sk(attr: &Attribute) -> bool {
    held(attr).iter().any(|meta| meta.path().segments.last().is_some_and(|s| s.ident == "sk"))
}

/// The attribute itself, or those that a `#[cfg_attr(..)]` holds.
fn held(attr: &Attribute) -> Vec<Meta> {
    if !attr.path().is_ident("cfg_attr") {
        return vec![attr.meta.clone()];
    }
    let metas = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    metas.map(|metas| metas.into_iter().skip(1).collect()).unwrap_or_default()
}

/// Whether it is `#[blocking]`, by whatever path.
pub(crate) fn is_blocking(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|s| s.ident == "blocking")
}

/// Whether it is `#[sk]`, by whatever path.
pub(crate) fn is_sk(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|s| s.ident == "sk")
}
