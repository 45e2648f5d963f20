//! The vectors of other crates: as a `Vec` and a `String`.

#[cfg(any(feature = "smallvec", feature = "arrayvec"))]
use super::{
    Codec, ReadCodec, Static, by_codec,
    lists::{patch_each, read_each, walk_each, write_slice},
};
#[cfg(any(feature = "smallvec", feature = "arrayvec"))]
use crate::{
    encode::{Decode, Encode},
    error::Result,
    graph::Patcher,
    schema::{Kind, SchemaBuilder},
    shape::Shape,
    walk::Walker,
    wire::{Reader, Writer},
};

/// `SmallVec<A>`: a list; short ones stand in place again.
#[cfg(feature = "smallvec")]
mod small {
    use smallvec::{Array, SmallVec};

    use super::*;

    /// The codec of a list whose array type names its element.
    #[derive(Clone, Copy)]
    pub struct CSmallVec<C>(pub C);

    impl<A: Array, C: Codec<A::Item>> Codec<SmallVec<A>> for CSmallVec<C> {
        #[inline(always)]
        fn shape(self) -> Shape {
            Shape::HEAP
        }
        fn schema(self, builder: &mut SchemaBuilder) -> Kind {
            Kind::Seq(Box::new(self.0.schema(builder)))
        }
        #[inline(always)]
        fn head(self, _: &SmallVec<A>, _: &mut [u8]) {}
        fn tail(self, value: &SmallVec<A>, w: &mut Writer<'_>) -> Result<()> {
            write_slice(value, self.0, w)
        }
        fn walk(self, value: &SmallVec<A>, walker: &mut Walker<'_>) -> Result<()> {
            walk_each(value.iter(), self.0, walker)
        }
        fn patch(self, value: &mut SmallVec<A>, patcher: &mut Patcher<'_>) {
            patch_each(value.iter_mut(), self.0, patcher);
        }
    }
    impl<'de, A: Array, C: ReadCodec<'de, A::Item>> ReadCodec<'de, SmallVec<A>> for CSmallVec<C> {
        fn read(self, _: &[u8], r: &mut Reader<'de>) -> Result<SmallVec<A>> {
            let n = r.length(self.0.shape().min, size_of::<A::Item>())?;
            let mut list = SmallVec::with_capacity(n);
            read_each(self.0, r, n, |item| list.push(item))?;
            Ok(list)
        }
    }
    by_codec!(
        [A: Array] SmallVec<A>,
        [A::Item: Encode],
        [A::Item: Decode<'de>],
        CSmallVec(Static::<A::Item>::NEW)
    );
}
#[cfg(feature = "smallvec")]
pub use small::CSmallVec;

#[cfg(feature = "arrayvec")]
use super::{CVec, lists::list};
#[cfg(feature = "arrayvec")]
use crate::error::Error;

/// An error where there are more than fit.
#[cfg(feature = "arrayvec")]
fn fits(n: usize, most: usize) -> Result<()> {
    match n <= most {
        true => Ok(()),
        false => Err(Error::malformed(format!("{n} elements do not fit: there is room for {most}"))),
    }
}

#[cfg(feature = "arrayvec")]
list! {
    CVec; [T, const N: usize] arrayvec::ArrayVec<T, N>, [],
    charge: 0,
    write: |v: &arrayvec::ArrayVec<T, N>, c, w| write_slice(v, c, w),
    read: |c, r, n| {
        fits(n, N)?;
        let mut list = arrayvec::ArrayVec::new();
        read_each(c, r, n, |item| list.push(item)).map(|()| list)
    },
    patch: |v: &mut arrayvec::ArrayVec<T, N>, c, p| patch_each(v.iter_mut(), c, p)
}
#[cfg(feature = "arrayvec")]
by_codec!(
    [T, const N: usize] arrayvec::ArrayVec<T, N>,
    [T: Encode],
    [T: Decode<'de>],
    CVec(Static::<T>::NEW)
);

/// `ArrayString<N>`: text of at most `N` bytes.
#[cfg(feature = "arrayvec")]
impl<const N: usize> Encode for arrayvec::ArrayString<N> {
    #[inline(always)]
    fn shape() -> Shape {
        Shape::TEXT
    }
    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Text
    }
    #[inline(always)]
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        w.bytes(self.as_bytes());
        Ok(())
    }
}

#[cfg(feature = "arrayvec")]
impl<'de, const N: usize> Decode<'de> for arrayvec::ArrayString<N> {
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<arrayvec::ArrayString<N>> {
        let text = r.text()?;
        fits(text.len(), N)?;
        arrayvec::ArrayString::from(text).map_err(|_| Error::malformed("text does not fit"))
    }
}
