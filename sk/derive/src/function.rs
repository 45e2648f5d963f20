//! `#[sk]` on a function: the function as it is, and its modifiers beside it.

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Error, Generics, ItemFn, Result, ReturnType};

use crate::analysis::blocking_calls;
use crate::chain::{Away, Chain, Made};
use crate::options::{Options, is_blocking};
use crate::params::has_impl;

pub(crate) fn expand(options: &Options, item: ItemFn, krate: &TokenStream) -> Result<TokenStream> {
    options.only(&["blocking"])?;
    let sig = &item.sig;
    check(sig)?;
    let marked = options.blocking || item.attrs.iter().any(is_blocking);
    let blocking: Vec<String> = if marked {
        vec!["#[blocking]".into()]
    } else {
        blocking_calls(sig, &item.block).calls.into_iter().collect()
    };
    let (vis, name) = (&item.vis, &item.sig.ident);
    let chain = format_ident!("__sk_{name}");
    let outer = Generics::default();
    let made = Chain {
        krate,
        vis,
        name: chain.clone(),
        display: name.to_string(),
        receiver: None,
        outer: &outer,
        sig: &item.sig,
        blocking: &blocking,
    }
    .make();
    let Made { items, declared, used, predicates, retry, away, fallible, .. } = made;
    let (Away::Bounds(bounds) | Away::Never(bounds)) = &away;
    let leaves = matches!(away, Away::Bounds(_));
    let asynchronous = item.sig.asyncness.is_some();
    let to = |way: TokenStream| {
        let way = if leaves { way } else { quote!(#krate::Here) };
        quote!(#chain<#(#used,)* #way>)
    };
    let here = quote!(#chain<#(#used,)* #krate::Here>);
    let new = quote!(#chain::<#(#used,)* #krate::Here>::__new());
    let (timed, in_background, asynced) =
        (to(quote!(#krate::Timed)), to(quote!(#krate::InBackground)), to(quote!(#krate::Asynced)));
    let retry = fallible.then(|| {
        quote! {
            /// Makes up to `times` attempts, with a pause of 1 second between them.
            pub fn retry<'sk, #(#declared),*>(times: ::core::primitive::u32) -> #here where #predicates #retry { #new.retry(times) }
        }
    });
    let timeout = if asynchronous {
        quote! {
            /// Limits each attempt (seconds, or a `Duration`).
            pub fn timeout<#(#declared),*>(limit: impl #krate::Seconds) -> #here where #predicates { #new.timeout(limit) }
        }
    } else {
        quote! {
            /// Limits each attempt (seconds, or a `Duration`); a late one runs on, and its result is dropped.
            pub fn timeout<'sk, #(#declared),*>(limit: impl #krate::Seconds) -> #timed
            where #predicates #bounds { #new.timeout(limit) }
        }
    };
    let asynced = cfg!(feature = "tokio").then(|| {
        if asynchronous {
            quote! {
                /// Changes nothing: it is async already.
                pub fn asynced<#(#declared),*>() -> #here where #predicates { #new }
            }
        } else {
            quote! {
                /// Makes `call` return a future.
                pub fn asynced<'sk, #(#declared),*>() -> #asynced where #predicates #bounds { #new.asynced() }
            }
        }
    });
    Ok(quote! {
        #item
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)]
        #vis struct #name {}
        #items
        #[allow(dead_code, private_interfaces, private_bounds, unreachable_pub, clippy::extra_unused_type_parameters)]
        impl #name {
            /// The calls in it that may block.
            pub const BLOCKING_CALLS: &'static [&'static ::core::primitive::str] = &[#(#blocking),*];
            /// Lists the calls in it that may block.
            pub fn blocking_calls() -> &'static [&'static ::core::primitive::str] { Self::BLOCKING_CALLS }
            /// Whether it has calls that may block.
            pub const fn has_blocking_calls() -> ::core::primitive::bool { !Self::BLOCKING_CALLS.is_empty() }
            #retry
            #timeout
            #asynced
            /// Lets at most so many calls a second through.
            pub fn rate_limit<#(#declared),*>(per_second: impl ::std::convert::Into<::core::primitive::f64>) -> #here where #predicates { #new.rate_limit(per_second) }
            /// Makes `call` return a handle at once.
            pub fn background<'sk, #(#declared),*>() -> #in_background where #predicates #bounds { #new.background() }
        }
    })
}

/// Refuses what modifiers cannot be put around.
pub(crate) fn check(sig: &syn::Signature) -> Result<()> {
    if let Some(receiver) = sig.receiver() {
        let message = "`#[sk]` cannot see the type of this method; write `#[sk]` above its `impl` block";
        return Err(Error::new(receiver.span(), message));
    }
    check_shape(sig)
}

/// As [`check`], for methods too.
pub(crate) fn check_shape(sig: &syn::Signature) -> Result<()> {
    if let Some(token) = sig.unsafety {
        let message =
            "modifiers cannot call an `unsafe fn`; wrap it in a safe function and put `#[sk]` on that";
        return Err(Error::new(token.span(), message));
    }
    if let Some(token) = &sig.variadic {
        return Err(Error::new(token.span(), "modifiers cannot pass variadic arguments on"));
    }
    if let Some(token) = sig.asyncness
        && !cfg!(feature = "tokio")
    {
        let message = "`#[sk]` on an `async fn` needs the feature `tokio` of suitkaise-sk";
        return Err(Error::new(token.span(), message));
    }
    let lifetimes: Vec<_> = sig.generics.lifetimes().map(|l| &l.lifetime.ident).collect();
    for param in sig.generics.type_params() {
        for bound in &param.bounds {
            refuse_lifetimes(&lifetimes, bound)?;
        }
    }
    for predicate in sig.generics.where_clause.iter().flat_map(|w| &w.predicates) {
        if let syn::WherePredicate::Type(predicate) = predicate {
            refuse_lifetimes(&lifetimes, predicate)?;
        }
    }
    if let ReturnType::Type(_, ty) = &sig.output
        && has_impl(ty)
    {
        let message = "`#[sk]` has to name what this returns, and `impl Trait` has no name; return the type itself, \
                       or `Box<dyn Trait>`";
        return Err(Error::new(ty.span(), message));
    }
    Ok(())
}

/// Type parameters belong to the chain, which is made before a lifetime of the call begins.
fn refuse_lifetimes(lifetimes: &[&syn::Ident], bound: &impl quote::ToTokens) -> Result<()> {
    let mut tokens: Vec<_> = bound.to_token_stream().into_iter().collect();
    let mut after_tick = false;
    while let Some(token) = tokens.pop() {
        match token {
            TokenTree::Group(group) => tokens.extend(group.stream()),
            TokenTree::Ident(ident) if lifetimes.contains(&&ident) => after_tick = true,
            TokenTree::Punct(tick) if after_tick && tick.as_char() == '\'' => {
                let message = "modifiers cannot keep a bound that names a lifetime of the call; use `for<'a>` or an owned type";
                return Err(Error::new_spanned(bound, message));
            }
            _ => after_tick = false,
        }
    }
    Ok(())
}
