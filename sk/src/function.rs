//! `sk(f)`: modifiers around any function or closure.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use crate::limiter::Limiter;
use crate::modifiers::{Modifiers, Stop};
use crate::way::{Asynced, Here, InBackground, Timed, Way};
use crate::{Background, Error, Failure, Seconds};

/// Wraps a function or closure, so that it can be called with modifiers.
///
/// The wrapper is a value: build it once, call it often. Clones of it share one rate limiter.
///
/// # Examples
///
/// ```
/// use suitkaise_sk::sk;
///
/// let twice = sk(|x: u32| x * 2).timeout(1.0);
/// assert_eq!(twice.call(21)?, 42);
///
/// let read = sk(|path: String| std::fs::read_to_string(path)).retry(3).delay(0.0);
/// assert!(read.call("/no/such/file".into()).is_err());
/// # Ok::<_, suitkaise_sk::Error>(())
/// ```
#[inline]
pub fn sk<A, F: Callable<A>>(function: F) -> Skfunction<F, A, F::Output> {
    Skfunction(Plain {
        function: Arc::new(function),
        modifiers: Modifiers::new(std::any::type_name::<F>()),
        limiter: Arc::new(Limiter::new()),
        again: None,
        way: PhantomData,
    })
}

/// A function or closure with modifiers, made by [`sk`].
///
/// `F` is the function, `A` the tuple of its arguments, `R` what it returns, `W` where it runs. `call` takes the
/// function's own arguments and returns `Result<T, Error>`, whether the function returns `T` or `Result<T, E>`.
///
/// Whatever the order in which modifiers are chained, a call takes its token from the rate limiter, then makes its
/// attempts, each with its own timeout.
pub struct Skfunction<F, A, R, W = Here>(Plain<F, A, R, W>);

/// An [`Skfunction`] whose `call` returns a future.
pub type AsyncSkfunction<F, A, R> = Skfunction<F, A, R, Asynced>;

/// The wrapper as functions that do not return a `Result` see it: `call` cannot fail but by its modifiers.
pub struct Plain<F, A, R, W> {
    function: Arc<F>,
    modifiers: Modifiers,
    limiter: Arc<Limiter>,
    again: Option<fn(&A) -> A>,
    way: PhantomData<fn(A, W) -> R>,
}

impl<F, A, R, W> Skfunction<F, A, R, W> {
    fn turn<V>(self) -> Skfunction<F, A, R, V> {
        let Plain { function, modifiers, limiter, again, .. } = self.0;
        Skfunction(Plain { function, modifiers, limiter, again, way: PhantomData })
    }

    /// Lets at most `per_second` calls a second through; a call beyond that waits for its turn.
    ///
    /// It is a token bucket that holds one token, or as many as [`burst`](Self::burst) says. A retry takes no second
    /// token.
    pub fn rate_limit(mut self, per_second: impl Into<f64>) -> Self {
        self.0.modifiers.rate_limit(per_second);
        self
    }

    /// Lets up to `calls` calls through at once after a quiet time (1 by default).
    pub fn burst(mut self, calls: u32) -> Self {
        self.0.modifiers.burst(calls);
        self
    }
}

impl<F, A, R, W: Way> Skfunction<F, A, R, W>
where
    F: Send + Sync + 'static,
    A: Send + 'static,
    R: Send + 'static,
{
    /// Limits each attempt to `limit` (seconds, or a `Duration`); the call then runs on another, reused thread.
    ///
    /// A thread cannot be ended from outside: an attempt that is late runs on, and what it returns is dropped.
    pub fn timeout(mut self, limit: impl Seconds) -> Skfunction<F, A, R, W::WithTimeout> {
        self.0.modifiers.timeout(limit);
        self.turn()
    }

    /// Makes `call` return a [`Background`] handle at once.
    pub fn background(self) -> Skfunction<F, A, R, InBackground> {
        self.turn()
    }

    /// Makes `call` return a future; the function runs on a thread of its own.
    ///
    /// Nothing is known about what a closure does, so it is taken to block.
    #[cfg(feature = "tokio")]
    pub fn asynced(self) -> AsyncSkfunction<F, A, R> {
        self.turn()
    }
}

impl<F, A: Clone, T, E: 'static, W> Skfunction<F, A, Result<T, E>, W> {
    /// Makes up to `times` attempts, until one succeeds; the last error is returned.
    ///
    /// It pauses for [`delay`](Self::delay) (1 second by default) between attempts.
    pub fn retry(mut self, times: u32) -> Self {
        self.0.modifiers.retry(times);
        self.0.again = Some(A::clone);
        self
    }

    /// Sets the pause after the first failed attempt (seconds, or a `Duration`).
    pub fn delay(mut self, delay: impl Seconds) -> Self {
        self.0.modifiers.delay(delay);
        self
    }

    /// Makes each pause `factor` times as long as the one before (1.0 by default).
    pub fn backoff(mut self, factor: f64) -> Self {
        self.0.modifiers.backoff(factor);
        self
    }

    /// Retries only errors that are `worth` it; others are returned at once. A timeout is always worth it.
    pub fn on(mut self, worth: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self {
        self.0.modifiers.on(worth);
        self
    }
}

impl<F, A, R, W> Clone for Skfunction<F, A, R, W> {
    fn clone(&self) -> Self {
        Skfunction(Plain {
            function: Arc::clone(&self.0.function),
            modifiers: self.0.modifiers.clone(),
            limiter: Arc::clone(&self.0.limiter),
            again: self.0.again,
            way: PhantomData,
        })
    }
}

impl<F, A, R, W> fmt::Debug for Skfunction<F, A, R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Skfunction").field("modifiers", &self.0.modifiers).finish_non_exhaustive()
    }
}

impl<F, A, R, W> Deref for Skfunction<F, A, R, W> {
    type Target = Plain<F, A, R, W>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A function or closure of up to eight arguments; `A` is the tuple of them.
#[diagnostic::on_unimplemented(
    message = "`sk` needs a function or closure of up to eight arguments, got `{Self}`",
    label = "this cannot be called through `&self`",
    note = "write the types of a closure's arguments: `sk(|x: u32| ..)`; it may not change what it captures (`Fn`)"
)]
pub trait Callable<A> {
    /// What it returns.
    type Output;
}

/// Gives every attempt its arguments: copies first, the original last.
#[inline]
fn hand_out<A>(slot: &mut Option<A>, last: bool, again: Option<fn(&A) -> A>) -> Option<A> {
    match again {
        Some(copy) if !last => slot.as_ref().map(copy),
        _ => slot.take(),
    }
}

macro_rules! arity {
    ($($arg:ident: $A:ident),*) => {
        impl<F, R, $($A),*> Callable<($($A,)*)> for F
        where
            F: Fn($($A),*) -> R,
        {
            type Output = R;
        }

        arity!(@call [$($arg: $A),*] [Skfunction] [T, E] [Result<T, E>] [T] [E: Failure] [E] |this, value| { this.0 } { value });
        arity!(@call [$($arg: $A),*] [Plain] [R] [R] [R] [] [std::convert::Infallible]
            |this, value| { this } { Ok::<_, std::convert::Infallible>(value) });
    };
    (@call [$($arg:ident: $A:ident),*] [$wrapper:ident] [$($G:ident),*] [$R:ty] [$T:ty] [$($bound:tt)*] [$E:ty]
        |$this:ident, $value:ident| { $plain:expr } { $fallible:expr }) => {
        #[allow(clippy::too_many_arguments)]
        impl<F, $($A,)* $($G),*> $wrapper<F, ($($A,)*), $R, Here>
        where
            F: Fn($($A),*) -> $R,
            $($bound)*
        {
            /// Calls the function here.
            ///
            /// # Errors
            ///
            /// The function's own, after the last attempt; [`SkModifierError`](crate::SkModifierError).
            ///
            /// # Blocking
            ///
            /// For the rate limiter, the function, and the pauses between attempts.
            #[inline]
            pub fn call(&self, $($arg: $A),*) -> Result<$T, Error> {
                let $this = self;
                let plain = &$plain;
                let mut slot = Some(($($arg,)*));
                plain.modifiers.drive(&plain.limiter, |last| {
                    // Without `again` there is one attempt, so the slot is never empty.
                    let Some(($($arg,)*)) = hand_out(&mut slot, last, plain.again) else {
                        unreachable!("invariant: attempts beyond the first need `retry`, which sets `again`")
                    };
                    let $value = (plain.function)($($arg),*);
                    $fallible.map_err(Stop::<$E>::Failed)
                })
            }
        }

        #[allow(clippy::too_many_arguments)]
        impl<F, $($A,)* $($G),*> $wrapper<F, ($($A,)*), $R, Timed>
        where
            F: Fn($($A),*) -> $R + Send + Sync + 'static,
            $($A: Send + 'static,)*
            $($G: Send + 'static,)*
            $($bound)*
        {
            /// Calls the function on another thread and waits for it, each attempt no longer than the timeout.
            ///
            /// # Errors
            ///
            /// [`FunctionTimeoutError`](crate::FunctionTimeoutError) if the last attempt was late; otherwise the
            /// function's own, or [`SkModifierError`](crate::SkModifierError).
            ///
            /// # Panics
            ///
            /// If the function does.
            ///
            /// # Blocking
            ///
            /// For the rate limiter, the attempts, and the pauses between them.
            pub fn call(&self, $($arg: $A),*) -> Result<$T, Error> {
                let $this = self;
                let plain = &$plain;
                plain.modifiers.drive_timed(&plain.limiter, arity!(@attempt plain [$($arg),*] $value $fallible))
            }
        }

        #[allow(clippy::too_many_arguments)]
        impl<F, $($A,)* $($G),*> $wrapper<F, ($($A,)*), $R, InBackground>
        where
            F: Fn($($A),*) -> $R + Send + Sync + 'static,
            $($A: Send + 'static,)*
            $($G: Send + 'static,)*
            $($bound)*
        {
            /// Starts the call on another thread and returns its handle at once.
            pub fn call(&self, $($arg: $A),*) -> Background<$T> {
                let $this = self;
                let plain = &$plain;
                let attempt = arity!(@attempt plain [$($arg),*] $value $fallible);
                plain.modifiers.drive_background(Arc::clone(&plain.limiter), attempt)
            }
        }

        #[cfg(feature = "tokio")]
        #[allow(clippy::too_many_arguments)]
        impl<F, $($A,)* $($G),*> $wrapper<F, ($($A,)*), $R, Asynced>
        where
            F: Fn($($A),*) -> $R + Send + Sync + 'static,
            $($A: Send + 'static,)*
            $($G: Send + 'static,)*
            $($bound)*
        {
            /// Calls the function on another thread and gives a future of its result.
            ///
            /// # Errors
            ///
            /// As the call that is not async.
            ///
            /// # Panics
            ///
            /// If the function does, or if there is a timer to wait for and no tokio runtime.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future makes no further attempt; one that runs already runs on.
            pub fn call(&self, $($arg: $A),*) -> impl Future<Output = Result<$T, Error>> + Send + 'static + use<F, $($A,)* $($G),*> {
                let $this = self;
                let plain = &$plain;
                let attempt = arity!(@attempt plain [$($arg),*] $value $fallible);
                plain.modifiers.clone().drive_asynced(Arc::clone(&plain.limiter), attempt)
            }
        }
    };
    (@attempt $plain:ident [$($arg:ident),*] $value:ident $fallible:expr) => {{
        let mut slot = Some(($($arg,)*));
        let (function, again) = (Arc::clone(&$plain.function), $plain.again);
        move |last| {
            let function = Arc::clone(&function);
            let Some(($($arg,)*)) = hand_out(&mut slot, last, again) else {
                unreachable!("invariant: attempts beyond the first need `retry`, which sets `again`")
            };
            Ok(move || {
                let $value = function($($arg),*);
                $fallible
            })
        }
    }};
}

arity!();
arity!(a: A1);
arity!(a: A1, b: A2);
arity!(a: A1, b: A2, c: A3);
arity!(a: A1, b: A2, c: A3, d: A4);
arity!(a: A1, b: A2, c: A3, d: A4, e: A5);
arity!(a: A1, b: A2, c: A3, d: A4, e: A5, f: A6);
arity!(a: A1, b: A2, c: A3, d: A4, e: A5, f: A6, g: A7);
arity!(a: A1, b: A2, c: A3, d: A4, e: A5, f: A6, g: A7, h: A8);
