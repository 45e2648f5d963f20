//! The parsed and checked item.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Generics, Ident, Member, Type};

use crate::attrs::{Fallback, FieldAttrs, TypeAttrs, VariantAttrs, Way};
use crate::codec::{at, codec, dangling, is_plain};
use crate::krate;

pub(crate) struct Input {
    pub(crate) krate: TokenStream,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) attrs: TypeAttrs,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Struct(Fields),
    Enum(Vec<Variant>),
}

pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) aliases: Vec<syn::LitStr>,
    pub(crate) fields: Fields,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Style {
    Unit,
    Tuple,
    Named,
}

pub(crate) struct Fields {
    pub(crate) style: Style,
    pub(crate) all: Vec<Field>,
}

impl Fields {
    /// The fields that travel.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Field> {
        self.all.iter().filter(|field| !field.attrs.skip)
    }
}

pub(crate) struct Field {
    pub(crate) member: Member,
    /// The name it is bound to in a pattern.
    pub(crate) binding: Ident,
    pub(crate) ty: Type,
    /// The name on the wire; empty in a tuple.
    pub(crate) name: String,
    pub(crate) attrs: FieldAttrs,
    pub(crate) codec: TokenStream,
    /// The function that makes the codec, where a mistake in it would be told at each use otherwise.
    pub(crate) helper: Option<TokenStream>,
    /// A scalar or text: nothing to walk, nothing to patch.
    pub(crate) plain: bool,
}

impl Field {
    /// The expression of its default value.
    pub(crate) fn fallback(&self) -> Option<TokenStream> {
        let ty = &self.ty;
        match &self.attrs.default {
            Fallback::Call(path) => Some(quote!(#path())),
            Fallback::Default => Some(quote!(<#ty as ::core::default::Default>::default())),
            Fallback::None => None,
        }
    }

    /// The name in messages.
    pub(crate) fn label(&self) -> String {
        match &self.member {
            Member::Named(ident) => ident.to_string().trim_start_matches("r#").to_owned(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }
}

impl Input {
    pub(crate) fn parse(item: DeriveInput) -> syn::Result<Input> {
        let attrs = TypeAttrs::parse(&item.attrs)?;
        let krate = attrs.krate.as_ref().map_or_else(krate::path, ToTokens::to_token_stream);
        let plain = item.generics.params.is_empty();
        let body = match item.data {
            Data::Struct(data) => Body::Struct(fields(&krate, data.fields, 0, plain)?),
            Data::Enum(data) => {
                let mut variants = Vec::new();
                let mut others: Option<syn::Path> = None;
                for variant in data.variants {
                    let attrs = VariantAttrs::parse(&variant.attrs)?;
                    let place: &dyn ToTokens = attrs.rename.as_ref().map_or(&variant.ident, |rename| rename);
                    let name =
                        attrs.rename.as_ref().map_or_else(|| variant.ident.to_string(), |name| name.value());
                    if variants.iter().any(|other: &Variant| other.name == name) {
                        let message = format!("two variants are named `{name}` on the wire");
                        return Err(syn::Error::new_spanned(place, message));
                    }
                    let mut aliases = attrs.aliases;
                    if let Some(path) = &attrs.other {
                        if !variant.fields.is_empty() {
                            let message =
                                "`other` stands for variants that this type does not have: it has no fields";
                            return Err(syn::Error::new_spanned(path, message));
                        }
                        if others.replace(path.clone()).is_some() {
                            return Err(syn::Error::new_spanned(
                                path,
                                "another variant is the `other` one already",
                            ));
                        }
                        aliases.push(syn::LitStr::new("*", path.span()));
                    }
                    variants.push(Variant {
                        ident: variant.ident,
                        name,
                        aliases,
                        fields: fields(&krate, variant.fields, variants.len(), plain)?,
                    });
                }
                Body::Enum(variants)
            }
            Data::Union(data) => {
                return Err(syn::Error::new(
                    data.union_token.span(),
                    "a union cannot be `Cerial`: which field is valid is not known; write a handler for it",
                ));
            }
        };
        let input = Input { krate, ident: item.ident, generics: item.generics, attrs, body };
        input.check()?;
        Ok(input)
    }

    fn check(&self) -> syn::Result<()> {
        if let Some(path) = &self.attrs.transparent {
            let one = matches!(&self.body, Body::Struct(fields) if fields.written().count() == 1);
            if !one {
                return Err(syn::Error::new_spanned(
                    path,
                    "`transparent` needs a struct with exactly one field that is not skipped",
                ));
            }
        }
        if let Some(path) = &self.attrs.pod {
            let plain = matches!(&self.body, Body::Struct(fields) if fields.all.iter().all(|field| {
                !field.attrs.skip && matches!(field.attrs.way, Way::Any)
            }));
            if !plain || !self.generics.params.is_empty() || self.attrs.state.is_some() {
                return Err(syn::Error::new_spanned(
                    path,
                    "`pod` needs a struct without parameters whose fields are all written, each as it is",
                ));
            }
        }
        if let Body::Enum(variants) = &self.body
            && variants.len() > 1 << 16
        {
            return Err(syn::Error::new_spanned(
                &self.ident,
                "an enum of more than 65,536 variants cannot be `Cerial`",
            ));
        }
        Ok(())
    }
}

/// `owner` is the number of the variant; `plain` says that the type has no parameters.
fn fields(krate: &TokenStream, fields: syn::Fields, owner: usize, plain: bool) -> syn::Result<Fields> {
    let style = match &fields {
        syn::Fields::Named(_) => Style::Named,
        syn::Fields::Unnamed(_) => Style::Tuple,
        syn::Fields::Unit => Style::Unit,
    };
    let mut all = Vec::new();
    let mut errors: Option<syn::Error> = None;
    for (i, field) in fields.into_iter().enumerate() {
        let attrs = match FieldAttrs::parse(&field.attrs) {
            Ok(attrs) => attrs,
            Err(error) => {
                add(&mut errors, error);
                continue;
            }
        };
        if let (false, Way::Any, Some(reference)) = (attrs.skip, &attrs.way, dangling(&field.ty)) {
            let error = syn::Error::new_spanned(
                reference,
                "a reference cannot travel: hold the value itself, or a `Box`, `Rc` or `Arc` of it; \
                 only `&str`, `&[u8]`, `&Path` and `&OsStr` can borrow from the bytes",
            );
            add(&mut errors, error);
            continue;
        }
        let (member, own_name) = match field.ident {
            Some(ident) => {
                (Member::Named(ident.clone()), ident.to_string().trim_start_matches("r#").to_owned())
            }
            None => (Member::from(i), String::new()),
        };
        let mut codec = match codec(krate, &field.ty, &attrs.way) {
            Ok(codec) => codec,
            Err(error) => {
                add(&mut errors, error);
                continue;
            }
        };
        let mut helper = None;
        if plain && !matches!(attrs.way, Way::Any) {
            let (made, ty) = (format_ident!("__codec_{owner}_{i}"), &field.ty);
            let (at_krate, here) = at(ty, krate);
            let body = std::mem::replace(&mut codec, quote!(#made()));
            helper = Some(quote_spanned! {here=>
                #[inline(always)]
                fn #made() -> impl for<'__de> #at_krate::codec::ReadCodec<'__de, #ty> {
                    #body
                }
            });
        }
        let name = attrs.rename.as_ref().map_or(own_name, |name| name.value());
        all.push(Field {
            binding: format_ident!("__field{i}"),
            codec,
            helper,
            plain: is_plain(&field.ty),
            member,
            ty: field.ty,
            name,
            attrs,
        });
    }
    for (i, field) in all.iter().enumerate().filter(|(_, field)| !field.attrs.skip && !field.name.is_empty())
    {
        let others = all[..i].iter().filter(|other| !other.attrs.skip);
        if let Some(twice) = others.map(|other| &other.name).find(|name| **name == field.name) {
            let place: &dyn ToTokens = field.attrs.rename.as_ref().map_or(&field.member, |rename| rename);
            add(
                &mut errors,
                syn::Error::new_spanned(place, format!("two fields are named `{twice}` on the wire")),
            );
        }
    }
    errors.map_or(Ok(Fields { style, all }), Err)
}

fn add(errors: &mut Option<syn::Error>, error: syn::Error) {
    match errors {
        Some(errors) => errors.combine(error),
        None => *errors = Some(error),
    }
}

#[cfg(test)]
mod tests {
    use super::Input;

    // Not a ui test: its listing would be half a megabyte.
    #[test]
    fn an_enum_past_65_536_variants_is_refused() {
        let variants: String = (0..=1 << 16).map(|i| format!("V{i},")).collect();
        let item = syn::parse_str(&format!("enum Huge {{ {variants} }}")).expect("an enum");
        let error = Input::parse(item).err().expect("one variant too many");
        assert_eq!(error.to_string(), "an enum of more than 65,536 variants cannot be `Cerial`");
    }
}
