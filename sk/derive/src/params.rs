//! Parameters and results: what of them can leave for another thread.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, GenericArgument, Ident, Pat, PathArguments, ReturnType, Signature, Type};

/// How an argument reaches the function.
pub(crate) enum Pass {
    /// By value; every attempt needs its own.
    Value,
    /// `&T`; another thread gets a copy.
    Shared(Box<Type>),
    /// `&mut T`; it cannot leave.
    Exclusive,
    /// Some other borrow: `&dyn Trait`, `&[&str]`, `Foo<'a>`. It cannot leave. Copied freely if it is a reference.
    Borrowed { reference: bool },
}

/// One parameter.
pub(crate) struct Param {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) pass: Pass,
    /// As the user wrote it, for messages.
    pub(crate) written: String,
    pub(crate) span: proc_macro2::Span,
}

impl Param {
    /// Reads the parameters of a signature; `impl Trait` becomes a type parameter, which is added to `extra`.
    pub(crate) fn all(sig: &Signature, self_ty: Option<&Type>, extra: &mut Vec<TokenStream>) -> Vec<Param> {
        let typed = sig.inputs.iter().filter_map(|i| if let FnArg::Typed(t) = i { Some(t) } else { None });
        typed
            .enumerate()
            .map(|(i, arg)| {
                let written = text(&arg.to_token_stream());
                let mut ty = (*arg.ty).clone();
                if let Some(self_ty) = self_ty {
                    ReplaceSelf(self_ty).visit_type_mut(&mut ty);
                }
                NameImpl { extra, index: i }.visit_type_mut(&mut ty);
                let name = match &*arg.pat {
                    Pat::Ident(pat) if pat.subpat.is_none() => pat.ident.clone(),
                    _ => format_ident!("argument_{i}"),
                };
                Param { name, pass: pass_of(&ty), ty, written, span: arg.ty.span() }
            })
            .collect()
    }

    /// Why it cannot leave for another thread.
    pub(crate) fn stays(&self) -> bool {
        matches!(self.pass, Pass::Exclusive | Pass::Borrowed { .. })
    }

    pub(crate) fn by_value(&self) -> bool {
        matches!(self.pass, Pass::Value | Pass::Borrowed { reference: false })
    }

    /// The type as it travels.
    pub(crate) fn owned(&self) -> TokenStream {
        let ty = &self.ty;
        match &self.pass {
            Pass::Shared(inner) => quote!(<#inner as ::std::borrow::ToOwned>::Owned),
            _ => quote!(#ty),
        }
    }
}

fn pass_of(ty: &Type) -> Pass {
    match ty {
        Type::Paren(paren) => pass_of(&paren.elem),
        Type::Group(group) => pass_of(&group.elem),
        Type::Reference(r)
            if r.lifetime.as_ref().is_some_and(|l| l.ident == "static") && r.mutability.is_none() =>
        {
            if borrows(&r.elem) {
                Pass::Borrowed { reference: true }
            } else {
                Pass::Value
            }
        }
        Type::Reference(r) if r.mutability.is_some() => Pass::Exclusive,
        Type::Reference(r) if matches!(*r.elem, Type::TraitObject(_)) || borrows(&r.elem) => {
            Pass::Borrowed { reference: true }
        }
        Type::Reference(r) => Pass::Shared(r.elem.clone()),
        other if borrows(other) => Pass::Borrowed { reference: false },
        _ => Pass::Value,
    }
}

/// Whether a type mentions a reference or a lifetime other than `'static`.
pub(crate) fn borrows(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
        fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
            self.0 |= reference.lifetime.is_none();
            visit::visit_type_reference(self, reference);
        }
        // `fn(&str)` and `dyn Fn(&str)` borrow nothing.
        fn visit_type_bare_fn(&mut self, _: &'ast syn::TypeBareFn) {}
        fn visit_parenthesized_generic_arguments(&mut self, _: &'ast syn::ParenthesizedGenericArguments) {}
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// Whether `impl Trait` occurs in a type.
pub(crate) fn has_impl(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

struct NameImpl<'a> {
    extra: &'a mut Vec<TokenStream>,
    index: usize,
}

impl VisitMut for NameImpl<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(bounds) = ty {
            let name = format_ident!("Argument{}_{}", self.index, self.extra.len());
            let bounds = &bounds.bounds;
            self.extra.push(quote!(#name: #bounds));
            *ty = syn::parse_quote!(#name);
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// Writes the type out where `Self` means another one.
pub(crate) struct ReplaceSelf<'a>(pub(crate) &'a Type);

impl VisitMut for ReplaceSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && path.qself.is_none()
            && path.path.segments.first().is_some_and(|s| s.ident == "Self")
        {
            let target = self.0;
            let rest: Vec<_> = path.path.segments.iter().skip(1).collect();
            *ty = if rest.is_empty() { target.clone() } else { syn::parse_quote!(<#target>::#(#rest)::*) };
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// What a function returns, as the modifiers see it.
pub(crate) struct Output {
    pub(crate) ty: Type,
    /// What `call` gives in its `Ok`.
    pub(crate) value: TokenStream,
    /// The error type, if it returns a `Result` and the type can be named outside of the signature.
    pub(crate) error: Option<TokenStream>,
    pub(crate) fallible: bool,
}

impl Output {
    pub(crate) fn of(sig: &Signature, self_ty: Option<&Type>, krate: &TokenStream) -> Output {
        let mut ty: Type = match &sig.output {
            ReturnType::Default => syn::parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        if let Some(self_ty) = self_ty {
            ReplaceSelf(self_ty).visit_type_mut(&mut ty);
        }
        let last = if let Type::Path(path) = &ty { path.path.segments.last() } else { None };
        let Some(result) = last.filter(|s| s.ident.to_string().ends_with("Result")) else {
            return Output { value: quote!(#ty), error: None, fallible: false, ty };
        };
        let args: Vec<&Type> = match &result.arguments {
            PathArguments::AngleBracketed(list) => list
                .args
                .iter()
                .filter_map(|a| if let GenericArgument::Type(t) = a { Some(t) } else { None })
                .collect(),
            _ => Vec::new(),
        };
        let value = match args.first() {
            Some(value) => quote!(#value),
            None => quote_spanned!(ty.span()=> <#ty as #krate::__private_0_1::Fallible>::Ok),
        };
        let error = match args.get(1) {
            Some(error) if !borrows(error) => Some(quote!(#error)),
            _ if !borrows(&ty) => {
                Some(quote_spanned!(ty.span()=> <#ty as #krate::__private_0_1::Fallible>::Err))
            }
            _ => None,
        };
        Output { value, error, fallible: true, ty }
    }
}

/// Names the lifetimes that are left out, where the result borrows from an argument: at `call` there is `&self` as well,
/// which would be taken for the lender.
pub(crate) fn name_lender(
    params: &mut [Param],
    output: &mut Output,
    declared: &[TokenStream],
) -> Option<TokenStream> {
    struct Name<'a>(&'a syn::Lifetime, bool);
    impl VisitMut for Name<'_> {
        fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
            if reference.lifetime.is_none() {
                reference.lifetime = Some(self.0.clone());
                self.1 = true;
            }
            visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
            if lifetime.ident == "_" {
                *lifetime = self.0.clone();
                self.1 = true;
            }
        }
        fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
        fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
    }
    let lender = syn::Lifetime::new("'lender", proc_macro2::Span::call_site());
    let mut lent: Type = output.ty.clone();
    let mut name = Name(&lender, false);
    name.visit_type_mut(&mut lent);
    if !name.1 {
        return None;
    }
    let mut name = Name(&lender, false);
    for param in params.iter_mut() {
        name.visit_type_mut(&mut param.ty);
    }
    // No argument leaves its lifetime out: the one that is declared is meant.
    let named = name.1;
    let lender = if named { lender } else { syn::parse2(declared.first()?.clone()).ok()? };
    Name(&lender, false).visit_type_mut(&mut output.ty);
    if let Ok(mut value) = syn::parse2::<Type>(output.value.clone()) {
        Name(&lender, false).visit_type_mut(&mut value);
        output.value = quote!(#value);
    }
    named.then(|| quote!('lender))
}

/// The tokens, all at one place in the user's code.
pub(crate) fn at(span: proc_macro2::Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let proc_macro2::TokenTree::Group(group) = &token {
                token = proc_macro2::Group::new(group.delimiter(), at(span, group.stream())).into();
            }
            token.set_span(span.resolved_at(token.span()));
            token
        })
        .collect()
}

/// Tokens as a person would write them.
pub(crate) fn text(tokens: &TokenStream) -> String {
    tokens
        .to_string()
        .replace(" : ", ": ")
        .replace("& ", "&")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" :: ", "::")
        .replace("< ", "<")
        .replace(" ,", ",")
        .replace("' ", "'")
}
