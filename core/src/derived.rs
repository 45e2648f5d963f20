//! What the derive's expansion calls: small functions that name the type of a codec's value.
#![expect(missing_docs, reason = "for the expansion of the derive only")]

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec::{Codec, ReadCodec, Static};
use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::graph::Patcher;
use crate::registry::{Leaf, LeafSerde};
use crate::schema::{Kind, SchemaBuilder, root_of};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

#[inline(always)]
pub fn shape<T: ?Sized, C: Codec<T>>(codec: C) -> Shape {
    codec.shape()
}

pub fn kind<T: ?Sized, C: Codec<T>>(codec: C, builder: &mut SchemaBuilder, name: &'static str) -> Kind {
    builder.field(name, |builder| codec.schema(builder))
}

/// Writes a field's head at `at` and returns where the next one's begins.
#[inline(always)]
pub fn head<T: ?Sized, C: Codec<T>>(codec: C, value: &T, out: &mut [u8], at: usize) -> usize {
    let end = at + codec.shape().head;
    if end > at {
        codec.head(value, &mut out[at..end]);
    }
    end
}

#[inline(always)]
pub fn tail<T: ?Sized, C: Codec<T>>(
    codec: C,
    value: &T,
    w: &mut Writer<'_>,
    name: &'static str,
) -> Result<()> {
    if !codec.shape().tail {
        return Ok(());
    }
    match codec.tail(value, w) {
        Ok(()) => Ok(()),
        Err(error) => Err(error.at_field(name)),
    }
}

#[inline(always)]
pub fn read<'de, T, C: ReadCodec<'de, T>>(
    codec: C,
    head: &[u8],
    at: &mut usize,
    r: &mut Reader<'de>,
    name: &'static str,
) -> Result<T> {
    let start = *at;
    *at += codec.shape().head;
    match codec.read(&head[start..*at], r) {
        Ok(value) => Ok(value),
        Err(error) => Err(error.at_field(name)),
    }
}

#[inline]
pub fn walk<T: ?Sized, C: Codec<T>>(
    codec: C,
    value: &T,
    walker: &mut Walker<'_>,
    name: &'static str,
) -> Result<()> {
    if codec.shape().nests { walker.field(name, |walker| codec.walk(value, walker)) } else { Ok(()) }
}

#[inline]
pub fn patch<T: ?Sized, C: Codec<T>>(codec: C, value: &mut T, patcher: &mut Patcher<'_>) {
    if codec.shape().nests {
        codec.patch(value, patcher);
    }
}

/// Writes a state that stands for a value: it is gone when it is written, and read by code of the user's.
pub fn write_state<T: Encode>(w: &mut Writer<'_>, state: &T) -> Result<()> {
    let nests = T::shape().nests;
    w.eager(nests, |w| w.transient(nests, |w| w.value(Static::<T>::NEW, state)))
}

/// Reads a state that stands for a value.
pub fn read_state<T: for<'de> Decode<'de>>(r: &mut Reader<'_>) -> Result<T> {
    r.eager(T::shape().nests, |r| r.value(Static::<T>::NEW))
}

#[cold]
pub fn no_variant<T: Encode>(tag: usize) -> Error {
    Error::malformed(format!("`{}` has no variant {tag}", root_of::<T>().name))
}

/// The name of a type on the wire: crate and type, without the module.
pub fn type_name(module: &str, ident: &str) -> String {
    let krate = module.split("::").next().unwrap_or(module);
    format!("{krate}::{ident}")
}

/// The derive's question to a container: `(&&Or::<T, _>::new(codec)).pick()` is the type's own codec where it is
/// `Cerial` as a whole, `codec` otherwise.
pub struct Or<T: ?Sized, C>(C, PhantomData<fn() -> Box<T>>);

impl<T: ?Sized, C> Or<T, C> {
    pub const fn new(codec: C) -> Or<T, C> {
        Or(codec, PhantomData)
    }
}

pub trait OrStatic<T: ?Sized> {
    fn pick(&self) -> Static<T> {
        Static::NEW
    }
}
impl<T: Encode + ?Sized, C> OrStatic<T> for &Or<T, C> {}

pub trait OrCodec<C> {
    fn pick(&self) -> C;
}
impl<T: ?Sized, C: Copy> OrCodec<C> for Or<T, C> {
    fn pick(&self) -> C {
        self.0
    }
}

/// The derive's question to what is named like a container of another crate: `(&&&&Fit::<T, _>::new(codec)).pick()`.
pub struct Fit<T, C>(C, PhantomData<fn() -> T>);

impl<T, C> Fit<T, C> {
    pub const fn new(codec: C) -> Fit<T, C> {
        Fit(codec, PhantomData)
    }
}

pub trait FitStatic<T> {
    fn pick(&self) -> Static<T> {
        Static::NEW
    }
}
impl<T: Encode, C> FitStatic<T> for &&&Fit<T, C> {}

pub trait FitCodec<C> {
    fn pick(&self) -> C;
}
impl<T, C: Codec<T>> FitCodec<C> for &&Fit<T, C> {
    fn pick(&self) -> C {
        self.0
    }
}

pub trait FitSerde<T> {
    fn pick(&self) -> LeafSerde<T> {
        LeafSerde::NEW
    }
}
impl<T: Serialize + DeserializeOwned + 'static, C> FitSerde<T> for &Fit<T, C> {}

pub trait FitLeaf<T> {
    fn pick(&self) -> Leaf<T> {
        Leaf::NEW
    }
}
impl<T: 'static, C> FitLeaf<T> for Fit<T, C> {}
