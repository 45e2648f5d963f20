//! The circuits as async code sees them.

use std::future::Future;

use crate::{BreakingCircuit, CallError, Circuit, Result, Seconds, Trip};

/// The methods that both views have.
macro_rules! view {
    ($circuit:ident, $view:ident) => {
        #[doc = concat!("A [`", stringify!($circuit), "`] whose sleeps are awaited: see [`", stringify!($circuit), "::asynced`].")]
        #[derive(Clone, Copy, Debug)]
        pub struct $view<'a>(&'a $circuit);

        impl $circuit {
            /// Gives the same circuit with the sleeps awaited on tokio's timer: `circuit.asynced().short().await`.
            #[must_use]
            pub fn asynced(&self) -> $view<'_> {
                $view(self)
            }
        }

        impl<'a> $view<'a> {
            #[doc = concat!("As [`", stringify!($circuit), "::short_async`].")]
            pub fn short(self) -> impl Future<Output = bool> + Send + 'a {
                self.0.short_async()
            }

            #[doc = concat!("As [`", stringify!($circuit), "::short_for_async`].")]
            ///
            /// # Errors
            /// [`ErrorKind::BadDuration`](crate::ErrorKind::BadDuration) if it is negative or not finite.
            #[track_caller]
            pub fn short_for<S: Seconds>(
                self,
                custom_sleep: S,
            ) -> impl Future<Output = Result<bool>> + Send + use<'a, S> {
                self.0.short_for_async(custom_sleep)
            }

            #[doc = concat!("As [`", stringify!($circuit), "::trip_async`].")]
            pub fn trip(self) -> impl Future<Output = Trip> + Send + 'a {
                self.0.trip_async()
            }

            #[doc = concat!("As [`", stringify!($circuit), "::trip_for_async`].")]
            ///
            /// # Errors
            /// [`ErrorKind::BadDuration`](crate::ErrorKind::BadDuration) if it is negative or not finite.
            #[track_caller]
            pub fn trip_for<S: Seconds>(
                self,
                custom_sleep: S,
            ) -> impl Future<Output = Result<Trip>> + Send + use<'a, S> {
                self.0.trip_for_async(custom_sleep)
            }
        }
    };
}

view!(Circuit, AsyncCircuit);
view!(BreakingCircuit, AsyncBreakingCircuit);

impl AsyncCircuit<'_> {
    /// As [`Circuit::call_async`].
    ///
    /// # Errors
    /// Whatever the future returns.
    pub async fn call<T, E>(self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        self.0.call_async(future).await
    }
}

impl AsyncBreakingCircuit<'_> {
    /// As [`BreakingCircuit::call_async`].
    ///
    /// # Errors
    /// As there.
    pub async fn call<T, E>(self, future: impl Future<Output = Result<T, E>>) -> Result<T, CallError<E>> {
        self.0.call_async(future).await
    }
}
