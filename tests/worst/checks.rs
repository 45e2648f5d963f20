//! What was found out: how many facts were looked at, and which do not hold.

use std::fmt::Debug;

use crate::pool::Pool;

/// Collects facts about an object that came.
pub struct Checks<'a> {
    /// The pool of the object that came: shared objects must be these very ones.
    pub pool: &'a Pool,
    path: Vec<String>,
    count: usize,
    failures: Vec<String>,
}

impl<'a> Checks<'a> {
    pub fn new(pool: &'a Pool) -> Checks<'a> {
        Checks { pool, path: Vec::new(), count: 0, failures: Vec::new() }
    }

    /// Names the place of the facts that `f` looks at.
    pub fn inside(&mut self, step: impl ToString, f: impl FnOnce(&mut Self)) {
        self.path.push(step.to_string());
        f(self);
        self.path.pop();
    }

    /// What came is what was sent.
    pub fn same<T: PartialEq + Debug>(&mut self, what: &str, came: T, sent: T) {
        self.count += 1;
        if came != sent {
            self.fail(what, &format!("got {came:?}, want {sent:?}"));
        }
    }

    /// A fact.
    pub fn that(&mut self, what: &str, holds: bool) {
        self.count += 1;
        if !holds {
            self.fail(what, "does not hold");
        }
    }

    /// The value, if there is one; an error is a failure.
    pub fn ok<T, E: Debug>(&mut self, what: &str, result: Result<T, E>) -> Option<T> {
        self.count += 1;
        result.map_err(|error| self.fail(what, &format!("{error:?}"))).ok()
    }

    fn fail(&mut self, what: &str, why: &str) {
        self.failures.push(format!("{}.{what}: {why}", self.path.join(".")));
    }

    /// How many facts were looked at, and those that do not hold.
    pub fn finish(self) -> (usize, Vec<String>) {
        (self.count, self.failures)
    }
}
