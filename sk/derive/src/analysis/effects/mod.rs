//! Reads and writes of attributes.
//!
//! An abstract interpretation: every expression has *roots*, the attributes that its value may be, hold or point into.
//! Variables collect the roots of all that is ever put into them, by name and in no order, so loops and shadowing are
//! covered by repeating the walk until nothing new is found. An attribute is *written* when something rooted in it is
//! assigned to, borrowed with `&mut`, or handed to code that is not known to leave it alone: a cell, a lock or an atomic
//! can be changed through any reference. Calls of the type's own methods count with everything those do.

use std::collections::{BTreeMap, HashMap};

use syn::{Block, FnArg, Pat, Signature};

use roots::{ALL, Roots, SELF, mentions, named, one};

mod bindings;
mod calls;
mod expressions;
mod macros;
mod roots;

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
}
