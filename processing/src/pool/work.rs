//! Functions that can travel to a worker.

use std::any::{Any, type_name};
use std::marker::PhantomData;

use cerial::{Cerial, Code};

use crate::bag::{self, Packed};
use crate::os::image;
use crate::peer::OPTIONS;
use crate::skprocess::BoxError;

/// Makes a runner in the worker from what the function carries.
pub(crate) type Factory = fn(&[u8]) -> Result<Runner, String>;

/// Runs one item in the worker; the result goes behind what `out` holds.
pub(crate) type Runner = Box<dyn FnMut(&[u8], &mut Vec<u8>) -> Ran>;

/// How the runner fared; a panic is caught around it.
pub(crate) enum Ran {
    Done(Packed),
    Failed(Vec<String>),
    Item(String),
    Output(String),
}

/// Items are single arguments.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

/// Items are tuples, unpacked into arguments.
#[derive(Clone, Copy, Debug)]
pub enum Star {}

/// A function that can travel to a worker: a `fn` item, a function pointer, a closure that captures nothing, or a
/// [`closure!`](crate::closure) that names what it captures.
///
/// The function travels as its place in the program, which is the same in all processes of one build. A closure that
/// captures nothing has no bytes and is made anew in the worker; so is a capture of a type without bytes, such as a
/// token that proves something. Closures need their parameter types written out: `|x: u32| x + 1`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run items of type `{A}` in a pool",
    label = "not a function of such an item",
    note = "want a `fn`, a closure that captures nothing (with the parameter's type written out), or `closure!([captures] |x: T| ..)`",
    note = "for tuples as several arguments call `.star()` first"
)]
pub trait Work<A, S>: Sized + 'static {
    /// What it returns.
    type Output;

    #[doc(hidden)]
    fn pack(&self) -> Result<Vec<u8>, String>;
    #[doc(hidden)]
    fn unpack(bytes: &[u8]) -> Result<Self, String>;
    #[doc(hidden)]
    fn call(&self, item: A) -> Self::Output;
}

/// A function as bytes: nothing for one without a size, else the place where the pointer leads.
fn pack<F: 'static>(pointer: Option<usize>) -> Result<Vec<u8>, String> {
    if size_of::<F>() == 0 {
        return Ok(Vec::new());
    }
    let Some(address) = pointer else {
        return Err(format!(
            "the closure `{}` captures {} bytes, which cannot travel by themselves; name what it captures: \
             `closure!([a, b] |x: T| ..)`",
            type_name::<F>(),
            size_of::<F>()
        ));
    };
    match place(address) {
        Some(place) => Ok(place.to_le_bytes().to_vec()),
        None => Err("the function is not in the program itself but in a shared library".into()),
    }
}

fn unpack<F: Copy>(bytes: &[u8]) -> Result<F, String> {
    let found = match bytes.first_chunk() {
        None => zero_sized::<F>(),
        Some(place) => pointer::<F>(u64::from_le_bytes(*place)),
    };
    found.ok_or_else(|| "the function is not in this program".into())
}

impl<F, A, R> Work<A, Plain> for F
where
    F: Fn(A) -> R + Copy + 'static,
    A: 'static,
    R: 'static,
{
    type Output = R;

    fn pack(&self) -> Result<Vec<u8>, String> {
        let any: &dyn Any = self;
        pack::<F>(any.downcast_ref::<fn(A) -> R>().map(|f| *f as usize))
    }

    fn unpack(bytes: &[u8]) -> Result<F, String> {
        unpack(bytes)
    }

    fn call(&self, item: A) -> R {
        self(item)
    }
}

macro_rules! star {
    ($($($name:ident)+;)*) => {$(
        #[allow(non_snake_case, reason = "one name for the type and the value")]
        impl<F, R, $($name),+> Work<($($name,)+), Star> for F
        where
            F: Fn($($name),+) -> R + Copy + 'static,
            R: 'static,
            $($name: 'static),+
        {
            type Output = R;

            fn pack(&self) -> Result<Vec<u8>, String> {
                let any: &dyn Any = self;
                pack::<F>(any.downcast_ref::<fn($($name),+) -> R>().map(|f| *f as usize))
            }

            fn unpack(bytes: &[u8]) -> Result<F, String> {
                unpack(bytes)
            }

            fn call(&self, ($($name,)+): ($($name,)+)) -> R {
                self($($name),+)
            }
        }
    )*};
}
star! {
    A; A B; A B C; A B C D; A B C D E; A B C D E G; A B C D E G H; A B C D E G H I; A B C D E G H I J;
    A B C D E G H I J K; A B C D E G H I J K L; A B C D E G H I J K L M;
}

/// What [`closure!`](crate::closure) makes: captured values, and a body that borrows them.
///
/// It can stand in a value that travels between the processes of one program, behind a type parameter
/// (`struct Job<W: Cerial> { work: W }`). In other bytes the body is refused: there hold a `fn(..) -> ..` that points to a
/// `#[cerial::function]`, and its captures beside it.
#[derive(Cerial, Clone, Copy, Debug)]
#[cerial(crate = cerial, bound(C: Cerial, F: Copy + 'static))]
pub struct Closure<C, F> {
    captures: C,
    body: Code<F>,
}

impl<C, F> Closure<C, F> {
    #[doc(hidden)]
    pub fn new<A, R>(captures: C, body: F) -> Closure<C, F>
    where
        F: Fn(&C, A) -> R + Copy + 'static,
    {
        const { assert!(size_of::<F>() == 0, "the body uses a variable that `closure!([..])` does not name") }
        Closure { captures, body: Code(body) }
    }

    /// Calls it: with one argument, or with a tuple of several.
    pub fn call<A, R>(&self, item: A) -> R
    where
        F: Fn(&C, A) -> R,
    {
        (self.body)(&self.captures, item)
    }
}

macro_rules! closure_work {
    ($($style:ident)*) => {$(
        impl<C, F, A, R> Work<A, $style> for Closure<C, F>
        where
            C: Cerial + 'static,
            F: Fn(&C, A) -> R + Copy + 'static,
        {
            type Output = R;

            fn pack(&self) -> Result<Vec<u8>, String> {
                OPTIONS.serialize(&self.captures).map_err(|error| format!("a capture cannot be serialized: {error}"))
            }

            fn unpack(bytes: &[u8]) -> Result<Closure<C, F>, String> {
                let captures =
                    OPTIONS.deserialize(bytes).map_err(|error| format!("a capture cannot be read: {error}"))?;
                let body = zero_sized::<F>().ok_or("the body is not without size")?;
                Ok(Closure { captures, body: Code(body) })
            }

            fn call(&self, item: A) -> R {
                (self.body)(&self.captures, item)
            }
        }
    )*};
}
closure_work!(Plain Star);

/// A closure whose captures are named, so that they can travel.
///
/// `closure!([a, b] |x: T| ..)` clones `a` and `b`, which travel by value to each worker; the body sees them as
/// references. With [`star`](crate::Pool::star) it takes several parameters.
///
/// ```
/// use suitkaise_processing::{Pool, closure};
///
/// # fn try_it() -> Result<(), Box<dyn std::error::Error>> {
/// suitkaise_processing::init(); // the first line of `main`
/// let factor = 3;
/// assert_eq!(Pool::new().map(closure!([factor] |x: u64| x * factor), 0..4)?, [0, 3, 6, 9]);
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! closure {
    ([$($capture:ident),* $(,)?] |$item:tt : $ty:ty $(,)?| $($body:tt)+) => {
        $crate::Closure::new(
            ($(::core::clone::Clone::clone(&$capture),)*),
            $crate::closure!(@body ($($capture,)*) ($item) ($ty) $($body)+),
        )
    };
    ([$($capture:ident),* $(,)?] |$($item:tt : $ty:ty),+ $(,)?| $($body:tt)+) => {
        $crate::Closure::new(
            ($(::core::clone::Clone::clone(&$capture),)*),
            $crate::closure!(@body ($($capture,)*) (($($item),+)) (($($ty),+)) $($body)+),
        )
    };
    (@body ($($capture:ident,)*) ($item:pat) ($ty:ty) -> $out:ty $body:block) => {
        |($($capture,)*), $item: $ty| -> $out { $body }
    };
    (@body ($($capture:ident,)*) ($item:pat) ($ty:ty) $body:expr) => {
        |($($capture,)*), $item: $ty| $body
    };
}

/// What a run sends to each worker, once.
pub(super) struct Parcel {
    pub(super) place: u64,
    pub(super) carried: Vec<u8>,
    pub(super) name: &'static str,
}

impl Parcel {
    fn new<A, S, F: Work<A, S>>(work: &F, factory: Factory) -> Result<Parcel, String> {
        let carried = work.pack()?;
        let place = place_of_factory(factory)
            .ok_or("the function is not in the program itself but in a shared library")?;
        Ok(Parcel { place, carried, name: type_name::<F>() })
    }

    /// Each result as it is.
    pub(super) fn plain<A: Cerial, S, F: Work<A, S>>(work: &F) -> Result<Parcel, String>
    where
        F::Output: Cerial,
    {
        Parcel::new(work, plain::<A, S, F>)
    }

    /// `Ok` and `Err` apart.
    pub(super) fn fallible<A: Cerial, S, F, T, E>(work: &F) -> Result<Parcel, String>
    where
        F: Work<A, S, Output = Result<T, E>>,
        T: Cerial,
        E: Into<BoxError>,
    {
        Parcel::new(work, fallible::<A, S, F, T, E>)
    }
}

fn plain<A: Cerial, S, F: Work<A, S>>(carried: &[u8]) -> Result<Runner, String>
where
    F::Output: Cerial,
{
    let work = F::unpack(carried)?;
    Ok(Box::new(move |item, out| match OPTIONS.deserialize(item) {
        Err(error) => Ran::Item(error.to_string()),
        Ok(item) => put(&work.call(item), out),
    }))
}

fn fallible<A: Cerial, S, F, T, E>(carried: &[u8]) -> Result<Runner, String>
where
    F: Work<A, S, Output = Result<T, E>>,
    T: Cerial,
    E: Into<BoxError>,
{
    let work = F::unpack(carried)?;
    Ok(Box::new(move |item, out| match OPTIONS.deserialize(item).map(|item| work.call(item)) {
        Err(error) => Ran::Item(error.to_string()),
        Ok(Ok(value)) => put(&value, out),
        Ok(Err(error)) => Ran::Failed(chain(&error.into())),
    }))
}

fn put<T: Cerial>(value: &T, out: &mut Vec<u8>) -> Ran {
    match bag::pack(|| OPTIONS.serialize_into(value, out)) {
        (Ok(()), packed) => Ran::Done(packed),
        (Err(error), _) => Ran::Output(error.to_string()),
    }
}

/// An error and its causes, outermost first.
fn chain(error: &BoxError) -> Vec<String> {
    let mut chain = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if chain.last() != Some(&text) {
            chain.push(text);
        }
        source = cause.source();
    }
    chain
}

/// A function without arguments that each worker runs before its first item.
#[derive(Clone, Debug)]
pub(super) struct Initializer {
    pub(super) place: u64,
    pub(super) carried: Vec<u8>,
}

impl Initializer {
    pub(super) fn new<F, E>(work: &F) -> Result<Initializer, String>
    where
        F: Fn() -> Result<(), E> + Copy + 'static,
        E: Into<BoxError> + 'static,
    {
        let any: &dyn Any = work;
        let carried = pack::<F>(any.downcast_ref::<fn() -> Result<(), E>>().map(|f| *f as usize))?;
        let place = place_of_factory(initializer::<F, E>)
            .ok_or("the function is not in the program itself but in a shared library")?;
        Ok(Initializer { place, carried })
    }
}

fn initializer<F, E>(carried: &[u8]) -> Result<Runner, String>
where
    F: Fn() -> Result<(), E> + Copy + 'static,
    E: Into<BoxError>,
{
    let work: F = unpack(carried)?;
    Ok(Box::new(move |_, _| match work() {
        Ok(()) => Ran::Done(Packed::new()),
        Err(error) => Ran::Failed(chain(&error.into())),
    }))
}

/// Marks the types of a run without holding any.
pub(super) type Of<T> = PhantomData<fn() -> T>;

pub(super) use image::{place, place_of_factory, pointer, zero_sized};
