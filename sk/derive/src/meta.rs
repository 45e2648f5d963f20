//! The metadata: what is known about each method, as constants.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ItemImpl, ReturnType, Signature, Type};

use crate::block::{Method, rows};
use crate::options::{Options, block_id};
use crate::proxy;

/// The id of the block that is being expanded.
pub(crate) fn id(options: &Options) -> u16 {
    options.extends.as_ref().map_or(0, block_id)
}

/// The constant that a block's metadata stands in.
pub(crate) fn constant(block: Option<&Ident>) -> Ident {
    block.map_or_else(|| format_ident!("__SK_BLOCK"), |name| format_ident!("__SK_BLOCK_{name}"))
}

/// `shared_meta` and `blocking_methods`, of all blocks together.
pub(crate) fn whole(
    name: &Ident,
    self_ty: &Type,
    block: &ItemImpl,
    options: &Options,
    krate: &TokenStream,
) -> TokenStream {
    let (generics, _, filter) = block.generics.split_for_impl();
    let type_name = name.to_string();
    let blocks = std::iter::once(constant(None)).chain(options.blocks.iter().map(|b| constant(Some(b))));
    quote! {
        #[allow(dead_code, unreachable_pub, clippy::all)]
        impl #generics #self_ty #filter {
            const __SK_META: &'static #krate::SharedMeta =
                &#krate::SharedMeta { type_name: #type_name, blocks: &[#(Self::#blocks),*] };
            /// Says what each method reads and writes.
            pub const fn shared_meta() -> &'static #krate::SharedMeta {
                Self::__SK_META
            }
            /// Lists the methods that may block, with the calls by which they do.
            pub fn blocking_methods() -> ::std::vec::Vec<#krate::BlockingMethod> {
                Self::__SK_META.blocking_methods()
            }
        }
    }
}

/// The rows of one block.
pub(crate) fn block(
    self_ty: &Type,
    block: &ItemImpl,
    methods: &[Method],
    options: &Options,
    krate: &TokenStream,
) -> TokenStream {
    let (generics, _, filter) = block.generics.split_for_impl();
    let id = id(options);
    let constant = constant(options.extends.as_ref());
    let lines = rows(methods).map(|(place, m)| {
        let index = u32::from(id) << 16 | place;
        let name = m.item.sig.ident.to_string();
        let (reads, writes, blocking, exclusive) =
            (m.reads.iter(), m.writes.iter(), &m.blocking, m.exclusive);
        let answers = |sig: &Signature| !matches!(sig.output, ReturnType::Default);
        let returns = answers(m.options.via.as_ref().unwrap_or(&m.item.sig));
        let getter =
            !m.exclusive && m.item.sig.inputs.len() == 1 && answers(&m.item.sig) && m.writes.is_empty();
        let shared = proxy::is_shared(m);
        quote! {
            #krate::MethodMeta {
                name: #name,
                index: #index,
                reads: &[#(#reads),*],
                writes: &[#(#writes),*],
                blocking_calls: &[#(#blocking),*],
                exclusive: #exclusive,
                getter: #getter,
                returns: #returns,
                shared: #shared,
            }
        }
    });
    let blocking = methods.iter().filter(|m| !m.blocking.is_empty()).map(|m| {
        let (name, calls) = (m.item.sig.ident.to_string(), &m.blocking);
        quote!(#krate::BlockingMethod { name: #name, calls: &[#(#calls),*] })
    });
    let listed = options.extends.as_ref().filter(|_| block.generics.params.is_empty()).map(|name| {
        let message =
            format!("the `#[sk]` block does not name this one: write `#[sk(blocks({name}))]` there");
        quote!(
            const _: () = ::core::assert!(<#self_ty>::shared_meta().lists(#id), #message);
        )
    });
    quote! {
        #[allow(dead_code, non_upper_case_globals, unreachable_pub, clippy::all)]
        impl #generics #self_ty #filter {
            #[doc(hidden)]
            pub const #constant: #krate::MethodBlock =
                #krate::MethodBlock { id: #id, methods: &[#(#lines),*], blocking: &[#(#blocking),*] };
        }
        #listed
    }
}
