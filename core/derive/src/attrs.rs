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
    pub(crate) other: Option<Path>,
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
    /// As this collection of std.
    Via(Box<Type>),
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

/// Sets what may be said once.
fn once<T>(place: &mut Option<T>, value: T, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if place.replace(value).is_some() {
        let name = meta.path.get_ident().map_or_else(String::new, ToString::to_string);
        return Err(syn::Error::new_spanned(&meta.path, format!("`{name}` stands here twice")));
    }
    Ok(())
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
                once(&mut out.name, meta.value()?.parse()?, meta)?;
            } else if meta.path.is_ident("alias") {
                out.aliases.push(meta.value()?.parse()?);
            } else if meta.path.is_ident("transparent") {
                out.transparent = Some(meta.path.clone());
            } else if meta.path.is_ident("pod") {
                out.pod = Some(meta.path.clone());
            } else if meta.path.is_ident("cyclic") {
                out.cyclic = Some(meta.path.clone());
            } else if meta.path.is_ident("state") {
                once(&mut out.state, meta.value()?.parse()?, meta)?;
            } else if meta.path.is_ident("crate") {
                once(&mut out.krate, meta.value()?.parse()?, meta)?;
            } else if meta.path.is_ident("bound") {
                let content;
                syn::parenthesized!(content in meta.input);
                once(&mut out.bound, content.parse_terminated(WherePredicate::parse, Token![,])?, meta)?;
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
                once(&mut out.rename, meta.value()?.parse()?, meta)?;
            } else if meta.path.is_ident("alias") {
                out.aliases.push(meta.value()?.parse()?);
            } else if meta.path.is_ident("other") {
                out.other = Some(meta.path.clone());
            } else {
                return Err(unknown(meta, "rename, alias, other"));
            }
            Ok(())
        })?;
        Ok(out)
    }
}

impl FieldAttrs {
    /// Takes a way, if there is none yet.
    fn go(&mut self, way: Way, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if !matches!(self.way, Way::Any) {
            return Err(syn::Error::new_spanned(
                &meta.path,
                "a field goes one way: leave one of `with`, `via`, `serde`, `handler` and `strict`",
            ));
        }
        self.way = way;
        Ok(())
    }

    pub(crate) fn parse(attrs: &[Attribute]) -> syn::Result<FieldAttrs> {
        let mut out = FieldAttrs::default();
        each(attrs, |meta| {
            if meta.path.is_ident("skip") {
                out.skip = true;
            } else if meta.path.is_ident("default") {
                if !matches!(out.default, Fallback::None) {
                    return Err(syn::Error::new_spanned(&meta.path, "`default` stands here twice"));
                }
                out.default = match meta.input.peek(Token![=]) {
                    true => Fallback::Call(meta.value()?.parse()?),
                    false => Fallback::Default,
                };
            } else if meta.path.is_ident("rename") {
                once(&mut out.rename, meta.value()?.parse()?, meta)?;
            } else if meta.path.is_ident("alias") {
                out.aliases.push(meta.value()?.parse()?);
            } else if meta.path.is_ident("with") {
                let handler = parse_type(meta)?;
                out.go(Way::With(Box::new(handler)), meta)?;
            } else if meta.path.is_ident("via") {
                let content;
                syn::parenthesized!(content in meta.input);
                let list: Type = content.parse()?;
                out.go(Way::Via(Box::new(list)), meta)?;
            } else if meta.path.is_ident("serde") {
                out.go(Way::Serde, meta)?;
            } else if meta.path.is_ident("handler") {
                out.go(Way::Handler, meta)?;
            } else if meta.path.is_ident("strict") {
                out.go(Way::Strict, meta)?;
            } else {
                return Err(unknown(meta, "skip, default, rename, alias, with, via, serde, handler, strict"));
            }
            let said = !matches!(out.way, Way::Any) || out.rename.is_some() || !out.aliases.is_empty();
            if out.skip && said {
                return Err(syn::Error::new_spanned(
                    &meta.path,
                    "a field that is skipped is not written: beside `skip` only `default` means something",
                ));
            }
            Ok(())
        })?;
        Ok(out)
    }
}
