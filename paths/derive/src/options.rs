//! What stands in the parentheses of `#[autopath(..)]`.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Result, Token, parenthesized};

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) only: Option<Vec<Ident>>,
    pub(crate) use_caller: Option<Ident>,
    pub(crate) debug: bool,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                "use_caller" => options.use_caller = Some(word),
                "debug" => options.debug = true,
                "only" => {
                    if !input.peek(syn::token::Paren) {
                        return Err(syn::Error::new(
                            word.span(),
                            "`only` names parameters: write `only(path, names)`",
                        ));
                    }
                    let names;
                    parenthesized!(names in input);
                    let names = Punctuated::<Ident, Token![,]>::parse_terminated(&names)?;
                    options.only = Some(names.into_iter().collect());
                }
                other => {
                    let message = format!(
                        "unknown option `{other}`: `autopath` knows `only(..)`, `use_caller` and `debug`"
                    );
                    return Err(syn::Error::new(word.span(), message));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}
