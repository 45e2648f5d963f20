//! `#[skprocess]` on `impl Skprocess for X`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::{ImplItem, Item, ItemImpl, Token};

use crate::autoreconnect::AutoReconnect;
use crate::krate;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let autoreconnect = arguments.parse2(args)?;
    let mut item = match syn::parse2(item)? {
        Item::Impl(item) => item,
        other => {
            return Err(syn::Error::new_spanned(other, "`#[skprocess]` stands on `impl Skprocess for Type`"));
        }
    };
    if !item.trait_.as_ref().is_some_and(|(_, path, _)| is_skprocess(path)) {
        return Err(syn::Error::new_spanned(
            &item.self_ty,
            "`#[skprocess]` stands on `impl Skprocess for Type`",
        ));
    }
    let krate = krate::path();
    let has = |name: &str, item: &ItemImpl| {
        item.items.iter().any(|item| match item {
            ImplItem::Fn(f) => f.sig.ident == name,
            ImplItem::Type(t) => t.ident == name,
            _ => false,
        })
    };
    let mut filled: Vec<TokenStream> = Vec::new();
    if !has("Output", &item) {
        if let Some(result) = item.items.iter().find_map(|item| match item {
            ImplItem::Fn(f) if f.sig.ident == "result" => Some(f),
            _ => None,
        }) {
            return Err(syn::Error::new_spanned(
                &result.sig.ident,
                "`result` is written, so its type must be too: add `type Output = ..;`",
            ));
        }
        filled.push(quote!(
            type Output = ();
        ));
    }
    if !has("result", &item) {
        if let Some(output) = item.items.iter().find_map(|item| match item {
            ImplItem::Type(t) if t.ident == "Output" && !is_unit(&t.ty) => Some(t),
            _ => None,
        }) {
            return Err(syn::Error::new_spanned(
                output,
                "an `Output` other than `()` needs `fn result(&mut self, cx: &mut Context) -> Result<Self::Output>`",
            ));
        }
        filled.push(quote! {
            fn result(&mut self, _: &mut #krate::Context) -> ::core::result::Result<(), #krate::BoxError> {
                ::core::result::Result::Ok(())
            }
        });
    }
    if has("error", &item) {
        filled.push(quote!(
            const HANDLES_ERROR: bool = true;
        ));
    }
    if let Some(autoreconnect) = autoreconnect {
        let body = autoreconnect.emit(&krate);
        filled.push(quote! {
            fn autoreconnect(&self) -> ::core::option::Option<#krate::AutoReconnect> {
                #body
            }
        });
    }
    for tokens in filled {
        item.items.push(syn::parse2(tokens)?);
    }
    Ok(quote!(#item))
}

fn is_skprocess(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "Skprocess")
}

fn is_unit(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Tuple(tuple) if tuple.elems.is_empty())
}

fn arguments(input: syn::parse::ParseStream<'_>) -> syn::Result<Option<AutoReconnect>> {
    if input.is_empty() {
        return Ok(None);
    }
    let name: syn::Ident = input.parse()?;
    if name != "autoreconnect" {
        return Err(syn::Error::new(name.span(), "want `autoreconnect` or `autoreconnect(..)`"));
    }
    let autoreconnect = if input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        content.parse()?
    } else {
        AutoReconnect::WithoutSecrets
    };
    let _: Option<Token![,]> = input.parse()?;
    Ok(Some(autoreconnect))
}
