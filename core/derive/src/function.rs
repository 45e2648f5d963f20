//! `#[cerial::function]`, and the name of what it makes.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::parse::Parser as _;
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericParam, Ident, ItemFn, LitInt, LitStr, Path, ReturnType, Signature, Type,
    parse_quote_spanned,
};

use crate::krate;

#[derive(Default)]
struct Args {
    name: Option<LitStr>,
    version: Option<LitInt>,
    krate: Option<Path>,
}

impl Args {
    fn parse(args: TokenStream) -> syn::Result<Args> {
        let mut out = Args::default();
        syn::meta::parser(|meta: ParseNestedMeta<'_>| {
            if meta.path.is_ident("name") {
                out.name = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("version") {
                let version: LitInt = meta.value()?.parse()?;
                version.base10_parse::<u64>()?;
                out.version = Some(version);
            } else if meta.path.is_ident("crate") {
                out.krate = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error("unknown argument, known: name = \"..\", version = n, crate = path"));
            }
            Ok(())
        })
        .parse2(args)?;
        Ok(out)
    }
}

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let args = Args::parse(args)?;
    let mut item: ItemFn = syn::parse2(item.clone()).map_err(|_| {
        syn::Error::new_spanned(item, "`#[cerial::function]` stands on a free `fn` with a body")
    })?;
    check(&item)?;
    let krate = args.krate.as_ref().map_or_else(krate::path, ToTokens::to_token_stream);
    let pointer = pointer(&item.sig);
    let (ident, vis) = (&item.sig.ident, &item.vis);
    let entry = entry_ident(ident);
    let own_name = ident.unraw().to_string();
    let name = match &args.name {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    };
    let version = args.version.as_ref().map_or_else(
        || quote!(0),
        |version| {
            let version = version.base10_digits().parse::<u64>().unwrap_or_default();
            quote!(#version)
        },
    );
    let made = quote! {
        #[doc(hidden)]
        #[allow(non_upper_case_globals, unused_qualifications)]
        #vis static #entry: #krate::FunctionEntry = {
            static __POINTER: #pointer = #ident;
            #krate::FunctionEntry::new::<#pointer>(
                [::core::module_path!(), #own_name],
                #name,
                #version,
                (::core::env!("CARGO_PKG_NAME"), ::core::env!("CARGO_PKG_VERSION")),
                &__POINTER,
            )
        };
        const _: () = {
            #krate::__private::inventory::submit! { #krate::__private::FunctionRef(&#entry) }
        };
    };
    // Its address is its identity: no copy of it may stand elsewhere, and no other function of the same code at its place.
    let here = item.block.span();
    item.block.stmts.insert(0, parse_quote_spanned!(here=> let _ = ::core::hint::black_box(&#entry);));
    Ok(quote! {
        #[inline(never)]
        #item
        #made
    })
}

/// The hidden static beside a function.
fn entry_ident(ident: &Ident) -> Ident {
    format_ident!("__cerial_function_{}", ident.unraw(), span = ident.span())
}

/// `path::to::double` -> a reference to its hidden static.
pub(crate) fn entry(path: TokenStream) -> syn::Result<TokenStream> {
    let mut path: Path = syn::parse2(path)?;
    if let Some(last) = path.segments.last_mut() {
        last.ident = entry_ident(&last.ident);
    }
    Ok(quote!(&#path))
}

/// The type of a pointer to the function.
fn pointer(sig: &Signature) -> TokenStream {
    let Signature { unsafety, abi, output, .. } = sig;
    let lifetimes: Vec<_> = sig.generics.lifetimes().map(|param| &param.lifetime).collect();
    let for_all = (!lifetimes.is_empty()).then(|| quote!(for<#(#lifetimes),*>));
    let types = sig.inputs.iter().filter_map(|arg| match arg {
        FnArg::Typed(arg) => Some(&arg.ty),
        FnArg::Receiver(_) => None,
    });
    quote_spanned!(sig.ident.span()=> #for_all #unsafety #abi fn(#(#types),*) #output)
}

fn check(item: &ItemFn) -> syn::Result<()> {
    let sig = &item.sig;
    let mut errors: Option<syn::Error> = None;
    let mut refuse = |tokens: &dyn ToTokens, message: &str| {
        let error = syn::Error::new_spanned(tokens, message);
        match &mut errors {
            Some(errors) => errors.combine(error),
            None => errors = Some(error),
        }
    };
    if let Some(token) = &sig.asyncness {
        refuse(token, "an `async fn` has no pointer that could travel: register the `fn` that it wraps");
    }
    if let Some(token) = &sig.constness {
        refuse(
            token,
            "a `const fn` may be copied to where it is called, and has no one address: remove `const`",
        );
    }
    if let Some(token) = &sig.variadic {
        refuse(token, "a variadic function cannot travel");
    }
    for param in &sig.generics.params {
        match param {
            GenericParam::Lifetime(param) if param.bounds.is_empty() => {}
            GenericParam::Lifetime(param) => {
                refuse(
                    param,
                    "a lifetime with bounds cannot stand in the type of a pointer: leave the bounds out",
                );
            }
            GenericParam::Type(_) | GenericParam::Const(_) => refuse(
                param,
                "a generic function has no one address: register a `fn` for each type that travels, which calls it",
            ),
        }
    }
    if let Some(clause) = &sig.generics.where_clause {
        refuse(
            clause,
            "a bound cannot stand in the type of a pointer: register a `fn` without one, which calls it",
        );
    }
    for arg in &sig.inputs {
        match arg {
            FnArg::Receiver(receiver) => {
                refuse(
                    receiver,
                    "a method cannot travel: register a free `fn` that takes the value and calls it",
                );
            }
            FnArg::Typed(arg) if matches!(*arg.ty, Type::ImplTrait(_)) => {
                refuse(&arg.ty, "a generic function has no one address: name the argument's type");
            }
            FnArg::Typed(_) => {}
        }
    }
    if let ReturnType::Type(_, ty) = &sig.output
        && matches!(**ty, Type::ImplTrait(_))
    {
        refuse(ty, "a type without a name cannot stand in the type of a pointer: name it, or box it");
    }
    for attr in &item.attrs {
        let path = attr.path();
        if path.is_ident("inline") || path.is_ident("track_caller") {
            refuse(attr, "a function that travels stands once in the program: remove this attribute");
        }
    }
    errors.map_or(Ok(()), Err)
}
