//! Where a chain makes its call: the type parameter that decides what `call` returns.

/// On the caller's own thread; `call` returns the result.
#[derive(Debug, Clone, Copy)]
pub enum Here {}

/// On another thread, for whose result the caller waits until the timeout; `call` returns the result.
#[derive(Debug, Clone, Copy)]
pub enum Timed {}

/// On another thread; `call` returns a [`Background`](crate::Background) handle at once.
#[derive(Debug, Clone, Copy)]
pub enum InBackground {}

/// On another thread; `call` returns a future.
#[derive(Debug, Clone, Copy)]
pub enum Asynced {}

/// One of [`Here`], [`Timed`], [`InBackground`] and [`Asynced`].
pub trait Way: sealed::Sealed {
    /// The same way with a timeout.
    type WithTimeout: Way;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! ways {
    ($($way:ident => $timed:ident),*) => {$(
        impl sealed::Sealed for $way {}
        impl Way for $way {
            type WithTimeout = $timed;
        }
    )*};
}

ways!(Here => Timed, Timed => Timed, InBackground => InBackground, Asynced => Asynced);
