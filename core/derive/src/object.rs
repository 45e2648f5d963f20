//! `#[cerial::object]` on a trait and on its impls.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, ItemImpl, ItemTrait};

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
    Ok(quote! {
        #item
        const _: () = {
            impl #krate::codec::Pointee for dyn #ident {
                fn kind(_: &mut #krate::schema::SchemaBuilder) -> #krate::schema::Kind {
                    #krate::schema::Kind::Object
                }
                fn write(&self, __w: &mut #krate::Writer<'_>) -> #krate::Result<()> {
                    #krate::__private::write_object::<dyn #ident>(
                        __w,
                        #name,
                        #krate::Object::concrete_type(self),
                        |__w| #krate::Object::write_body(self, __w),
                    )
                }
                fn walk(&self, __walker: &mut #krate::Walker<'_>) -> #krate::Result<()> {
                    #krate::Object::walk_body(self, __walker)
                }
                fn patch(&mut self, __patcher: &mut #krate::Patcher<'_>) {
                    #krate::Object::patch_body(self, __patcher)
                }
            }
            impl<'__de> #krate::codec::ReadPointee<'__de> for dyn #ident {
                fn read_box(__r: &mut #krate::Reader<'__de>) -> #krate::Result<::std::boxed::Box<Self>> {
                    #krate::__private::read_object::<dyn #ident>(__r, #name)
                }
            }
        };
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
            "a generic impl registers nothing by itself: implement the trait for the concrete types that travel",
        ));
    }
    let krate = krate::path();
    let ty = &item.self_ty;
    Ok(quote! {
        #item
        const _: () = {
            const __READ: #krate::__private::ReadObject<dyn #path> =
                |__r| ::core::result::Result::Ok(#krate::__private::read_boxed::<#ty>(__r)?);
            #krate::__private::inventory::submit! {
                #krate::ObjectEntry::new::<dyn #path, #ty>(&__READ)
            }
        };
    })
}
