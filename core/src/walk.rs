//! Walking a value for the live resources in it, without changing it.
//!
//! A [`Walker`] goes through a value along its codecs. Where a value is known to serde only, a serializer that writes
//! nothing goes through it instead ([`Walker::through_serde`]): the `Live`s in there show themselves to the walker of
//! the thread, because a serializer is not told the types that it meets.

use std::cell::RefCell;
use std::collections::HashSet;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::error::{Error, Result, Step, render_path};
use crate::live::AnyLive;

/// Shows every live resource of a value, with its path, to a callback.
pub struct Walker<'a> {
    tour: Rc<RefCell<Tour>>,
    /// A walker does not outlive the walk.
    walk: PhantomData<&'a mut ()>,
}

type Found = Box<dyn FnMut(Place<'_>, &dyn AnyLive)>;

struct Tour {
    path: Vec<Step>,
    seen: HashSet<usize>,
    found: Found,
    /// Parts that could not be looked into.
    skipped: Vec<(String, Error)>,
}

thread_local! {
    /// The tour that goes through a serde value on this thread right now.
    static IN_SERDE: RefCell<Vec<Rc<RefCell<Tour>>>> = const { RefCell::new(Vec::new()) };
}

/// Where a live resource stands.
pub(crate) struct Place<'a> {
    path: &'a [Step],
}

impl Place<'_> {
    /// The path from the root: `inner.shards[1]`.
    pub(crate) fn path(&self) -> String {
        render_path(self.path.iter())
    }

    /// The nearest field name or string key: list items inherit their field's.
    pub(crate) fn attribute(&self) -> Option<String> {
        self.path.iter().rev().find_map(|step| match step {
            Step::Field(name) => Some((*name).to_owned()),
            Step::Name(name) | Step::Key(name) => Some(name.clone()),
            Step::Index(_) => None,
        })
    }
}

/// Walks a value; returns the parts that could not be looked into, with the reason.
pub(crate) fn walk_value<T: crate::Encode + ?Sized>(
    value: &T,
    found: impl FnMut(Place<'_>, &dyn AnyLive) + 'static,
) -> Vec<(String, Error)> {
    let tour = Tour { path: Vec::new(), seen: HashSet::new(), found: Box::new(found), skipped: Vec::new() };
    let tour = Rc::new(RefCell::new(tour));
    let mut walker = Walker { tour: tour.clone(), walk: PhantomData };
    if let Err(error) = value.walk(&mut walker) {
        tour.borrow_mut().skipped.push((String::new(), error));
    }
    std::mem::take(&mut tour.borrow_mut().skipped)
}

impl Walker<'_> {
    /// Steps into a field.
    ///
    /// # Errors
    /// None of its own.
    pub fn field(&mut self, name: &'static str, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.step(Step::Field(name), f)
    }

    pub(crate) fn index(&mut self, index: usize, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.step(Step::Index(index), f)
    }

    pub(crate) fn key(&mut self, key: String, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.step(Step::Key(key), f)
    }

    fn step(&mut self, step: Step, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.tour.borrow_mut().path.push(step);
        let result = stacker::maybe_grow(64 << 10, 1 << 20, || f(self));
        let mut tour = self.tour.borrow_mut();
        // A part that cannot be looked into hides its own resources, not its neighbours'.
        if let Err(error) = result {
            let path = render_path(tour.path.iter());
            tour.skipped.push((path, error));
        }
        tour.path.pop();
        Ok(())
    }

    /// Follows a shared pointer, once.
    pub(crate) fn shared(&mut self, address: usize, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let first = self.tour.borrow_mut().seen.insert(address);
        if first { stacker::maybe_grow(64 << 10, 1 << 20, || f(self)) } else { Ok(()) }
    }

    /// Shows a live resource.
    pub(crate) fn live(&mut self, live: &dyn AnyLive) {
        self.tour.borrow_mut().show(live);
    }

    /// Lets the `Live`s that are serialized by serde inside `f` show themselves to this walker.
    pub(crate) fn through_serde<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                IN_SERDE.with_borrow_mut(|tours| drop(tours.pop()));
            }
        }
        IN_SERDE.with_borrow_mut(|tours| tours.push(self.tour.clone()));
        let _leave = Leave;
        f(self)
    }
}

impl Tour {
    fn show(&mut self, live: &dyn AnyLive) {
        (self.found)(Place { path: &self.path }, live);
    }
}

/// Shows a live resource that serde met, if a walker goes through a serde value on this thread.
pub(crate) fn show_in_serde(live: &dyn AnyLive) -> bool {
    let tour = IN_SERDE.with_borrow(|tours| tours.last().cloned());
    match tour {
        Some(tour) => {
            tour.borrow_mut().show(live);
            true
        }
        None => false,
    }
}
