//! Roots: the attributes that a value may be, hold or point into; and how to see them in the syntax.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, Pat};

use crate::analysis::names;

/// The object itself, exactly.
pub(super) const SELF: &str = "self";
/// Something of the object, nobody knows what.
pub(super) const ALL: &str = "*";

pub(super) type Roots = BTreeSet<String>;

pub(super) fn one(root: &str) -> Roots {
    Roots::from([root.to_owned()])
}

/// How a root is named to the outside.
pub(super) fn named(root: &str) -> String {
    if root == SELF { ALL.to_owned() } else { root.to_owned() }
}

/// Something that holds the object is not the object: its fields are not the object's.
pub(super) fn inside(roots: &Roots) -> Roots {
    roots.iter().map(|r| named(r)).collect()
}

pub(super) fn member(roots: &Roots, member: &syn::Member) -> Roots {
    let name = match member {
        syn::Member::Named(name) => name.to_string(),
        syn::Member::Unnamed(index) => index.index.to_string(),
    };
    roots.iter().map(|r| if r == SELF { name.clone() } else { r.clone() }).collect()
}

/// The name in `x`, `mut x` and `x: T`.
pub(super) fn plain_name(pat: &Pat) -> Option<String> {
    match pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(name.ident.to_string()),
        Pat::Type(typed) => plain_name(&typed.pat),
        _ => None,
    }
}

/// `Vec::new()`, `vec![]`, `x.collect()` and the like.
pub(super) fn is_new_container(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return false };
            let mut segments = path.path.segments.iter().rev();
            let name = segments.next().map(|s| s.ident.to_string()).unwrap_or_default();
            let owner = segments.next().map(|s| s.ident.to_string()).unwrap_or_default();
            names::is_std_container(&owner) && matches!(name.as_str(), "new" | "with_capacity" | "default")
        }
        Expr::Macro(call) => call.mac.path.is_ident("vec"),
        Expr::MethodCall(call) => call.method == "collect",
        _ => false,
    }
}

pub(super) fn closure_of(arg: &Expr) -> Option<&syn::ExprClosure> {
    match arg {
        Expr::Closure(closure) => Some(closure),
        Expr::Paren(paren) => closure_of(&paren.expr),
        Expr::Reference(reference) => closure_of(&reference.expr),
        _ => None,
    }
}

/// The variable that a place belongs to.
pub(super) fn local(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.get_ident().filter(|name| *name != SELF).map(ToString::to_string),
        Expr::Field(field) => local(&field.base),
        Expr::Index(index) => local(&index.expr),
        Expr::Reference(reference) => local(&reference.expr),
        Expr::Unary(unary) => local(&unary.expr),
        Expr::Paren(paren) => local(&paren.expr),
        Expr::MethodCall(call) => local(&call.receiver),
        Expr::Try(tried) => local(&tried.expr),
        _ => None,
    }
}

/// Whether some identifier satisfies `test`.
pub(super) fn mentions(tokens: TokenStream, mut test: impl FnMut(&str) -> bool) -> bool {
    fn walk(tokens: TokenStream, test: &mut dyn FnMut(&str) -> bool) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => test(&ident.to_string()),
            TokenTree::Group(group) => walk(group.stream(), test),
            TokenTree::Literal(_) | TokenTree::Punct(_) => false,
        })
    }
    walk(tokens, &mut test)
}
