//! Cells and locks: their contents, read as a whole.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize, Ordering,
};
use std::sync::{Mutex, OnceLock, RwLock, TryLockError};
use std::time::{Duration, Instant};

use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{COption, Codec, ReadCodec, Static, by_codec};

/// A cell whose contents are reached through a guard: written boxed, under the guard.
macro_rules! guarded {
    ($(#[$doc:meta])* $codec:ident, $cell:ident, transient: $transient:expr, $borrow:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $codec<C>(pub C);

        impl<T, C: Codec<T>> Codec<$cell<T>> for $codec<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                self.0.shape().boxed()
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Boxed(Box::new(self.0.schema(builder)))
            }
            #[inline(always)]
            fn has_placeholder(self) -> bool {
                self.0.has_placeholder()
            }
            fn placeholder(self) -> Option<$cell<T>> {
                self.0.placeholder().map($cell::new)
            }
            #[inline(always)]
            fn head(self, _: &$cell<T>, _: &mut [u8]) {}
            #[inline]
            fn tail(self, value: &$cell<T>, w: &mut Writer<'_>) -> Result<()> {
                let wait = w.options().limits.lock_wait;
                let guard = ($borrow)(value, wait)?;
                w.transient($transient && self.0.shape().nests, |w| w.value(self.0, &*guard))
            }
            fn walk(self, value: &$cell<T>, walker: &mut Walker<'_>) -> Result<()> {
                if !self.0.shape().nests {
                    return Ok(());
                }
                let guard = ($borrow)(value, Duration::from_secs(1))?;
                self.0.walk(&*guard, walker)
            }
            fn patch(self, value: &mut $cell<T>, patcher: &mut Patcher<'_>) {
                self.0.patch(guarded!(@inner $cell value), patcher);
            }
        }
        impl<'de, T, C: ReadCodec<'de, T>> ReadCodec<'de, $cell<T>> for $codec<C> {
            #[inline]
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$cell<T>> {
                r.value(self.0).map($cell::new)
            }
        }
        by_codec!([T] $cell<T>, [T: Encode], [T: Decode<'de>], $codec(Static::<T>::NEW));
    };
    (@inner RefCell $value:ident) => { $value.get_mut() };
    (@inner $cell:ident $value:ident) => { $value.get_mut().unwrap_or_else(|e| e.into_inner()) };
}

guarded! {
    /// `RefCell<T>`: an error while it is mutably borrowed.
    CRefCell, RefCell, transient: false, borrow
}
guarded! {
    /// `Mutex<T>`: waits up to [`Limits::lock_wait`](crate::Limits::lock_wait); an error where it is poisoned.
    CMutex, Mutex, transient: true, |lock, wait| locked("Mutex", wait, || Mutex::try_lock(lock))
}
guarded! {
    /// `RwLock<T>`: as `Mutex<T>`, by a read lock.
    CRwLock, RwLock, transient: true, |lock, wait| locked("RwLock", wait, || RwLock::try_read(lock))
}

fn borrow<T>(cell: &RefCell<T>, _: Duration) -> Result<std::cell::Ref<'_, T>> {
    cell.try_borrow().map_err(|_| {
        Error::new(ErrorKind::Unwritable, "a RefCell is mutably borrowed").with_help("end the borrow first")
    })
}

fn locked<G>(
    what: &str,
    wait: Duration,
    mut try_lock: impl FnMut() -> std::result::Result<G, TryLockError<G>>,
) -> Result<G> {
    let start = Instant::now();
    loop {
        match try_lock() {
            Ok(guard) => return Ok(guard),
            Err(TryLockError::Poisoned(_)) => {
                return Err(Error::new(
                    ErrorKind::Unwritable,
                    format!("a {what} is poisoned: a thread panicked while it held it"),
                )
                .with_help("repair the value and call `clear_poison`"));
            }
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => {
                // std's locks have no timed wait: look again soon, without burning the core.
                std::thread::park_timeout(Duration::from_micros(50));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(
                    ErrorKind::Unwritable,
                    format!("a {what} is held elsewhere, waited {wait:?} for it"),
                )
                .with_help("release it, or wait longer with `Limits::lock_wait`; a lock held by this thread never comes free"));
            }
        }
    }
}

/// `Cell<T>` of a `Copy` type: its value, in place.
#[derive(Clone, Copy)]
pub struct CCell<C>(pub C);

impl<T: Copy, C: Codec<T>> Codec<Cell<T>> for CCell<C> {
    #[inline(always)]
    fn shape(self) -> Shape {
        self.0.shape()
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        self.0.schema(builder)
    }
    #[inline(always)]
    fn head(self, value: &Cell<T>, out: &mut [u8]) {
        self.0.head(&value.get(), out);
    }
    #[inline(always)]
    fn tail(self, value: &Cell<T>, w: &mut Writer<'_>) -> Result<()> {
        self.0.tail(&value.get(), w)
    }
    fn walk(self, value: &Cell<T>, walker: &mut Walker<'_>) -> Result<()> {
        self.0.walk(&value.get(), walker)
    }
    fn patch(self, _: &mut Cell<T>, _: &mut Patcher<'_>) {}
}

impl<'de, T: Copy, C: ReadCodec<'de, T>> ReadCodec<'de, Cell<T>> for CCell<C> {
    #[inline(always)]
    fn read(self, head: &[u8], r: &mut Reader<'de>) -> Result<Cell<T>> {
        self.0.read(head, r).map(Cell::new)
    }
}
by_codec!([T] Cell<T>, [T: Encode + Copy], [T: Decode<'de> + Copy], CCell(Static::<T>::NEW));

/// A cell that is written once: an optional value.
macro_rules! once {
    ($(#[$doc:meta])* pub $codec:ident; $cell:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $codec<C>(pub C);

        $crate::codec::cells::once!($codec; $cell);
    };
    ($codec:ident; $cell:ty) => {
        impl<T, C: Codec<T>> Codec<$cell> for $codec<C> {
            #[inline(always)]
            fn shape(self) -> Shape {
                Shape::HEAP
            }
            fn schema(self, builder: &mut SchemaBuilder) -> Kind {
                Kind::Boxed(Box::new(Kind::Option(Box::new(self.0.schema(builder)))))
            }
            #[inline(always)]
            fn has_placeholder(self) -> bool {
                true
            }
            fn placeholder(self) -> Option<$cell> {
                Some(<$cell>::new())
            }
            #[inline(always)]
            fn head(self, _: &$cell, _: &mut [u8]) {}
            fn tail(self, value: &$cell, w: &mut Writer<'_>) -> Result<()> {
                w.value(COption(ByRef(self.0)), &value.get())
            }
            fn walk(self, value: &$cell, walker: &mut Walker<'_>) -> Result<()> {
                value.get().map_or(Ok(()), |value| self.0.walk(value, walker))
            }
            fn patch(self, value: &mut $cell, patcher: &mut Patcher<'_>) {
                if let Some(value) = value.get_mut() {
                    self.0.patch(value, patcher);
                }
            }
        }
        impl<'de, T, C: ReadCodec<'de, T>> ReadCodec<'de, $cell> for $codec<C> {
            fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<$cell> {
                Ok(r.value(COption(self.0))?.map_or_else(<$cell>::new, <$cell>::from))
            }
        }
        by_codec!([T] $cell, [T: Encode], [T: Decode<'de>], $codec(Static::<T>::NEW));
    };
}

pub(super) use once;

once! {
    /// `OnceCell<T>`.
    pub COnceCell; OnceCell<T>
}
once! {
    /// `OnceLock<T>`.
    pub COnceLock; OnceLock<T>
}

/// The codec of `T`, for a `&T`.
#[derive(Clone, Copy)]
pub(super) struct ByRef<C>(pub(super) C);

impl<T, C: Codec<T>> Codec<&T> for ByRef<C> {
    #[inline(always)]
    fn shape(self) -> Shape {
        self.0.shape()
    }
    fn schema(self, builder: &mut SchemaBuilder) -> Kind {
        self.0.schema(builder)
    }
    #[inline(always)]
    fn head(self, value: &&T, out: &mut [u8]) {
        self.0.head(value, out);
    }
    #[inline(always)]
    fn tail(self, value: &&T, w: &mut Writer<'_>) -> Result<()> {
        self.0.tail(value, w)
    }
    fn walk(self, value: &&T, walker: &mut Walker<'_>) -> Result<()> {
        self.0.walk(value, walker)
    }
    fn patch(self, _: &mut &T, _: &mut Patcher<'_>) {}
}

macro_rules! atomics {
    ($($atomic:ident of $ty:ty;)*) => {$(
        impl Encode for $atomic {
            #[inline(always)]
            fn shape() -> Shape {
                <$ty>::shape()
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                <$ty>::schema(builder)
            }
            #[inline(always)]
            fn head(&self, out: &mut [u8]) {
                self.load(Ordering::SeqCst).head(out);
            }
            #[inline(always)]
            fn tail(&self, _: &mut Writer<'_>) -> Result<()> {
                Ok(())
            }
        }
        impl<'de> Decode<'de> for $atomic {
            #[inline(always)]
            fn read(head: &[u8], r: &mut Reader<'de>) -> Result<$atomic> {
                <$ty>::read(head, r).map($atomic::new)
            }
        }
    )*};
}

atomics! {
    AtomicBool of bool;
    AtomicU8 of u8;
    AtomicU16 of u16;
    AtomicU32 of u32;
    AtomicU64 of u64;
    AtomicUsize of usize;
    AtomicI8 of i8;
    AtomicI16 of i16;
    AtomicI32 of i32;
    AtomicI64 of i64;
    AtomicIsize of isize;
}
