//! `#[suitkaise::main]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

use crate::krate;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    if !args.is_empty() {
        return Err(syn::Error::new_spanned(
            args,
            "`#[main]` takes no arguments: for settings write a plain `main` that begins with `Init::new().grace(..).run()`",
        ));
    }
    let mut item = match syn::parse2(item)? {
        Item::Fn(item) => item,
        other => return Err(syn::Error::new_spanned(other, "`#[main]` stands on `fn main()`")),
    };
    if item.sig.ident != "main" || !item.sig.inputs.is_empty() {
        return Err(syn::Error::new_spanned(&item.sig, "`#[main]` stands on `fn main()`"));
    }
    if let Some(asyncness) = &item.sig.asyncness {
        return Err(syn::Error::new_spanned(
            asyncness,
            "a child must not start a runtime first: make `main` plain, call `init()`, then start the runtime",
        ));
    }
    let krate = krate::path();
    item.block.stmts.insert(0, syn::parse2(quote!(#krate::init();))?);
    Ok(quote!(#item))
}
