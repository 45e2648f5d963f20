//! From a function to the same function with wider parameters.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Error, FnArg, Ident, ImplItemFn, Pat, Result};

use crate::options::Options;
use crate::shape::Shape;

pub(crate) fn expand(options: &Options, mut function: ImplItemFn) -> Result<TokenStream> {
    let private = private()?;
    if let Some(word) = &function.sig.constness {
        return Err(Error::new(word.span(), "`autopath` looks at the disk, which a `const fn` cannot"));
    }
    if let (Some(option), Some(_)) = (&options.use_caller, &function.sig.asyncness) {
        return Err(Error::new(
            option.span(),
            "`use_caller` cannot see the caller of an `async fn`; pass the path",
        ));
    }
    let name = function.sig.ident.to_string();
    let caller =
        options.use_caller.as_ref().map(|_| quote!(#private::Skpath::into_path_buf(__caller.clone())));
    let mut errors: Vec<Error> = Vec::new();
    let mut statements: Vec<TokenStream> = Vec::new();
    let mut seen: Vec<Ident> = Vec::new();
    let mut fills_maybe = false;
    for argument in &mut function.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(pattern) = &*argument.pat else {
            if Shape::of(&argument.ty, false).is_some() && options.only.is_none() {
                errors.push(Error::new(
                    argument.pat.span(),
                    "`autopath` wants a plain name here; take it apart in the body",
                ));
            }
            continue;
        };
        let ident = pattern.ident.clone();
        seen.push(ident.clone());
        let named = options.only.as_ref().map(|only| only.contains(&ident));
        if named == Some(false) {
            continue;
        }
        let Some(shape) = Shape::of(&argument.ty, named == Some(true)) else {
            if named == Some(true) {
                let message = format!(
                    "`{ident}` is in `only(..)`, but its type is not a path: want `Skpath`, `PathBuf`, `String`, `&Path`, \
                     `&str`, or a `Vec`, set, slice, tuple or `Option` of them"
                );
                errors.push(Error::new(argument.ty.span(), message));
            }
            continue;
        };
        fills_maybe |= shape.has_maybe();
        let parameter = ident.to_string();
        let debug = options.debug;
        let trace = quote! {
            let __trace = #private::Trace { function: #name, parameter: #parameter, debug: #debug };
        };
        let converted = shape.convert(quote!(#ident), &private, caller.as_ref());
        let ty = &argument.ty;
        let mutable = &pattern.mutability;
        statements.push(match &shape {
            Shape::Borrowed(_) => {
                let owned = format_ident!("__owned_{}", ident);
                quote! {
                    let #owned = { #trace #converted };
                    let #mutable #ident: #ty = &#owned;
                }
            }
            _ => quote!(let #mutable #ident: #ty = { #trace #converted };),
        });
        let wide = shape.argument(&private);
        *argument.ty = syn::parse2(wide)?;
        *argument.pat = syn::parse_quote!(#ident);
    }
    for name in options.only.iter().flatten().filter(|name| !seen.contains(name)) {
        let names: Vec<String> = seen.iter().map(|name| format!("`{name}`")).collect();
        errors
            .push(Error::new(name.span(), format!("no parameter `{name}`; there are: {}", names.join(", "))));
    }
    if let Some(option) = options.use_caller.as_ref().filter(|_| !fills_maybe && errors.is_empty()) {
        errors.push(Error::new(
            option.span(),
            "`use_caller` fills `Option` paths, and this function takes none",
        ));
    }
    if statements.is_empty() && errors.is_empty() {
        errors.push(Error::new(
            function.sig.ident.span(),
            "no parameter has a path type (`Skpath`, `PathBuf`, `&Path`, or a `Vec`, set or `Option` of them); name \
             `String` parameters in `#[autopath(only(..))]`",
        ));
    }
    if let Some(first) = errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    }) {
        return Err(first);
    }
    let body = &function.block.stmts;
    let take_caller = options.use_caller.as_ref().map(|_| quote!(let __caller = #private::caller_path();));
    function.block = syn::parse_quote!({ #take_caller #(#statements)* #(#body)* });
    if options.use_caller.is_some() {
        function.attrs.push(syn::parse_quote!(#[track_caller]));
    }
    Ok(quote!(#function))
}

/// Finds the crate that the user depends on: this one's library, or the facade over it.
fn private() -> Result<TokenStream> {
    let path = |found, own: &str| match found {
        FoundCrate::Itself => format_ident!("{own}"),
        FoundCrate::Name(name) => Ident::new(&name, Span::call_site()),
    };
    if let Ok(found) = crate_name("suitkaise-paths") {
        let name = path(found, "suitkaise_paths");
        return Ok(quote!(::#name::__private0));
    }
    match crate_name("suitkaise") {
        Ok(found) => {
            let name = path(found, "suitkaise");
            Ok(quote!(::#name::paths::__private0))
        }
        Err(_) => Err(Error::new(
            Span::call_site(),
            "`autopath` wants `suitkaise` or `suitkaise-paths` among the dependencies of this package",
        )),
    }
}
