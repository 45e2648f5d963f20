//! The proxy that Share hands out, and the dispatcher at the other end.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Error, GenericParam, Ident, ItemImpl, Result, ReturnType, Signature, Type};

use crate::block::{Method, lifetime_and_type_arguments, rows};
use crate::meta;
use crate::options::{Options, block_id};
use crate::params::{Output, Param, Pass, borrows};

/// Whether the method can be called from another process.
pub(crate) fn is_shared(method: &Method) -> bool {
    let sig = method.options.via.as_ref().unwrap_or(&method.item.sig);
    method.is_public()
        && method.by_reference
        && !method.options.skip
        && sig.asyncness.is_none()
        && owned(sig)
        && !returns_a_borrow(sig)
}

/// Whether every argument can travel.
fn owned(sig: &Signature) -> bool {
    let generic = sig.generics.params.iter().any(|p| !matches!(p, GenericParam::Lifetime(_)));
    let mut extra = Vec::new();
    let stays = Param::all(sig, None, &mut extra).iter().any(Param::stays);
    !(generic || stays) && extra.is_empty()
}

fn returns_a_borrow(sig: &Signature) -> bool {
    matches!(&sig.output, ReturnType::Type(_, ty) if borrows(ty))
}

pub(crate) fn expand(
    name: &Ident,
    self_ty: &Type,
    block: &ItemImpl,
    methods: &[Method],
    options: &Options,
    krate: &TokenStream,
) -> Result<TokenStream> {
    let mut errors: Option<Error> = None;
    let public = |m: &&Method| m.is_public() && m.by_reference && !m.options.skip;
    for method in methods.iter().filter(public) {
        if let Some(via) = method.options.via.as_ref().filter(|via| !owned(via) || returns_a_borrow(via)) {
            let message =
                format!("`{}` cannot travel either: give it owned arguments and an owned result", via.ident);
            add(&mut errors, Error::new(via.ident.span(), message));
        }
        if method.options.via.is_some() || !returns_a_borrow(&method.item.sig) {
            continue;
        }
        let message = "a shared object lives in another process and cannot lend this out; return an owned value, or mark \
                       the method `#[sk(skip)]`";
        let error = Error::new(method.item.sig.output.span_of_type(), message);
        add(&mut errors, error);
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    // An object that borrows cannot live in another process.
    if block.generics.lifetimes().next().is_some() {
        return Ok(TokenStream::new());
    }
    let mut path = self_ty.clone();
    let proxy = format_ident!("{name}Proxy");
    if let Type::Path(path) = &mut path
        && let Some(last) = path.path.segments.last_mut()
    {
        *last = proxy.clone().into();
    }
    let (_, _, filter) = block.generics.split_for_impl();
    let params: Vec<_> = block.generics.params.iter().collect();
    let arguments = lifetime_and_type_arguments(block);
    let predicates: Vec<_> = block.generics.where_clause.iter().flat_map(|w| &w.predicates).collect();
    let id = meta::id(options);
    let constant = meta::constant(options.extends.as_ref());

    let mut calls = TokenStream::new();
    let mut arms = TokenStream::new();
    let mut bounds = TokenStream::new();
    for (place, method) in rows(methods).filter(|(_, m)| is_shared(m)) {
        let index = u32::from(id) << 16 | place;
        let place = place as usize;
        let (vis, sig) = (&method.item.vis, method.options.via.as_ref().unwrap_or(&method.item.sig));
        let function = &sig.ident;
        // The public half of a method that has a `via` is written by hand, around this one.
        let (vis, sent) = match &method.options.via {
            None => (quote!(#vis), function.clone()),
            Some(_) => (quote!(pub(crate)), format_ident!("{}_there", method.item.sig.ident)),
        };
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
            #vis fn #sent(&self, #(#names: #types),*) -> ::std::result::Result<#output, Way::Error>
            where Way: #krate::Ask<(#(#owned,)*), #output>
            {
                let meta = &<#self_ty>::#constant.methods[#place];
                #krate::Ask::<(#(#owned,)*), #output>::ask(&self.transport, meta, (#(#packed,)*))
            }
        });
        let bound = quote!(#krate::Serve<(#(#owned,)*), #output>);
        arms.extend(quote! {
            #index => <Served as #bound>::serve(server, &<#self_ty>::#constant.methods[#place], |(#(#names,)*): (#(#owned,)*)| {
                self.#function(#(#passed),*)
            }),
        });
        bounds.extend(quote!(+ #bound));
    }
    let calls = quote! {
        #[allow(dead_code, missing_docs, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        impl<#(#params,)* Way: #krate::Transport> #path<#arguments Way> #filter {
            #calls
        }
    };
    let private = quote!(#krate::__private_0_1);
    if options.extends.is_some() {
        return Ok(quote! {
            #calls
            #[doc(hidden)]
            #[allow(private_interfaces, private_bounds)]
            impl<#(#params,)* Served> #private::DispatchBlock<Served, #id> for #self_ty
            where #(#predicates,)* Served: #krate::Server #bounds
            {
                #[allow(unused_variables)]
                fn dispatch_block(&mut self, index: u32, server: Served) -> Served::Done {
                    match index {
                        #arms
                        other => #krate::Server::unknown(server, other),
                    }
                }
            }
        });
    }
    let (mut further, mut others) = (TokenStream::new(), TokenStream::new());
    for id in options.blocks.iter().map(block_id) {
        let dispatch = quote!(#private::DispatchBlock<Served, #id>);
        further.extend(quote!(other if other >> 16 == #id as u32 => <Self as #dispatch>::dispatch_block(self, other, server),));
        others.extend(quote!(Self: #dispatch,));
    }
    let markers = block.generics.type_params().map(|p| &p.ident);
    let process_ended = options.process_ended.as_ref().map(|method| {
        quote! {
            fn process_ended(&mut self, process: u64) {
                self.#method(process);
            }
        }
    });
    let doc = format!("A [`{name}`] that lives elsewhere: its methods, sent there.");
    Ok(quote! {
        #[doc = #doc]
        #[allow(dead_code, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        pub struct #proxy<#(#params,)* Way: #krate::Transport> #filter {
            pub(crate) transport: Way,
            marker: ::std::marker::PhantomData<fn() -> (#(#markers,)*)>,
        }
        impl<#(#params,)* Way: #krate::Transport + ::std::fmt::Debug> ::std::fmt::Debug for #proxy<#arguments Way> #filter {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(::core::stringify!(#proxy)).field(&self.transport).finish()
            }
        }
        #calls
        #[allow(private_interfaces, private_bounds)]
        impl<#(#params),*> #krate::Shareable for #self_ty #filter {
            type Proxy<Way: #krate::Transport> = #proxy<#arguments Way>;
            const META: &'static #krate::SharedMeta = <#self_ty>::shared_meta();
            fn proxy<Way: #krate::Transport>(transport: Way) -> Self::Proxy<Way> {
                #proxy { transport, marker: ::std::marker::PhantomData }
            }
            #process_ended
        }
        #[allow(private_interfaces, private_bounds)]
        impl<#(#params,)* Served> #krate::Dispatch<Served> for #self_ty
        where #(#predicates,)* #others Served: #krate::Server #bounds
        {
            #[allow(unused_variables)]
            fn dispatch(&mut self, index: u32, server: Served) -> Served::Done {
                match index {
                    #arms
                    #further
                    other => #krate::Server::unknown(server, other),
                }
            }
        }
    })
}

fn add(errors: &mut Option<Error>, error: Error) {
    match errors {
        Some(all) => all.combine(error),
        none => *none = Some(error),
    }
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
