//! A value that is made when it is first asked for, and can travel.

use std::fmt;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use cerial::codec::{CBox, Codec, ReadCodec, Static};
use cerial::schema::{Kind, SchemaBuilder};
use cerial::{Decode, Encode, Error, Patcher, Reader, Result, Shape, Walker, Writer};

type Make<T> = Box<dyn FnOnce() -> T + Send>;

/// As std's `LazyLock`, which cannot be built from a value and so cannot travel.
///
/// Writing one makes the value if it was not made yet: the function that would make it does not travel. What is read
/// holds the value.
///
/// ```
/// use cerial_plugins::Lazy;
///
/// # fn main() -> cerial::Result<()> {
/// let table = Lazy::new(|| (0..4).map(|n| n * n).collect::<Vec<u32>>());
/// let back: Lazy<Vec<u32>> = cerial::deserialize(&cerial::serialize(&table)?)?;
/// assert_eq!(back[3], 9);
/// # Ok(()) }
/// ```
pub struct Lazy<T>(State<T>);

enum State<T> {
    Made(Box<T>),
    Later(LazyLock<T, Make<T>>),
}

impl<T> Lazy<T> {
    /// A value that `make` makes when it is first asked for.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Lazy<T> {
        Lazy(State::Later(LazyLock::new(Box::new(make))))
    }

    /// The value, made now if it was not yet. The same as `&*lazy`.
    ///
    /// # Panics
    /// Where `make` panics, and each time after that.
    ///
    /// # Blocking
    /// While another thread makes it.
    pub fn force(&self) -> &T {
        match &self.0 {
            State::Made(value) => value,
            State::Later(lazy) => LazyLock::force(lazy),
        }
    }

    /// The value where making it does not panic.
    fn made(&self) -> Result<&T> {
        catch_unwind(AssertUnwindSafe(|| self.force()))
            .map_err(|_| Error::extract("a `Lazy` panicked while its value was made"))
    }
}

impl<T> From<T> for Lazy<T> {
    /// One that is made already.
    fn from(value: T) -> Lazy<T> {
        Lazy(State::Made(Box::new(value)))
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.force()
    }
}

impl<T: fmt::Debug> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            State::Made(value) => f.debug_tuple("Lazy").field(value).finish(),
            State::Later(lazy) => lazy.fmt(f),
        }
    }
}

impl<T: Encode> Encode for Lazy<T> {
    fn shape() -> Shape {
        <Box<T> as Encode>::shape()
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        <Box<T> as Encode>::schema(builder)
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        let value = self.made()?;
        w.nested(|w| w.value(Static::<T>::NEW, value))
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        self.made()?.walk(walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        // `read` makes no other: what is to be patched was read.
        if let State::Made(value) = &mut self.0 {
            CBox(Static::<T>::NEW).patch(value, patcher);
        }
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Lazy<T> {
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<Lazy<T>> {
        CBox(Static::<T>::NEW).read(head, r).map(|value| Lazy(State::Made(value)))
    }
}
