//! The async twin of a type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Error, Ident, ItemImpl, Result, Type};

use crate::block::{Method, lifetime_and_type_arguments};
use crate::params::{Output, Param, Pass, borrows};

pub(crate) fn expand(
    word: &Ident,
    name: &Ident,
    self_ty: &Type,
    block: &ItemImpl,
    methods: &[Method],
    krate: &TokenStream,
) -> Result<TokenStream> {
    if !cfg!(feature = "tokio") {
        return Err(Error::new(word.span(), "`asynced` needs the feature `tokio` of suitkaise-sk"));
    }
    let usable = |m: &&Method| m.by_reference && !m.options.skip && m.item.sig.asyncness.is_none();
    if !methods.iter().any(|m| usable(&m) && !m.blocking.is_empty()) {
        let message = format!(
            "no method of `{name}` blocks, so there is nothing to make async; remove `asynced`, or mark what does block \
             with `#[blocking]`"
        );
        return Err(Error::new(word.span(), message));
    }
    let private = quote!(#krate::__private_0_1);
    let twin = format_ident!("Async{name}");
    let (generics, _, filter) = block.generics.split_for_impl();
    let params = block.generics.params.iter();
    let arguments = lifetime_and_type_arguments(block);
    let mut calls = TokenStream::new();
    for method in methods.iter().filter(usable) {
        let sig = &method.item.sig;
        let (vis, function) = (&method.item.vis, &sig.ident);
        let mut extra = Vec::new();
        let all = Param::all(sig, Some(self_ty), &mut extra);
        let output = Output::of(sig, Some(self_ty), krate).ty;
        let declared = sig.generics.params.iter().map(|p| quote!(#p)).chain(extra);
        let predicates = &sig.generics.where_clause;
        let (names, types): (Vec<_>, Vec<_>) = all.iter().map(|p| (&p.name, &p.ty)).unzip();
        let docs = method.item.attrs.iter().filter(|a| a.path().is_ident("doc"));
        let (receiver, exclusive) = if method.exclusive {
            (quote!(&mut self), format_ident!("write"))
        } else {
            (quote!(&self), format_ident!("read"))
        };
        if method.blocking.is_empty() {
            // What a method lends from under the lock cannot leave it.
            if borrows(&output) {
                continue;
            }
            calls.extend(quote! {
                #(#docs)*
                #vis fn #function<#(#declared),*>(#receiver, #(#names: #types),*) -> #output #predicates {
                    #private::#exclusive(&self.0, |object| <#self_ty>::#function(object, #(#names),*))
                }
            });
            continue;
        }
        if let Some(param) = all.iter().find(|p| p.stays()) {
            let message = format!(
                "`{function}` blocks, so its async twin runs it on another thread, and the parameter `{}` is borrowed; take \
                 it by value, or mark the method `#[sk(skip)]`",
                param.written
            );
            return Err(Error::new(param.span, message));
        }
        let keep = all.iter().filter_map(|p| {
            let n = &p.name;
            let Pass::Shared(inner) = &p.pass else { return None };
            Some(quote_spanned!(p.span=> let #n = <#inner as ::std::borrow::ToOwned>::to_owned(#n);))
        });
        let args = all.iter().map(|p| {
            let n = &p.name;
            if let Pass::Shared(inner) = &p.pass {
                quote!(::std::borrow::Borrow::<#inner>::borrow(&#n))
            } else {
                quote!(#n)
            }
        });
        let display = format!("{name}::{function}");
        let run = format_ident!("{exclusive}_elsewhere");
        calls.extend(quote! {
            #(#docs)*
            #[allow(clippy::too_many_arguments)]
            #vis async fn #function<#(#declared),*>(#receiver, #(#names: #types),*) -> #output #predicates {
                #(#keep)*
                #private::#run(#display, &self.0, move |object| <#self_ty>::#function(object, #(#args),*)).await
            }
        });
    }
    let doc = format!(
        "[`{name}`] for async code: the methods that block are async and run on a thread of their own."
    );
    Ok(quote! {
        #[doc = #doc]
        #[allow(private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        pub struct #twin<#(#params),*>(::std::sync::Arc<::std::sync::RwLock<#self_ty>>) #filter;
        #[allow(dead_code, missing_docs, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        impl #generics #twin<#arguments> #filter {
            /// Takes the object in.
            pub fn new(object: #self_ty) -> Self {
                #twin(::std::sync::Arc::new(::std::sync::RwLock::new(object)))
            }
            /// Lets the object be looked at.
            ///
            /// # Blocking
            ///
            /// While a call whose future was dropped still runs on its thread and changes the object.
            pub fn with<Seen>(&self, look: impl FnOnce(&#self_ty) -> Seen) -> Seen {
                #private::read(&self.0, look)
            }
            #calls
        }
    })
}
