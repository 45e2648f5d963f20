//! `call` on another thread: with a timeout, awaited, in the background.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::Away;
use super::parts::Parts;
use crate::params::Pass;

pub(super) fn calls(parts: &Parts<'_>) -> TokenStream {
    let Parts { private, asynchronous, params, output, call_lifetimes, .. } = parts;
    let (krate, display) = (parts.chain.krate, &parts.chain.display);
    let (asynchronous, value) = (*asynchronous, &output.value);
    let names: Vec<_> = params.iter().map(|p| &p.name).collect();
    let types: Vec<_> = params.iter().map(|p| &p.ty).collect();
    let (callee, attributes) = (parts.callee(), Parts::attributes());
    let (slots, next) = (parts.slots(), parts.next());
    let mut elsewhere = quote!();
    if let Away::Bounds(bounds) = &parts.away {
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
        let (ship, reship, this) = match parts.chain.receiver {
            Some(_) => (
                quote!(let __this = <This as #private::Ship<'sk>>::ship(&self.this);),
                quote!(let __this = ::std::clone::Clone::clone(&__this);),
                quote!(&*__this,),
            ),
            None => (quote!(), quote!(), quote!()),
        };
        let plain = parts.unpack(&quote!());
        let (current, runtime, body) = if asynchronous {
            let body = parts.finish(quote!(#callee(#this #(#args),*).await), false);
            (
                quote!(let __runtime = #private::Runtime::current();),
                quote!(let __runtime = __runtime.handle(#display)?;),
                quote!(__runtime.block_on(async move { #body })),
            )
        } else {
            (quote!(), quote!(), parts.finish(quote!(#callee(#this #(#args),*)), false))
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
            let head = parts.head(&quote!(#krate::#way));
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
            if cfg!(feature = "tokio") {
                elsewhere.extend(one("Asynced", "drive_asynced", quote!(#private::Pending<#value>), true));
            }
        }
        elsewhere.extend(one("InBackground", "drive_background", quote!(#krate::Background<#value>), false));
    }
    elsewhere
}
