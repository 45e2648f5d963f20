//! Macros, and other code that is not understood.

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Token};

use super::Walk;
use super::roots::{ALL, Roots, SELF, inside, mentions};
use crate::analysis::names;

impl Walk<'_> {
    pub(super) fn macro_call(&mut self, mac: &Macro) -> Roots {
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

    pub(super) fn macro_argument(&mut self, arg: &Expr) {
        // `name = value` of a format string is no assignment.
        let value = if let Expr::Assign(named) = arg { &*named.right } else { arg };
        let roots = self.expr(value);
        self.read(&roots);
    }

    /// Code that is not understood: it does everything to what it names.
    pub(super) fn tokens(&mut self, tokens: TokenStream) -> Roots {
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
    pub(super) fn mentioned(&self, tokens: TokenStream) -> Roots {
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
