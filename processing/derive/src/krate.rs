//! The path of the crate `suitkaise-processing` in the user's crate.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// `::suitkaise_processing`, or `::suitkaise` for a user of the facade.
pub(crate) fn path() -> TokenStream {
    let named = |name: &str| {
        let name = Ident::new(name, Span::call_site());
        quote!(::#name)
    };
    match (crate_name("suitkaise-processing"), crate_name("suitkaise")) {
        (Ok(FoundCrate::Name(name)), _) | (Err(_), Ok(FoundCrate::Name(name))) => named(&name),
        (Ok(FoundCrate::Itself), _) | (Err(_), Err(_)) => named("suitkaise_processing"),
        (Err(_), Ok(FoundCrate::Itself)) => named("suitkaise"),
    }
}
