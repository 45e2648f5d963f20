//! The path under which generated code finds `suitkaise-timing`.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// The crate itself, or its module in the facade, under whatever name the user's Cargo.toml gives it.
pub(crate) fn timing() -> TokenStream {
    let named = |name: &str| Ident::new(name, Span::call_site());
    match (crate_name("suitkaise-timing"), crate_name("suitkaise")) {
        (Ok(FoundCrate::Name(name)), _) => {
            let name = named(&name);
            quote!(::#name)
        }
        (Err(_), Ok(FoundCrate::Name(name))) => {
            let name = named(&name);
            quote!(::#name::timing)
        }
        (Err(_), Ok(FoundCrate::Itself)) => quote!(::suitkaise::timing),
        // its own examples and tests
        (Ok(FoundCrate::Itself), _) | (Err(_), Err(_)) => quote!(::suitkaise_timing),
    }
}
