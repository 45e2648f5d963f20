//! Pointers to functions: by name, and over our own channel by their place in the program.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Patcher;
use crate::places::type_hash;
use crate::registry::address_of;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{Codec, ReadCodec, by_codec};

/// `fn(..) -> ..`: the name of a `#[cerial::function]`.
pub struct CFn<F>(PhantomData<fn() -> F>);

impl<F> Clone for CFn<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for CFn<F> {}

impl<F> CFn<F> {
    /// The codec.
    ///
    /// # Safety
    /// `F` is the type of a pointer to a function: `fn(..) -> ..`, with `unsafe`, `extern` and `for<..>` or without.
    pub const unsafe fn new() -> CFn<F> {
        CFn(PhantomData)
    }
}

/// By its place in the program, which only a channel of our own may carry.
const BY_PLACE: usize = 0;
const BY_NAME: usize = 1;

impl<F: Copy + Hash + 'static> Codec<F> for CFn<F> {
    #[inline(always)]
    fn shape(self) -> Shape {
        Shape::TEXT
    }
    fn schema(self, _: &mut SchemaBuilder) -> Kind {
        Kind::Function
    }
    #[inline(always)]
    fn head(self, _: &F, _: &mut [u8]) {}
    fn tail(self, function: &F, w: &mut Writer<'_>) -> Result<()> {
        let address = address_of(function);
        if let Some(place) = w.options().places().and_then(|places| places.place(address)) {
            write_place(w, place, type_hash::<F>());
            return Ok(());
        }
        let known = w.registry().functions().at::<F>(address)?;
        write_named(w, &known.name, &known.signature, known.version);
        Ok(())
    }
    fn walk(self, _: &F, _: &mut Walker<'_>) -> Result<()> {
        Ok(())
    }
    fn patch(self, _: &mut F, _: &mut Patcher<'_>) {}
}

impl<F: Copy + Hash + 'static> ReadCodec<'_, F> for CFn<F> {
    fn read(self, _: &[u8], r: &mut Reader<'_>) -> Result<F> {
        match read_function(r)? {
            Written::Name { name, signature, version } => {
                r.registry().functions().named::<F>(name, signature, version)
            }
            Written::Place { place, kind } => {
                let Some(places) = r.options().places() else { return Err(place_from_outside()) };
                let mut slot: Option<F> = None;
                if kind == type_hash::<F>() {
                    // SAFETY:
                    // - the slot is an `Option<F>`, and `F` a pointer to a function: `CFn::new` was promised so.
                    // - the place was made of an `F`: its type stands beside it, and whoever gave us `places` promised
                    //   that the bytes are of a process of this very build.
                    unsafe { places.fill(place, &mut slot) };
                }
                slot.ok_or_else(|| {
                    Error::malformed("no function of that type stands at that place of the program")
                })
            }
        }
    }
}

/// A function in the bytes.
pub(crate) enum Written<'de> {
    Name { name: &'de str, signature: &'de str, version: u64 },
    Place { place: u64, kind: u64 },
}

/// Reads what stands for a function.
pub(crate) fn read_function<'de>(r: &mut Reader<'de>) -> Result<Written<'de>> {
    match r.count()? {
        BY_PLACE => {
            let mut words = r
                .block(16)?
                .chunks_exact(8)
                .map(|word| word.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte)));
            Ok(Written::Place {
                place: words.next().unwrap_or_default(),
                kind: words.next().unwrap_or_default(),
            })
        }
        BY_NAME => Ok(Written::Name { name: r.text()?, signature: r.text()?, version: r.count()? as u64 }),
        other => Err(Error::malformed(format!("a function has no form {other}"))),
    }
}

/// Writes a function by name.
pub(crate) fn write_named(w: &mut Writer<'_>, name: &str, signature: &str, version: u64) {
    w.count(BY_NAME);
    w.bytes(name.as_bytes());
    w.bytes(signature.as_bytes());
    w.count(version as usize);
}

fn write_place(w: &mut Writer<'_>, place: u64, kind: u64) {
    w.count(BY_PLACE);
    w.raw(&place.to_le_bytes());
    w.raw(&kind.to_le_bytes());
}

/// The error where bytes of another origin hold a place.
#[cold]
pub(crate) fn place_from_outside() -> Error {
    Error::malformed(
        "a function stands here by its place in a program, which only processes of one build may send \
                      to each other",
    )
    .with_help("functions in other bytes travel by name: mark them `#[cerial::function]`")
}

/// A closure that captures nothing, or a function item, as a value that travels between processes of one build.
///
/// Such a type has no name to write in a field, so it stands behind a type parameter. It has no bytes either: what
/// travels is which type it is, and the other process makes the value anew. A capture of a type without bytes (a token
/// that proves something) is made anew with it. Bytes that leave the program refuse it: there a `fn(..) -> ..` that
/// points to a `#[cerial::function]` goes by its name.
///
/// ```
/// use cerial::{Cerial, Code};
///
/// #[derive(Cerial)]
/// #[cerial(bound(F: Copy))]
/// struct Job<F: Copy + 'static> { work: Code<F>, input: u32 }
///
/// let job = Job { work: Code(|x: u32| x + 1), input: 41 };
/// assert_eq!((job.work)(job.input), 42);
/// let error = cerial::serialize(&job).unwrap_err();
/// assert!(error.to_string().contains("only to a process of the same build"), "{error}");
/// ```
#[derive(Clone, Copy, Default)]
pub struct Code<F>(pub F);

impl<F> fmt::Debug for Code<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Code").field(&std::any::type_name::<F>()).finish()
    }
}

impl<F> std::ops::Deref for Code<F> {
    type Target = F;
    fn deref(&self) -> &F {
        &self.0
    }
}

impl<F: Copy + 'static> Encode for Code<F> {
    fn shape() -> Shape {
        Shape::TEXT
    }
    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Function
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        const { assert!(size_of::<F>() == 0, "`Code` holds a function without captures: this type has a size") }
        if w.options().places().is_none() {
            return Err(Error::new(
                ErrorKind::Unwritable,
                format!("`{}` can travel only to a process of the same build", std::any::type_name::<F>()),
            )
            .with_help("hold a `fn(..) -> ..` that points to a `#[cerial::function]` instead"));
        }
        write_place(w, 0, type_hash::<F>());
        Ok(())
    }
}

impl<F: Copy + 'static> Decode<'_> for Code<F> {
    fn read(_: &[u8], r: &mut Reader<'_>) -> Result<Code<F>> {
        const { assert!(size_of::<F>() == 0, "`Code` holds a function without captures: this type has a size") }
        match read_function(r)? {
            Written::Place { .. } if r.options().places().is_none() => Err(place_from_outside()),
            Written::Place { place: 0, kind } if kind == type_hash::<F>() => {
                // SAFETY:
                // - a read of no bytes is valid from every aligned pointer that is not null, as a dangling one is.
                // - `F` is inhabited and may be copied: a process of this build held one and wrote its type, by the
                //   promise of whoever gave us `places`.
                Ok(Code(unsafe { std::ptr::NonNull::<F>::dangling().read() }))
            }
            _ => Err(Error::malformed("another function stands where one without captures must")),
        }
    }
}

macro_rules! functions {
    ($([$($arg:ident)*])*) => {$(
        functions!(@as [] $($arg)*);
        functions!(@as [unsafe] $($arg)*);
        functions!(@as [extern "C"] $($arg)*);
        functions!(@as [unsafe extern "C"] $($arg)*);
    )*};
    (@as [$($abi:tt)*] $($arg:ident)*) => {
        by_codec!(
            [$($arg,)* R] $($abi)* fn($($arg),*) -> R,
            [$($arg: 'static,)* R: 'static],
            [$($arg: 'static,)* R: 'static],
            // SAFETY: it is a pointer to a function.
            unsafe { CFn::<$($abi)* fn($($arg),*) -> R>::new() }
        );
    };
}
functions! { [] [A] [A B] [A B C] [A B C D] [A B C D E] [A B C D E G] [A B C D E G H] [A B C D E G H I] }
