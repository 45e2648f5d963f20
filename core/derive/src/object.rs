//! `#[cerial::object]` on a trait and on its impls, and `cerial::objects!`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Ident, Item, ItemImpl, ItemTrait, Path, Token, Type};

use crate::krate;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    if !args.is_empty() {
        return Err(syn::Error::new_spanned(args, "`#[cerial::object]` takes no arguments"));
    }
    match syn::parse2(item)? {
        Item::Trait(item) => on_trait(item),
        Item::Impl(item) => on_impl(&item),
        other => Err(syn::Error::new_spanned(
            other,
            "`#[cerial::object]` stands on a trait, and on each `impl Trait for Type` whose type may stand behind it",
        )),
    }
}

/// The trait's objects: alone, and with each set of the auto traits that a pointer across threads needs.
fn kinds(path: &TokenStream) -> [TokenStream; 4] {
    let send = quote!(::core::marker::Send);
    let sync = quote!(::core::marker::Sync);
    [
        quote!(dyn #path),
        quote!(dyn #path + #send),
        quote!(dyn #path + #sync),
        quote!(dyn #path + #send + #sync),
    ]
}

fn on_trait(mut item: ItemTrait) -> syn::Result<TokenStream> {
    if let Some(param) = item.generics.params.first() {
        return Err(syn::Error::new_spanned(
            param,
            "an object trait cannot be generic: its name on the wire could not tell",
        ));
    }
    let krate = krate::path();
    item.supertraits.push(syn::parse2(quote!(#krate::Object))?);
    let ident = &item.ident;
    let name = ident.to_string();
    let impls = kinds(&quote!(#ident)).map(|object| {
        quote! {
            impl #krate::codec::Pointee for #object {
                fn kind(__builder: &mut #krate::schema::SchemaBuilder) -> #krate::schema::Kind {
                    __builder.object::<dyn #ident>(#name)
                }
                fn write(&self, __w: &mut #krate::Writer<'_>) -> #krate::Result<()> {
                    #krate::__private::write_object::<dyn #ident>(self, __w, #name)
                }
                fn walk(&self, __walker: &mut #krate::Walker<'_>) -> #krate::Result<()> {
                    #krate::Object::walk_body(self, __walker)
                }
                fn patch(&mut self, __patcher: &mut #krate::Patcher<'_>) {
                    #krate::Object::patch_body(self, __patcher)
                }
            }
            impl<'__de> #krate::codec::ReadPointee<'__de> for #object {
                fn read_box(__r: &mut #krate::Reader<'__de>) -> #krate::Result<::std::boxed::Box<Self>> {
                    #krate::__private::read_object::<dyn #ident, Self>(__r, #name)
                }
            }
            impl #krate::codec::WeakPointee for #object {
                fn rc_weaks(
                    __registry: &#krate::Registry,
                ) -> #krate::Result<#krate::codec::Weaks<::std::rc::Weak<Self>>> {
                    #krate::__private::object_fns::<dyn #ident, Self>(__registry, #name).map(|__fns| __fns.rc)
                }
                fn arc_weaks(
                    __registry: &#krate::Registry,
                ) -> #krate::Result<#krate::codec::Weaks<::std::sync::Weak<Self>>> {
                    #krate::__private::object_fns::<dyn #ident, Self>(__registry, #name).map(|__fns| __fns.arc)
                }
            }
        }
    });
    Ok(quote! {
        #item
        const _: () = { #(#impls)* };
    })
}

fn on_impl(item: &ItemImpl) -> syn::Result<TokenStream> {
    let Some((None, path, _)) = &item.trait_ else {
        return Err(syn::Error::new_spanned(
            &item.self_ty,
            "`#[cerial::object]` wants `impl Trait for Type`, so that the type may stand behind `dyn Trait`",
        ));
    };
    if let Some(param) = item.generics.params.first() {
        return Err(syn::Error::new_spanned(
            param,
            "a generic impl registers nothing by itself: leave the attribute out, and register the types that travel: \
             `cerial::objects! { impl Trait for Type<f32>; }`",
        ));
    }
    let registered = register(path, &item.self_ty);
    Ok(quote!(#item #registered))
}

/// `impl Trait for Type;`, several.
pub(crate) struct Registrations(Vec<(Path, Type)>);

impl Parse for Registrations {
    fn parse(input: ParseStream<'_>) -> syn::Result<Registrations> {
        let mut all = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![impl]>()?;
            let path = input.parse()?;
            input.parse::<Token![for]>()?;
            all.push((path, input.parse()?));
            if !input.is_empty() {
                input.parse::<Token![;]>()?;
            }
        }
        Ok(Registrations(all))
    }
}

/// `cerial::objects!`: each is submitted to `inventory`.
pub(crate) fn submit(input: TokenStream) -> syn::Result<TokenStream> {
    let Registrations(all) = syn::parse2(input)?;
    Ok(all.iter().map(|(path, ty)| register(path, ty)).collect())
}

/// `builder; impl Trait for Type; ..`, for `cerial::plugin!`: each is added to a builder.
pub(crate) fn add(input: TokenStream) -> syn::Result<TokenStream> {
    let parse = |input: ParseStream<'_>| {
        let builder: Ident = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok((builder, input.parse::<Registrations>()?))
    };
    let (builder, Registrations(all)) = parse.parse2(input)?;
    let krate = krate::path();
    let each = all.iter().map(|(path, ty)| {
        let entry = entry(&krate, path, ty);
        quote! {
            #builder.object({
                static __ENTRY: #krate::ObjectEntry = #entry;
                &__ENTRY
            });
        }
    });
    Ok(quote!({ #(#each)* }))
}

/// Submits a type to `inventory`.
fn register(path: &Path, ty: &Type) -> TokenStream {
    let krate = krate::path();
    let entry = entry(&krate, path, ty);
    quote! {
        const _: () = {
            #krate::__private::inventory::submit! { #entry }
        };
    }
}

/// The entry of one type behind one trait: how it is read into each kind of object that it can be.
fn entry(krate: &TokenStream, path: &Path, ty: &Type) -> TokenStream {
    let [plain, others @ ..] = kinds(&quote!(#path));
    let fns = |object: &TokenStream, ty: TokenStream| {
        quote! {
            &#krate::__private::ObjectFns::<#object> {
                read: |__r| ::core::result::Result::Ok(#krate::__private::read_boxed::<#ty>(__r)?),
                rc: #krate::codec::Weaks::of::<#ty>(
                    || ::std::rc::Weak::<#ty>::new(),
                    || #krate::__private::dangling_rc::<#ty>(),
                ),
                arc: #krate::codec::Weaks::of::<#ty>(
                    || ::std::sync::Weak::<#ty>::new(),
                    || #krate::__private::dangling_arc::<#ty>(),
                ),
            }
        }
    };
    let plain_fns = fns(&plain, quote!(#ty));
    let bounds = [
        quote!(::core::marker::Send),
        quote!(::core::marker::Sync),
        quote!(::core::marker::Send + ::core::marker::Sync),
    ];
    let names = ["SEND", "SYNC", "BOTH"].map(|name| Ident::new(name, Span::call_site()));
    let other_fns = others.iter().map(|object| fns(object, quote!(__T)));
    // An inherent constant, where the type has what it needs, goes before the trait's.
    quote!({
        type __Fns = ::core::option::Option<#krate::__private::AnyFns>;
        struct __Probe<T>(::core::marker::PhantomData<T>);
        trait __No {
            #(const #names: __Fns = ::core::option::Option::None;)*
        }
        impl<T> __No for __Probe<T> {}
        #(
            #[allow(dead_code)]
            impl<__T: #path + #krate::Cerial + 'static + #bounds> __Probe<__T> {
                const #names: __Fns = ::core::option::Option::Some(#other_fns);
            }
        )*
        #krate::ObjectEntry::new::<#plain, #ty>([
            ::core::option::Option::Some(#plain_fns),
            #(<__Probe<#ty>>::#names),*
        ])
    })
}
