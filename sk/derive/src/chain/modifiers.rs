//! The struct of a chain, and its modifiers.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::Parts;
use super::{Away, Chain};

pub(super) fn items(parts: &Parts<'_>) -> TokenStream {
    let Parts { private, asynchronous, output, phantoms, predicates, retry, gate_item, away, .. } = parts;
    let Parts { front_declared, back_declared, front_used, back_used, .. } = parts;
    let Parts { this_param, this_bound, this_field, this_new, this_arg, .. } = parts;
    let Chain { krate, vis, name, display, .. } = parts.chain;
    let asynchronous = *asynchronous;
    let chain = |way: TokenStream| quote!(#name<#(#front_used,)* #this_param #(#back_used,)* #way>);
    let (Away::Bounds(bounds) | Away::Never(bounds)) = away;
    let leaves = matches!(away, Away::Bounds(_));
    let way_head = {
        quote! {
            impl<#(#front_declared,)* #this_param #(#back_declared,)* Way: #krate::Way> #name<#(#front_used,)* #this_param #(#back_used,)* Way>
            where #predicates #this_bound
        }
    };
    let to = |way: TokenStream| if leaves { chain(way) } else { quote!(Self) };
    let turn = if leaves { quote!(self.__turn()) } else { quote!(self) };
    let (background, timed) = (to(quote!(#krate::InBackground)), to(quote!(Way::WithTimeout)));
    let timeout = if asynchronous {
        quote! {
            /// Limits each attempt (seconds, or a `Duration`).
            pub fn timeout(mut self, limit: impl #krate::Seconds) -> Self {
                self.modifiers.timeout(limit);
                self
            }
        }
    } else {
        quote! {
            /// Limits each attempt (seconds, or a `Duration`); a late one runs on, and its result is dropped.
            pub fn timeout<'sk>(mut self, limit: impl #krate::Seconds) -> #timed where #bounds {
                self.modifiers.timeout(limit);
                #turn
            }
        }
    };
    let asynced = if !cfg!(feature = "tokio") {
        quote!()
    } else if asynchronous {
        quote! {
            /// Changes nothing: it is async already.
            pub fn asynced(self) -> Self { self }
        }
    } else {
        let refuse = parts.chain.blocking.is_empty().then(|| {
                quote!(self.modifiers.refuse("asynced", "no blocking calls were found in it; mark it `#[blocking]` if it does block");)
            });
        let asynced = to(quote!(#krate::Asynced));
        quote! {
            /// Makes `call` return a future.
            #[allow(unused_mut)]
            pub fn asynced<'sk>(mut self) -> #asynced where #bounds { #refuse #turn }
        }
    };
    let fallible = output.fallible && !parts.once();
    let retries = fallible.then(|| {
            let on = output.error.as_ref().map(|error| quote! {
                /// Retries only errors that are worth it, and timeouts.
                pub fn on(mut self, worth: impl ::std::ops::Fn(&#error) -> ::core::primitive::bool + ::std::marker::Send + ::std::marker::Sync + 'static) -> Self {
                    self.modifiers.on::<#error>(worth);
                    self
                }
            });
            quote! {
                /// Makes up to `times` attempts.
                pub fn retry<'sk>(mut self, times: ::core::primitive::u32) -> Self where #retry {
                    self.modifiers.retry(times);
                    self
                }
                /// Sets the pause after the first failed attempt (seconds, or a `Duration`; 1 second by default).
                pub fn delay(mut self, delay: impl #krate::Seconds) -> Self {
                    self.modifiers.delay(delay);
                    self
                }
                /// Makes each pause `factor` times as long as the one before.
                pub fn backoff(mut self, factor: ::core::primitive::f64) -> Self {
                    self.modifiers.backoff(factor);
                    self
                }
                #on
            }
        });
    let turn_fn = leaves.then(|| {
        let this = parts.chain.receiver.map(|_| quote!(this: self.this,));
        let turned = chain(quote!(Turned));
        quote! {
            fn __turn<Turned>(self) -> #turned {
                #name { modifiers: self.modifiers, #this marker: ::std::marker::PhantomData }
            }
        }
    });
    let new_head = parts.head(&quote!(#krate::Here));
    quote! {
        #gate_item
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)]
        #[must_use = "modifiers do nothing until `call`"]
        #vis struct #name<#(#front_declared,)* #this_param #(#back_declared,)* Way> where #predicates {
            modifiers: #private::Modifiers,
            #this_field
            marker: ::std::marker::PhantomData<fn(#(#phantoms,)* *const Way)>,
        }
        #new_head {
            #[inline]
            fn __new(#this_arg) -> Self {
                #name { modifiers: #private::Modifiers::new(#display), #this_new marker: ::std::marker::PhantomData }
            }
        }
        #[allow(dead_code, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        #way_head {
            #[inline]
            fn __limiter() -> &'static #private::Limiter {
                static LIMITER: #private::Limiter = #private::Limiter::new();
                &LIMITER
            }
            #turn_fn
            #retries
            #timeout
            #asynced
            /// Lets at most so many calls a second through.
            pub fn rate_limit(mut self, per_second: impl ::std::convert::Into<::core::primitive::f64>) -> Self {
                self.modifiers.rate_limit(per_second);
                self
            }
            /// Lets up to `calls` calls through at once.
            pub fn burst(mut self, calls: ::core::primitive::u32) -> Self {
                self.modifiers.burst(calls);
                self
            }
            /// Makes `call` return a handle at once.
            pub fn background<'sk>(self) -> #background where #bounds { #turn }
        }
    }
}
