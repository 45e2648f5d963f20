//! Values of the surroundings, taken along: thread-locals and task-locals.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Mutex;

use cerial::codec::{Codec, ReadCodec, Static};
use cerial::schema::{Kind, SchemaBuilder};
use cerial::{Decode, Encode, Patcher, Reader, Result, Shape, Walker, Writer};

/// Where a value of the surroundings is: [`context!`](crate::context) makes one of a thread-local or a task-local.
pub trait Context: 'static {
    /// The value.
    type Value: Clone;
    /// The value here and now; none outside of a task-local's scope.
    fn current() -> Option<Self::Value>;
    /// Runs `f` with another value in its place, and puts the old one back.
    fn within<R>(value: Self::Value, f: impl FnOnce() -> R) -> R;
}

/// What a `thread_local!` may be: a `RefCell` or a `Cell`.
#[doc(hidden)]
pub trait Place {
    type Value;
    fn now(&self) -> Option<Self::Value>;
    fn put(&self, value: Self::Value) -> Option<Self::Value>;
}

impl<T: Clone> Place for RefCell<T> {
    type Value = T;
    fn now(&self) -> Option<T> {
        self.try_borrow().ok().map(|value| value.clone())
    }
    fn put(&self, value: T) -> Option<T> {
        self.try_borrow_mut().ok().map(|mut place| std::mem::replace(&mut *place, value))
    }
}

impl<T: Copy> Place for Cell<T> {
    type Value = T;
    fn now(&self) -> Option<T> {
        Some(self.get())
    }
    fn put(&self, value: T) -> Option<T> {
        Some(self.replace(value))
    }
}

/// Runs `f` with another value in a thread-local, and puts the old one back, also when `f` panics.
#[doc(hidden)]
pub fn with_place<P: Place + 'static, R>(
    key: &'static std::thread::LocalKey<P>,
    value: P::Value,
    f: impl FnOnce() -> R,
) -> R {
    struct Restore<P: Place + 'static>(&'static std::thread::LocalKey<P>, Option<P::Value>);
    impl<P: Place + 'static> Drop for Restore<P> {
        fn drop(&mut self) {
            if let Some(old) = self.1.take() {
                self.0.with(|place| place.put(old));
            }
        }
    }
    let _restore = Restore(key, key.with(|place| place.put(value)));
    f()
}

/// Names a thread-local (of a `RefCell`, or of a `Cell` of a `Copy` type) or a task-local of tokio, for a
/// [`ContextVar`](crate::ContextVar).
///
/// ```
/// use std::cell::RefCell;
/// thread_local! { static USER: RefCell<String> = RefCell::new("nobody".into()); }
/// cerial_plugins::context! { struct User: String = thread_local USER; }
/// ```
#[macro_export]
macro_rules! context {
    ($($(#[$attr:meta])* $vis:vis struct $name:ident: $value:ty = $kind:ident $key:path;)*) => {$(
        $(#[$attr])*
        #[derive(Clone, Copy, Debug)]
        $vis struct $name;
        impl $crate::Context for $name {
            type Value = $value;
            fn current() -> ::core::option::Option<$value> {
                $crate::context!(@current $kind $key)
            }
            fn within<R>(value: $value, f: impl ::core::ops::FnOnce() -> R) -> R {
                $crate::context!(@within $kind $key, value, f)
            }
        }
    )*};
    (@current thread_local $key:path) => { $key.with($crate::__private::Place::now) };
    (@current task_local $key:path) => { $key.try_with(::core::clone::Clone::clone).ok() };
    (@within thread_local $key:path, $value:expr, $f:expr) => { $crate::__private::with_place(&$key, $value, $f) };
    (@within task_local $key:path, $value:expr, $f:expr) => { $key.sync_scope($value, $f) };
}

/// A value of the surroundings as a field: writing it takes the calling thread's or task's value along; what is read
/// holds that value, and [`run`](ContextVar::run) puts it in its place for a while. Reading changes no surroundings.
///
/// ```
/// use std::cell::RefCell;
/// use cerial_plugins::ContextVar;
///
/// thread_local! { static USER: RefCell<String> = RefCell::new("nobody".into()); }
/// cerial_plugins::context! { struct User: String = thread_local USER; }
///
/// # fn main() -> cerial::Result<()> {
/// USER.set("ada".into());
/// let bytes = cerial::serialize(&ContextVar::<User>::new())?;
/// USER.set("nobody".into());
/// let back: ContextVar<User> = cerial::deserialize(&bytes)?;
/// assert_eq!(back.run(|| USER.with_borrow(Clone::clone)), "ada");
/// assert_eq!(USER.with_borrow(Clone::clone), "nobody");
/// # Ok(()) }
/// ```
pub struct ContextVar<C: Context> {
    taken: Option<C::Value>,
}

impl<C: Context> ContextVar<C> {
    /// One that takes the value when it is written.
    pub const fn new() -> ContextVar<C> {
        ContextVar { taken: None }
    }

    /// One that holds the value of here and now, and keeps it.
    pub fn taken() -> ContextVar<C> {
        ContextVar { taken: C::current() }
    }

    /// The value that it holds, or that of here and now.
    pub fn value(&self) -> Option<C::Value> {
        self.taken.clone().or_else(C::current)
    }

    /// Runs `f` with the value that it holds in its place; as things are where it holds none.
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        match self.taken.clone() {
            Some(value) => C::within(value, f),
            None => f(),
        }
    }
}

impl<C: Context> Default for ContextVar<C> {
    fn default() -> ContextVar<C> {
        ContextVar::new()
    }
}

impl<C: Context> fmt::Debug for ContextVar<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextVar").field("taken", &self.taken.is_some()).finish()
    }
}

/// What travels. In a lock, because the value was cloned for the writing alone: what is shared in it must stay alive
/// until the writing ends, and the codec of locks sees to that.
fn held<T>() -> Static<Mutex<Option<T>>> {
    Static::NEW
}

impl<C: Context<Value: Encode>> Encode for ContextVar<C> {
    fn shape() -> Shape {
        held::<C::Value>().shape()
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        held::<C::Value>().schema(builder)
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        held().tail(&Mutex::new(self.value()), w)
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        self.taken.walk(walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        self.taken.patch(patcher);
    }
}

impl<'de, C: Context<Value: Decode<'de>>> Decode<'de> for ContextVar<C> {
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<ContextVar<C>> {
        let held = held().read(head, r)?;
        Ok(ContextVar { taken: held.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) })
    }
}
