//! What threads wait on: the thing travels, those who wait do not.

use std::ops::Deref;
use std::sync::{Condvar, Once};

use cerial::{Cerial, Error, Extract, Handler, Rebuild, Result};

#[cfg(any(feature = "parking_lot", feature = "tokio"))]
use crate::states::{fine, states};

/// `Condvar`: nothing. A fresh one on which nobody waits; its `Mutex` travels by itself.
pub struct CondvarHandler;
impl Handler for CondvarHandler {
    type Value = Condvar;
    type State = ();
    const KEY: &'static str = "std::Condvar";
    fn extract(_: &Condvar, _: &mut Extract) -> Result<()> {
        Ok(())
    }
    fn rebuild((): (), _: &mut Rebuild) -> Result<Condvar> {
        Ok(Condvar::new())
    }
}

/// `Once`: whether it has run. One that is poisoned cannot be told from one that has not, and comes back as that.
pub struct OnceHandler;
impl Handler for OnceHandler {
    type Value = Once;
    type State = bool;
    const KEY: &'static str = "std::Once";
    fn extract(once: &Once, _: &mut Extract) -> Result<bool> {
        Ok(once.is_completed())
    }
    fn rebuild(completed: bool, _: &mut Rebuild) -> Result<Once> {
        let once = Once::new();
        if completed {
            once.call_once(|| {});
        }
        match once.is_completed() == completed {
            true => Ok(once),
            false => Err(Error::rebuild("a `Once` did not complete")),
        }
    }
}

#[cfg(feature = "parking_lot")]
states! {
    /// `parking_lot::Condvar`: nothing; a fresh one.
    ParkingCondvarHandler, parking_lot::Condvar as (), "parking_lot::Condvar", |_| (), |()| fine(parking_lot::Condvar::new());
    /// `parking_lot::Once`: whether it has run.
    ParkingOnceHandler, parking_lot::Once as bool, "parking_lot::Once", |v| v.state().done(), |done| {
        let once = parking_lot::Once::new();
        if done {
            once.call_once(|| {});
        }
        fine(once)
    };
}

#[cfg(feature = "tokio")]
states! {
    /// `tokio::sync::Notify`: nothing; a fresh one, without a permit that was stored.
    NotifyHandler, tokio::sync::Notify as (), "tokio::sync::Notify", |_| (), |()| fine(tokio::sync::Notify::new());
    /// `tokio::sync::Semaphore`: the permits that are free. Those that tasks hold stay with them.
    SemaphoreHandler, tokio::sync::Semaphore as u64, "tokio::sync::Semaphore", |v| v.available_permits() as u64,
        |free: u64| match usize::try_from(free) {
            Ok(free) if free <= tokio::sync::Semaphore::MAX_PERMITS => Ok(tokio::sync::Semaphore::new(free)),
            _ => Err(format!("a semaphore cannot have {free} permits")),
        };
}

/// A `std::sync::Barrier` that knows its size, which std's own cannot be asked for: so it can travel.
///
/// What is read is fresh: nobody waits at it.
///
/// ```
/// use cerial_plugins::Barrier;
///
/// # fn main() -> cerial::Result<()> {
/// let back: Barrier = cerial::deserialize(&cerial::serialize(&Barrier::new(1))?)?;
/// assert!(back.wait().is_leader());
/// # Ok(()) }
/// ```
#[derive(Cerial, Debug)]
#[cerial(state = u64)]
pub struct Barrier {
    size: usize,
    inner: std::sync::Barrier,
}

impl Barrier {
    /// A barrier at which so many threads wait for each other.
    pub const fn new(size: usize) -> Barrier {
        Barrier { size, inner: std::sync::Barrier::new(size) }
    }

    /// How many threads it waits for.
    pub const fn size(&self) -> usize {
        self.size
    }
}

impl Deref for Barrier {
    type Target = std::sync::Barrier;
    fn deref(&self) -> &std::sync::Barrier {
        &self.inner
    }
}

impl From<&Barrier> for u64 {
    fn from(barrier: &Barrier) -> u64 {
        barrier.size as u64
    }
}

impl TryFrom<u64> for Barrier {
    type Error = std::num::TryFromIntError;
    fn try_from(size: u64) -> std::result::Result<Barrier, Self::Error> {
        usize::try_from(size).map(Barrier::new)
    }
}
