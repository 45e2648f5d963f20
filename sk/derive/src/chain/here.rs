//! `call` on the caller's own thread.

use proc_macro2::TokenStream;
use quote::quote;

use super::parts::Parts;
use crate::params::Pass;

pub(super) fn calls(parts: &Parts<'_>) -> TokenStream {
    let Parts { private, asynchronous, params, output, call_lifetimes, .. } = parts;
    let (krate, asynchronous, value) = (parts.chain.krate, *asynchronous, &output.value);
    let names: Vec<_> = params.iter().map(|p| &p.name).collect();
    let types: Vec<_> = params.iter().map(|p| &p.ty).collect();
    let (callee, attributes) = (parts.callee(), Parts::attributes());
    let (slots, next) = (parts.slots(), parts.next());
    let here_args: Vec<_> = params
        .iter()
        .map(|p| {
            let n = &p.name;
            if matches!(p.pass, Pass::Exclusive) { quote!(&mut *#n) } else { quote!(#n) }
        })
        .collect();
    let here_this = match parts.chain.receiver {
        Some((_, true)) => quote!(&mut **__this,),
        Some((_, false)) => quote!(&**__this,),
        None => quote!(),
    };
    let (self_ref, this_let) = match parts.chain.receiver {
        Some((_, true)) => (quote!(&mut self), quote!(let __this = &mut self.this;)),
        Some((_, false)) => (quote!(&self), quote!(let __this = &self.this;)),
        None => (quote!(&self), quote!()),
    };
    let refused = parts.unpack(&quote!(.map_err(#private::Stop::Refused)));
    let here_head = parts.head(&quote!(#krate::Here));
    let once = parts.once();
    if asynchronous {
        let body = parts.finish(quote!(#callee(#here_this #(#here_args),*).await), true);
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
        let body = parts.finish(quote!(#callee(#here_this #(#here_args),*)), true);
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
    }
}
