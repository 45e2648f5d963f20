//! A chain and a ring, as deep as they go.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

/// One link: a strong edge to the next, a weak one to the first.
#[derive(Cerial)]
struct Link {
    id: u32,
    next: RefCell<Option<Rc<Link>>>,
    first: RefCell<Weak<Link>>,
}

impl Drop for Link {
    /// Without recursion: a chain is longer than a stack is deep.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(link) = next {
            next = if Rc::strong_count(&link) == 1 { link.next.take() } else { None };
        }
    }
}

#[derive(Cerial)]
pub struct Deep {
    chain: Rc<Link>,
    /// The last link knows the first.
    ring: Rc<Link>,
    /// What stands in the middle of the chain, too.
    middle: Rc<Link>,
}

/// The limit of depth under which every seed's object can be written.
pub const DEPTH: u32 = 200_000;

/// Links per chain. One seed in five hundred makes one that no stack could hold.
pub fn length(seed: u64) -> u32 {
    if seed % 500 == 42 { 100_000 } else { 3 + (seed % 100) as u32 }
}

fn chain(length: u32, closed: bool) -> Rc<Link> {
    let mut links: Option<Rc<Link>> = None;
    let mut last = Weak::new();
    for id in (0..length).rev() {
        let link = Rc::new(Link { id, next: RefCell::new(links.take()), first: RefCell::default() });
        if id + 1 == length {
            last = Rc::downgrade(&link);
        }
        links = Some(link);
    }
    let first = links.expect("a chain has a link");
    if let Some(last) = last.upgrade().filter(|_| closed) {
        *last.first.borrow_mut() = Rc::downgrade(&first);
    }
    first
}

fn links(first: &Rc<Link>) -> impl Iterator<Item = Rc<Link>> {
    std::iter::successors(Some(first.clone()), |link| link.next.borrow().clone())
}

impl Noun for Deep {
    const NAME: &'static str = "deep";

    fn new(cx: &mut Build) -> Deep {
        let length = length(cx.seed);
        let chain_of = chain(length, false);
        let middle = links(&chain_of).nth(length as usize / 2).expect("it is in the chain");
        Deep { chain: chain_of, ring: chain(length, true), middle }
    }

    fn verify(&self, came: &Deep, checks: &mut Checks<'_>) {
        let ids = |first: &Rc<Link>| links(first).map(|link| link.id).collect::<Vec<_>>();
        checks.that("chain", ids(&came.chain) == ids(&self.chain));
        checks.that("ring", ids(&came.ring) == ids(&self.ring));
        let last = links(&came.ring).last().and_then(|last| last.first.borrow().upgrade());
        checks.that("the ring is closed", last.is_some_and(|first| Rc::ptr_eq(&first, &came.ring)));
        let middle = links(&came.chain).any(|link| Rc::ptr_eq(&link, &came.middle));
        checks.that("the middle is in the chain", middle);
        checks.same("owners", Rc::strong_count(&came.middle), Rc::strong_count(&self.middle));
    }
}
part!(Deep);
