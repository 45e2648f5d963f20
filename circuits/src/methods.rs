//! The methods that both circuits have, written once.

/// Builders, getters and setters over a field `breaker`.
macro_rules! settings {
    ($circuit:ident, $($blocks:ident),+) => {
        #[cfg_attr(feature = "share", sk(proxy, blocks($($blocks),+)))]
        impl $circuit {
            /// Sets the sleep after the first trip; 0 by default.
            ///
            /// Seconds or a `Duration`. As with every builder method here, a bad value is refused: the setting stays as
            /// it was, the refusal is logged as an error, and [`check`](Self::check) returns it.
            #[track_caller]
            #[must_use]
            pub fn sleep_time_after_trip(self, sleep: impl Seconds) -> Self {
                self.breaker.note(self.set_sleep_time_after_trip(sleep));
                self
            }

            /// Sets what each sleep is multiplied by for the next one; 1.0 (no backoff) by default.
            #[track_caller]
            #[must_use]
            pub fn backoff_factor(self, factor: f64) -> Self {
                self.breaker.note(self.set_backoff_factor(factor));
                self
            }

            /// Sets the longest sleep; 10 seconds by default. It caps every sleep but one that a call asked for.
            #[track_caller]
            #[must_use]
            pub fn max_sleep_time(self, max: impl Seconds) -> Self {
                self.breaker.note(self.set_max_sleep_time(max));
                self
            }

            /// Sets by which share of itself chance may move a sleep, up or down; 0.0 by default, held to 0 to 1.
            ///
            /// It keeps many circuits that tripped at once from coming back at once.
            #[track_caller]
            #[must_use]
            pub fn jitter(self, jitter: f64) -> Self {
                self.breaker.note(self.set_jitter(jitter));
                self
            }

            /// Calls this on every trip, before the sleep, on the thread that tripped; no lock is held. A
            /// second callback replaces the first.
            #[must_use]
            pub fn on_trip(self, callback: impl Fn(&Trip) + Send + Sync + 'static) -> Self {
                self.breaker.slow().on_trip = Some(Arc::new(callback));
                self
            }

            /// Returns the circuit, or the first value that [`new`](Self::new) or a builder method refused.
            ///
            /// # Errors
            /// The refusal, with the place of the call that was refused.
            pub fn check(self) -> Result<Self> {
                self.breaker.take_refused()?;
                Ok(self)
            }

            /// How many shorts make a trip.
            #[cfg_attr(feature = "share", sk(reads(num_shorts_to_trip)))]
            pub fn num_shorts_to_trip(&self) -> u32 {
                self.breaker.num_shorts_to_trip()
            }

            /// How many shorts there were since the last trip.
            #[cfg_attr(feature = "share", sk(reads(times_shorted)))]
            pub fn times_shorted(&self) -> u32 {
                self.breaker.times_shorted()
            }

            /// How many trips there were.
            #[cfg_attr(feature = "share", sk(reads(total_trips)))]
            pub fn total_trips(&self) -> u64 {
                self.breaker.slow().total_trips
            }

            /// How long the next trip will sleep, before jitter.
            #[cfg_attr(feature = "share", sk(reads(current_sleep_time, max_sleep_time)))]
            pub fn current_sleep_time(&self) -> Duration {
                self.breaker.slow().capped()
            }

            /// Puts the sleep time back to the first one, as if there had been no trips.
            #[cfg_attr(feature = "share", sk(reads(sleep_time_after_trip), writes(current_sleep_time)))]
            pub fn reset_backoff(&self) {
                self.breaker.reset_backoff();
            }

            /// Changes how many shorts make a trip. Shorts so far count; if they are too many, the next one trips.
            ///
            /// # Errors
            /// [`ErrorKind::BadCount`](crate::ErrorKind::BadCount) for 0.
            #[cfg_attr(feature = "share", sk(via = apply(setting: Setting), writes(num_shorts_to_trip, times_shorted)))]
            #[track_caller]
            pub fn set_num_shorts_to_trip(&self, shorts: u32) -> Result<()> {
                self.breaker.apply(crate::settings::Setting::num_shorts_to_trip(shorts)?);
                Ok(())
            }

            /// Changes the sleep after the first trip; the backoff starts again from it.
            ///
            /// # Errors
            /// [`ErrorKind::BadDuration`](crate::ErrorKind::BadDuration) if it is negative or not finite.
            #[cfg_attr(feature = "share", sk(via = apply(setting: Setting), writes(sleep_time_after_trip, current_sleep_time)))]
            #[track_caller]
            pub fn set_sleep_time_after_trip(&self, sleep: impl Seconds) -> Result<()> {
                self.breaker.apply(crate::settings::Setting::sleep_time_after_trip(sleep)?);
                Ok(())
            }

            /// Changes what each sleep is multiplied by for the next one.
            ///
            /// # Errors
            /// [`ErrorKind::BadFactor`](crate::ErrorKind::BadFactor) if it is negative or not finite.
            #[cfg_attr(feature = "share", sk(via = apply(setting: Setting), writes(backoff_factor)))]
            #[track_caller]
            pub fn set_backoff_factor(&self, factor: f64) -> Result<()> {
                self.breaker.apply(crate::settings::Setting::backoff_factor(factor)?);
                Ok(())
            }

            /// Changes the longest sleep.
            ///
            /// # Errors
            /// [`ErrorKind::BadDuration`](crate::ErrorKind::BadDuration) if it is negative or not finite.
            #[cfg_attr(feature = "share", sk(via = apply(setting: Setting), writes(max_sleep_time)))]
            #[track_caller]
            pub fn set_max_sleep_time(&self, max: impl Seconds) -> Result<()> {
                self.breaker.apply(crate::settings::Setting::max_sleep_time(max)?);
                Ok(())
            }

            /// Changes the jitter; a number outside of 0 to 1 is moved to the nearer end.
            ///
            /// # Errors
            /// [`ErrorKind::BadFactor`](crate::ErrorKind::BadFactor) for NaN.
            #[cfg_attr(feature = "share", sk(via = apply(setting: Setting), writes(jitter)))]
            #[track_caller]
            pub fn set_jitter(&self, jitter: f64) -> Result<()> {
                self.breaker.apply(crate::settings::Setting::jitter(jitter)?);
                Ok(())
            }
        }
    };
}

/// `short` and `trip` in their forms: at once, with a sleep of one's own, async, and leaving the sleep to the caller.
/// The circuit says in `slept` what follows the sleep.
macro_rules! trips {
    ($circuit:ident) => {
        #[cfg_attr(feature = "share", sk(proxy, extend = trips))]
        impl $circuit {
            /// Counts a failure. True if it was the one that tripped the circuit; it has slept then.
            ///
            /// # Blocking
            /// On a trip, sleeps [`current_sleep_time`](Self::current_sleep_time), with jitter; at most `max_sleep_time`.
            #[cfg_attr(feature = "share", sk(via = short_without_sleep() -> Option<Trip>, reads(num_shorts_to_trip, backoff_factor, max_sleep_time, jitter, times_shorted, total_trips, current_sleep_time), writes(times_shorted, total_trips, current_sleep_time, broken)))]
            #[inline]
            pub fn short(&self) -> bool {
                match self.breaker.short(None) {
                    None => false,
                    Some(trip) => {
                        self.sleep(trip);
                        true
                    }
                }
            }

            /// Counts a failure as [`short`](Self::short) does, but a trip sleeps for `custom_sleep`, as it is: without
            /// cap and jitter. The backoff goes on as ever.
            ///
            /// # Errors
            /// [`ErrorKind::BadDuration`](crate::ErrorKind::BadDuration) if it is negative or not finite; nothing was
            /// counted.
            ///
            /// # Blocking
            /// On a trip, sleeps for `custom_sleep`.
            #[cfg_attr(feature = "share", sk(via = short_custom(custom: Duration) -> Option<Trip>, reads(num_shorts_to_trip, backoff_factor, max_sleep_time, jitter, times_shorted, total_trips, current_sleep_time), writes(times_shorted, total_trips, current_sleep_time, broken)))]
            #[track_caller]
            pub fn short_for(&self, custom_sleep: impl Seconds) -> Result<bool> {
                let custom = custom_sleep.checked("custom_sleep")?;
                let trip = self.breaker.short(Some(custom));
                Ok(trip.map(|trip| self.sleep(trip)).is_some())
            }

            /// Trips at once, whatever the count, which starts again from 0.
            ///
            /// # Blocking
            /// Sleeps [`current_sleep_time`](Self::current_sleep_time), with jitter; at most `max_sleep_time`.
            #[cfg_attr(feature = "share", sk(via = trip_without_sleep() -> Trip, reads(num_shorts_to_trip, backoff_factor, max_sleep_time, jitter, times_shorted, total_trips, current_sleep_time), writes(times_shorted, total_trips, current_sleep_time, broken)))]
            pub fn trip(&self) -> Trip {
                let trip = self.breaker.trip(None);
                self.sleep(trip);
                trip
            }

            /// Trips at once and sleeps for `custom_sleep`, as it is.
            ///
            /// # Errors
            /// [`ErrorKind::BadDuration`](crate::ErrorKind::BadDuration) if it is negative or not finite; nothing
            /// happened.
            ///
            /// # Blocking
            /// Sleeps for `custom_sleep`.
            #[cfg_attr(feature = "share", sk(via = trip_custom(custom: Duration) -> Trip, reads(num_shorts_to_trip, backoff_factor, max_sleep_time, jitter, times_shorted, total_trips, current_sleep_time), writes(times_shorted, total_trips, current_sleep_time, broken)))]
            #[track_caller]
            pub fn trip_for(&self, custom_sleep: impl Seconds) -> Result<Trip> {
                let trip = self.breaker.trip(Some(custom_sleep.checked("custom_sleep")?));
                self.sleep(trip);
                Ok(trip)
            }

            /// Counts a failure and leaves the sleep to the caller: on a trip, the [`Trip`] says how long.
            ///
            /// For callers that wait in their own way, or on behalf of another process.
            #[cfg_attr(feature = "share", sk(reads(num_shorts_to_trip, backoff_factor, max_sleep_time, jitter, times_shorted, total_trips, current_sleep_time), writes(times_shorted, total_trips, current_sleep_time, broken)))]
            pub fn short_without_sleep(&self) -> Option<Trip> {
                self.breaker.short(None)
            }

            /// Trips at once and leaves the sleep to the caller.
            #[cfg_attr(feature = "share", sk(reads(num_shorts_to_trip, backoff_factor, max_sleep_time, jitter, times_shorted, total_trips, current_sleep_time), writes(times_shorted, total_trips, current_sleep_time, broken)))]
            pub fn trip_without_sleep(&self) -> Trip {
                self.breaker.trip(None)
            }

        }

        impl $circuit {
            fn sleep(&self, trip: Trip) {
                if !trip.sleep.is_zero() {
                    std::thread::sleep(trip.sleep);
                }
                self.slept();
            }
        }

        /// The async twins: the same state, and the sleep awaits tokio's timer. The state changes when the future is
        /// first polled, before the sleep; dropping it then ends only the sleep. They panic where tokio's own `sleep`
        /// does: on a trip outside of a runtime with a timer.
        #[cfg(feature = "tokio")]
        impl $circuit {
            /// [`short`](Self::short), async.
            pub async fn short_async(&self) -> bool {
                match self.breaker.short(None) {
                    None => false,
                    Some(trip) => {
                        self.sleep_async(trip).await;
                        true
                    }
                }
            }

            /// [`short_for`](Self::short_for), async.
            ///
            /// # Errors
            /// As there.
            #[track_caller]
            pub fn short_for_async(
                &self,
                custom_sleep: impl Seconds,
            ) -> impl Future<Output = Result<bool>> + Send {
                let custom = custom_sleep.checked("custom_sleep");
                async move {
                    match self.breaker.short(Some(custom?)) {
                        None => Ok(false),
                        Some(trip) => {
                            self.sleep_async(trip).await;
                            Ok(true)
                        }
                    }
                }
            }

            /// [`trip`](Self::trip), async.
            pub async fn trip_async(&self) -> Trip {
                let trip = self.breaker.trip(None);
                self.sleep_async(trip).await;
                trip
            }

            /// [`trip_for`](Self::trip_for), async.
            ///
            /// # Errors
            /// As there.
            #[track_caller]
            pub fn trip_for_async(
                &self,
                custom_sleep: impl Seconds,
            ) -> impl Future<Output = Result<Trip>> + Send {
                let custom = custom_sleep.checked("custom_sleep");
                async move {
                    let trip = self.breaker.trip(Some(custom?));
                    self.sleep_async(trip).await;
                    Ok(trip)
                }
            }

            async fn sleep_async(&self, trip: Trip) {
                if !trip.sleep.is_zero() {
                    tokio::time::sleep(trip.sleep).await;
                }
                self.slept();
            }
        }
    };
}

pub(crate) use {settings, trips};
