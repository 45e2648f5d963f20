//! Generic parameters, in the forms in which generated code needs them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::GenericParam;

/// A parameter as an argument.
pub(super) fn used(param: &GenericParam) -> TokenStream {
    match param {
        GenericParam::Lifetime(p) => {
            let l = &p.lifetime;
            quote!(#l)
        }
        GenericParam::Type(p) => {
            let i = &p.ident;
            quote!(#i)
        }
        GenericParam::Const(p) => {
            let i = &p.ident;
            quote!(#i)
        }
    }
}

/// A parameter as it is declared, without its default.
pub(super) fn declared(param: &GenericParam) -> TokenStream {
    let mut param = param.clone();
    match &mut param {
        GenericParam::Type(p) => {
            p.default = None;
            p.eq_token = None;
        }
        GenericParam::Const(p) => {
            p.default = None;
            p.eq_token = None;
        }
        GenericParam::Lifetime(_) => {}
    }
    quote!(#param)
}

/// A type that holds the parameter, for a marker.
pub(super) fn phantom(param: &GenericParam) -> Option<TokenStream> {
    match param {
        GenericParam::Lifetime(p) => {
            let l = &p.lifetime;
            Some(quote!(&#l ()))
        }
        GenericParam::Type(p) => {
            let i = &p.ident;
            Some(quote!(*const #i))
        }
        GenericParam::Const(_) => None,
    }
}
