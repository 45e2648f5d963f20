//! Expressions: what their values may be, hold or point into.

use syn::Expr;

use super::Walk;
use super::roots::{ALL, Roots, SELF, inside, local, member, one};

impl Walk<'_> {
    /// The roots of something that is assigned to or borrowed; its own attribute is not read by that.
    pub(super) fn place(&mut self, expr: &Expr) -> Roots {
        match expr {
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) if name == SELF => one(SELF),
                Some(name) => self.variable(&name.to_string()),
                None => Roots::new(),
            },
            Expr::Field(field) => member(&self.place(&field.base), &field.member),
            Expr::Index(index) => {
                let mut roots = inside(&self.place(&index.expr));
                let by = self.expr(&index.index);
                self.read(&by);
                roots.extend(inside(&by));
                roots
            }
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => self.place(&unary.expr),
            Expr::Paren(paren) => self.place(&paren.expr),
            Expr::Group(group) => self.place(&group.expr),
            other => self.expr(other),
        }
    }

    pub(super) fn variable(&mut self, name: &str) -> Roots {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Roots {
        match expr {
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident().map(ToString::to_string)
                    && let Some(inputs) = self.closures.get(&name).cloned()
                {
                    // A closure that goes somewhere by name: whoever has it may call it with anything.
                    inputs.iter().for_each(|pat| self.bind(pat, &one(ALL)));
                }
                self.place(expr)
            }
            Expr::Field(_) | Expr::Index(_) => {
                let roots = self.place(expr);
                self.read(&roots);
                roots
            }
            Expr::Reference(reference) => {
                let roots = self.place(&reference.expr);
                if reference.mutability.is_some() && !(roots.len() == 1 && roots.contains(SELF)) {
                    self.touch(&roots);
                } else if !roots.contains(SELF) {
                    self.read(&roots);
                }
                roots
            }
            Expr::RawAddr(raw) => {
                let roots = self.place(&raw.expr);
                self.touch(&roots);
                inside(&roots)
            }
            Expr::Unary(unary) => {
                let roots = self.expr(&unary.expr);
                if !matches!(unary.op, syn::UnOp::Deref(_)) {
                    self.read(&roots);
                }
                roots
            }
            Expr::Paren(paren) => self.expr(&paren.expr),
            Expr::Group(group) => self.expr(&group.expr),
            Expr::Assign(assign) => {
                let value = self.expr(&assign.right);
                self.assign(&assign.left, &value);
                Roots::new()
            }
            Expr::Binary(binary) => self.binary(binary),
            Expr::Call(call) => self.call(call),
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Macro(call) => self.macro_call(&call.mac),
            Expr::Closure(closure) => {
                let roots = self.expr(&closure.body);
                // What the closure returns may be what it captured: the value holds at least that.
                inside(&roots)
            }
            Expr::If(branch) => {
                self.condition(&branch.cond);
                let mut roots = self.block(&branch.then_branch);
                if let Some((_, otherwise)) = &branch.else_branch {
                    roots.extend(self.expr(otherwise));
                }
                roots
            }
            Expr::Match(branch) => {
                let scrutinee = self.expr(&branch.expr);
                // One arm takes the object apart; several look at all of it.
                if !scrutinee.contains(SELF) || branch.arms.len() > 1 {
                    self.read(&scrutinee);
                }
                let mut roots = Roots::new();
                for arm in &branch.arms {
                    self.bind(&arm.pat, &scrutinee);
                    if let Some((_, guard)) = &arm.guard {
                        self.condition(guard);
                    }
                    roots.extend(self.expr(&arm.body));
                }
                roots
            }
            Expr::Let(_) => {
                self.condition(expr);
                Roots::new()
            }
            Expr::While(lp) => {
                self.condition(&lp.cond);
                self.block(&lp.body);
                Roots::new()
            }
            Expr::ForLoop(lp) => {
                let roots = self.expr(&lp.expr);
                self.read(&roots);
                self.bind(&lp.pat, &inside(&roots));
                self.block(&lp.body);
                Roots::new()
            }
            Expr::Loop(lp) => {
                self.block(&lp.body);
                self.breaks.clone()
            }
            Expr::Block(block) => {
                let mut roots = self.block(&block.block);
                if block.label.is_some() {
                    roots.extend(self.breaks.iter().cloned());
                }
                roots
            }
            Expr::Unsafe(block) => self.block(&block.block),
            Expr::Async(block) => inside(&self.block(&block.block)),
            Expr::Const(block) => self.block(&block.block),
            Expr::TryBlock(block) => inside(&self.block(&block.block)),
            Expr::Break(brk) => {
                if let Some(value) = &brk.expr {
                    let roots = self.expr(value);
                    self.breaks.extend(roots);
                }
                Roots::new()
            }
            Expr::Return(ret) => {
                if let Some(value) = &ret.expr {
                    let roots = self.expr(value);
                    self.out.returns.extend(roots);
                }
                Roots::new()
            }
            Expr::Yield(yielded) => {
                if let Some(value) = &yielded.expr {
                    let roots = self.expr(value);
                    self.touch(&roots);
                }
                Roots::new()
            }
            Expr::Try(tried) => {
                let roots = self.expr(&tried.expr);
                self.out.returns.extend(inside(&roots));
                roots
            }
            Expr::Await(awaited) => self.expr(&awaited.base),
            Expr::Cast(cast) => {
                let roots = self.expr(&cast.expr);
                self.read(&roots);
                // A number holds nothing; a pointer might.
                if matches!(*cast.ty, syn::Type::Ptr(_)) { inside(&roots) } else { Roots::new() }
            }
            Expr::Tuple(tuple) => self.all(tuple.elems.iter()),
            Expr::Array(array) => self.all(array.elems.iter()),
            Expr::Repeat(repeat) => self.all([&*repeat.expr, &*repeat.len]),
            Expr::Range(range) => self.all(range.start.iter().chain(&range.end).map(|e| &**e)),
            Expr::Struct(fields) => {
                let rest = fields.rest.iter().map(|e| &**e);
                self.all(fields.fields.iter().map(|f| &f.expr).chain(rest))
            }
            Expr::Continue(_) | Expr::Lit(_) | Expr::Infer(_) => Roots::new(),
            other => self.tokens(quote::ToTokens::to_token_stream(other)),
        }
    }

    pub(super) fn all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Roots {
        let mut roots = Roots::new();
        for expr in exprs {
            let found = inside(&self.expr(expr));
            self.read(&found);
            roots.extend(found);
        }
        roots
    }

    pub(super) fn condition(&mut self, expr: &Expr) {
        match expr {
            Expr::Let(binding) => {
                let roots = self.expr(&binding.expr);
                self.read(&roots);
                self.bind(&binding.pat, &roots);
            }
            Expr::Binary(both) if matches!(both.op, syn::BinOp::And(_)) => {
                self.condition(&both.left);
                self.condition(&both.right);
            }
            Expr::Paren(paren) => self.condition(&paren.expr),
            other => {
                let roots = self.expr(other);
                self.read(&roots);
            }
        }
    }

    pub(super) fn assign(&mut self, left: &Expr, value: &Roots) {
        match left {
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|e| self.assign(e, &inside(value))),
            Expr::Array(array) => array.elems.iter().for_each(|e| self.assign(e, &inside(value))),
            Expr::Infer(_) => {}
            Expr::Path(path) if path.path.get_ident().is_some_and(|name| name != SELF) => {
                self.stale.extend(local(left));
                self.keep(left, value);
            }
            Expr::Struct(_) | Expr::Call(_) => {
                let roots = self.expr(left);
                self.touch(&roots);
            }
            _ => {
                let roots = self.place(left);
                self.write(&roots);
                self.keep(left, value);
            }
        }
    }

    /// A local now holds something with these roots.
    pub(super) fn keep(&mut self, place: &Expr, roots: &Roots) {
        if let Some(name) = local(place) {
            self.variables.entry(name).or_default().extend(roots.iter().cloned());
        }
    }

    pub(super) fn binary(&mut self, binary: &syn::ExprBinary) -> Roots {
        use syn::BinOp::*;
        match binary.op {
            AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_) | RemAssign(_) | BitXorAssign(_)
            | BitAndAssign(_) | BitOrAssign(_) | ShlAssign(_) | ShrAssign(_) => {
                let value = self.expr(&binary.right);
                self.read(&value);
                let place = self.place(&binary.left);
                self.touch(&place);
                self.keep(&binary.left, &inside(&value));
                Roots::new()
            }
            And(_) | Or(_) | Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) => {
                self.all([&*binary.left, &*binary.right]);
                Roots::new()
            }
            _ => self.all([&*binary.left, &*binary.right]),
        }
    }
}
