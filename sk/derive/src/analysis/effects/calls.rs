//! Calls: of the type's own methods, of what is known, and of everything else.

use syn::Expr;

use super::Walk;
use super::roots::{ALL, Roots, SELF, closure_of, inside, local, one};
use crate::analysis::names;

impl Walk<'_> {
    /// The roots of all arguments. A closure's parameters may be given anything that is around.
    pub(super) fn arguments<'e>(
        &mut self,
        around: &Roots,
        args: impl Iterator<Item = &'e Expr> + Clone,
    ) -> Roots {
        let mut roots = Roots::new();
        for arg in args.clone().filter(|a| closure_of(a).is_none()) {
            let named = local(arg).filter(|_| matches!(arg, Expr::Path(_)));
            let found = match named {
                Some(name) if self.closures.contains_key(&name) => self.variable(&name),
                _ => self.expr(arg),
            };
            roots.extend(inside(&found));
        }
        let given: Roots = around.union(&roots).cloned().collect();
        for arg in args {
            if let Some(closure) = closure_of(arg) {
                closure.inputs.iter().for_each(|pat| self.bind(pat, &given));
                roots.extend(self.expr(arg));
            } else if let (Expr::Path(_), Some(name)) = (arg, local(arg)) {
                for pat in self.closures.get(&name).cloned().unwrap_or_default() {
                    self.bind(&pat, &given);
                }
            }
        }
        roots
    }

    pub(super) fn call(&mut self, call: &syn::ExprCall) -> Roots {
        if let Expr::Path(path) = &*call.func {
            let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
            let ours = segments.len() >= 2
                && (segments[segments.len() - 2] == "Self" || segments[segments.len() - 2] == self.type_name);
            if ours
                && let Some(name) = segments.last()
                && self.own.contains_key(name)
                && let Some(receiver) = call.args.first()
            {
                let roots = self.expr(receiver);
                if roots.contains(SELF) {
                    return self.own_call(name, &roots, call.args.iter().skip(1));
                }
            }
            let short = segments[segments.len().saturating_sub(2)..].join("::");
            if names::is_pure_call(&short) {
                let roots = self.arguments(&Roots::new(), call.args.iter());
                self.read(&roots);
                return roots;
            }
            // A closure that is called by its name.
            if let [name] = &segments[..]
                && let Some(inputs) = self.closures.get(name).cloned()
            {
                let roots = self.arguments(&Roots::new(), call.args.iter());
                self.touch(&roots);
                inputs.iter().for_each(|pat| self.bind(pat, &roots));
                return self.variable(name).union(&roots).cloned().collect();
            }
        }
        let mut roots = inside(&self.expr(&call.func));
        roots.extend(self.arguments(&roots.clone(), call.args.iter()));
        self.touch(&roots);
        self.keep_arguments(call.args.iter(), &roots);
        roots
    }

    /// Whatever was handed over as `&mut` may now hold any of the rest.
    pub(super) fn keep_arguments<'e>(&mut self, args: impl Iterator<Item = &'e Expr>, roots: &Roots) {
        if !roots.is_empty() {
            args.for_each(|arg| self.keep(arg, roots));
        }
    }

    pub(super) fn own_call<'e>(
        &mut self,
        name: &str,
        receiver: &Roots,
        args: impl Iterator<Item = &'e Expr> + Clone,
    ) -> Roots {
        let Some(effects) = self.own.get(name).cloned() else {
            let mut roots = self.arguments(&one(ALL), args.clone());
            roots.insert(ALL.into());
            self.touch(&roots);
            self.keep_arguments(args, &roots);
            return roots;
        };
        // The receiver may be the object or something else as well.
        let rest: Roots = receiver.iter().filter(|r| *r != SELF).cloned().collect();
        self.touch(&rest);
        let mut roots = self.arguments(&one(ALL), args.clone());
        self.touch(&roots);
        self.out.reads.extend(effects.reads);
        self.out.writes.extend(effects.writes);
        roots.extend(effects.returns);
        roots.extend(rest);
        self.keep_arguments(args, &inside(&roots));
        roots
    }

    pub(super) fn method_call(&mut self, call: &syn::ExprMethodCall) -> Roots {
        let name = call.method.to_string();
        let receiver = self.place(&call.receiver);
        if receiver.contains(SELF) {
            return self.own_call(&name, &receiver, call.args.iter());
        }
        self.read(&receiver);
        if let Expr::Path(path) = &*call.receiver
            && let Some(variable) = path.path.get_ident().map(ToString::to_string)
            && self.fresh.contains(&variable)
            && !self.stale.contains(&variable)
            && names::fills_a_container(&name)
        {
            // A container of this method's own: only what it holds is of the object, and that is not touched.
            let by_key = name.contains("by") || name == "retain";
            if by_key && !call.args.iter().all(|arg| self.is_known_function(arg)) {
                self.touch(&receiver);
            }
            let roots = self.arguments(&receiver, call.args.iter());
            self.read(&roots);
            self.keep(&call.receiver, &roots);
            return Roots::new();
        }
        if !names::is_pure(&name, self.exclusive) {
            let mut roots = self.arguments(&receiver, call.args.iter());
            roots.extend(receiver);
            self.touch(&roots);
            self.keep(&call.receiver, &roots);
            self.keep_arguments(call.args.iter(), &roots);
            return roots;
        }
        if names::calls_its_argument(&name) && !call.args.iter().all(|arg| self.is_known_function(arg)) {
            self.touch(&receiver);
        }
        let mut roots = self.arguments(&receiver, call.args.iter());
        self.read(&roots);
        roots.extend(receiver);
        if names::has_plain_result(&name) { Roots::new() } else { roots }
    }

    /// A closure whose body is in sight, a function that changes nothing, or no function at all.
    pub(super) fn is_known_function(&self, arg: &Expr) -> bool {
        match arg {
            Expr::Path(path) => {
                let segments: Vec<String> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
                let last = segments.last().map_or("", String::as_str);
                (segments.len() == 1 && self.closures.contains_key(last))
                    || names::is_constructor(last)
                    || (segments.len() > 1 && names::is_known_item(last))
            }
            // Not `make_function(..)`: what that returns is out of sight.
            Expr::Closure(_) | Expr::Lit(_) | Expr::Reference(_) | Expr::Binary(_) | Expr::Field(_) => {
                !matches!(arg, Expr::Field(_) | Expr::Reference(_))
            }
            _ => false,
        }
    }
}
