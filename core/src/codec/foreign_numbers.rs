//! The generic numbers of other crates: their parts, in place.

#[cfg(any(feature = "num-complex", feature = "num-rational"))]
use super::std_types::via;
#[cfg(any(feature = "num-rational", feature = "ordered-float"))]
use crate::error::Error;
#[cfg(any(feature = "num-complex", feature = "num-rational"))]
use crate::schema::{Body, Field, Fields};
#[cfg(any(feature = "num-complex", feature = "num-rational", feature = "ordered-float"))]
use crate::{
    encode::{Decode, Encode},
    error::Result,
    schema::{Kind, SchemaBuilder},
    shape::Shape,
    wire::{Reader, Writer},
};

#[cfg(feature = "num-complex")]
via!([T] num_complex::Complex<T> as (T, T), [T: Encode + Clone], [T: Decode<'de> + Clone], "num_complex::Complex" ["re", "im"],
    |v| (v.re.clone(), v.im.clone()), |(re, im)| Ok(num_complex::Complex { re, im }));

#[cfg(feature = "num-rational")]
via!([T] num_rational::Ratio<T> as (T, T), [T: Encode + Clone + num_integer::Integer],
[T: Decode<'de> + Clone + num_integer::Integer], "num_rational::Ratio" ["numer", "denom"],
|v| (v.numer().clone(), v.denom().clone()),
|(numer, denom)| match lowest(&numer, &denom) {
    true => Ok(num_rational::Ratio::new_raw(numer, denom)),
    false => Err(Error::malformed("a ratio is not in lowest terms with a denominator above zero")),
});

/// Whether a ratio stands as `Ratio` keeps it: lowest terms, a denominator above zero. Nothing here can overflow: after
/// the first step both numbers are smaller than the denominator.
#[cfg(feature = "num-rational")]
fn lowest<T: Clone + num_integer::Integer>(numer: &T, denom: &T) -> bool {
    let zero = T::zero();
    if *denom <= zero {
        return false;
    }
    let (mut a, mut b) = (denom.clone(), numer.clone() % denom.clone());
    while b != zero {
        let rest = a % b.clone();
        a = b;
        b = rest;
    }
    if a < zero {
        a = zero - a;
    }
    a.is_one()
}

#[cfg(feature = "ordered-float")]
impl<T: Encode> Encode for ordered_float::OrderedFloat<T> {
    #[inline(always)]
    fn shape() -> Shape {
        T::shape()
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        T::schema(builder)
    }
    #[inline(always)]
    fn head(&self, out: &mut [u8]) {
        self.0.head(out);
    }
    #[inline(always)]
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        self.0.tail(w)
    }
}

#[cfg(feature = "ordered-float")]
impl<'de, T: Decode<'de>> Decode<'de> for ordered_float::OrderedFloat<T> {
    #[inline(always)]
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<ordered_float::OrderedFloat<T>> {
        T::read(head, r).map(ordered_float::OrderedFloat)
    }
}

#[cfg(feature = "ordered-float")]
impl<T: Encode + ordered_float::FloatCore> Encode for ordered_float::NotNan<T> {
    #[inline(always)]
    fn shape() -> Shape {
        T::shape()
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        T::schema(builder)
    }
    #[inline(always)]
    fn head(&self, out: &mut [u8]) {
        self.as_ref().head(out);
    }
    #[inline(always)]
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        self.as_ref().tail(w)
    }
}

#[cfg(feature = "ordered-float")]
impl<'de, T: Decode<'de> + ordered_float::FloatCore> Decode<'de> for ordered_float::NotNan<T> {
    fn read(head: &[u8], r: &mut Reader<'de>) -> Result<ordered_float::NotNan<T>> {
        ordered_float::NotNan::new(T::read(head, r)?)
            .map_err(|_| Error::malformed("NaN stands where a number must"))
    }
}
