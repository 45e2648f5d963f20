//! The macros of `cerial`. Each goes parse -> check -> emit; all errors of an item are reported together.
//!
//! Use them through the crate `cerial` (or `suitkaise::cerial`), which documents what they make.
#![forbid(unsafe_code)]

mod attrs;
mod codec;
mod emit;
mod function;
mod input;
mod krate;
mod object;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// Implements `cerial::Encode` and `cerial::Decode`, and with them `Cerial`.
///
/// A field may be of any type: containers of the standard library are walked by their syntax, and what stands at
/// their leaves is taken by the first way that it has: `Cerial` itself, a registered handler, serde.
///
/// On the type: `name = "acme.Order"`, `alias = ".."`, `transparent`, `pod` (`#[repr(C)]` of numbers without
/// padding: lists of it are copied as a whole; the compiler proves it), `cyclic` (strong
/// pointers that lead back to an object are closed: its `Default` stands for it while it is read), `state = OrderState` (goes as that type: `From<&Order>`
/// makes it, `TryFrom` takes it back), `bound(T: ..)`, `crate = path`.
/// On a variant: `rename = ".."`, `alias = ".."`, `other` (what a variant of other bytes is read as that the type has not).
/// On a field: `skip` (written nowhere, read as its default), `default` or `default = path` (what to take where older
/// bytes lack the field), `rename = ".."`, `alias = ".."`, `with = Handler`, `via(Vec<_>)` (a collection
/// of another crate, element by element, as a list; `via(BTreeMap<_, _>)` as a map), `serde`, `handler`, `strict`.
#[proc_macro_derive(Cerial, attributes(cerial))]
pub fn derive_cerial(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as syn::DeriveInput);
    input::Input::parse(item).map_or_else(syn::Error::into_compile_error, |input| emit::emit(&input)).into()
}

/// Lets a trait's objects travel: on the trait, and on each impl whose type may stand behind it.
#[proc_macro_attribute]
pub fn object(args: TokenStream, item: TokenStream) -> TokenStream {
    object::expand(args.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Registers types behind a `#[cerial::object]` trait by a line each: instances of a generic type, on whose `impl` the
/// attribute cannot stand.
///
/// `cerial::objects! { impl Shape for Circle<f32>; impl Shape for Circle<f64>; }`
#[proc_macro]
pub fn objects(input: TokenStream) -> TokenStream {
    object::submit(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Adds types behind traits to a builder, for the expansion of `cerial::plugin!`.
#[doc(hidden)]
#[proc_macro]
pub fn add_objects(input: TokenStream) -> TokenStream {
    object::add(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Lets a function travel by its name: a field of type `fn(..) -> ..` that points to it is written as name, signature and
/// version, and finds the function again in every program that has it.
///
/// On a free `fn`, without type parameters. Arguments: `name = "acme.double"` (the default is `crate::double`),
/// `version = n` (0 by default; raise it when the body changes so that older values must not run it), `crate = path`.
/// The function is compiled as `#[inline(never)]`: its address is its identity.
#[proc_macro_attribute]
pub fn function(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(args.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// The hidden entry of a `#[cerial::function]`, for the expansion of `cerial::plugin!`.
#[doc(hidden)]
#[proc_macro]
pub fn function_entry(path: TokenStream) -> TokenStream {
    function::entry(path.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
