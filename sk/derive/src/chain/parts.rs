//! What all parts of a chain's code need: parameters, generics, bounds.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::GenericParam;
use syn::spanned::Spanned;

use super::generics::{declared, phantom, used};
use super::{Away, Chain};
use crate::params::{Output, Param, Pass, at};

/// The pieces of one chain.
pub(super) struct Parts<'a> {
    pub(super) chain: &'a Chain<'a>,
    pub(super) private: TokenStream,
    pub(super) asynchronous: bool,
    pub(super) params: Vec<Param>,
    pub(super) output: Output,
    /// The function's own lifetimes, which stay at `call`.
    pub(super) call_lifetimes: Vec<TokenStream>,
    pub(super) turbofish: Vec<TokenStream>,
    pub(super) inner_declared: Vec<TokenStream>,
    pub(super) all_declared: Vec<TokenStream>,
    pub(super) all_used: Vec<TokenStream>,
    /// Lifetimes come first in a parameter list, the receiver after them: the lists in two parts.
    pub(super) front_declared: Vec<TokenStream>,
    pub(super) back_declared: Vec<TokenStream>,
    pub(super) front_used: Vec<TokenStream>,
    pub(super) back_used: Vec<TokenStream>,
    pub(super) predicates: TokenStream,
    pub(super) phantoms: Vec<TokenStream>,
    pub(super) this_param: TokenStream,
    pub(super) this_bound: TokenStream,
    pub(super) this_field: TokenStream,
    pub(super) this_new: TokenStream,
    pub(super) this_arg: TokenStream,
    /// What `retry` asks of the arguments.
    pub(super) retry: TokenStream,
    /// The trait that says why the call stays on this thread, if it does.
    pub(super) gate_item: TokenStream,
    pub(super) away: Away,
}

impl<'a> Parts<'a> {
    pub(super) fn of(chain: &'a Chain<'a>) -> Parts<'a> {
        let Chain { krate, vis, name, display, sig, .. } = chain;
        let private = quote!(#krate::__private_0_1);
        let asynchronous = sig.asyncness.is_some();
        let mut extra = Vec::new();
        let mut params = Param::all(sig, chain.receiver.map(|r| r.0), &mut extra);
        let mut output = Output::of(sig, chain.receiver.map(|r| r.0), krate);

        // Generics: lifetimes of the function stay at `call`, all else belongs to the chain.
        let is_lifetime = |p: &&GenericParam| matches!(p, GenericParam::Lifetime(_));
        let mut call_lifetimes: Vec<_> =
            sig.generics.params.iter().filter(is_lifetime).map(declared).collect();
        if chain.receiver.is_none() && crate::params::borrows(&output.ty) {
            call_lifetimes.extend(crate::params::name_lender(&mut params, &mut output, &call_lifetimes));
        }
        let (params, output) = (params, output);
        let value = &output.value;
        let own: Vec<&GenericParam> = sig.generics.params.iter().filter(|p| !is_lifetime(p)).collect();
        let outer: Vec<&GenericParam> = chain.outer.params.iter().collect();
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
        let outer_where = chain.outer.where_clause.iter().flat_map(|w| &w.predicates);
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

        let (this_param, this_bound, this_field, this_new) = match chain.receiver {
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
        let this_arg = chain.receiver.map(|_| quote!(this: This)).unwrap_or_default();

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
        let away = match chain.stays(&params, &output) {
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
                let of_this = chain.receiver.map(|_| quote!(This: #private::Ship<'sk>,));
                Away::Bounds(quote!(#(#of_params)* #of_output #of_this))
            }
        };
        Parts {
            chain,
            private,
            asynchronous,
            params,
            output,
            call_lifetimes,
            turbofish,
            inner_declared,
            all_declared,
            all_used,
            front_declared,
            back_declared,
            front_used,
            back_used,
            predicates,
            phantoms,
            this_param,
            this_bound,
            this_field,
            this_new,
            this_arg,
            retry,
            gate_item,
            away,
        }
    }

    /// The head of an impl of the chain with this way.
    pub(super) fn head(&self, way: &TokenStream) -> TokenStream {
        let Parts { front_declared, back_declared, front_used, back_used, predicates, .. } = self;
        let Parts { this_param, this_bound, chain: Chain { name, .. }, .. } = self;
        quote! {
            #[allow(dead_code, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
            impl<#(#front_declared,)* #this_param #(#back_declared),*> #name<#(#front_used,)* #this_param #(#back_used,)* #way>
            where #predicates #this_bound
        }
    }

    /// The path of the function itself.
    pub(super) fn callee(&self) -> TokenStream {
        let (function, turbofish) = (&self.chain.sig.ident, &self.turbofish);
        match self.chain.receiver {
            Some((target, _)) => quote!(<#target>::#function::<#(#turbofish),*>),
            None => quote!(#function::<#(#turbofish),*>),
        }
    }

    /// A call as a `Result`, with its error as a `Stop` or as it is. Errors about the result stand at the result.
    pub(super) fn finish(&self, call: TokenStream, stop: bool) -> TokenStream {
        let (private, output) = (&self.private, &self.output);
        match (output.fallible, stop) {
            (true, true) => quote_spanned!(output.ty.span()=> #call.map_err(#private::Stop::Failed)),
            (true, false) => call,
            (false, true) => {
                quote!(::std::result::Result::<_, #private::Stop<::std::convert::Infallible>>::Ok(#call))
            }
            (false, false) => quote!(::std::result::Result::<_, ::std::convert::Infallible>::Ok(#call)),
        }
    }

    /// A slot for each argument by value, from which every attempt is served.
    pub(super) fn slots(&self) -> TokenStream {
        let private = &self.private;
        let values = self.params.iter().filter(|p| p.by_value());
        values
            .map(|p| {
                let n = &p.name;
                quote!(let mut #n = #private::Slot::new(#n);)
            })
            .collect()
    }

    /// Takes each argument of one attempt out of its slot.
    pub(super) fn next(&self) -> TokenStream {
        let (private, display) = (&self.private, &self.chain.display);
        let values = self.params.iter().filter(|p| p.by_value());
        values
            .map(|p| {
                let n = &p.name;
                quote!(let #n = #n.next(__last, |__value| (&&#private::Again(__value)).again(), #display);)
            })
            .collect()
    }

    /// Leaves with the error if a slot had nothing to give.
    pub(super) fn unpack(&self, refuse: &TokenStream) -> TokenStream {
        let values = self.params.iter().filter(|p| p.by_value());
        values
            .map(|p| {
                let n = &p.name;
                quote!(let #n = #n #refuse?;)
            })
            .collect()
    }

    /// A future that borrows `&mut` can be made once only.
    pub(super) fn once(&self) -> bool {
        let exclusive = matches!(self.chain.receiver, Some((_, true)))
            || self.params.iter().any(|p| matches!(p.pass, Pass::Exclusive));
        self.asynchronous && exclusive
    }

    /// Lints that the user's signature may set off in ours.
    pub(super) fn attributes() -> TokenStream {
        quote!(#[allow(clippy::too_many_arguments, clippy::type_complexity, clippy::needless_lifetimes, clippy::needless_borrow, clippy::borrow_deref_ref, clippy::explicit_auto_deref)])
    }
}

impl Chain<'_> {
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
