//! `autoreconnect(..)`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token, braced, parenthesized};

/// Where the secrets come from.
pub(crate) enum AutoReconnect {
    WithoutSecrets,
    Env(LitStr),
    Map(Vec<Entry>),
}

pub(crate) struct Entry {
    key: LitStr,
    selectors: Vec<(LitStr, Secret)>,
}

enum Secret {
    Env(LitStr),
    Literal(LitStr),
}

impl Parse for AutoReconnect {
    /// What stands between the parentheses.
    fn parse(input: ParseStream<'_>) -> syn::Result<AutoReconnect> {
        if input.is_empty() {
            return Ok(AutoReconnect::WithoutSecrets);
        }
        if input.peek(Ident) {
            let name: Ident = input.parse()?;
            if name != "env" {
                return Err(syn::Error::new(
                    name.span(),
                    "want `env = \"VARIABLE\"` or `\"type::Key\" = { .. }`",
                ));
            }
            input.parse::<Token![=]>()?;
            return Ok(AutoReconnect::Env(input.parse()?));
        }
        let entries = input.parse_terminated(Entry::parse, Token![,])?;
        Ok(AutoReconnect::Map(entries.into_iter().collect()))
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Entry> {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        let content;
        braced!(content in input);
        let pairs = content.parse_terminated(
            |input| {
                let selector = input.parse()?;
                input.parse::<Token![=]>()?;
                Ok((selector, input.parse::<Secret>()?))
            },
            Token![,],
        )?;
        Ok(Entry { key, selectors: pairs.into_iter().collect() })
    }
}

impl Parse for Secret {
    fn parse(input: ParseStream<'_>) -> syn::Result<Secret> {
        if input.peek(LitStr) {
            return Ok(Secret::Literal(input.parse()?));
        }
        let name: Ident = input.parse()?;
        if name != "env" {
            return Err(syn::Error::new(name.span(), "want `env(\"VARIABLE\")`"));
        }
        let content;
        parenthesized!(content in input);
        Ok(Secret::Env(content.parse()?))
    }
}

impl AutoReconnect {
    /// The body of the hook.
    pub(crate) fn emit(&self, krate: &TokenStream) -> TokenStream {
        match self {
            AutoReconnect::WithoutSecrets => quote!(Some(#krate::AutoReconnect::WithoutSecrets)),
            AutoReconnect::Env(name) => quote!(Some(#krate::AutoReconnect::Env(#name.into()))),
            AutoReconnect::Map(entries) => {
                let cerial = quote!(#krate::__private::cerial);
                let mut with = Vec::new();
                for entry in entries {
                    let key = &entry.key;
                    for (selector, secret) in &entry.selectors {
                        with.push(match secret {
                            Secret::Env(name) => quote!(.with(#key, #selector, #cerial::Secret::from_env(#name)?)),
                            Secret::Literal(secret) => {
                                let here = Span::call_site().located_at(secret.span());
                                quote_spanned!(here=> .with(#key, #selector, {
                                    #[deprecated(note = "a secret stands in the source: use env(\"VARIABLE\")")]
                                    const SECRET_IN_SOURCE: () = ();
                                    SECRET_IN_SOURCE;
                                    #cerial::Secret::from(#secret)
                                }))
                            }
                        });
                    }
                }
                quote!(Some(#krate::AutoReconnect::Build(|| Ok(#cerial::Credentials::new() #(#with)*))))
            }
        }
    }
}
