//! `#[sk]` on an impl block.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Error, GenericParam, Ident, ImplItem, ImplItemFn, ItemImpl, Result, Type, Visibility};

use crate::analysis::{Own, blocking_calls, effects_of};
use crate::chain::Chain;
use crate::options::Options;
use crate::{function, meta, proxy, twin};

/// One method of the block, with all that is known about it.
pub(crate) struct Method {
    pub(crate) item: ImplItemFn,
    pub(crate) options: Options,
    pub(crate) reads: BTreeSet<String>,
    pub(crate) writes: BTreeSet<String>,
    pub(crate) blocking: Vec<String>,
    /// Takes `&self` or `&mut self`.
    pub(crate) by_reference: bool,
    pub(crate) exclusive: bool,
}

impl Method {
    pub(crate) fn is_public(&self) -> bool {
        matches!(self.item.vis, Visibility::Public(_))
    }
}

/// The methods that have a row in the metadata, with their places.
pub(crate) fn rows(methods: &[Method]) -> impl Iterator<Item = (u32, &Method)> {
    methods.iter().filter(|m| m.by_reference).enumerate().map(|(place, m)| (place as u32, m))
}

pub(crate) fn expand(options: &Options, mut block: ItemImpl, krate: &TokenStream) -> Result<TokenStream> {
    options.only(&["asynced", "extend", "blocks", "proxy", "process_ended"])?;
    if let Some((_, path, _)) = &block.trait_ {
        let message = "`#[sk]` cannot add modifiers to a trait's methods; write it above an `impl` block of the type itself";
        return Err(Error::new(path.span(), message));
    }
    let self_ty = (*block.self_ty).clone();
    let name = type_name(&self_ty)?;
    let methods = methods(&mut block, &name)?;

    let mut errors: Option<Error> = None;
    let mut collect = |result: Result<TokenStream>| match result {
        Ok(tokens) => tokens,
        Err(error) => {
            match &mut errors {
                Some(all) => all.combine(error),
                none => *none = Some(error),
            }
            TokenStream::new()
        }
    };
    let chains: TokenStream = methods
        .iter()
        .filter(|m| m.by_reference && !m.options.skip && !options.proxy)
        .map(|m| collect(chain(m, &name, &self_ty, &block, krate)))
        .collect();
    let mut rest = TokenStream::new();
    if !options.extend {
        if !options.proxy {
            rest.extend(handles(&name, &self_ty, &block));
        }
        rest.extend(meta::whole(&name, &self_ty, &block, options, krate));
    }
    if !options.extend || options.extends.is_some() {
        rest.extend(meta::block(&self_ty, &block, &methods, options, krate));
        rest.extend(collect(proxy::expand(&name, &self_ty, &block, &methods, options, krate)));
    }
    let twin = match &options.asynced {
        Some(word) => collect(twin::expand(word, &name, &self_ty, &block, &methods, krate)),
        None => TokenStream::new(),
    };
    if let Some(errors) = errors {
        return Err(errors);
    }
    Ok(quote!(#block #chains #rest #twin))
}

fn type_name(ty: &Type) -> Result<Ident> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last().map(|s| s.ident.clone()),
        _ => None,
    }
    .ok_or_else(|| Error::new(ty.span(), "`#[sk]` needs an `impl` block of a named type"))
}

fn methods(block: &mut ItemImpl, name: &Ident) -> Result<Vec<Method>> {
    let mut methods = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(item) = item else { continue };
        let options = Options::take(&mut item.attrs)?;
        if let Some(cfg) = item.attrs.iter().find(|a| a.path().is_ident("cfg")) {
            let message = "`#[sk]` cannot see whether this method is there; give it an `impl` block of its own with \
                           `#[cfg(..)]` above `#[sk(extend)]`";
            return Err(Error::new(cfg.span(), message));
        }
        let Some(receiver) = item.sig.receiver() else { continue };
        let by_reference = receiver.reference.is_some() && receiver.colon_token.is_none();
        let exclusive = receiver.reference.is_none() || receiver.mutability.is_some();
        if by_reference && !options.skip {
            function::check_shape(&item.sig)?;
        }
        methods.push(Method {
            item: item.clone(),
            options,
            reads: BTreeSet::new(),
            writes: BTreeSet::new(),
            blocking: Vec::new(),
            by_reference,
            exclusive,
        });
    }
    let own: Vec<Own<'_>> = methods
        .iter()
        .map(|m| Own {
            signature: &m.item.sig,
            body: &m.item.block,
            stated: match (&m.options.reads, &m.options.writes) {
                (None, None) => None,
                (reads, writes) => {
                    Some((reads.clone().unwrap_or_default(), writes.clone().unwrap_or_default()))
                }
            },
        })
        .collect();
    let effects = effects_of(&name.to_string(), &own);
    let blocking = blocking_of(block, &methods);
    for method in &mut methods {
        let name = method.item.sig.ident.to_string();
        if let Some(found) = effects.get(&name) {
            method.reads.clone_from(&found.reads);
            method.writes.clone_from(&found.writes);
        }
        method.blocking = blocking.get(&name).cloned().unwrap_or_default().into_iter().collect();
    }
    for method in &mut methods {
        // What travels instead is not in sight.
        let stated = method.options.reads.is_some() || method.options.writes.is_some();
        if method.options.via.is_some() && !stated {
            method.reads = BTreeSet::from(["*".to_owned()]);
            method.writes = method.reads.clone();
        }
    }
    Ok(methods)
}

/// The blocking calls of every function of the block, with those of the functions that it calls.
fn blocking_of(block: &ItemImpl, methods: &[Method]) -> BTreeMap<String, BTreeSet<String>> {
    let marked = |name: &str| methods.iter().any(|m| m.item.sig.ident == name && m.options.blocking);
    let mut calls = BTreeMap::new();
    let mut own = BTreeMap::new();
    for item in &block.items {
        let ImplItem::Fn(item) = item else { continue };
        let name = item.sig.ident.to_string();
        if marked(&name) {
            calls.insert(name.clone(), BTreeSet::from(["#[blocking]".to_owned()]));
            continue;
        }
        let found = blocking_calls(&item.sig, &item.block);
        calls.insert(name.clone(), found.calls);
        own.insert(name, found.own);
    }
    loop {
        let before = calls.clone();
        for (name, callees) in &own {
            let more: Vec<String> = callees.iter().filter_map(|c| before.get(c)).flatten().cloned().collect();
            calls.entry(name.clone()).or_default().extend(more);
        }
        if calls == before {
            return calls;
        }
    }
}

fn chain(
    method: &Method,
    name: &Ident,
    self_ty: &Type,
    block: &ItemImpl,
    krate: &TokenStream,
) -> Result<TokenStream> {
    let sig = &method.item.sig;
    let (vis, function) = (&method.item.vis, &sig.ident);
    let chain = format_ident!("__sk_{name}_{function}");
    let made = Chain {
        krate,
        vis,
        name: chain.clone(),
        display: format!("{name}::{function}"),
        receiver: Some((self_ty, method.exclusive)),
        outer: &block.generics,
        sig,
        blocking: &method.blocking,
    }
    .make();
    let (items, used, inner) = (made.items, made.used, made.inner_declared);
    let (lifetimes, others) = generics(block);
    let lifetime_count = lifetimes.len();
    let (front, back) = used.split_at(lifetime_count);
    let predicates = made.predicates;
    let docs = method.item.attrs.iter().filter(|a| a.path().is_ident("doc"));
    let entry = if method.exclusive {
        let handle = format_ident!("{name}SkMut");
        let args = lifetime_and_type_arguments(block);
        let inputs = block.generics.params.iter().filter(|p| !matches!(p, GenericParam::Lifetime(_)));
        quote! {
            #[allow(dead_code, missing_docs, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
            impl<'object, #(#lifetimes,)* #(#inputs),*> #handle<'object, #args> where #(#others)* {
                #(#docs)*
                #vis fn #function<#(#inner),*>(self) -> #chain<#(#front,)* &'object mut #self_ty, #(#back,)* #krate::Here> where #predicates {
                    #chain::__new(self.0)
                }
            }
        }
    } else {
        let handle = format_ident!("{name}Sk");
        let inputs = block.generics.params.iter().filter(|p| !matches!(p, GenericParam::Lifetime(_)));
        quote! {
            #[allow(dead_code, missing_docs, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
            impl<#(#lifetimes,)* #(#inputs,)* This: ::std::ops::Deref<Target = #self_ty>> #handle<This> where #(#others)* {
                #(#docs)*
                #vis fn #function<#(#inner),*>(self) -> #chain<#(#front,)* This, #(#back,)* #krate::Here> where #predicates {
                    #chain::__new(self.0)
                }
            }
        }
    };
    Ok(quote!(#items #entry))
}

/// The block's lifetimes, and its where predicates.
fn generics(block: &ItemImpl) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let lifetimes = block.generics.lifetimes().map(|l| quote!(#l)).collect();
    let predicates =
        block.generics.where_clause.iter().flat_map(|w| &w.predicates).map(|p| quote!(#p,)).collect();
    (lifetimes, predicates)
}

/// The block's generic parameters as arguments.
pub(crate) fn lifetime_and_type_arguments(block: &ItemImpl) -> TokenStream {
    block
        .generics
        .params
        .iter()
        .map(|p| match p {
            GenericParam::Lifetime(p) => {
                let l = &p.lifetime;
                quote!(#l,)
            }
            GenericParam::Type(p) => {
                let i = &p.ident;
                quote!(#i,)
            }
            GenericParam::Const(p) => {
                let i = &p.ident;
                quote!(#i,)
            }
        })
        .collect()
}

/// `FooSk`, `FooSkMut`, and the ways to them.
fn handles(name: &Ident, self_ty: &Type, block: &ItemImpl) -> TokenStream {
    let (shared, exclusive) = (format_ident!("{name}Sk"), format_ident!("{name}SkMut"));
    let (generics, _, filter) = block.generics.split_for_impl();
    let lifetimes = block.generics.lifetimes();
    let others = block.generics.params.iter().filter(|p| !matches!(p, GenericParam::Lifetime(_)));
    let arguments = lifetime_and_type_arguments(block);
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, unreachable_pub, clippy::all)]
        pub struct #shared<This>(This);
        #[doc(hidden)]
        #[allow(dead_code, missing_docs, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        pub struct #exclusive<'object, #(#lifetimes,)* #(#others),*>(&'object mut #self_ty) #filter;
        #[allow(dead_code, missing_docs, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
        impl #generics #self_ty #filter {
            /// Gives the modifiers of the methods that take `&self`.
            pub fn sk(&self) -> #shared<&Self> {
                #shared(self)
            }
            /// Gives the modifiers of the methods that take `&mut self`.
            pub fn sk_mut(&mut self) -> #exclusive<'_, #arguments> {
                #exclusive(self)
            }
            /// As `sk`, for an object that other threads may share instead of copying it.
            pub fn sk_arc(object: ::std::sync::Arc<Self>) -> #shared<::std::sync::Arc<Self>> {
                #shared(object)
            }
        }
    }
}
