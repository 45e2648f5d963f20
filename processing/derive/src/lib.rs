//! The macros of `suitkaise-processing`: use them through that crate or through `suitkaise`.
#![forbid(unsafe_code)]

mod autoreconnect;
mod krate;
mod main_fn;
mod skprocess;

use proc_macro::TokenStream;

/// Fills in what an `impl Skprocess` leaves out: `type Output = ()`, `result`, and where secrets come from.
///
/// - `#[skprocess]`
/// - `#[skprocess(autoreconnect)]`: reconnects what needs no secret.
/// - `#[skprocess(autoreconnect(env = "APP_CREDENTIALS"))]`: JSON in that variable of the child's environment.
/// - `#[skprocess(autoreconnect("redis::Client" = { "*" = env("REDIS_PASSWORD") }))]`: type key, selector, secret.
#[proc_macro_attribute]
pub fn skprocess(args: TokenStream, item: TokenStream) -> TokenStream {
    skprocess::expand(args.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Calls `init()` as the first line of `main`.
#[proc_macro_attribute]
pub fn main(args: TokenStream, item: TokenStream) -> TokenStream {
    main_fn::expand(args.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
