//! `#[cerial(..)]`.

use syn::meta::ParseNestedMeta;
use syn::parse::Parse as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, LitStr, Path, Token, Type, WherePredicate};

/// What stands on a type.
#[derive(Default)]
pub(crate) struct TypeAttrs {
    pub(crate) name: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) transparent: Option<Path>,
    pub(crate) pod: Option<Path>,
    pub(crate) cyclic: Option<Path>,
    pub(crate) state: Option<Type>,
    pub(crate) bound: Option<Punctuated<WherePredicate, Token![,]>>,
    pub(crate) krate: Option<Path>,
}

/// What stands on a variant.
#[derive(Default)]
pub(crate) struct VariantAttrs {
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
}

/// Which ways a field may take.
#[derive(Default)]
pub(crate) enum Way {
    #[default]
    Any,
    Serde,
    Handler,
    Strict,
    With(Box<Type>),
}

/// What a field takes where the bytes have none.
#[derive(Default)]
pub(crate) enum Fallback {
    #[default]
    None,
    Default,
    Call(Path),
}

/// What stands on a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) skip: bool,
    pub(crate) default: Fallback,
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) way: Way,
}

fn each(attrs: &[Attribute], mut f: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<()>) -> syn::Result<()> {
    let mut errors: Option<syn::Error> = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("cerial")) {
        if let Err(error) = attr.parse_nested_meta(|meta| f(&meta)) {
            match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            }
        }
    }
    errors.map_or(Ok(()), Err)
}

fn unknown(meta: &ParseNestedMeta<'_>, known: &str) -> syn::Error {
    let name = meta.path.get_ident().map_or_else(String::new, ToString::to_string);
    meta.error(format!("unknown cerial attribute `{name}` here, known: {known}"))
}

fn parse_type(meta: &ParseNestedMeta<'_>) -> syn::Result<Type> {
    // `with = Handler`, and `with = "Handler"` for those who come from serde.
    let expr: Expr = meta.value()?.parse()?;
    match &expr {
        Expr::Path(path) => {
            Ok(Type::Path(syn::TypePath { qself: path.qself.clone(), path: path.path.clone() }))
        }
        Expr::Lit(ExprLit { lit: syn::Lit::Str(text), .. }) => text.parse(),
        other => Err(syn::Error::new_spanned(other, "want a handler type: `with = MyHandler`")),
    }
}

impl TypeAttrs {
    pub(crate) fn parse(attrs: &[Attribute]) -> syn::Result<TypeAttrs> {
        let mut out = TypeAttrs::default();
        each(attrs, |meta| {
            if meta.path.is_ident("name") {
                out.name = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("alias") {
                out.aliases.push(meta.value()?.parse()?);
            } else if meta.path.is_ident("transparent") {
                out.transparent = Some(meta.path.clone());
            } else if meta.path.is_ident("pod") {
                out.pod = Some(meta.path.clone());
            } else if meta.path.is_ident("cyclic") {
                out.cyclic = Some(meta.path.clone());
            } else if meta.path.is_ident("state") {
                out.state = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("crate") {
                out.krate = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("bound") {
                let content;
                syn::parenthesized!(content in meta.input);
                out.bound = Some(content.parse_terminated(WherePredicate::parse, Token![,])?);
            } else {
                return Err(unknown(meta, "name, alias, transparent, pod, cyclic, state, bound, crate"));
            }
            Ok(())
        })?;
        Ok(out)
    }
}

impl VariantAttrs {
    pub(crate) fn parse(attrs: &[Attribute]) -> syn::Result<VariantAttrs> {
        let mut out = VariantAttrs::default();
        each(attrs, |meta| {
            if meta.path.is_ident("rename") {
                out.rename = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("alias") {
                out.aliases.push(meta.value()?.parse()?);
            } else {
                return Err(unknown(meta, "rename, alias"));
            }
            Ok(())
        })?;
        Ok(out)
    }
}

impl FieldAttrs {
    pub(crate) fn parse(attrs: &[Attribute]) -> syn::Result<FieldAttrs> {
        let mut out = FieldAttrs::default();
        each(attrs, |meta| {
            if meta.path.is_ident("skip") {
                out.skip = true;
            } else if meta.path.is_ident("default") {
                out.default = match meta.input.peek(Token![=]) {
                    true => Fallback::Call(meta.value()?.parse()?),
                    false => Fallback::Default,
                };
            } else if meta.path.is_ident("rename") {
                out.rename = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("alias") {
                out.aliases.push(meta.value()?.parse()?);
            } else if meta.path.is_ident("with") {
                out.way = Way::With(Box::new(parse_type(meta)?));
            } else if meta.path.is_ident("serde") {
                out.way = Way::Serde;
            } else if meta.path.is_ident("handler") {
                out.way = Way::Handler;
            } else if meta.path.is_ident("strict") {
                out.way = Way::Strict;
            } else {
                return Err(unknown(meta, "skip, default, rename, alias, with, serde, handler, strict"));
            }
            Ok(())
        })?;
        Ok(out)
    }
}
