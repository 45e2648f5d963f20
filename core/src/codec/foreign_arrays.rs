//! The owned arrays of `ndarray`: their sizes, and their elements in logical order.

use ndarray::{ArrayBase, Dimension, IxDyn, OwnedRepr};

use super::lists::{patch_each, read_vec, walk_each, write_each, write_slice};
use super::{CVec, ReadCodec, Static};
use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::graph::Patcher;
use crate::schema::{Body, Field, Fields, Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

type Owned<A, D> = ArrayBase<OwnedRepr<A>, D>;

/// As many as `ndarray` itself knows by number; more would be a stranger's.
const DIMENSIONS: usize = 32;

impl<A: Encode, D: Dimension> Encode for Owned<A, D> {
    #[inline(always)]
    fn shape() -> Shape {
        Shape::HEAP
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        builder.define::<Owned<A, D>>("ndarray::Array", &[], |b| {
            let data = Field::new("data", Kind::Seq(Box::new(A::schema(b))));
            Body::Struct(Fields::Named(vec![Field::new("dim", Kind::Seq(Box::new(Kind::U64))), data]))
        })
    }
    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        write_slice(self.raw_dim().slice(), Static::<usize>::NEW, w)?;
        match self.as_slice() {
            Some(items) => write_slice(items, Static::<A>::NEW, w),
            None => {
                w.count(self.len());
                write_each(self.iter(), Static::<A>::NEW, w)
            }
        }
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        walk_each(self.iter(), Static::<A>::NEW, walker)
    }
    fn patch(&mut self, patcher: &mut Patcher<'_>) {
        patch_each(self.iter_mut(), Static::<A>::NEW, patcher);
    }
}

impl<'de, A: Decode<'de>, D: Dimension> Decode<'de> for Owned<A, D> {
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<Owned<A, D>> {
        let n = r.length(8, size_of::<usize>())?;
        if n > DIMENSIONS || D::NDIM.is_some_and(|want| want != n) {
            return Err(Error::malformed(format!("an array has {n} dimensions")));
        }
        let dim = read_vec(Static::<usize>::NEW, r, n)?;
        let data: Vec<A> = CVec(Static::<A>::NEW).read(&[], r)?;
        // The product of the sizes is checked against the data and against the widths of numbers here.
        ndarray::ArrayD::from_shape_vec(IxDyn(&dim), data)
            .and_then(|array| array.into_dimensionality::<D>())
            .map_err(|error| Error::malformed(format!("an array of the sizes {dim:?}: {error}")))
    }
}
