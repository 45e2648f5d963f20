//! From the syntax of a field's type to the expression of its codec.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type, TypeReference};

use crate::attrs::Way;

/// Scalars and text: `Cerial` by their names alone, and without anything below them.
const PLAIN: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64",
    "bool", "char", "String",
];

/// Containers whose codec is composed, with the number of type arguments that hold values.
const CONTAINERS: &[(&str, &str, usize)] = &[
    ("Vec", "CVec", 1),
    ("VecDeque", "CVecDeque", 1),
    ("LinkedList", "CLinkedList", 1),
    ("Option", "COption", 1),
    ("HashSet", "CHashSet", 1),
    ("BTreeSet", "CBTreeSet", 1),
    ("BinaryHeap", "CBinaryHeap", 1),
    ("HashMap", "CHashMap", 2),
    ("BTreeMap", "CBTreeMap", 2),
    ("Result", "CResult", 2),
    ("Box", "CBox", 1),
    ("Rc", "CRc", 1),
    ("Arc", "CArc", 1),
    ("Weak", "CWeak", 1),
    ("Cell", "CCell", 1),
    ("RefCell", "CRefCell", 1),
    ("OnceCell", "COnceCell", 1),
    ("OnceLock", "COnceLock", 1),
    ("Mutex", "CMutex", 1),
    ("RwLock", "CRwLock", 1),
    ("Reverse", "CReverse", 1),
    ("Wrapping", "CWrapping", 1),
    ("Saturating", "CSaturating", 1),
    ("Cursor", "CCursor", 1),
];

/// Containers of other crates, whose codec there is only with a feature of that crate's name: without it, and for
/// another type of such a name, the field goes as any other does.
const FOREIGN: &[(&str, &str, usize)] = &[
    ("IndexMap", "CHashMap", 2),
    ("IndexSet", "CHashSet", 1),
    ("DashMap", "CHashMap", 2),
    ("DashSet", "CHashSet", 1),
    ("ArrayVec", "CVec", 1),
    ("ReentrantMutex", "CMutex", 1),
    ("FairMutex", "CMutex", 1),
];

/// Whether a type is a scalar or text by its name.
pub(crate) fn is_plain(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none()
        && path.path.get_ident().is_some_and(|ident| PLAIN.iter().any(|plain| ident == plain)))
}

/// The type arguments of a type's last segment; the element of an array in their place.
fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else { return Vec::new() };
    let Some(PathArguments::AngleBracketed(args)) = path.path.segments.last().map(|last| &last.arguments)
    else {
        return Vec::new();
    };
    let each = args.args.iter().filter_map(|arg| match arg {
        GenericArgument::Type(Type::Array(array)) => Some(&*array.elem),
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    each.collect()
}

/// `via(Vec<_>)`, `via(BTreeMap<_, _>)`: a list of the elements, a map of keys and values. `_` is the argument of the
/// field's own type at that place.
fn via(krate: &TokenStream, ty: &Type, list: &Type) -> syn::Result<TokenStream> {
    let own = arguments(ty);
    let mut parts = Vec::new();
    for (i, part) in arguments(list).into_iter().enumerate() {
        parts.push(match (part, own.get(i)) {
            (Type::Infer(_), Some(own)) => *own,
            (Type::Infer(infer), None) => {
                let message = "the field's type has no such argument: name the element's type";
                return Err(syn::Error::new_spanned(infer, message));
            }
            (part, _) => part,
        });
    }
    let codecs: Vec<_> = parts.iter().map(|part| any(krate, part)).collect();
    match (&parts[..], &codecs[..]) {
        ([item], [of]) => Ok(quote!(#krate::codec::ViaList::<#item, _>::new(#of))),
        ([key, value], [keys, values]) => {
            Ok(quote!(#krate::codec::ViaMap::<#key, #value, _, _>::new(#keys, #values)))
        }
        _ => Err(syn::Error::new_spanned(list, "want `via(Vec<_>)` or `via(BTreeMap<_, _>)`")),
    }
}

/// The codec of a field.
pub(crate) fn codec(krate: &TokenStream, ty: &Type, way: &Way) -> syn::Result<TokenStream> {
    let (krate, here) = &at(ty, krate);
    Ok(match way {
        Way::Any => any(krate, ty),
        Way::Strict => quote_spanned!(*here=> #krate::codec::Static::<#ty>::NEW),
        Way::Serde => quote_spanned!(*here=> #krate::codec::BySerde::<#ty>::NEW),
        Way::Handler => quote_spanned!(*here=> #krate::Leaf::<#ty>::NEW),
        Way::With(handler) => quote_spanned!(*here=> #krate::codec::With::<#handler>::NEW),
        Way::Via(list) => via(krate, ty, list)?,
    })
}

/// The path of the crate, and a span, for code about a type: so that the compiler says on the user's type, and not on
/// the derive, that it does not fit.
pub(crate) fn at(ty: &Type, krate: &TokenStream) -> (TokenStream, Span) {
    let here = ty.span();
    let krate = krate.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(here));
        token
    });
    (krate.collect(), Span::call_site().located_at(here))
}

/// What a reference may point to, beside bytes: what stands in the bytes as it is.
const BORROWED: &[&str] = &["str", "Path", "OsStr"];

/// The reference in a type that no bytes can give: to anything but text and bytes.
pub(crate) fn dangling(ty: &Type) -> Option<&TypeReference> {
    match ty {
        Type::Paren(inner) => dangling(&inner.elem),
        Type::Group(inner) => dangling(&inner.elem),
        Type::Reference(reference) => {
            let named = |ty: &Type, names: &[&str]| {
                matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| {
                    last.arguments.is_none() && names.iter().any(|name| last.ident == name)
                }))
            };
            let borrows = match &*reference.elem {
                Type::Slice(slice) => named(&slice.elem, &["u8"]),
                elem => named(elem, BORROWED),
            };
            (reference.mutability.is_some() || !borrows).then_some(reference)
        }
        Type::Tuple(tuple) => tuple.elems.iter().find_map(dangling),
        Type::Array(array) => dangling(&array.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            CONTAINERS.iter().find(|(name, _, _)| last.ident == name)?;
            let PathArguments::AngleBracketed(args) = &last.arguments else { return None };
            args.args.iter().find_map(|arg| match arg {
                GenericArgument::Type(ty) => dangling(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

fn any(krate: &TokenStream, ty: &Type) -> TokenStream {
    match ty {
        Type::Paren(inner) => any(krate, &inner.elem),
        Type::Group(inner) => any(krate, &inner.elem),
        Type::Tuple(tuple) if tuple.elems.is_empty() || tuple.elems.len() > 12 => leaf(krate, ty),
        Type::Tuple(tuple) => {
            let parts = tuple.elems.iter().map(|part| any(krate, part));
            let composed = quote!(#krate::codec::CTuple((#(#parts,)*)));
            unless_static(krate, ty, &composed)
        }
        Type::Array(array) => {
            let item = any(krate, &array.elem);
            unless_static(krate, ty, &quote!(#krate::codec::CArray(#item)))
        }
        Type::BareFn(_) => {
            let (krate, here) = at(ty, krate);
            // SAFETY: the syntax says that the type is a pointer to a function.
            quote_spanned!(here=> unsafe { #krate::codec::CFn::<#ty>::new() })
        }
        Type::Path(_) if is_plain(ty) => quote!(#krate::codec::Static::<#ty>::NEW),
        Type::Path(path) => match (container(krate, path, CONTAINERS), container(krate, path, FOREIGN)) {
            (Some(composed), _) => unless_static(krate, ty, &composed),
            (None, Some(composed)) => if_it_fits(krate, ty, &composed),
            (None, None) => leaf(krate, ty),
        },
        _ => leaf(krate, ty),
    }
}

/// The composed codec of a container.
fn container(
    krate: &TokenStream,
    path: &syn::TypePath,
    known: &[(&str, &str, usize)],
) -> Option<TokenStream> {
    let last = path.path.segments.last()?;
    if last.ident == "PhantomData" {
        return Some(quote!(#krate::codec::CPhantom));
    }
    let (_, codec, values) = known.iter().find(|(name, _, _)| last.ident == name)?;
    let PathArguments::AngleBracketed(args) = &last.arguments else { return None };
    let types: Vec<&Type> = args
        .args
        .iter()
        .filter_map(|arg| match arg {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .take(*values)
        .collect();
    if types.len() < *values || types.iter().any(|ty| is_unsized(ty)) {
        return None;
    }
    let codec = syn::Ident::new(codec, last.ident.span());
    let inner = types.iter().map(|ty| any(krate, ty));
    Some(quote!(#krate::codec::#codec(#(#inner),*)))
}

/// Names of types that stand behind a pointer only.
const UNSIZED: &[&str] = &["str", "Path", "OsStr", "CStr"];

/// `dyn Trait`, `[T]`, `str` and their like are asked for through their pointer.
fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::TraitObject(_) | Type::Slice(_) => true,
        Type::Paren(inner) => is_unsized(&inner.elem),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.arguments.is_none() && UNSIZED.iter().any(|name| last.ident == name)),
        _ => false,
    }
}

/// The type's own codec where it is `Cerial` as a whole, the composed one otherwise.
fn unless_static(krate: &TokenStream, ty: &Type, composed: &TokenStream) -> TokenStream {
    let (krate, here) = at(ty, krate);
    quote_spanned!(here=> {
        use #krate::__private::{OrCodec as _, OrStatic as _};
        (&&#krate::__private::Or::<#ty, _>::new(#composed)).pick()
    })
}

/// The type's own codec, the composed one where it is one for that type, or a leaf's.
fn if_it_fits(krate: &TokenStream, ty: &Type, composed: &TokenStream) -> TokenStream {
    let (krate, here) = at(ty, krate);
    quote_spanned!(here=> {
        use #krate::__private::{FitCodec as _, FitLeaf as _, FitSerde as _, FitStatic as _};
        (&&&&#krate::__private::Fit::<#ty, _>::new(#composed)).pick()
    })
}

fn leaf(krate: &TokenStream, ty: &Type) -> TokenStream {
    let (krate, here) = at(ty, krate);
    quote_spanned!(here=> {
        use #krate::__private::{PickLeaf as _, PickSerde as _, PickStatic as _};
        (&&&#krate::__private::Pick::<#ty>::NEW).pick()
    })
}
