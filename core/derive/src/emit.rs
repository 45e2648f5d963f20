//! The impls of `Encode` and `Decode`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::visit::Visit;
use syn::{GenericParam, Generics, Ident, Lifetime, LifetimeParam, parse_quote};

use crate::codec::at;
use crate::input::{Body, Field, Fields, Input, Style, Variant};

pub(crate) fn emit(input: &Input) -> TokenStream {
    let Input { krate, ident, .. } = input;
    let (shape, schema, head, tail, walk, patch, read) = match &input.body {
        _ if input.attrs.state.is_some() => by_state(input),
        Body::Struct(fields) if input.attrs.transparent.is_some() => transparent(krate, fields),
        Body::Struct(fields) => of_struct(input, fields),
        Body::Enum(variants) => of_enum(input, variants),
    };
    let bounds = bounds(input);
    let mut encode = input.generics.clone();
    encode.make_where_clause().predicates.extend(bounds.clone());
    let (encode_impl, ty, encode_where) = encode.split_for_impl();
    let mut decode = input.generics.clone();
    decode.make_where_clause().predicates.extend(bounds);
    let decode = with_de(decode);
    let (decode_impl, _, decode_where) = decode.split_for_impl();
    let root = input.generics.params.is_empty().then(|| {
        quote! {
            #[inline]
            fn root() -> #krate::schema::RootRef {
                static __ROOT: #krate::schema::RootCache = #krate::schema::RootCache::new();
                __ROOT.get::<Self>()
            }
        }
    });
    let (pod, pod_checked) = match &input.body {
        Body::Struct(fields) if input.attrs.pod.is_some() => pod(krate, ident, fields),
        _ => Default::default(),
    };
    let all: Vec<&Fields> = match &input.body {
        _ if input.attrs.state.is_some() => Vec::new(),
        Body::Struct(fields) => vec![fields],
        Body::Enum(variants) => variants.iter().map(|variant| &variant.fields).collect(),
    };
    let helpers = all.iter().flat_map(|fields| fields.written()).filter_map(|field| field.helper.as_ref());
    let cyclic = input.attrs.cyclic.as_ref().map(|path| {
        let made = quote_spanned!(path.span()=> <Self as ::core::default::Default>::default());
        quote! {
            #[inline(always)]
            fn has_placeholder() -> bool {
                true
            }
            fn placeholder() -> ::core::option::Option<Self> {
                ::core::option::Option::Some(#made)
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(unused_variables, unused_mut, unused_assignments, unused_qualifications, non_snake_case, clippy::all)]
        const _: () = {
            #pod_checked
            #(#helpers)*
            impl #encode_impl #krate::Encode for #ident #ty #encode_where {
                #pod
                #[inline(always)]
                fn shape() -> #krate::Shape {
                    #shape
                }
                #[inline]
                fn schema(__builder: &mut #krate::schema::SchemaBuilder) -> #krate::schema::Kind {
                    #schema
                }
                #root
                #cyclic
                #[inline]
                fn head(&self, __out: &mut [u8]) {
                    #head
                }
                #[inline]
                fn tail(&self, __w: &mut #krate::Writer<'_>) -> #krate::Result<()> {
                    #tail
                }
                #[inline]
                fn walk(&self, __walker: &mut #krate::Walker<'_>) -> #krate::Result<()> {
                    #walk
                }
                #[inline]
                fn patch(&mut self, __patcher: &mut #krate::Patcher<'_>) {
                    #patch
                }
            }
            impl #decode_impl #krate::Decode<'__de> for #ident #ty #decode_where {
                #[inline]
                fn read(__head: &[u8], __r: &mut #krate::Reader<'__de>) -> #krate::Result<Self> {
                    #read
                }
            }
        };
    }
}

/// The proof that a struct is plain old data, made by the compiler, and the item that asks for it.
fn pod(krate: &TokenStream, ident: &Ident, fields: &Fields) -> (TokenStream, TokenStream) {
    let each = fields.written().map(|field| {
        let Field { member, ty, .. } = field;
        let plain = format!(
            "`pod`: field `{}` is not plain old data (numbers of a fixed width, arrays and `pod` structs of them are)",
            field.label()
        );
        let place = format!(
            "`pod`: field `{}` does not follow the one before: add `#[repr(C)]`, and leave no padding",
            field.label()
        );
        quote! {
            ::core::assert!(<#ty as #krate::Encode>::PLAIN.holds(), #plain);
            ::core::assert!(::core::mem::offset_of!(Self, #member) == __at, #place);
            __at += ::core::mem::size_of::<#ty>();
        }
    });
    let plain = quote! {
        #[allow(unsafe_code)]
        const PLAIN: #krate::__private::Plain<Self> = {
            let mut __at = 0;
            #(#each)*
            ::core::assert!(__at == ::core::mem::size_of::<Self>(), "`pod`: the struct has padding at its end");
            // SAFETY:
            // - every field is plain, stands where the ones before end, and the last ends where the struct ends:
            //   asserted above. So there is no padding and every pattern of bits is a value.
            // - the head is the fields' heads in this order, and none has a tail.
            unsafe { #krate::__private::Plain::yes() }
        };
    };
    let checked = quote! {
        const _: #krate::__private::Plain<#ident> = <#ident as #krate::Encode>::PLAIN;
    };
    (plain, checked)
}

type Parts = (TokenStream, TokenStream, TokenStream, TokenStream, TokenStream, TokenStream, TokenStream);

/// `impl<'__de: 'a, 'a, ..>`: what is read may borrow for as long as the type's lifetimes.
fn with_de(mut generics: Generics) -> Generics {
    let mut de = LifetimeParam::new(Lifetime::new("'__de", proc_macro2::Span::call_site()));
    de.bounds = generics.lifetimes().map(|param| param.lifetime.clone()).collect();
    generics.params.insert(0, GenericParam::Lifetime(de));
    generics
}

/// `T: Cerial` for each parameter that a written field uses, or what the user says.
fn bounds(input: &Input) -> Vec<syn::WherePredicate> {
    if let Some(bound) = &input.attrs.bound {
        return bound.iter().cloned().collect();
    }
    if input.attrs.state.is_some() {
        return Vec::new();
    }
    let krate = &input.krate;
    let mut used =
        Used { params: input.generics.type_params().map(|p| &p.ident).collect(), found: Vec::new() };
    let all: Vec<&Fields> = match &input.body {
        Body::Struct(fields) => vec![fields],
        Body::Enum(variants) => variants.iter().map(|variant| &variant.fields).collect(),
    };
    for field in all.iter().flat_map(|fields| fields.written()) {
        used.visit_type(&field.ty);
    }
    used.found.iter().map(|param| parse_quote!(#param: #krate::Cerial)).collect()
}

/// Finds the type parameters in a type, but for those of `PhantomData`.
struct Used<'a> {
    params: Vec<&'a Ident>,
    found: Vec<&'a Ident>,
}

impl<'ast> Visit<'ast> for Used<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.last().is_some_and(|last| last.ident == "PhantomData") {
            return;
        }
        if let Some(first) = path.segments.first()
            && let Some(param) = self.params.iter().find(|param| first.ident == ***param)
            && !self.found.contains(param)
        {
            self.found.push(param);
        }
        syn::visit::visit_path(self, path);
    }
}

fn define(input: &Input, body: &TokenStream) -> TokenStream {
    let krate = &input.krate;
    let aliases = &input.attrs.aliases;
    let name = match &input.attrs.name {
        Some(name) => quote!(#name),
        None => {
            let ident = input.ident.to_string();
            quote!(&#krate::__private::type_name(::core::module_path!(), #ident))
        }
    };
    quote!(__builder.define::<Self>(#name, &[#(#aliases),*], |__builder| #body))
}

fn schema_fields(krate: &TokenStream, fields: &Fields) -> TokenStream {
    let each = fields.written().map(|field| {
        let Field { name, codec, ty, .. } = field;
        let label = field.label();
        let (at_krate, here) = at(ty, krate);
        let kind = quote_spanned!(here=> #at_krate::__private::kind::<#ty, _>(#codec, __builder, #label));
        let aliases = &field.attrs.aliases;
        let aliases = (!aliases.is_empty()).then(|| quote!(.aliases(&[#(#aliases),*])));
        let default = field.fallback().map(|value| {
            quote!(.default(|__w| {
                let __value: #ty = #value;
                __w.value(#codec, &__value)
            }))
        });
        quote! {
            #krate::schema::Field::new(#name, #kind) #aliases #default
        }
    });
    match fields.style {
        Style::Unit => quote!(#krate::schema::Fields::Unit),
        Style::Tuple => quote!(#krate::schema::Fields::Tuple(::std::vec![#(#each),*])),
        Style::Named => quote!(#krate::schema::Fields::Named(::std::vec![#(#each),*])),
    }
}

fn shape_of(krate: &TokenStream, fields: &Fields) -> TokenStream {
    let each = fields.written().map(|Field { ty, codec, .. }| {
        let (krate, here) = at(ty, krate);
        let shape = quote_spanned!(here=> #krate::__private::shape::<#ty, _>(#codec));
        quote!(.and(#shape))
    });
    quote!(#krate::Shape::UNIT #(#each)*)
}

/// Heads of fields, from `__at` on; `place` is the reference to a field.
fn heads<'a>(
    krate: &'a TokenStream,
    fields: &'a Fields,
    place: impl Fn(&Field) -> TokenStream + 'a,
) -> impl Iterator<Item = TokenStream> + 'a {
    fields.written().map(move |field| {
        let Field { ty, codec, .. } = field;
        let (krate, here) = at(ty, krate);
        let place = place(field);
        quote_spanned!(here=> __at = #krate::__private::head::<#ty, _>(#codec, #place, __out, __at);)
    })
}

fn tails<'a>(
    krate: &'a TokenStream,
    fields: &'a Fields,
    place: impl Fn(&Field) -> TokenStream + 'a,
) -> impl Iterator<Item = TokenStream> + 'a {
    fields.written().map(move |field| {
        let Field { ty, codec, .. } = field;
        let (krate, here) = at(ty, krate);
        let (place, label) = (place(field), field.label());
        quote_spanned!(here=> #krate::__private::tail::<#ty, _>(#codec, #place, __w, #label)?;)
    })
}

fn walks<'a>(
    krate: &'a TokenStream,
    fields: &'a Fields,
    place: impl Fn(&Field) -> TokenStream + 'a,
) -> impl Iterator<Item = TokenStream> + 'a {
    fields.written().filter(|field| !field.plain).map(move |field| {
        let Field { ty, codec, .. } = field;
        let (krate, here) = at(ty, krate);
        let (place, label) = (place(field), field.label());
        quote_spanned!(here=> #krate::__private::walk::<#ty, _>(#codec, #place, __walker, #label)?;)
    })
}

fn patches<'a>(
    krate: &'a TokenStream,
    fields: &'a Fields,
    place: impl Fn(&Field) -> TokenStream + 'a,
) -> impl Iterator<Item = TokenStream> + 'a {
    fields.written().filter(|field| !field.plain).map(move |field| {
        let Field { ty, codec, .. } = field;
        let (krate, here) = at(ty, krate);
        let place = place(field);
        quote_spanned!(here=> #krate::__private::patch::<#ty, _>(#codec, #place, __patcher);)
    })
}

/// `{ field: read, .. }`, from `__head` and `__at` on.
fn read_fields(krate: &TokenStream, fields: &Fields) -> TokenStream {
    let each = fields.all.iter().map(|field| {
        let Field { member, ty, codec, .. } = field;
        let value = if field.attrs.skip {
            field.fallback().unwrap_or_else(|| quote!(<#ty as ::core::default::Default>::default()))
        } else {
            let label = field.label();
            let (krate, here) = at(ty, krate);
            quote_spanned!(here=> #krate::__private::read::<#ty, _>(#codec, __head, &mut __at, __r, #label)?)
        };
        quote!(#member: #value)
    });
    quote!({ #(#each),* })
}

fn of_struct(input: &Input, fields: &Fields) -> Parts {
    let krate = &input.krate;
    let by_ref = |field: &Field| {
        let member = &field.member;
        quote!(&self.#member)
    };
    let by_mut = |field: &Field| {
        let member = &field.member;
        quote!(&mut self.#member)
    };
    let defined = schema_fields(krate, fields);
    let (heads, tails) = (heads(krate, fields, by_ref), tails(krate, fields, by_ref));
    let (walks, patches) = (walks(krate, fields, by_ref), patches(krate, fields, by_mut));
    let read = read_fields(krate, fields);
    (
        shape_of(krate, fields),
        define(input, &quote!(#krate::schema::Body::Struct(#defined))),
        quote!(let mut __at = 0; #(#heads)*),
        quote!(#(#tails)* ::core::result::Result::Ok(())),
        quote!(#(#walks)* ::core::result::Result::Ok(())),
        quote!(#(#patches)*),
        quote!(let mut __at = 0; ::core::result::Result::Ok(Self #read)),
    )
}

/// The type goes as another one: `From<&Self>` makes that, `TryFrom` takes it back.
fn by_state(input: &Input) -> Parts {
    let (krate, state) = (&input.krate, &input.attrs.state);
    (
        quote!(#krate::Shape::BOX),
        quote!(#krate::schema::Kind::Boxed(::std::boxed::Box::new(<#state as #krate::Encode>::schema(__builder)))),
        quote!(),
        quote! {
            let __state = <#state as ::core::convert::From<&Self>>::from(self);
            #krate::__private::write_state(__w, &__state)
        },
        quote!(::core::result::Result::Ok(())),
        quote!(),
        quote! {
            let __state = #krate::__private::read_state::<#state>(__r)?;
            <Self as ::core::convert::TryFrom<#state>>::try_from(__state).map_err(#krate::Error::rebuild)
        },
    )
}

fn transparent(krate: &TokenStream, fields: &Fields) -> Parts {
    let Some(field) = fields.written().next() else { return Default::default() };
    let Field { member, ty, codec, .. } = field;
    let read = read_fields(krate, fields);
    (
        quote!(#krate::__private::shape::<#ty, _>(#codec)),
        quote!(#krate::codec::Codec::<#ty>::schema(#codec, __builder)),
        quote!(#krate::__private::head::<#ty, _>(#codec, &self.#member, __out, 0);),
        quote!(#krate::codec::Codec::<#ty>::tail(#codec, &self.#member, __w)),
        quote!(#krate::codec::Codec::<#ty>::walk(#codec, &self.#member, __walker)),
        quote!(#krate::__private::patch::<#ty, _>(#codec, &mut self.#member, __patcher);),
        quote!(let mut __at = 0; ::core::result::Result::Ok(Self #read)),
    )
}

fn of_enum(input: &Input, variants: &[Variant]) -> Parts {
    let krate = &input.krate;
    let by_binding = |field: &Field| {
        let binding = &field.binding;
        quote!(#binding)
    };
    let units = variants.iter().all(|variant| variant.fields.style == Style::Unit);
    let tag_bytes = if variants.len() > 256 { 2_usize } else { 1 };
    let put_tag = |tag: usize| {
        let bytes = (tag as u16).to_le_bytes();
        let bytes = &bytes[..tag_bytes];
        let at = 0..tag_bytes;
        quote!(#(__out[#at] = #bytes;)*)
    };
    let pattern = |variant: &Variant| {
        let ident = &variant.ident;
        let members = variant.fields.written().map(|Field { member, binding, .. }| quote!(#member: #binding));
        quote!(Self::#ident { #(#members,)* .. })
    };

    let defined = variants.iter().map(|variant| {
        let (name, aliases) = (&variant.name, &variant.aliases);
        let fields = schema_fields(krate, &variant.fields);
        quote!(#krate::schema::Variant { name: #name.into(), aliases: &[#(#aliases),*], fields: #fields })
    });
    let schema = define(input, &quote!(#krate::schema::Body::Enum(::std::vec![#(#defined),*])));
    let get_tag = |block: TokenStream| match tag_bytes {
        1 => quote!(::core::primitive::usize::from(#block[0])),
        _ => {
            quote!(::core::primitive::usize::from(#block[0]) | ::core::primitive::usize::from(#block[1]) << 8)
        }
    };
    let no_variant =
        quote!(__other => ::core::result::Result::Err(#krate::__private::no_variant::<Self>(__other)));

    if units {
        let arms: Vec<_> = variants
            .iter()
            .enumerate()
            .map(|(tag, variant)| {
                let (ident, put) = (&variant.ident, put_tag(tag));
                quote!(Self::#ident => { #put })
            })
            .collect();
        let reads = variants
            .iter()
            .enumerate()
            .map(|(tag, Variant { ident, .. })| quote!(#tag => ::core::result::Result::Ok(Self::#ident),));
        let tag = get_tag(quote!(__head));
        return (
            quote!(#krate::Shape::scalar(#tag_bytes)),
            schema,
            quote!(match *self { #(#arms)* }),
            quote!(::core::result::Result::Ok(())),
            quote!(::core::result::Result::Ok(())),
            quote!(),
            quote!(match #tag { #(#reads)* #no_variant }),
        );
    }

    let writes = variants.iter().enumerate().map(|(tag, variant)| {
        let (pattern, put, shape) = (pattern(variant), put_tag(tag), shape_of(krate, &variant.fields));
        let (heads, tails) =
            (heads(krate, &variant.fields, by_binding), tails(krate, &variant.fields, by_binding));
        quote! {
            #pattern => {
                let __out = __w.block(#tag_bytes + (#shape).head);
                #put
                let mut __at = #tag_bytes;
                #(#heads)*
                #(#tails)*
            }
        }
    });
    let walks = variants.iter().map(|variant| {
        let (pattern, walks) = (pattern(variant), walks(krate, &variant.fields, by_binding));
        quote!(#pattern => { #(#walks)* })
    });
    let patches = variants.iter().map(|variant| {
        let (pattern, patches) = (pattern(variant), patches(krate, &variant.fields, by_binding));
        quote!(#pattern => { #(#patches)* })
    });
    let reads = variants.iter().enumerate().map(|(tag, variant)| {
        let (ident, shape, fields) =
            (&variant.ident, shape_of(krate, &variant.fields), read_fields(krate, &variant.fields));
        quote! {
            #tag => {
                let __head = __r.block((#shape).head)?;
                let mut __at = 0;
                ::core::result::Result::Ok(Self::#ident #fields)
            }
        }
    });
    let tag = get_tag(quote!(__r.block(#tag_bytes)?));
    let tag = if tag_bytes == 1 {
        tag
    } else {
        quote!({
            let __tag = __r.block(2)?;
            ::core::primitive::usize::from(__tag[0]) | ::core::primitive::usize::from(__tag[1]) << 8
        })
    };
    (
        quote!(#krate::Shape { min: #tag_bytes, ..#krate::Shape::HEAP }),
        schema,
        quote!(),
        quote!(match self { #(#writes)* } ::core::result::Result::Ok(())),
        quote!(match self { #(#walks)* } ::core::result::Result::Ok(())),
        quote!(match self { #(#patches)* }),
        quote!(match #tag { #(#reads)* #no_variant }),
    )
}
