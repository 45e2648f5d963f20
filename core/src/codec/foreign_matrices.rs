//! The matrices, vectors, points and quaternions of `nalgebra`: column by column, as it keeps them itself.

use nalgebra::{
    ArrayStorage, Const, DMatrix, DVector, Dyn, Matrix, Point, Quaternion, SMatrix, SVector, Scalar,
    Translation, UnitQuaternion, VecStorage,
};

use super::lists::write_slice;
use super::{CVec, ReadCodec, Static};
use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::schema::{Body, Field, Fields, Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::wire::{Reader, Writer};

/// A type that is written as a part of itself, in place.
macro_rules! in_place {
    ($([$($generics:tt)*] $ty:ty as $part:ty, [$($enc:tt)*], [$($dec:tt)*], $get:expr, $make:expr;)*) => {$(
        impl<$($generics)*> Encode for $ty where $($enc)* {
            #[inline(always)]
            fn shape() -> Shape {
                <$part as Encode>::shape()
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                <$part>::schema(builder)
            }
            #[inline(always)]
            fn head(&self, out: &mut [u8]) {
                let get: fn(&$ty) -> &$part = $get;
                get(self).head(out);
            }
            #[inline(always)]
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                let get: fn(&$ty) -> &$part = $get;
                get(self).tail(w)
            }
        }
        impl<'de, $($generics)*> Decode<'de> for $ty where $($dec)* {
            #[inline(always)]
            fn read(head: &[u8], r: &mut Reader<'de>) -> Result<$ty> {
                let make: fn($part) -> Result<$ty> = $make;
                make(<$part>::read(head, r)?)
            }
        }
    )*};
}

in_place! {
    [T, const R: usize, const C: usize] SMatrix<T, R, C> as [[T; R]; C], [T: Encode], [T: Decode<'de>],
        |v| &v.data.0, |columns| Ok(Matrix::from_array_storage(ArrayStorage(columns)));
    [T: Scalar, const D: usize] Point<T, D> as SVector<T, D>, [T: Encode], [T: Decode<'de>],
        |v| &v.coords, |coords| Ok(Point::from(coords));
    [T: Scalar, const D: usize] Translation<T, D> as SVector<T, D>, [T: Encode], [T: Decode<'de>],
        |v| &v.vector, |vector| Ok(Translation::from(vector));
    [T: Scalar] Quaternion<T> as SVector<T, 4>, [T: Encode], [T: Decode<'de>],
        |v| &v.coords, |coords| Ok(Quaternion::from(coords));
    [] UnitQuaternion<f32> as Quaternion<f32>, [], [], |v| v, unit;
    [] UnitQuaternion<f64> as Quaternion<f64>, [], [], |v| v, unit;
}

/// Takes a quaternion of length one as it is: bit for bit what was written. Others have no such form.
fn unit<T: nalgebra::RealField + Copy>(q: Quaternion<T>) -> Result<UnitQuaternion<T>> {
    let off = (q.coords.norm_squared() - T::one()).abs();
    // A NaN is not below the bound either.
    match off < nalgebra::convert(1e-3) {
        true => Ok(UnitQuaternion::new_unchecked(q)),
        false => Err(Error::malformed("a unit quaternion is not of length one")),
    }
}

/// Sizes, then the elements.
macro_rules! on_the_heap {
    ($($ty:ident, $name:literal, ($($size:ident),*), $sizes:expr, $dims:expr;)*) => {$(
        impl<T: Encode> Encode for $ty<T> {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::UNIT $(.and({ let $size = u64::shape(); $size }))* .and(Shape::HEAP)
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                builder.define::<$ty<T>>($name, &[], |b| {
                    let data = Field::new("data", Kind::Seq(Box::new(T::schema(b))));
                    Body::Struct(Fields::Named(vec![$(Field::new(stringify!($size), Kind::U64),)* data]))
                })
            }
            fn head(&self, out: &mut [u8]) {
                $sizes(self).head(out);
            }
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                write_slice(self.data.as_slice(), Static::<T>::NEW, w)
            }
        }
        impl<'de, T: Decode<'de>> Decode<'de> for $ty<T> {
            fn read(head: &[u8], r: &mut Reader<'de>) -> Result<$ty<T>> {
                #[allow(unused_parens, reason = "a tuple or one size")]
                let ($($size),*): ($(on_the_heap!(@size $size)),*) = Decode::read(head, r)?;
                let data: Vec<T> = CVec(Static::<T>::NEW).read(&[], r)?;
                if Some(data.len()) != Some(1_usize) $(.and_then(|n| n.checked_mul($size)))* {
                    return Err(Error::malformed(format!("{} elements do not fill the sizes of a {}", data.len(), $name)));
                }
                Ok($ty::from_data($dims($($size,)* data)))
            }
        }
    )*};
    (@size $size:ident) => { usize };
}

on_the_heap! {
    DMatrix, "nalgebra::DMatrix", (rows, columns), |v: &DMatrix<T>| v.shape(),
        |rows, columns, data| VecStorage::new(Dyn(rows), Dyn(columns), data);
    DVector, "nalgebra::DVector", (rows), |v: &DVector<T>| v.nrows(),
        |rows, data| VecStorage::new(Dyn(rows), Const::<1>, data);
}
