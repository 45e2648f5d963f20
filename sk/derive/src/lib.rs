//! Macros of suitkaise-sk; see there.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, parse_macro_input};

mod analysis;
mod block;
mod chain;
mod function;
mod meta;
mod options;
mod params;
mod proxy;
mod twin;

/// Puts modifiers beside a function, or gives them to the methods of an impl block.
///
/// # On a function
///
/// The function stays as it is. Beside it, under the same name, stand `retry(times)`, `timeout(limit)`,
/// `rate_limit(per_second)`, `background()` and `asynced()`, each of which starts a chain that ends in
/// `call(the function's arguments)`; and `BLOCKING_CALLS`, `blocking_calls()`, `has_blocking_calls()`. `retry` is there
/// if the return type's name ends in `Result`. It works on generic functions, `async fn`s and inside function bodies.
///
/// # On an impl block
///
/// `object.sk().method()` gives the same chain for a method that takes `&self`, `object.sk_mut().method()` for one that
/// takes `&mut self`, and `Type::sk_arc(arc)` for an object in an `Arc`, which then leaves for another thread without
/// being copied. `Type::shared_meta()` says what each method reads and writes, `Type::blocking_methods()` which of them
/// block, and the type becomes `Shareable`, with a proxy `TypeProxy`.
///
/// One `#[sk]` a type. A further impl block says `#[sk(extend = name)]` and the first one `#[sk(blocks(name))]`: its
/// methods are in the metadata and the proxy as well. A plain `#[sk(extend)]` adds modifiers only. `#[sk(asynced)]` also
/// makes `AsyncType`, where the methods that block are async and the others stay as they are. `#[sk(proxy)]` makes the
/// metadata and the proxy only, no modifiers.
///
/// On a method inside, `#[sk(skip)]` leaves it out of all that, `#[sk(reads(a, b), writes(c))]` states what the analysis
/// would otherwise find, and `#[blocking]` says that it blocks.
///
/// A method that reads a clock, belongs to a thread or sleeps must not run where a shared object lives.
/// `#[sk(via = other(argument: Type) -> Result)]` on it says that a call of the method `other`, which may stand anywhere,
/// travels instead: the proxy then has `method_there(argument)`, visible in the crate, and `method` is written by hand
/// around it in an `impl TypeProxy`, so that the rest happens in the calling process.
/// `#[sk(process_ended = method)]` on the block names the method that lets go of what was kept for a process.
#[proc_macro_attribute]
pub fn sk(args: TokenStream, item: TokenStream) -> TokenStream {
    let options = parse_macro_input!(args as options::Options);
    let krate = krate();
    let original = item.clone();
    let expanded = match parse_macro_input!(item as Item) {
        Item::Fn(item) => function::expand(&options, item, &krate),
        Item::Impl(item) => block::expand(&options, item, &krate),
        other => {
            let message =
                "`#[sk]` goes on a `fn` or on an `impl` block; for a type, write it above the type's `impl`";
            Err(syn::Error::new_spanned(first_token(&other), message))
        }
    };
    expanded
        .unwrap_or_else(|error| {
            // The item stays, so that what uses it does not fail as well.
            let item = proc_macro2::TokenStream::from(strip(original));
            let error = error.into_compile_error();
            quote!(#error #item)
        })
        .into()
}

/// Marks a function or method as blocking; the analysis is then skipped.
///
/// It means something under `#[sk]` only, and leaves the function as it is.
#[proc_macro_attribute]
pub fn blocking(args: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(token) = proc_macro2::TokenStream::from(args).into_iter().next() {
        return syn::Error::new(token.span(), "`#[blocking]` takes no arguments").into_compile_error().into();
    }
    let mut function = match syn::parse::<syn::ItemFn>(item) {
        Ok(function) => function,
        Err(error) => {
            let message = "`#[blocking]` goes on a function, or on a method of an impl block with `#[sk]`";
            return syn::Error::new(error.span(), message).into_compile_error().into();
        }
    };
    // Written above `#[sk]` it comes first, and would be gone when `#[sk]` looks for it.
    for attr in function.attrs.iter_mut().filter(|a| options::is_sk(a)) {
        let path = attr.path().clone();
        attr.meta = syn::parse_quote!(#path(blocking));
    }
    function.into_token_stream().into()
}

/// The path of suitkaise-sk for whoever writes the macro: its own crate, or the facade's module.
fn krate() -> proc_macro2::TokenStream {
    use proc_macro_crate::{FoundCrate, crate_name};
    let named = |name: &str| syn::Ident::new(name, proc_macro2::Span::call_site());
    match (crate_name("suitkaise-sk"), crate_name("suitkaise")) {
        (Ok(FoundCrate::Name(name)), _) => {
            let name = named(&name);
            quote!(::#name)
        }
        (Err(_), Ok(FoundCrate::Name(name))) => {
            let name = named(&name);
            quote!(::#name::sk)
        }
        (Err(_), Ok(FoundCrate::Itself)) => quote!(::suitkaise::sk),
        (Ok(FoundCrate::Itself) | Err(_), _) => quote!(::suitkaise_sk),
    }
}

fn first_token(item: &Item) -> proc_macro2::TokenStream {
    item.to_token_stream().into_iter().take(1).collect()
}

/// The item without the attributes that only `#[sk]` understands.
fn strip(item: TokenStream) -> TokenStream {
    match syn::parse::<Item>(item.clone()) {
        Ok(Item::Impl(mut block)) => {
            for item in &mut block.items {
                if let syn::ImplItem::Fn(method) = item {
                    method.attrs.retain(|a| !options::holds_sk(a));
                }
            }
            block.into_token_stream().into()
        }
        _ => item,
    }
}
