//! Functions by name, alone and in containers, and what was bound to them.

use std::collections::BTreeMap;
use std::rc::Rc;

use suitkaise::{Cerial, cerial};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[cerial::function]
fn add(a: i64, b: i64) -> i64 {
    a.wrapping_add(b)
}

#[cerial::function(version = 2)]
fn multiply(a: i64, b: i64) -> i64 {
    a.wrapping_mul(b)
}

#[cerial::function]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() < b.len() { b } else { a }
}

type Binary = fn(i64, i64) -> i64;

/// A function with its first argument: what a closure would have captured.
#[derive(Cerial)]
struct Partial {
    function: Binary,
    first: i64,
}

impl Partial {
    fn call(&self, second: i64) -> i64 {
        (self.function)(self.first, second)
    }
}

#[derive(Cerial)]
pub struct Functions {
    plain: Binary,
    chosen: Option<Binary>,
    list: Vec<Binary>,
    by_name: BTreeMap<String, Rc<Binary>>,
    borrows: for<'a> fn(&'a str, &'a str) -> &'a str,
    partials: [Partial; 2],
}

impl Noun for Functions {
    const NAME: &'static str = "functions";

    fn new(cx: &mut Build) -> Functions {
        let any = |cx: &mut Build| if cx.rng.bool() { add as Binary } else { multiply };
        let shared = Rc::new(any(cx));
        Functions {
            plain: any(cx),
            chosen: cx.rng.bool().then_some(multiply),
            list: cx.some(4, any),
            by_name: BTreeMap::from([("a".into(), shared.clone()), ("b".into(), shared)]),
            borrows: longest,
            partials: [
                Partial { function: any(cx), first: cx.rng.i64(..) },
                Partial { function: add, first: cx.rng.i64(..) },
            ],
        }
    }

    fn verify(&self, came: &Functions, checks: &mut Checks<'_>) {
        checks.same("plain", (came.plain)(5, 10), (self.plain)(5, 10));
        checks.same("chosen", came.chosen.map(|f| f(5, 10)), self.chosen.map(|f| f(5, 10)));
        let called = |list: &[Binary]| list.iter().map(|f| f(3, 4)).collect::<Vec<_>>();
        checks.same("list", called(&came.list), called(&self.list));
        checks.same("by_name", came.by_name["a"](2, 7), self.by_name["a"](2, 7));
        checks.that("by_name is one", Rc::ptr_eq(&came.by_name["a"], &came.by_name["b"]));
        checks.same("borrows", (came.borrows)("ab", "abc"), "abc");
        for (came, sent) in came.partials.iter().zip(&self.partials) {
            checks.same("partial", came.call(11), sent.call(11));
        }
    }
}
part!(Functions);
