//! Walking a value for the live resources in it, without changing it.

use std::collections::HashSet;

use crate::error::{Result, Step, render_path};
use crate::live::AnyLive;

/// Shows every live resource of a value, with its path, to a callback.
pub struct Walker<'a> {
    path: Vec<Step>,
    seen: HashSet<usize>,
    found: &'a mut dyn FnMut(Place<'_>, &dyn AnyLive),
    /// Parts that could not be looked into.
    skipped: Vec<(String, crate::Error)>,
}

/// Where a live resource stands.
pub struct Place<'a> {
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

impl<'a> Walker<'a> {
    pub(crate) fn new(found: &'a mut dyn FnMut(Place<'_>, &dyn AnyLive)) -> Walker<'a> {
        Walker { path: Vec::new(), seen: HashSet::new(), found, skipped: Vec::new() }
    }

    /// Steps into a field.
    ///
    /// # Errors
    /// None of its own.
    pub fn field(&mut self, name: &'static str, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.step(Step::Field(name), f)
    }

    pub(crate) fn name(&mut self, name: &str, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.step(Step::Name(name.to_owned()), f)
    }

    pub(crate) fn index(&mut self, index: usize, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.step(Step::Index(index), f)
    }

    pub(crate) fn key(&mut self, key: String, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.step(Step::Key(key), f)
    }

    fn step(&mut self, step: Step, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.path.push(step);
        // A part that cannot be looked into hides its own resources, not its neighbours'.
        if let Err(error) = stacker::maybe_grow(64 << 10, 1 << 20, || f(self)) {
            self.skipped.push((render_path(self.path.iter()), error));
        }
        self.path.pop();
        Ok(())
    }

    /// Follows a shared pointer, once.
    pub(crate) fn shared(&mut self, address: usize, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if self.seen.insert(address) { stacker::maybe_grow(64 << 10, 1 << 20, || f(self)) } else { Ok(()) }
    }

    /// Shows a live resource.
    pub(crate) fn live(&mut self, live: &dyn AnyLive) {
        (self.found)(Place { path: &self.path }, live);
    }

    /// The parts that could not be looked into, with the reason.
    pub(crate) fn into_skipped(self) -> Vec<(String, crate::Error)> {
        self.skipped
    }
}
