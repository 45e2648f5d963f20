//! Statements and patterns: what comes into variables.

use syn::punctuated::Punctuated;
use syn::{Block, Expr, Pat, Stmt, Token};

use super::Walk;
use super::roots::{Roots, inside, is_new_container, member, plain_name};

impl Walk<'_> {
    pub(super) fn block(&mut self, block: &Block) -> Roots {
        let mut tail = Roots::new();
        for stmt in &block.stmts {
            tail = Roots::new();
            match stmt {
                Stmt::Local(local) => {
                    let Some(init) = &local.init else { continue };
                    if let (Expr::Closure(closure), Pat::Ident(name)) = (&*init.expr, &local.pat) {
                        self.closures
                            .insert(name.ident.to_string(), closure.inputs.iter().cloned().collect());
                    }
                    let roots = self.expr(&init.expr);
                    match plain_name(&local.pat) {
                        Some(name) if is_new_container(&init.expr) => {
                            self.variables.entry(name.clone()).or_default().extend(roots);
                            self.fresh.insert(name);
                        }
                        _ => self.bind(&local.pat, &roots),
                    }
                    if let Some((_, otherwise)) = &init.diverge {
                        self.expr(otherwise);
                    }
                }
                Stmt::Expr(expr, semi) => {
                    let roots = self.expr(expr);
                    if semi.is_none() {
                        tail = roots;
                    }
                }
                Stmt::Macro(stmt) => {
                    let roots = self.macro_call(&stmt.mac);
                    if stmt.semi_token.is_none() {
                        tail = roots;
                    }
                }
                // Items cannot see `self`.
                Stmt::Item(_) => {}
            }
        }
        tail
    }

    /// Puts roots into the variables of a pattern, attribute by attribute where the object itself is taken apart.
    pub(super) fn bind(&mut self, pat: &Pat, roots: &Roots) {
        match pat {
            Pat::Ident(name) => {
                if name.by_ref.is_some() && name.mutability.is_some() {
                    self.touch(roots);
                }
                self.variables.entry(name.ident.to_string()).or_default().extend(roots.iter().cloned());
                self.stale.insert(name.ident.to_string());
                if let Some((_, sub)) = &name.subpat {
                    self.bind(sub, roots);
                }
            }
            Pat::Type(typed) => self.bind(&typed.pat, roots),
            Pat::Paren(paren) => self.bind(&paren.pat, roots),
            Pat::Reference(reference) => self.bind(&reference.pat, roots),
            Pat::Struct(fields) => {
                let ours = fields.path.segments.len() == 1
                    && fields
                        .path
                        .segments
                        .last()
                        .is_some_and(|s| s.ident == "Self" || s.ident == self.type_name);
                for field in &fields.fields {
                    let roots = if ours { member(roots, &field.member) } else { inside(roots) };
                    self.read(&roots);
                    self.bind(&field.pat, &roots);
                }
                if !ours {
                    self.read(roots);
                }
            }
            Pat::Tuple(tuple) => self.bind_all(&tuple.elems, roots),
            Pat::TupleStruct(tuple) => self.bind_all(&tuple.elems, roots),
            Pat::Slice(slice) => self.bind_all(&slice.elems, roots),
            Pat::Or(or) => or.cases.iter().for_each(|case| self.bind(case, roots)),
            Pat::Macro(_) | Pat::Verbatim(_) => self.touch(&inside(roots)),
            _ => self.read(roots),
        }
    }

    pub(super) fn bind_all(&mut self, pats: &Punctuated<Pat, Token![,]>, roots: &Roots) {
        let roots = inside(roots);
        self.read(&roots);
        pats.iter().for_each(|pat| self.bind(pat, &roots));
    }
}
