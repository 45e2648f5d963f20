//! The proxy that Share hands out, and the dispatcher at the other end.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Error, GenericParam, Ident, ItemImpl, Result, ReturnType, Type};

use crate::block::{Method, lifetime_and_type_arguments};
use crate::params::{Output, Param, Pass, borrows};

/// Whether the proxy has the method: what it takes and gives can travel.
pub(crate) fn is_shared(method: &Method) -> bool {
    let sig = &method.item.sig;
    let generic = sig.generics.params.iter().any(|p| !matches!(p, GenericParam::Lifetime(_)));
    let mut extra = Vec::new();
    let stays = Param::all(sig, None, &mut extra).iter().any(Param::stays);
    method.is_public()
        && method.by_reference
        && !method.options.skip
        && sig.asyncness.is_none()
        && !(generic || stays)
        && extra.is_empty()
        && !returns_a_borrow(method)
}

fn returns_a_borrow(method: &Method) -> bool {
    matches!(&method.item.sig.output, ReturnType::Type(_, ty) if borrows(ty))
}

pub(crate) fn expand(
    name: &Ident,
    self_ty: &Type,
    block: &ItemImpl,
    methods: &[Method],
    krate: &TokenStream,
) -> Result<TokenStream> {
    let mut errors: Option<Error> = None;
    for method in
        methods.iter().filter(|m| m.is_public() && m.by_reference && !m.options.skip && returns_a_borrow(m))
    {
        let message = "a shared object lives in another process and cannot lend this out; return an owned value, or mark \
                       the method `#[sk(skip)]`";
        let error = Error::new(method.item.sig.output.span_of_type(), message);
        match &mut errors {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        }
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    // An object that borrows cannot live in another process.
    if block.generics.lifetimes().next().is_some() {
        return Ok(TokenStream::new());
    }
    let proxy = format_ident!("{name}Proxy");
    let (_, _, filter) = block.generics.split_for_impl();
    let params: Vec<_> = block.generics.params.iter().collect();
    let arguments = lifetime_and_type_arguments(block);
    let predicates: Vec<_> = block.generics.where_clause.iter().flat_map(|w| &w.predicates).collect();
    let markers = block.generics.type_params().map(|p| &p.ident);

    let mut calls = TokenStream::new();
    let mut arms = TokenStream::new();
    let mut bounds = TokenStream::new();
    for (index, method) in methods.iter().filter(|m| m.by_reference).enumerate().filter(|(_, m)| is_shared(m))
    {
        let index = index as u32;
        let place = index as usize;
        let sig = &method.item.sig;
        let function = &sig.ident;
        let all = Param::all(sig, Some(self_ty), &mut Vec::new());
        let output = Output::of(sig, Some(self_ty), krate).ty;
        let owned: Vec<_> = all.iter().map(Param::owned).collect();
        let (names, types): (Vec<_>, Vec<_>) = all.iter().map(|p| (&p.name, &p.ty)).unzip();
        let packed = all.iter().map(|p| {
            let n = &p.name;
            if let Pass::Shared(_) = p.pass {
                quote!(::std::borrow::ToOwned::to_owned(#n))
            } else {
                quote!(#n)
            }
        });
        let passed = all.iter().map(|p| {
            let n = &p.name;
            if let Pass::Shared(inner) = &p.pass {
                quote!(::std::borrow::Borrow::<#inner>::borrow(&#n))
            } else {
                quote!(#n)
            }
        });
        let docs = method.item.attrs.iter().filter(|a| a.path().is_ident("doc"));
        calls.extend(quote! {
            #(#docs)*
            #[allow(clippy::too_many_arguments)]
            pub fn #function(&self, #(#names: #types),*) -> ::std::result::Result<#output, Way::Error>
            where Way: #krate::Ask<(#(#owned,)*), #output>
            {
                let meta = <#self_ty as #krate::Shareable>::META;
                #krate::Ask::<(#(#owned,)*), #output>::ask(&self.transport, &meta.methods[#place], (#(#packed,)*))
            }
        });
        let bound = quote!(#krate::Serve<(#(#owned,)*), #output>);
        arms.extend(quote! {
            #index => <Served as #bound>::serve(server, &meta.methods[#place], |(#(#names,)*): (#(#owned,)*)| {
                self.#function(#(#passed),*)
            }),
        });
        bounds.extend(quote!(+ #bound));
    }
    Ok(quote! {
        #[doc(hidden)]
        #[allow(dead_code, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        pub struct #proxy<#(#params,)* Way: #krate::Transport> #filter {
            transport: Way,
            marker: ::std::marker::PhantomData<fn() -> (#(#markers,)*)>,
        }
        #[allow(dead_code, missing_docs, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        impl<#(#params,)* Way: #krate::Transport> #proxy<#arguments Way> #filter {
            #calls
        }
        #[allow(private_interfaces, private_bounds)]
        impl<#(#params),*> #krate::Shareable for #self_ty #filter {
            type Proxy<Way: #krate::Transport> = #proxy<#arguments Way>;
            const META: &'static #krate::SharedMeta = <#self_ty>::shared_meta();
            fn proxy<Way: #krate::Transport>(transport: Way) -> Self::Proxy<Way> {
                #proxy { transport, marker: ::std::marker::PhantomData }
            }
        }
        #[allow(private_interfaces, private_bounds)]
        impl<#(#params,)* Served> #krate::Dispatch<Served> for #self_ty
        where #(#predicates,)* Served: #krate::Server #bounds
        {
            #[allow(unused_variables)]
            fn dispatch(&mut self, index: u32, server: Served) -> Served::Done {
                let meta = <Self as #krate::Shareable>::META;
                match index {
                    #arms
                    other => #krate::Server::unknown(server, other),
                }
            }
        }
    })
}

trait SpanOfType {
    fn span_of_type(&self) -> proc_macro2::Span;
}

impl SpanOfType for ReturnType {
    fn span_of_type(&self) -> proc_macro2::Span {
        match self {
            ReturnType::Default => proc_macro2::Span::call_site(),
            ReturnType::Type(_, ty) => ty.span(),
        }
    }
}
