//! The path of the crate `cerial` in the user's crate.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// `::cerial`, or `::suitkaise::cerial` for a user of the facade alone.
pub(crate) fn path() -> TokenStream {
    let ident = |name: &str| Ident::new(name, Span::call_site());
    match crate_name("cerial") {
        Ok(FoundCrate::Name(name)) => {
            let name = ident(&name);
            return quote!(::#name);
        }
        Ok(FoundCrate::Itself) => return quote!(::cerial),
        Err(_) => {}
    }
    match crate_name("suitkaise") {
        Ok(FoundCrate::Name(name)) => {
            let name = ident(&name);
            quote!(::#name::cerial)
        }
        Ok(FoundCrate::Itself) => quote!(::suitkaise::cerial),
        Err(_) => quote!(::cerial),
    }
}
