//! What a parameter's type holds that can be converted.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, PathArguments, Type};

/// The way paths lie in a type.
pub(crate) enum Shape {
    /// `Skpath`, `PathBuf` or `String`; the word is the function that makes one.
    Leaf(&'static str),
    /// A collection that is collected anew.
    Many(Box<Shape>, Box<Type>),
    /// An `Option`.
    Maybe(Box<Shape>),
    /// A tuple; every element is converted.
    Tuple(Vec<Shape>),
    /// A reference to an owned value that the wrapper holds.
    Borrowed(Box<Shape>),
}

impl Shape {
    /// Reads the syntax of `ty`; `text` says whether `String` counts as a path.
    pub(crate) fn of(ty: &Type, text: bool) -> Option<Self> {
        match ty {
            Type::Paren(inner) => Self::of(&inner.elem, text),
            Type::Group(inner) => Self::of(&inner.elem, text),
            Type::Tuple(tuple) if !tuple.elems.is_empty() => {
                let shapes: Option<Vec<_>> = tuple.elems.iter().map(|ty| Self::of(ty, text)).collect();
                shapes.map(Self::Tuple)
            }
            Type::Path(path) if path.qself.is_none() => {
                let last = path.path.segments.last()?;
                let word = last.ident.to_string();
                match (word.as_str(), inner(&last.arguments)) {
                    ("Skpath", None) => Some(Self::Leaf("to_skpath")),
                    ("PathBuf", None) => Some(Self::Leaf("to_path_buf")),
                    ("String", None) if text => Some(Self::Leaf("to_string_path")),
                    ("Option", Some(of)) => Some(Self::Maybe(Box::new(Self::of(of, text)?))),
                    ("Vec" | "VecDeque" | "HashSet" | "BTreeSet" | "LinkedList", Some(of)) => {
                        Some(Self::Many(Box::new(Self::of(of, text)?), Box::new(ty.clone())))
                    }
                    _ => None,
                }
            }
            Type::Reference(reference) if reference.lifetime.is_none() && reference.mutability.is_none() => {
                let owned = match &*reference.elem {
                    Type::Slice(slice) => {
                        let of = &slice.elem;
                        Self::Many(
                            Box::new(Self::of(of, text)?),
                            Box::new(syn::parse_quote!(::std::vec::Vec<#of>)),
                        )
                    }
                    Type::Path(path) => match path.path.segments.last()?.ident.to_string().as_str() {
                        "Path" => Self::Leaf("to_path_buf"),
                        "str" if text => Self::Leaf("to_string_path"),
                        _ => Self::of(&reference.elem, text)?,
                    },
                    _ => return None,
                };
                Some(Self::Borrowed(Box::new(owned)))
            }
            _ => None,
        }
    }

    /// Returns the type that the callers see.
    pub(crate) fn argument(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Leaf(_) => quote!(impl ::core::convert::AsRef<::std::path::Path>),
            Self::Many(of, _) => {
                let of = of.argument(private);
                quote!(impl ::core::iter::IntoIterator<Item = #of>)
            }
            Self::Maybe(of) => match &**of {
                Self::Leaf(_) => quote!(impl #private::MaybePath),
                other => {
                    let of = other.argument(private);
                    quote!(::core::option::Option<#of>)
                }
            },
            Self::Tuple(shapes) => {
                let of = shapes.iter().map(|shape| shape.argument(private));
                quote!((#(#of,)*))
            }
            Self::Borrowed(of) => of.argument(private),
        }
    }

    /// Returns the expression that converts `value`; `caller` stands for a missing optional path.
    pub(crate) fn convert(
        &self,
        value: TokenStream,
        private: &TokenStream,
        caller: Option<&TokenStream>,
    ) -> TokenStream {
        match self {
            Self::Leaf(make) => {
                let make = syn::Ident::new(make, proc_macro2::Span::call_site());
                quote!(#private::#make(#value, __trace))
            }
            Self::Many(of, collection) => {
                let of = of.convert(quote!(__one), private, caller);
                quote! {
                    ::core::iter::IntoIterator::into_iter(#value).map(|__one| #of).collect::<#collection>()
                }
            }
            Self::Maybe(of) => {
                let one = of.convert(quote!(__some), private, caller);
                match &**of {
                    Self::Leaf(_) => {
                        let or_caller =
                            caller.map(|caller| quote!(.or_else(|| ::core::option::Option::Some(#caller))));
                        quote! {
                            #private::MaybePath::into_maybe_path(#value) #or_caller .map(|__some| #one)
                        }
                    }
                    _ => quote!(#value.map(|__some| #one)),
                }
            }
            Self::Tuple(shapes) => {
                let parts = shapes.iter().enumerate().map(|(i, shape)| {
                    let i = syn::Index::from(i);
                    shape.convert(quote!(__tuple.#i), private, caller)
                });
                quote!({ let __tuple = #value; (#(#parts,)*) })
            }
            Self::Borrowed(of) => of.convert(value, private, caller),
        }
    }

    /// Says whether an optional path is in it, for `use_caller`.
    pub(crate) fn has_maybe(&self) -> bool {
        match self {
            Self::Leaf(_) => false,
            Self::Maybe(of) => matches!(**of, Self::Leaf(_)) || of.has_maybe(),
            Self::Many(of, _) | Self::Borrowed(of) => of.has_maybe(),
            Self::Tuple(shapes) => shapes.iter().any(Self::has_maybe),
        }
    }
}

/// Returns the first type argument.
fn inner(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
