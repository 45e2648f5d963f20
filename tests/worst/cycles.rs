//! Strong cycles: what holds itself, twice, in a ring, each other.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial, Default)]
#[cerial(cyclic)]
struct Loop {
    name: String,
    next: RefCell<Option<Rc<Loop>>>,
    all: RefCell<Vec<Rc<Loop>>>,
    back: RefCell<Weak<Loop>>,
}

#[derive(Cerial)]
pub struct Cycles {
    in_itself: Rc<Loop>,
    ring: Vec<Rc<Loop>>,
    pair: (Rc<Loop>, Rc<Loop>),
}

impl Drop for Cycles {
    /// Opens the cycles: nobody else would.
    fn drop(&mut self) {
        for member in self.ring.iter().chain([&self.in_itself, &self.pair.0, &self.pair.1]) {
            member.next.take();
            member.all.take();
        }
    }
}

fn member(cx: &mut Build) -> Rc<Loop> {
    Rc::new(Loop { name: cx.text(4), ..Loop::default() })
}

impl Noun for Cycles {
    const NAME: &'static str = "cycles";

    fn new(cx: &mut Build) -> Cycles {
        let in_itself = member(cx);
        in_itself.all.borrow_mut().extend([in_itself.clone(), in_itself.clone()]);
        let ring: Vec<_> = (0..cx.rng.usize(2..9)).map(|_| member(cx)).collect();
        for (at, link) in ring.iter().enumerate() {
            *link.next.borrow_mut() = Some(ring[(at + 1) % ring.len()].clone());
            *link.back.borrow_mut() = Rc::downgrade(&ring[(at + ring.len() - 1) % ring.len()]);
        }
        let pair = (member(cx), member(cx));
        *pair.0.next.borrow_mut() = Some(pair.1.clone());
        *pair.1.next.borrow_mut() = Some(pair.0.clone());
        Cycles { in_itself, ring, pair }
    }

    fn verify(&self, came: &Cycles, checks: &mut Checks<'_>) {
        checks.same("in itself", came.in_itself.all.borrow().len(), 2);
        let itself = came.in_itself.all.borrow().iter().all(|inner| Rc::ptr_eq(inner, &came.in_itself));
        checks.that("is itself", itself);
        checks.same("owners", Rc::strong_count(&came.in_itself), Rc::strong_count(&self.in_itself));
        let names = |cycles: &Cycles| cycles.ring.iter().map(|link| link.name.clone()).collect::<Vec<_>>();
        checks.same("ring", names(came), names(self));
        for (at, link) in came.ring.iter().enumerate() {
            let next = &came.ring[(at + 1) % came.ring.len()];
            checks.that("next", link.next.borrow().as_ref().is_some_and(|at| Rc::ptr_eq(at, next)));
            let back = next.back.borrow().upgrade();
            checks.that("back", back.is_some_and(|back| Rc::ptr_eq(&back, link)));
        }
        let leads =
            |from: &Rc<Loop>, to: &Rc<Loop>| from.next.borrow().as_ref().is_some_and(|at| Rc::ptr_eq(at, to));
        checks.that("pair", leads(&came.pair.0, &came.pair.1) && leads(&came.pair.1, &came.pair.0));
    }
}
part!(Cycles);
