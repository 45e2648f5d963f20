//! What a pool does: the verbs, after the modifiers.

use cerial::Cerial;

use super::error::PoolError;
use super::pool::Pool;
use super::stream::Results;
use super::work::{Parcel, Work};
use crate::skprocess::BoxError;

impl<S> Pool<S> {
    /// All results in the order of the items, or the first error, which cancels the rest.
    ///
    /// # Blocking
    /// Until all items are done, or one has failed.
    ///
    /// # Errors
    /// The first item that has no result, with its cause; what kept the run from going on.
    pub fn map<A, F>(&self, work: F, items: impl IntoIterator<Item = A>) -> Result<Vec<F::Output>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output: Cerial>,
        S: 'static,
    {
        self.imap(work, items)?.gather()
    }

    /// [`map`](Self::map) in the order in which items are done.
    ///
    /// # Errors
    /// As there.
    pub fn unordered_map<A, F>(
        &self,
        work: F,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<F::Output>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output: Cerial>,
        S: 'static,
    {
        self.unordered_imap(work, items)?.gather()
    }

    /// The results one after the other, in the order of the items, while items are taken as they are needed.
    ///
    /// # Errors
    /// The function cannot travel, the pool was closed, a setting makes no sense. Errors of items come from the
    /// iterator.
    pub fn imap<A, F, I>(&self, work: F, items: I) -> Result<Results<I::IntoIter, F::Output>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output: Cerial>,
        I: IntoIterator<Item = A>,
        S: 'static,
    {
        self.begin(Parcel::plain(&work), items, true)
    }

    /// [`imap`](Self::imap) in the order in which items are done.
    ///
    /// # Errors
    /// As there.
    pub fn unordered_imap<A, F, I>(
        &self,
        work: F,
        items: I,
    ) -> Result<Results<I::IntoIter, F::Output>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output: Cerial>,
        I: IntoIterator<Item = A>,
        S: 'static,
    {
        self.begin(Parcel::plain(&work), items, false)
    }

    /// [`map`](Self::map) for functions that return a `Result`: the first `Err` stops the rest. The error travels as
    /// its text and that of its causes.
    ///
    /// # Errors
    /// As there, and the error of the first item that returned one.
    pub fn try_map<A, F, T, E>(
        &self,
        work: F,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<T>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output = Result<T, E>>,
        T: Cerial + 'static,
        E: Into<BoxError> + 'static,
        S: 'static,
    {
        self.try_imap(work, items)?.gather()
    }

    /// [`unordered_map`](Self::unordered_map) for functions that return a `Result`.
    ///
    /// # Errors
    /// As [`try_map`](Self::try_map).
    pub fn try_unordered_map<A, F, T, E>(
        &self,
        work: F,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<T>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output = Result<T, E>>,
        T: Cerial + 'static,
        E: Into<BoxError> + 'static,
        S: 'static,
    {
        self.try_unordered_imap(work, items)?.gather()
    }

    /// [`imap`](Self::imap) for functions that return a `Result`.
    ///
    /// # Errors
    /// As there.
    pub fn try_imap<A, F, T, E, I>(&self, work: F, items: I) -> Result<Results<I::IntoIter, T>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output = Result<T, E>>,
        T: Cerial + 'static,
        E: Into<BoxError> + 'static,
        I: IntoIterator<Item = A>,
        S: 'static,
    {
        self.begin(Parcel::fallible(&work), items, true)
    }

    /// [`unordered_imap`](Self::unordered_imap) for functions that return a `Result`.
    ///
    /// # Errors
    /// As there.
    pub fn try_unordered_imap<A, F, T, E, I>(
        &self,
        work: F,
        items: I,
    ) -> Result<Results<I::IntoIter, T>, PoolError>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output = Result<T, E>>,
        T: Cerial + 'static,
        E: Into<BoxError> + 'static,
        I: IntoIterator<Item = A>,
        S: 'static,
    {
        self.begin(Parcel::fallible(&work), items, false)
    }
}
