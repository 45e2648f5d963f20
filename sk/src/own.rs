//! What lets an argument be used again, or leave for another thread.
//!
//! The traits have a lifetime that means nothing: a bound that mentions it is checked where a modifier is *used*, not
//! where `#[sk]` is written, so a function whose parameters are not `Clone` may still be rate limited.

use std::borrow::Borrow;
use std::ops::Deref;
use std::sync::Arc;

use crate::{Error, SkModifierError};

/// What a function that may fail returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is named like a `Result`, but it is none",
    label = "`retry` needs `std::result::Result`, or an alias of it"
)]
pub trait Fallible {
    /// The value.
    type Ok;
    /// The error.
    type Err;
}

impl<T, E> Fallible for Result<T, E> {
    type Ok = T;
    type Err = E;
}

/// An argument that every attempt of `retry` can have its own copy of.
#[diagnostic::on_unimplemented(
    message = "`retry` needs to copy `{Self}` for each attempt, and it is not `Clone`",
    label = "this function takes a `{Self}` by value",
    note = "derive `Clone`, or take it by reference"
)]
pub trait Reusable<'a> {}
#[diagnostic::do_not_recommend]
impl<T: Clone> Reusable<'_> for T {}

/// A value that may leave for another thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot leave for another thread, as `timeout`, `background` and `asynced` need",
    label = "`{Self}` is not `Send + 'static`",
    note = "take or return an owned type that is `Send`"
)]
pub trait Parcel<'a>: Send + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Parcel<'_> for T {}

/// What a reference parameter points to, where it can be copied for another thread: `str`, `[T]`, `Path`, `T: Clone`.
#[diagnostic::on_unimplemented(
    message = "a `&{Self}` cannot be copied for another thread, as `timeout`, `background` and `asynced` need",
    label = "a parameter of this function is a `&{Self}`, which is not `Clone + Send`",
    note = "derive `Clone` for it, or take it by value or in an `Arc`"
)]
pub trait Copied<'a> {
    /// The owned form.
    type Kept: Borrow<Self> + Send + 'static;
    /// Makes it.
    fn kept(&self) -> Self::Kept;
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + ToOwned> Copied<'_> for T
where
    T::Owned: Send + 'static,
{
    type Kept = T::Owned;
    fn kept(&self) -> T::Owned {
        self.to_owned()
    }
}

/// How an object is held while one of its methods is called.
#[diagnostic::on_unimplemented(
    message = "the object cannot be copied for another thread, as `timeout`, `background` and `asynced` need",
    label = "`{Self}` does not lead to a `Clone + Send` object",
    note = "derive `Clone` for the type, or hold the object in an `Arc` and use `sk_arc`"
)]
pub trait Ship<'a>: Deref {
    /// What goes to the other thread.
    type Shipped: Deref<Target = Self::Target> + Clone + Send + 'static;
    /// Makes it.
    fn ship(&self) -> Self::Shipped;
}

/// A copy of an object.
pub struct Copy<T>(T);

impl<T> Deref for Copy<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> Clone for Copy<T> {
    fn clone(&self) -> Self {
        Copy(self.0.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + 'static> Ship<'_> for &T {
    type Shipped = Copy<T>;
    fn ship(&self) -> Copy<T> {
        Copy((*self).clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Ship<'_> for Arc<T> {
    type Shipped = Arc<T>;
    fn ship(&self) -> Arc<T> {
        Arc::clone(self)
    }
}

/// A by-value argument, handed out once per attempt: copies first, the original last.
pub struct Slot<T>(Option<T>);

impl<T> Slot<T> {
    /// Keeps the argument.
    #[inline]
    pub fn new(value: T) -> Self {
        Slot(Some(value))
    }

    /// Gives one attempt its argument; `copy` is asked unless it is the last one.
    ///
    /// # Errors
    ///
    /// An [`SkModifierError`] if `copy` has none to give.
    #[inline]
    pub fn next(&mut self, last: bool, copy: impl FnOnce(&T) -> Option<T>, name: &str) -> Result<T, Error> {
        let value = if last { self.0.take() } else { self.0.as_ref().and_then(copy) };
        value.ok_or_else(|| {
            let why = "an argument is not `Clone`, so there is only one attempt to make";
            SkModifierError::new(name, "retry", why).into()
        })
    }
}

/// Asks by method resolution whether a type is `Clone`: `(&&Again(&value)).again()`.
pub struct Again<'a, T>(pub &'a T);

/// The answer for types that are.
pub trait AgainClone<T> {
    /// A copy.
    fn again(&self) -> Option<T>;
}

impl<T: Clone> AgainClone<T> for &Again<'_, T> {
    #[inline]
    fn again(&self) -> Option<T> {
        Some(self.0.clone())
    }
}

/// The answer for all others.
pub trait AgainNever<T> {
    /// Nothing.
    fn again(&self) -> Option<T>;
}

impl<T> AgainNever<T> for Again<'_, T> {
    #[inline]
    fn again(&self) -> Option<T> {
        None
    }
}
