//! Macros of `suitkaise-timing`; use them through that crate.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod args;
mod expand;
mod krate;

/// Times every call of a function, method or async function: `#[timethis]`; documented where `suitkaise-timing`
/// re-exports it.
#[proc_macro_attribute]
pub fn timethis(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::timethis(args.into(), item.into())
        .unwrap_or_else(|(error, item)| {
            let error = error.into_compile_error();
            quote::quote!(#error #item)
        })
        .into()
}
