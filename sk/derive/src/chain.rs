//! The chain of one function or method: the struct that holds the settings and has `call`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, Generics, Ident, Signature, Type, Visibility};

use crate::params::{Output, Param, Pass, at};

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

fn used(param: &GenericParam) -> TokenStream {
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

fn declared(param: &GenericParam) -> TokenStream {
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

fn phantom(param: &GenericParam) -> Option<TokenStream> {
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

impl Chain<'_> {
    pub(crate) fn make(&self) -> syn::Result<Made> {
        let Chain { krate, vis, name, display, sig, .. } = self;
        let private = quote!(#krate::__private_0_1);
        let asynchronous = sig.asyncness.is_some();
        let tokio = cfg!(feature = "tokio");
        let mut extra = Vec::new();
        let mut params = Param::all(sig, self.receiver.map(|r| r.0), &mut extra);
        let mut output = Output::of(sig, self.receiver.map(|r| r.0), krate);

        // Generics: lifetimes of the function stay at `call`, all else belongs to the chain.
        let is_lifetime = |p: &&GenericParam| matches!(p, GenericParam::Lifetime(_));
        let mut call_lifetimes: Vec<_> =
            sig.generics.params.iter().filter(is_lifetime).map(declared).collect();
        if self.receiver.is_none() && crate::params::borrows(&output.ty) {
            call_lifetimes.extend(crate::params::name_lender(&mut params, &mut output, &call_lifetimes));
        }
        let (params, output) = (params, output);
        let value = &output.value;
        let own: Vec<&GenericParam> = sig.generics.params.iter().filter(|p| !is_lifetime(p)).collect();
        let outer: Vec<&GenericParam> = self.outer.params.iter().collect();
        let turbofish: Vec<_> = own.iter().map(|p| used(p)).collect();
        let inner_declared: Vec<_> = own.iter().map(|p| declared(p)).chain(extra.iter().cloned()).collect();
        let inner_used: Vec<_> = own
            .iter()
            .map(|p| used(p))
            .chain(
                extra
                    .iter()
                    .map(|e| e.clone().into_iter().next().map_or_else(TokenStream::new, |t| quote!(#t))),
            )
            .collect();
        let all_declared: Vec<_> =
            outer.iter().map(|p| declared(p)).chain(inner_declared.iter().cloned()).collect();
        let all_used: Vec<_> = outer.iter().map(|p| used(p)).chain(inner_used.iter().cloned()).collect();
        let outer_where = self.outer.where_clause.iter().flat_map(|w| &w.predicates);
        // Bounds between lifetimes belong to the call, and the function checks them there itself.
        let predicates = sig.generics.where_clause.iter().flat_map(|w| &w.predicates);
        let predicates = predicates.filter(|p| !matches!(p, syn::WherePredicate::Lifetime(_)));
        let predicates = quote!(#(#outer_where,)* #(#predicates,)*);
        let phantoms: Vec<_> = outer
            .iter()
            .chain(&own)
            .filter_map(|p| phantom(p))
            .chain(inner_used.iter().skip(own.len()).map(|u| quote!(*const #u)))
            .collect();
        // Lifetimes must come first in a parameter list, the receiver after them.
        let split = |list: &[TokenStream], at: usize| (list[..at].to_vec(), list[at..].to_vec());
        let lifetimes = outer.iter().take_while(|p| is_lifetime(p)).count();
        let (front_declared, back_declared) = split(&all_declared, lifetimes);
        let (front_used, back_used) = split(&all_used, lifetimes);

        let (this_param, this_bound, this_field, this_new) = match self.receiver {
            Some((target, exclusive)) => {
                let bound = if exclusive {
                    quote!(This: ::std::ops::DerefMut<Target = #target>,)
                } else {
                    quote!(This: ::std::ops::Deref<Target = #target>,)
                };
                (quote!(This,), bound, quote!(this: This,), quote!(this,))
            }
            None => (quote!(), quote!(), quote!(), quote!()),
        };
        let this_arg = self.receiver.map(|_| quote!(this: This)).unwrap_or_default();

        // Bounds of the modifiers.
        let values = params.iter().filter(|p| p.by_value());
        let retry: TokenStream = values
            .filter(|p| matches!(p.pass, Pass::Value))
            .map(|p| {
                let ty = &p.ty;
                at(p.span, quote!(#ty: #private::Reusable<'sk>,))
            })
            .collect();
        let gate = format_ident!("{name}_stays");
        let mut gate_item = quote!();
        let away = match self.stays(&params, &output) {
            Some((what, note)) if !asynchronous || params.iter().any(Param::stays) => {
                let message = format!("`{display}` cannot run on another thread: {what}");
                gate_item = quote! {
                    #[doc(hidden)]
                    #[diagnostic::on_unimplemented(message = #message, label = "this needs another thread", note = #note)]
                    #[allow(non_camel_case_types, dead_code)]
                    #vis trait #gate<'sk> {}
                };
                Away::Never(quote!((): #gate<'sk>,))
            }
            _ => {
                let of_params = params.iter().map(|p| {
                    let ty = &p.ty;
                    match &p.pass {
                        Pass::Shared(inner) => at(p.span, quote!(#inner: #private::Copied<'sk>,)),
                        _ => at(p.span, quote!(#ty: #private::Parcel<'sk>,)),
                    }
                });
                let of_output = at(output.ty.span(), quote!(#value: #private::Parcel<'sk>,));
                let of_this = self.receiver.map(|_| quote!(This: #private::Ship<'sk>,));
                Away::Bounds(quote!(#(#of_params)* #of_output #of_this))
            }
        };

        let head = |way: TokenStream| {
            quote! {
                #[allow(dead_code, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
                impl<#(#front_declared,)* #this_param #(#back_declared),*> #name<#(#front_used,)* #this_param #(#back_used,)* #way>
                where #predicates #this_bound
            }
        };
        let names: Vec<_> = params.iter().map(|p| &p.name).collect();
        let types: Vec<_> = params.iter().map(|p| &p.ty).collect();
        let function = &sig.ident;
        let callee = match self.receiver {
            Some((target, _)) => quote!(<#target>::#function::<#(#turbofish),*>),
            None => quote!(#function::<#(#turbofish),*>),
        };
        // Errors about the result stand at the result.
        let finish = |call: TokenStream, stop: bool| match (output.fallible, stop) {
            (true, true) => quote_spanned!(output.ty.span()=> #call.map_err(#private::Stop::Failed)),
            (true, false) => call,
            (false, true) => {
                quote!(::std::result::Result::<_, #private::Stop<::std::convert::Infallible>>::Ok(#call))
            }
            (false, false) => quote!(::std::result::Result::<_, ::std::convert::Infallible>::Ok(#call)),
        };
        let attributes = quote!(#[allow(clippy::too_many_arguments, clippy::type_complexity, clippy::needless_lifetimes, clippy::needless_borrow, clippy::borrow_deref_ref, clippy::explicit_auto_deref)]);

        // The call on this thread.
        let slots: TokenStream = params
            .iter()
            .filter(|p| p.by_value())
            .map(|p| {
                let n = &p.name;
                quote!(let mut #n = #private::Slot::new(#n);)
            })
            .collect();
        let next: TokenStream = params
            .iter()
            .filter(|p| p.by_value())
            .map(|p| {
                let n = &p.name;
                quote!(let #n = #n.next(__last, |__value| (&&#private::Again(__value)).again(), #display);)
            })
            .collect();
        let unpack = |refuse: TokenStream| -> TokenStream {
            params
                .iter()
                .filter(|p| p.by_value())
                .map(|p| {
                    let n = &p.name;
                    quote!(let #n = #n #refuse?;)
                })
                .collect()
        };
        let here_args: Vec<_> = params
            .iter()
            .map(|p| {
                let n = &p.name;
                if matches!(p.pass, Pass::Exclusive) { quote!(&mut *#n) } else { quote!(#n) }
            })
            .collect();
        let here_this = match self.receiver {
            Some((_, true)) => quote!(&mut **__this,),
            Some((_, false)) => quote!(&**__this,),
            None => quote!(),
        };
        let (self_ref, this_let) = match self.receiver {
            Some((_, true)) => (quote!(&mut self), quote!(let __this = &mut self.this;)),
            Some((_, false)) => (quote!(&self), quote!(let __this = &self.this;)),
            None => (quote!(&self), quote!()),
        };
        let refused = unpack(quote!(.map_err(#private::Stop::Refused)));
        let here_head = head(quote!(#krate::Here));
        // A future that borrows `&mut` can be made once only.
        let once = asynchronous
            && (matches!(self.receiver, Some((_, true)))
                || params.iter().any(|p| matches!(p.pass, Pass::Exclusive)));
        let here = if asynchronous {
            let body = finish(quote!(#callee(#here_this #(#here_args),*).await), true);
            let (slots, drive) = if once {
                (quote!(), quote!(drive_async_once(Self::__limiter(), async move { #body })))
            } else {
                (
                    slots.clone(),
                    quote! {
                        drive_async(Self::__limiter(), |__last: ::core::primitive::bool| {
                            #next
                            async move { #refused #body }
                        })
                    },
                )
            };
            quote! {
                #here_head {
                    /// Makes the call.
                    #attributes
                    pub async fn call<#(#call_lifetimes),*>(#self_ref, #(#names: #types),*) -> ::std::result::Result<#value, #krate::Error> {
                        #[allow(unused_imports)]
                        use #private::{AgainClone as _, AgainNever as _};
                        #slots
                        #this_let
                        self.modifiers.#drive.await
                    }
                }
            }
        } else {
            let body = finish(quote!(#callee(#here_this #(#here_args),*)), true);
            quote! {
                #here_head {
                    /// Makes the call.
                    #attributes
                    #[inline]
                    pub fn call<#(#call_lifetimes),*>(#self_ref, #(#names: #types),*) -> ::std::result::Result<#value, #krate::Error> {
                        #[allow(unused_imports)]
                        use #private::{AgainClone as _, AgainNever as _};
                        #slots
                        #this_let
                        self.modifiers.drive(Self::__limiter(), |__last: ::core::primitive::bool| { #next #refused #body })
                    }
                }
            }
        };

        // The call on another thread.
        let mut elsewhere = quote!();
        if let Away::Bounds(bounds) = &away {
            let keep: TokenStream = params
                .iter()
                .filter_map(|p| {
                    let n = &p.name;
                    let Pass::Shared(inner) = &p.pass else { return None };
                    Some(quote!(let #n = <#inner as #private::Copied<'sk>>::kept(#n);))
                })
                .collect();
            let again: TokenStream = params.iter().filter_map(|p| {
                let n = &p.name;
                let Pass::Shared(inner) = &p.pass else { return None };
                Some(quote!(let #n = <#inner as #private::Copied<'sk>>::kept(::std::borrow::Borrow::<#inner>::borrow(&#n));))
            }).collect();
            let args: Vec<_> = params
                .iter()
                .map(|p| {
                    let n = &p.name;
                    if let Pass::Shared(inner) = &p.pass {
                        quote!(::std::borrow::Borrow::<#inner>::borrow(&#n))
                    } else {
                        quote!(#n)
                    }
                })
                .collect();
            let (ship, reship, this) = match self.receiver {
                Some(_) => (
                    quote!(let __this = <This as #private::Ship<'sk>>::ship(&self.this);),
                    quote!(let __this = ::std::clone::Clone::clone(&__this);),
                    quote!(&*__this,),
                ),
                None => (quote!(), quote!(), quote!()),
            };
            let plain = unpack(quote!());
            let (current, runtime, body) = if asynchronous {
                let body = finish(quote!(#callee(#this #(#args),*).await), false);
                (
                    quote!(let __runtime = #private::Runtime::current();),
                    quote!(let __runtime = __runtime.handle(#display)?;),
                    quote!(__runtime.block_on(async move { #body })),
                )
            } else {
                (quote!(), quote!(), finish(quote!(#callee(#this #(#args),*)), false))
            };
            let attempt = quote! {{
                #slots
                #keep
                #ship
                #current
                move |__last: ::core::primitive::bool| {
                    #next
                    #plain
                    #again
                    #reship
                    #runtime
                    ::std::result::Result::<_, #krate::Error>::Ok(move || #body)
                }
            }};
            let imports = quote!(#[allow(unused_imports)] use #private::{AgainClone as _, AgainNever as _};);
            let one = |way: &str, drive: &str, result: TokenStream, wrap: bool| {
                let way = Ident::new(way, Span::call_site());
                let drive = Ident::new(drive, Span::call_site());
                let head = head(quote!(#krate::#way));
                let run = if wrap {
                    quote!(::std::boxed::Box::pin(::std::clone::Clone::clone(&self.modifiers).#drive(Self::__limiter(), #attempt)))
                } else {
                    quote!(self.modifiers.#drive(Self::__limiter(), #attempt))
                };
                quote! {
                    #head {
                        /// Makes the call.
                        #attributes
                        pub fn call<'sk, #(#call_lifetimes),*>(&self, #(#names: #types),*) -> #result where #bounds {
                            #imports
                            #run
                        }
                    }
                }
            };
            if !asynchronous {
                elsewhere.extend(one(
                    "Timed",
                    "drive_timed",
                    quote!(::std::result::Result<#value, #krate::Error>),
                    false,
                ));
                if tokio {
                    elsewhere.extend(one(
                        "Asynced",
                        "drive_asynced",
                        quote!(#private::Pending<#value>),
                        true,
                    ));
                }
            }
            elsewhere.extend(one(
                "InBackground",
                "drive_background",
                quote!(#krate::Background<#value>),
                false,
            ));
        }

        // The modifiers.
        let chain = |way: TokenStream| quote!(#name<#(#front_used,)* #this_param #(#back_used,)* #way>);
        let (Away::Bounds(bounds) | Away::Never(bounds)) = &away;
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
        let asynced = if !tokio {
            quote!()
        } else if asynchronous {
            quote! {
                /// Changes nothing: it is async already.
                pub fn asynced(self) -> Self { self }
            }
        } else {
            let refuse = self.blocking.is_empty().then(|| {
                quote!(self.modifiers.refuse("asynced", "no blocking calls were found in it; mark it `#[blocking]` if it does block");)
            });
            let asynced = to(quote!(#krate::Asynced));
            quote! {
                /// Makes `call` return a future.
                #[allow(unused_mut)]
                pub fn asynced<'sk>(mut self) -> #asynced where #bounds { #refuse #turn }
            }
        };
        let fallible = output.fallible && !once;
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
            let this = self.receiver.map(|_| quote!(this: self.this,));
            let turned = chain(quote!(Turned));
            quote! {
                fn __turn<Turned>(self) -> #turned {
                    #name { modifiers: self.modifiers, #this marker: ::std::marker::PhantomData }
                }
            }
        });
        let new_head = head(quote!(#krate::Here));
        let items = quote! {
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
            #here
            #elsewhere
        };
        Ok(Made {
            items,
            declared: all_declared,
            used: all_used,
            inner_declared,
            predicates,
            retry,
            away,
            fallible,
        })
    }

    /// What keeps the call on this thread, and what to do about it.
    fn stays(&self, params: &[Param], output: &Output) -> Option<(String, &'static str)> {
        if let Some(param) = params.iter().find(|p| p.stays()) {
            return Some((
                format!("its parameter `{}` is borrowed", param.written),
                "take it by value, in an `Arc`, or as `&str`, `&[T]` or `&T` with `T: Clone`, which are copied",
            ));
        }
        if matches!(self.receiver, Some((_, true))) {
            return Some((
                "it takes `&mut self`".into(),
                "take `&self`, and keep what changes behind a lock",
            ));
        }
        if crate::params::borrows(&output.ty) {
            return Some((
                "what it returns borrows from its arguments".into(),
                "return an owned value: `String` for `&str`, `Vec<T>` for `&[T]`",
            ));
        }
        None
    }
}
