//! Circuits that several processes share.
//!
//! Where the circuit lives nobody sleeps: a command returns the [`Trip`], and the caller sleeps for it.

use std::time::Duration;

use suitkaise_sk::{Ask, Transport};

use crate::breaking::BreakingCircuitProxy;
use crate::circuit::CircuitProxy;
use crate::settings::Setting;
use crate::{BreakingCircuit, Circuit, Result, Seconds, Trip};

fn sleep(trip: Trip) {
    if !trip.sleep.is_zero() {
        std::thread::sleep(trip.sleep);
    }
}

/// A setter: the check here, the change there.
macro_rules! setter {
    ($($name:ident ($value:ty), $set:ident, $there:ident;)*) => {$(
        #[doc = concat!("As [`Circuit::", stringify!($set), "`]. The outer `Result` is the transport's.")]
        #[track_caller]
        pub fn $set(&self, value: $value) -> Result<Result<()>, W::Error>
        where
            W: Ask<(Setting,), ()>,
        {
            match Setting::$name(value) {
                Ok(setting) => self.$there(setting).map(Ok),
                Err(error) => Ok(Err(error)),
            }
        }
    )*};
}

macro_rules! shared {
    ($circuit:ident, $proxy:ident) => {
        /// Where the circuit lives.
        impl $circuit {
            pub(crate) fn apply(&self, setting: Setting) {
                self.breaker.apply(setting);
            }

            pub(crate) fn short_custom(&self, custom: Duration) -> Option<Trip> {
                self.breaker.short(Some(custom))
            }

            pub(crate) fn trip_custom(&self, custom: Duration) -> Trip {
                self.breaker.trip(Some(custom))
            }
        }

        /// Where the call is made.
        impl<W: Transport> $proxy<W> {
            #[doc = concat!("As [`", stringify!($circuit), "::short`].")]
            ///
            /// # Blocking
            /// For the answer, and on a trip for its sleep, which is slept here.
            pub fn short(&self) -> Result<bool, W::Error>
            where
                W: Ask<(), Option<Trip>>,
            {
                Ok(self.short_there()?.map(sleep).is_some())
            }

            #[doc = concat!("As [`", stringify!($circuit), "::short_for`]. The outer `Result` is the transport's.")]
            ///
            /// # Blocking
            /// For the answer, and on a trip for `custom_sleep`, which is slept here.
            #[track_caller]
            pub fn short_for(&self, custom_sleep: impl Seconds) -> Result<Result<bool>, W::Error>
            where
                W: Ask<(Duration,), Option<Trip>>,
            {
                match custom_sleep.checked("custom_sleep") {
                    Ok(custom) => Ok(Ok(self.short_for_there(custom)?.map(sleep).is_some())),
                    Err(error) => Ok(Err(error)),
                }
            }

            #[doc = concat!("As [`", stringify!($circuit), "::trip`].")]
            ///
            /// # Blocking
            /// For the answer, and for the trip's sleep, which is slept here.
            pub fn trip(&self) -> Result<Trip, W::Error>
            where
                W: Ask<(), Trip>,
            {
                let trip = self.trip_there()?;
                sleep(trip);
                Ok(trip)
            }

            #[doc = concat!("As [`", stringify!($circuit), "::trip_for`]. The outer `Result` is the transport's.")]
            ///
            /// # Blocking
            /// For the answer, and for `custom_sleep`, which is slept here.
            #[track_caller]
            pub fn trip_for(&self, custom_sleep: impl Seconds) -> Result<Result<Trip>, W::Error>
            where
                W: Ask<(Duration,), Trip>,
            {
                match custom_sleep.checked("custom_sleep") {
                    Ok(custom) => {
                        let trip = self.trip_for_there(custom)?;
                        sleep(trip);
                        Ok(Ok(trip))
                    }
                    Err(error) => Ok(Err(error)),
                }
            }

            setter! {
                num_shorts_to_trip(u32), set_num_shorts_to_trip, set_num_shorts_to_trip_there;
                sleep_time_after_trip(impl Seconds), set_sleep_time_after_trip, set_sleep_time_after_trip_there;
                backoff_factor(f64), set_backoff_factor, set_backoff_factor_there;
                max_sleep_time(impl Seconds), set_max_sleep_time, set_max_sleep_time_there;
                jitter(f64), set_jitter, set_jitter_there;
            }
        }
    };
}

shared!(Circuit, CircuitProxy);
shared!(BreakingCircuit, BreakingCircuitProxy);
