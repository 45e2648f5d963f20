//! What `#[timethis]` writes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit::{self, Visit};
use syn::{AttrStyle, Attribute, Error, ItemFn, Path, ReturnType, Signature, Type, TypeImplTrait};

use crate::args::Args;
use crate::krate;

/// An error comes with the item unchanged, so that its users report nothing of their own.
pub(crate) fn timethis(args: TokenStream, item: TokenStream) -> Result<TokenStream, (Error, TokenStream)> {
    let args: Args = syn::parse2(args).map_err(|e| (e, item.clone()))?;
    let function: ItemFn = syn::parse2(item.clone()).map_err(|e| {
        let text = "`#[timethis]` stands on a function or method with a body";
        (Error::new(e.span(), text), item.clone())
    })?;
    check(&args, &function).map_err(|e| (e, item))?;
    Ok(emit(&args, &function))
}

fn check(args: &Args, function: &ItemFn) -> syn::Result<()> {
    if let Some(token) = function.sig.constness {
        return Err(Error::new_spanned(
            token,
            "a `const fn` cannot be timed: remove `const` or `#[timethis]`",
        ));
    }
    for other in function.attrs.iter().filter(|a| is(a, "timethis")) {
        if args.timer.is_none() && !gives_timer(other) {
            return Err(Error::new_spanned(
                other,
                "a second `#[timethis]` needs a timer of its own: write `#[timethis(timer = &TIMER)]`",
            ));
        }
    }
    Ok(())
}

fn emit(args: &Args, function: &ItemFn) -> TokenStream {
    let krate = krate::timing();
    let ItemFn { attrs, vis, sig, block } = function;
    let stmts = &block.stmts;
    let (outer, inner): (Vec<_>, Vec<_>) = attrs.iter().partition(|a| matches!(a.style, AttrStyle::Outer));
    let method = args.method || sig.receiver().is_some() || mentions_self(sig);
    let handle = if args.timer.is_none() { handle(args, function, method, &krate) } else { quote!() };
    let timer = match &args.timer {
        // two statements, so that a temporary (a clone of an `Arc`) lives as long as the call
        Some(expr) => quote! {
            let __timethis_given = &(#expr);
            let __timethis_timer = #krate::__private::timer(__timethis_given);
        },
        None if method => {
            let getter = format_ident!("timer_{}", unraw(&sig.ident));
            quote!(let __timethis_timer = Self::#getter();)
        }
        None => {
            let name = &sig.ident;
            quote!(let __timethis_timer = #name::timer();)
        }
    };
    let threshold = args.threshold.as_ref();
    let zero = quote!(::core::time::Duration::ZERO);
    let finish_threshold = threshold.map_or(zero, |t| quote!(#t));
    let finish = quote! {
        if !{
            #[allow(unused_imports)]
            use #krate::__private::NeverFailed as _;
            #krate::__private::Outcome(&__timethis_value).failed()
        } {
            __timethis_section.finish(#finish_threshold);
        }
        __timethis_value
    };
    let body = if sig.asyncness.is_some() {
        let hint = return_hint(&sig.output);
        quote! {
            #timer
            let __timethis_section = #krate::__private::Section::begin(__timethis_timer);
            let __timethis_value = async move { #hint #(#stmts)* }.await;
            #finish
        }
    } else if returns_result(&sig.output) {
        let output = &sig.output;
        quote! {
            #timer
            let __timethis_section = #krate::__private::Section::begin(__timethis_timer);
            let __timethis_value = #krate::__private::call(move || #output #block);
            #finish
        }
    } else {
        let threshold = threshold.map(|t| quote!(.threshold(#t)));
        quote! {
            #timer
            let __timethis_guard = #krate::TimeThis::on(__timethis_timer)#threshold;
            #(#stmts)*
        }
    };
    quote! {
        #(#outer)*
        #vis #sig {
            #(#inner)*
            #body
        }
        #handle
    }
}

/// `hot::timer()` or `Type::timer_hot()`.
fn handle(args: &Args, function: &ItemFn, method: bool, krate: &TokenStream) -> TokenStream {
    let ItemFn { attrs, vis, sig, .. } = function;
    let name = &sig.ident;
    let plain = unraw(name).to_string();
    let cfgs: Vec<_> = attrs.iter().filter(|a| is(a, "cfg")).collect();
    let setup = match &args.max_times {
        Some(n) => quote!(|timer| #krate::__private::set_window(timer, #n)),
        None => quote!(|_| ()),
    };
    let get = |text: TokenStream| {
        quote! {
            static TIMER: #krate::__private::GlobalTimer = #krate::__private::GlobalTimer::new();
            TIMER.get(|| #text, #setup)
        }
    };
    if method {
        let getter = format_ident!("timer_{}", unraw(name));
        let doc = format!("The timer of `{plain}`, made by `#[timethis]`.");
        let body = get(quote! {
            #krate::__private::method_name(
                ::core::module_path!(), ::core::any::type_name::<Self>(), #plain,
            )
        });
        return quote! {
            #(#cfgs)*
            #[doc = #doc]
            #[allow(dead_code)]
            #vis fn #getter() -> &'static #krate::Sktimer { #body }
        };
    }
    let body = get(quote!(#krate::__private::function_name(::core::module_path!(), #plain)));
    let doc = format!("Carries `{plain}::timer()`, made by `#[timethis]`.");
    let sk = args.extend || attrs.iter().any(|a| is(a, "sk"));
    let item = if sk {
        quote!()
    } else {
        quote! {
            #(#cfgs)*
            #[doc = #doc]
            #[doc(hidden)]
            #[allow(non_camel_case_types, dead_code)]
            #vis struct #name {}
        }
    };
    // the struct may be less visible than `pub`, and its function unused
    quote! {
        #item
        #(#cfgs)*
        impl #name {
            /// The timer on which every call is recorded.
            #[allow(dead_code)]
            #vis fn timer() -> &'static #krate::Sktimer { #body }
        }
    }
}

/// Tells the compiler the type of an async block, which cannot be annotated.
fn return_hint(output: &ReturnType) -> TokenStream {
    let ReturnType::Type(_, ty) = output else { return quote!() };
    if has_impl_trait(ty) {
        return quote!();
    }
    quote! {
        #[allow(
            unreachable_code,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::let_unit_value,
            clippy::needless_return
        )]
        if false {
            let __timethis_never: #ty = loop {};
            return __timethis_never;
        }
    }
}

fn returns_result(output: &ReturnType) -> bool {
    match output {
        ReturnType::Type(_, ty) if !has_impl_trait(ty) => match &**ty {
            Type::Path(path) => {
                path.path.segments.last().is_some_and(|s| s.ident.to_string().ends_with("Result"))
            }
            _ => false,
        },
        _ => false,
    }
}

fn has_impl_trait(ty: &Type) -> bool {
    struct Find(bool);
    impl Visit<'_> for Find {
        fn visit_type_impl_trait(&mut self, _: &TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut find = Find(false);
    find.visit_type(ty);
    find.0
}

fn mentions_self(sig: &Signature) -> bool {
    struct Find(bool);
    impl Visit<'_> for Find {
        fn visit_path(&mut self, path: &Path) {
            self.0 |= path.segments.first().is_some_and(|s| s.ident == "Self");
            visit::visit_path(self, path);
        }
    }
    let mut find = Find(false);
    find.visit_signature(sig);
    find.0
}

fn is(attr: &Attribute, name: &str) -> bool {
    attr.path().segments.last().is_some_and(|s| s.ident == name)
}

fn gives_timer(attr: &Attribute) -> bool {
    attr.parse_args::<Args>().is_ok_and(|args| args.timer.is_some())
}

fn unraw(ident: &syn::Ident) -> syn::Ident {
    use syn::ext::IdentExt;
    ident.unraw()
}
