//! The locks of other crates: as those of `std`, by the same codecs, so that the derive need not tell them apart.

use std::time::Duration;

use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{CMutex, CRwLock, Codec, ReadCodec, Static, by_codec};
#[cfg(feature = "tokio")]
use super::{COnceCell, COption, cells::ByRef};

/// A lock that is never poisoned; `$lock` gives a guard within a time, or none.
macro_rules! locks {
    ($($codec:ident for $cell:ty, $new:path, $lock:expr;)*) => {$(
        impl<T, C: Codec<T>> Codec<$cell> for $codec<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                self.0.shape().boxed()
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Boxed(Box::new(self.0.schema(builder)))
            }
            #[inline(always)]
            fn head(self, _: &$cell, _: &mut [u8]) {}
            fn tail(self, value: &$cell, w: &mut Writer<'_>) -> Result<()> {
                let wait = w.options().limits.lock_wait;
                let guard = ($lock)(value, wait).ok_or_else(|| held(stringify!($cell), wait))?;
                w.transient(self.0.shape().nests, |w| w.value(self.0, &*guard))
            }
            fn walk(self, value: &$cell, walker: &mut Walker<'_>) -> Result<()> {
                if !self.0.shape().nests {
                    return Ok(());
                }
                let wait = Duration::from_secs(1);
                let guard = ($lock)(value, wait).ok_or_else(|| held(stringify!($cell), wait))?;
                self.0.walk(&*guard, walker)
            }
            fn patch(self, value: &mut $cell, patcher: &mut Patcher<'_>) {
                self.0.patch(value.get_mut(), patcher);
            }
        }
        impl<'de, T, C: ReadCodec<'de, T>> ReadCodec<'de, $cell> for $codec<C> {
            #[inline]
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$cell> {
                r.value(self.0).map($new)
            }
        }
        by_codec!([T] $cell, [T: Encode], [T: Decode<'de>], $codec(Static::<T>::NEW));
    )*};
}

#[cfg(feature = "parking_lot")]
locks! {
    CMutex for parking_lot::Mutex<T>, parking_lot::Mutex::new,
        |lock, wait| parking_lot::Mutex::try_lock_for(lock, wait);
    CRwLock for parking_lot::RwLock<T>, parking_lot::RwLock::new,
        |lock, wait| parking_lot::RwLock::try_read_for(lock, wait);
    CMutex for parking_lot::FairMutex<T>, parking_lot::FairMutex::new,
        |lock, wait| parking_lot::FairMutex::try_lock_for(lock, wait);
    // One that this thread holds is no obstacle: it is entered once more.
    CMutex for parking_lot::ReentrantMutex<T>, parking_lot::ReentrantMutex::new,
        |lock, wait| parking_lot::ReentrantMutex::try_lock_for(lock, wait);
}

#[cfg(feature = "tokio")]
locks! {
    CMutex for tokio::sync::Mutex<T>, tokio::sync::Mutex::new,
        |lock, wait| polled(wait, || tokio::sync::Mutex::try_lock(lock).ok());
    CRwLock for tokio::sync::RwLock<T>, tokio::sync::RwLock::new,
        |lock, wait| polled(wait, || tokio::sync::RwLock::try_read(lock).ok());
}

#[cfg(feature = "tokio")]
super::cells::once!(COnceCell; tokio::sync::OnceCell<T>);

/// Tries again until it succeeds or the time is over: those locks have no timed wait outside of a runtime.
#[cfg(feature = "tokio")]
fn polled<G>(wait: Duration, mut try_lock: impl FnMut() -> Option<G>) -> Option<G> {
    let start = std::time::Instant::now();
    loop {
        let guard = try_lock();
        if guard.is_some() || start.elapsed() >= wait {
            return guard;
        }
        std::thread::park_timeout(Duration::from_micros(50));
    }
}

#[cold]
fn held(what: &str, wait: Duration) -> Error {
    Error::new(ErrorKind::Unwritable, format!("a `{what}` is held elsewhere, waited {wait:?} for it")).with_help(
        "release it, or wait longer with `Limits::lock_wait`; a lock held by this thread never comes free",
    )
}
