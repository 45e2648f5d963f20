//! Reads and writes of attributes.
//!
//! An abstract interpretation: every expression has *roots*, the attributes that its value may be, hold or point into.
//! Variables collect the roots of all that is ever put into them, by name and in no order, so loops and shadowing are
//! covered by repeating the walk until nothing new is found. An attribute is *written* when something rooted in it is
//! assigned to, borrowed with `&mut`, or handed to code that is not known to leave it alone: a cell, a lock or an atomic
//! can be changed through any reference. Calls of the type's own methods count with everything those do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Block, Expr, FnArg, Macro, Pat, Signature, Stmt, Token};

use super::names;

/// The object itself, exactly.
const SELF: &str = "self";
/// Something of the object, nobody knows what.
const ALL: &str = "*";

type Roots = BTreeSet<String>;

/// What a method reads, writes, and may hand out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    pub(crate) reads: Roots,
    pub(crate) writes: Roots,
    returns: Roots,
}

/// One method to be analysed.
pub(crate) struct Own<'a> {
    pub(crate) signature: &'a Signature,
    pub(crate) body: &'a Block,
    /// Stated by hand, instead of the analysis: reads and writes.
    pub(crate) stated: Option<(Roots, Roots)>,
}

/// Analyses the methods of one impl block together; `type_name` is the last segment of the type's path.
pub(crate) fn effects_of(type_name: &str, methods: &[Own<'_>]) -> BTreeMap<String, Effects> {
    let mut all: BTreeMap<String, Effects> =
        methods.iter().map(|m| (m.signature.ident.to_string(), Effects::default())).collect();
    loop {
        let before = all.clone();
        for method in methods {
            let effects = match &method.stated {
                Some((reads, writes)) => {
                    let returns = reads.union(writes).cloned().collect();
                    Effects { reads: reads.clone(), writes: writes.clone(), returns }
                }
                None => Walk::method(type_name, &before, method),
            };
            all.insert(method.signature.ident.to_string(), effects);
        }
        if all == before {
            return all;
        }
    }
}

struct Walk<'a> {
    type_name: &'a str,
    own: &'a BTreeMap<String, Effects>,
    /// `self` is `&mut self`, `self` or `mut self`.
    exclusive: bool,
    variables: HashMap<String, Roots>,
    /// Parameters of closures that were given a name.
    closures: HashMap<String, Vec<Pat>>,
    breaks: Roots,
    /// Variables that were made as new std containers, and those that were ever bound to anything else.
    fresh: Roots,
    stale: Roots,
    out: Effects,
}

impl<'a> Walk<'a> {
    fn method(type_name: &'a str, own: &'a BTreeMap<String, Effects>, method: &Own<'_>) -> Effects {
        let receiver = method.signature.receiver();
        let exclusive = receiver.is_some_and(|r| r.reference.is_none() || r.mutability.is_some());
        let mut walk = Walk {
            type_name,
            own,
            exclusive,
            variables: HashMap::new(),
            closures: HashMap::new(),
            breaks: Roots::new(),
            fresh: Roots::new(),
            stale: Roots::new(),
            out: Effects::default(),
        };
        for input in &method.signature.inputs {
            // Through `&self`, another `&Self` may be the same object.
            let alone = receiver.is_some_and(|r| r.colon_token.is_none() && exclusive);
            if let FnArg::Typed(argument) = input
                && !alone
                && receiver.is_some()
                && mentions(quote::ToTokens::to_token_stream(&argument.ty), |name| {
                    name == "Self" || name == type_name
                })
            {
                let exact = matches!(&*argument.ty, syn::Type::Reference(r)
                    if matches!(&*r.elem, syn::Type::Path(p) if p.path.is_ident("Self") || p.path.is_ident(type_name)));
                walk.bind(&argument.pat, &one(if exact { SELF } else { ALL }));
            }
        }
        loop {
            let before = (walk.variables.clone(), walk.out.clone(), walk.breaks.clone(), walk.stale.clone());
            let tail = walk.block(method.body);
            walk.out.returns.extend(tail);
            if before == (walk.variables.clone(), walk.out.clone(), walk.breaks.clone(), walk.stale.clone()) {
                return walk.out;
            }
        }
    }

    fn read(&mut self, roots: &Roots) {
        self.out.reads.extend(roots.iter().map(|r| named(r)));
    }

    fn write(&mut self, roots: &Roots) {
        self.out.writes.extend(roots.iter().map(|r| named(r)));
    }

    fn touch(&mut self, roots: &Roots) {
        self.read(roots);
        self.write(roots);
    }

    fn block(&mut self, block: &Block) -> Roots {
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
    fn bind(&mut self, pat: &Pat, roots: &Roots) {
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

    fn bind_all(&mut self, pats: &Punctuated<Pat, Token![,]>, roots: &Roots) {
        let roots = inside(roots);
        self.read(&roots);
        pats.iter().for_each(|pat| self.bind(pat, &roots));
    }

    /// The roots of something that is assigned to or borrowed; its own attribute is not read by that.
    fn place(&mut self, expr: &Expr) -> Roots {
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

    fn variable(&mut self, name: &str) -> Roots {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    fn expr(&mut self, expr: &Expr) -> Roots {
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

    fn all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Roots {
        let mut roots = Roots::new();
        for expr in exprs {
            let found = inside(&self.expr(expr));
            self.read(&found);
            roots.extend(found);
        }
        roots
    }

    fn condition(&mut self, expr: &Expr) {
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

    fn assign(&mut self, left: &Expr, value: &Roots) {
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
    fn keep(&mut self, place: &Expr, roots: &Roots) {
        if let Some(name) = local(place) {
            self.variables.entry(name).or_default().extend(roots.iter().cloned());
        }
    }

    fn binary(&mut self, binary: &syn::ExprBinary) -> Roots {
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

    /// The roots of all arguments. A closure's parameters may be given anything that is around.
    fn arguments<'e>(&mut self, around: &Roots, args: impl Iterator<Item = &'e Expr> + Clone) -> Roots {
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

    fn call(&mut self, call: &syn::ExprCall) -> Roots {
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
    fn keep_arguments<'e>(&mut self, args: impl Iterator<Item = &'e Expr>, roots: &Roots) {
        if !roots.is_empty() {
            args.for_each(|arg| self.keep(arg, roots));
        }
    }

    fn own_call<'e>(
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

    fn method_call(&mut self, call: &syn::ExprMethodCall) -> Roots {
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
    fn is_known_function(&self, arg: &Expr) -> bool {
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

    fn macro_call(&mut self, mac: &Macro) -> Roots {
        let name = mac.path.segments.last().map_or(String::new(), |s| s.ident.to_string());
        let arguments = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok();
        if arguments.is_some() {
            // Format strings name variables.
            let roots = self.mentioned(mac.tokens.clone());
            self.read(&roots);
        }
        match (name.as_str(), arguments) {
            ("write" | "writeln", Some(args)) => {
                if let Some(to) = args.first() {
                    let to = self.expr(to);
                    self.touch(&to);
                }
                args.iter().skip(1).for_each(|arg| self.macro_argument(arg));
                Roots::new()
            }
            (_, Some(args)) if names::is_reading_macro(&name) => {
                if matches!(name.as_str(), "vec" | "dbg") {
                    return self.all(args.iter());
                }
                args.iter().for_each(|arg| self.macro_argument(arg));
                Roots::new()
            }
            _ => self.tokens(mac.tokens.clone()),
        }
    }

    fn macro_argument(&mut self, arg: &Expr) {
        // `name = value` of a format string is no assignment.
        let value = if let Expr::Assign(named) = arg { &*named.right } else { arg };
        let roots = self.expr(value);
        self.read(&roots);
    }

    /// Code that is not understood: it does everything to what it names.
    fn tokens(&mut self, tokens: TokenStream) -> Roots {
        let mut roots = self.mentioned(tokens.clone());
        mentions(tokens, |name| {
            if name == SELF {
                roots.insert(ALL.to_owned());
            }
            roots.extend(self.variables.get(name).into_iter().flatten().cloned());
            false
        });
        let roots = inside(&roots);
        self.touch(&roots);
        roots
    }

    /// The roots of the variables that string literals name in braces.
    fn mentioned(&self, tokens: TokenStream) -> Roots {
        let mut roots = Roots::new();
        for token in tokens {
            match token {
                TokenTree::Group(group) => roots.extend(self.mentioned(group.stream())),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    for part in text.split('{').skip(1) {
                        let name: String =
                            part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                        if name == SELF {
                            roots.insert(ALL.to_owned());
                        }
                        roots.extend(self.variables.get(&name).into_iter().flatten().cloned());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
        inside(&roots)
    }
}

fn one(root: &str) -> Roots {
    Roots::from([root.to_owned()])
}

/// How a root is named to the outside.
fn named(root: &str) -> String {
    if root == SELF { ALL.to_owned() } else { root.to_owned() }
}

/// Something that holds the object is not the object: its fields are not the object's.
fn inside(roots: &Roots) -> Roots {
    roots.iter().map(|r| named(r)).collect()
}

fn member(roots: &Roots, member: &syn::Member) -> Roots {
    let name = match member {
        syn::Member::Named(name) => name.to_string(),
        syn::Member::Unnamed(index) => index.index.to_string(),
    };
    roots.iter().map(|r| if r == SELF { name.clone() } else { r.clone() }).collect()
}

/// The name in `x`, `mut x` and `x: T`.
fn plain_name(pat: &Pat) -> Option<String> {
    match pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(name.ident.to_string()),
        Pat::Type(typed) => plain_name(&typed.pat),
        _ => None,
    }
}

/// `Vec::new()`, `vec![]`, `x.collect()` and the like.
fn is_new_container(expr: &Expr) -> bool {
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

fn closure_of(arg: &Expr) -> Option<&syn::ExprClosure> {
    match arg {
        Expr::Closure(closure) => Some(closure),
        Expr::Paren(paren) => closure_of(&paren.expr),
        Expr::Reference(reference) => closure_of(&reference.expr),
        _ => None,
    }
}

/// The variable that a place belongs to.
fn local(expr: &Expr) -> Option<String> {
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
fn mentions(tokens: TokenStream, mut test: impl FnMut(&str) -> bool) -> bool {
    fn walk(tokens: TokenStream, test: &mut dyn FnMut(&str) -> bool) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => test(&ident.to_string()),
            TokenTree::Group(group) => walk(group.stream(), test),
            TokenTree::Literal(_) | TokenTree::Punct(_) => false,
        })
    }
    walk(tokens, &mut test)
}
