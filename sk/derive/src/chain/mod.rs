//! The chain of one function or method: the struct that holds the settings and has `call`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Signature, Type, Visibility};

use parts::Parts;

mod elsewhere;
mod generics;
mod here;
mod modifiers;
mod parts;

/// What a chain is made from.
pub(crate) struct Chain<'a> {
    pub(crate) krate: &'a TokenStream,
    pub(crate) vis: &'a Visibility,
    pub(crate) name: Ident,
    /// The function's name in errors.
    pub(crate) display: String,
    /// The type of `self`, and whether it is `&mut self`.
    pub(crate) receiver: Option<(&'a Type, bool)>,
    /// The generics of the impl block.
    pub(crate) outer: &'a Generics,
    pub(crate) sig: &'a Signature,
    pub(crate) blocking: &'a [String],
}

/// The generated chain, and what its entry needs to make one.
pub(crate) struct Made {
    pub(crate) items: TokenStream,
    /// Generic parameters with bounds, without receiver and way: of the impl block, then of the function.
    pub(crate) declared: Vec<TokenStream>,
    pub(crate) used: Vec<TokenStream>,
    pub(crate) inner_declared: Vec<TokenStream>,
    pub(crate) predicates: TokenStream,
    pub(crate) retry: TokenStream,
    pub(crate) away: Away,
    pub(crate) fallible: bool,
}

/// Where clauses for leaving to another thread.
pub(crate) enum Away {
    /// These, with the lifetime `'sk`.
    Bounds(TokenStream),
    /// It cannot: a bound that fails with the reason.
    Never(TokenStream),
}

impl Chain<'_> {
    pub(crate) fn make(&self) -> Made {
        let parts = Parts::of(self);
        let (items, here, elsewhere) =
            (modifiers::items(&parts), here::calls(&parts), elsewhere::calls(&parts));
        Made {
            items: quote!(#items #here #elsewhere),
            fallible: parts.output.fallible && !parts.once(),
            declared: parts.all_declared,
            used: parts.all_used,
            inner_declared: parts.inner_declared,
            predicates: parts.predicates,
            retry: parts.retry,
            away: parts.away,
        }
    }
}
