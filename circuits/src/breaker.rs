//! The one implementation under both circuits.
//!
//! Counting is one atomic addition. The thread whose short reaches the limit trips: it takes the lock for the few
//! instructions that change the trip state, and calls callbacks and sleeps outside of it.

use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::settings::{Setting, zero};
use crate::trip::{OnReset, OnTrip, Trip};
use crate::{CircuitState, Error, ErrorKind, Result};

/// The count's word: the shorts in the low bits, above them an epoch that moves on whenever the count is set anew.
const SHORTS: u64 = (1 << 40) - 1;
const EPOCH: u64 = 1 << 40;

/// When a tripped circuit closes again, and so when the backoff applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reset {
    /// With the trip itself: `Circuit`.
    Auto,
    /// When `reset` is called: `BreakingCircuit`.
    Manual,
}

pub(crate) struct Breaker {
    /// Shorts since the last trip. At a trip the limit is subtracted rather than zero stored, so that shorts of other
    /// threads that come between count towards the next one: every `limit` shorts are exactly one trip.
    count: Alone<AtomicU64>,
    limit: AtomicU32,
    broken: AtomicBool,
    /// Whether the sleep time differs from the initial one, to be asked without the lock.
    backed_off: AtomicBool,
    reset: Reset,
    /// Whether `on_reset` is set, to be asked without the lock.
    has_on_reset: AtomicBool,
    slow: Mutex<Slow>,
}

/// On cache lines of its own (two are fetched at a time): threads that count take the line from each other, and what they
/// only read, the limit and the broken flag, must not go with it.
#[repr(align(128))]
struct Alone<T>(T);

pub(crate) struct Slow {
    pub(crate) sleep_time_after_trip: Duration,
    pub(crate) backoff_factor: f64,
    pub(crate) max_sleep_time: Duration,
    pub(crate) jitter: f64,
    /// The sleep of the next trip, before cap and jitter.
    current: Duration,
    pub(crate) total_trips: u64,
    pub(crate) on_trip: Option<OnTrip>,
    on_reset: Option<OnReset>,
    refused: Option<Refused>,
}

/// The first bad setting of the builder.
enum Refused {
    /// `new(0)`, which is `const` and so cannot make an error; logged at the first trip.
    Zero {
        place: &'static Location<'static>,
        logged: bool,
    },
    Setting(Error),
}

impl Breaker {
    #[track_caller]
    pub(crate) const fn new(num_shorts_to_trip: u32, reset: Reset) -> Breaker {
        let (limit, refused) = match num_shorts_to_trip {
            0 => (1, Some(Refused::Zero { place: Location::caller(), logged: false })),
            n => (n, None),
        };
        Breaker {
            count: Alone(AtomicU64::new(0)),
            limit: AtomicU32::new(limit),
            broken: AtomicBool::new(false),
            backed_off: AtomicBool::new(false),
            reset,
            has_on_reset: AtomicBool::new(false),
            slow: Mutex::new(Slow {
                sleep_time_after_trip: Duration::ZERO,
                backoff_factor: 1.0,
                max_sleep_time: Duration::from_secs(10),
                jitter: 0.0,
                current: Duration::ZERO,
                total_trips: 0,
                on_trip: None,
                on_reset: None,
                refused,
            }),
        }
    }

    /// Counts a short; a trip if this one reached the limit. `custom` replaces the sleep time.
    #[inline]
    pub(crate) fn short(&self, custom: Option<Duration>) -> Option<Trip> {
        let word = self.count.0.fetch_add(1, Ordering::AcqRel).wrapping_add(1);
        if word & SHORTS < u64::from(self.limit.load(Ordering::Relaxed)) {
            return None;
        }
        self.at_limit(word, custom)
    }

    #[cold]
    fn at_limit(&self, mine: u64, custom: Option<Duration>) -> Option<Trip> {
        let limit = u64::from(self.limit.load(Ordering::Relaxed));
        // Whoever sees the limit says so: the thread that reached it may have been put aside before it could.
        if self.reset == Reset::Manual && self.count.0.load(Ordering::Acquire) / EPOCH == mine / EPOCH {
            self.broken.store(true, Ordering::Release);
        }
        if mine & SHORTS == 0 || !(mine & SHORTS).is_multiple_of(limit) {
            // another thread reached the limit and is about to subtract it: this one counts towards the next trip
            return None;
        }
        let slow = self.slow();
        self.update_count(|now| {
            // set anew since: this short is gone from the count already
            if now / EPOCH == mine / EPOCH { now - limit } else { now }
        });
        Some(self.tripped(slow, custom))
    }

    /// Trips whatever the count.
    pub(crate) fn trip(&self, custom: Option<Duration>) -> Trip {
        let slow = self.slow();
        self.set_count(0);
        self.tripped(slow, custom)
    }

    /// The state change of a trip, then the callback without the lock.
    fn tripped(&self, mut slow: MutexGuard<'_, Slow>, custom: Option<Duration>) -> Trip {
        slow.total_trips = slow.total_trips.saturating_add(1);
        let sleep = custom.unwrap_or_else(|| slow.jittered());
        let trip = Trip { number: slow.total_trips, sleep };
        match self.reset {
            Reset::Auto => self.back_off(&mut slow),
            Reset::Manual => self.broken.store(true, Ordering::Release),
        }
        let made_with_zero = match &mut slow.refused {
            Some(Refused::Zero { place, logged }) => (!std::mem::replace(logged, true)).then_some(*place),
            _ => None,
        };
        let on_trip = slow.on_trip.clone();
        drop(slow);
        if let Some(place) = made_with_zero {
            log::error!("{}", zero(place));
        }
        if let Some(on_trip) = on_trip {
            on_trip(&trip);
        }
        trip
    }

    /// Closes a broken circuit; false if it was not broken.
    pub(crate) fn close(&self) -> bool {
        let mut slow = self.slow();
        self.set_count(0);
        let was_broken = self.broken.swap(false, Ordering::AcqRel);
        if was_broken {
            self.back_off(&mut slow);
        }
        drop(slow);
        if was_broken {
            self.notify_reset();
        }
        was_broken
    }

    pub(crate) fn set_on_reset(&self, callback: OnReset) {
        self.slow().on_reset = Some(callback);
        self.has_on_reset.store(true, Ordering::Release);
    }

    pub(crate) fn notify_reset(&self) {
        if !self.has_on_reset.load(Ordering::Acquire) {
            return;
        }
        let on_reset = self.slow().on_reset.clone();
        if let Some(on_reset) = on_reset {
            on_reset();
        }
    }

    pub(crate) fn reset_backoff(&self) {
        if self.backed_off.load(Ordering::Acquire) {
            let mut slow = self.slow();
            slow.current = slow.sleep_time_after_trip;
            self.backed_off.store(false, Ordering::Release);
        }
    }

    fn back_off(&self, slow: &mut Slow) {
        if slow.backoff_factor != 1.0 {
            let next = slow.current.as_secs_f64() * slow.backoff_factor;
            slow.current =
                Duration::try_from_secs_f64(next).unwrap_or(Duration::MAX).min(slow.max_sleep_time);
            self.backed_off.store(true, Ordering::Release);
        }
    }

    #[inline]
    pub(crate) fn broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    pub(crate) fn times_shorted(&self) -> u32 {
        let limit = self.num_shorts_to_trip();
        let shorts = self.count.0.load(Ordering::Acquire) & SHORTS;
        // a trip that is about to subtract the limit has happened already
        u32::try_from(shorts % u64::from(limit)).unwrap_or(limit)
    }

    pub(crate) fn num_shorts_to_trip(&self) -> u32 {
        self.limit.load(Ordering::Relaxed)
    }

    /// Changes a setting that has been checked.
    pub(crate) fn apply(&self, setting: Setting) {
        let mut slow = self.slow();
        match setting {
            Setting::NumShortsToTrip(limit) => {
                let limit = limit.max(1);
                let old = u64::from(self.limit.swap(limit, Ordering::Relaxed));
                // as many shorts as before, but so that the next one trips if they are too many
                self.update_count(|now| next_epoch(now) | ((now & SHORTS) % old).min(u64::from(limit) - 1));
            }
            Setting::SleepTimeAfterTrip(sleep) => {
                slow.sleep_time_after_trip = sleep;
                slow.current = sleep;
                self.backed_off.store(false, Ordering::Release);
            }
            Setting::BackoffFactor(factor) => slow.backoff_factor = factor,
            Setting::MaxSleepTime(max) => slow.max_sleep_time = max,
            Setting::Jitter(jitter) => slow.jitter = jitter,
        }
    }

    /// Keeps the first refusal of the builder for `check`.
    pub(crate) fn note<T>(&self, result: Result<T>) {
        if let Err(error) = result {
            log::error!("{error}");
            self.slow().refused.get_or_insert(Refused::Setting(error));
        }
    }

    pub(crate) fn take_refused(&self) -> Result<()> {
        match self.slow().refused.take() {
            None => Ok(()),
            Some(Refused::Zero { place, .. }) => Err(zero(place)),
            Some(Refused::Setting(error)) => Err(error),
        }
    }

    pub(crate) fn state(&self) -> CircuitState {
        let slow = self.slow();
        CircuitState {
            num_shorts_to_trip: self.num_shorts_to_trip(),
            sleep_time_after_trip: slow.sleep_time_after_trip,
            backoff_factor: slow.backoff_factor,
            max_sleep_time: slow.max_sleep_time,
            jitter: slow.jitter,
            times_shorted: self.times_shorted(),
            total_trips: slow.total_trips,
            current_sleep_time: slow.current,
            broken: self.broken(),
        }
    }

    pub(crate) fn from_state(state: &CircuitState, reset: Reset) -> Result<Breaker> {
        let bad = |error: Error| {
            Error::at(ErrorKind::BadState, format!("circuit state: {error}"), error.location())
        };
        let breaker = Breaker::new(1, reset);
        let settings = [
            Setting::num_shorts_to_trip(state.num_shorts_to_trip),
            Setting::backoff_factor(state.backoff_factor),
            Setting::jitter(state.jitter),
            Ok(Setting::SleepTimeAfterTrip(state.sleep_time_after_trip)),
        ];
        for setting in settings {
            breaker.apply(setting.map_err(bad)?);
        }
        breaker.set_count(u64::from(state.times_shorted.min(state.num_shorts_to_trip - 1)));
        breaker.broken.store(state.broken && reset == Reset::Manual, Ordering::Release);
        breaker.backed_off.store(state.current_sleep_time != state.sleep_time_after_trip, Ordering::Release);
        let mut slow = breaker.slow();
        slow.max_sleep_time = state.max_sleep_time;
        slow.current = state.current_sleep_time;
        slow.total_trips = state.total_trips;
        drop(slow);
        Ok(breaker)
    }

    /// No caller's code runs under this lock, so a poisoned one still holds whole data.
    pub(crate) fn slow(&self) -> MutexGuard<'_, Slow> {
        self.slow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_count(&self, shorts: u64) {
        self.update_count(|now| next_epoch(now) | shorts);
    }

    fn update_count(&self, f: impl Fn(u64) -> u64) {
        // never None, so it only ends when it has stored
        let _ = self.count.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| Some(f(now)));
    }
}

impl Slow {
    /// The sleep of the next trip, before jitter.
    pub(crate) fn capped(&self) -> Duration {
        self.current.min(self.max_sleep_time)
    }

    /// The capped sleep, moved by up to ± `jitter` of itself, and capped again.
    fn jittered(&self) -> Duration {
        let sleep = self.capped();
        if self.jitter == 0.0 || sleep.is_zero() {
            return sleep;
        }
        let moved = sleep.as_secs_f64() * (1.0 + self.jitter * (fastrand::f64() * 2.0 - 1.0));
        Duration::try_from_secs_f64(moved).unwrap_or(sleep).min(self.max_sleep_time)
    }
}

fn next_epoch(word: u64) -> u64 {
    (word & !SHORTS).wrapping_add(EPOCH)
}
