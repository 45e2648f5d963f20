//! Vectors filled in place: the capacity is there before the first element is read, so no push looks for it. Lists of
//! plain old data are copied as a whole.

use std::marker::PhantomData;

use crate::error::Result;

/// A vector of `n` elements made by `next` from their places.
///
/// # Errors
/// The first of `next`; what was made before is dropped.
#[inline(always)]
pub(crate) fn fill<T>(n: usize, mut next: impl FnMut(usize) -> Result<T>) -> Result<Vec<T>> {
    let mut list = Vec::<T>::with_capacity(n);
    for i in 0..n {
        let item = next(i)?;
        // SAFETY:
        // - `i < n`, and `with_capacity` made room for `n` elements at least; nobody else has the vector.
        // - elements `0..i` were written by the rounds before, so `0..=i` are initialised when the length covers them.
        unsafe {
            list.as_mut_ptr().add(i).write(item);
            list.set_len(i + 1);
        }
    }
    Ok(list)
}

/// As [`fill`], of as many elements as `heads` has runs of `size` bytes (not zero).
#[inline(always)]
pub(crate) fn fill_from<T>(
    heads: &[u8],
    size: usize,
    mut next: impl FnMut(usize, &[u8]) -> Result<T>,
) -> Result<Vec<T>> {
    fill(heads.len() / size, |i| {
        // SAFETY: `fill` asks for `i < heads.len() / size`, so `(i + 1) * size <= heads.len()`.
        let head = unsafe { heads.get_unchecked(i * size..i * size + size) };
        next(i, head)
    })
}

/// Whether a list of `T` is, byte for byte, what stands on the wire: no padding, every pattern of bits is a value, and
/// the fields stand in order. Nobody can make one that says so without a proof.
#[doc(hidden)]
pub struct Plain<T: ?Sized>(bool, PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Clone for Plain<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Plain<T> {}

impl<T: ?Sized> Plain<T> {
    /// Nothing is known.
    pub const NO: Plain<T> = Plain(false, PhantomData);

    /// It is plain.
    ///
    /// # Safety
    /// - `T` has no padding, and every pattern of its bits is a value of it.
    /// - On a little-endian machine its bytes in memory are its head on the wire, and it has no tail.
    pub const unsafe fn yes() -> Plain<T> {
        Plain(true, PhantomData)
    }

    /// Whether it is plain.
    pub const fn holds(self) -> bool {
        self.0
    }
}

macro_rules! numbers {
    ($($ty:ty)*) => {$(
        impl Plain<$ty> {
            /// Numbers have no padding, every pattern of bits is one, and the wire form is little-endian of the same
            /// size (`codec/scalars.rs`).
            pub(crate) const NUMBER: Plain<$ty> = Plain(true, PhantomData);
        }
    )*};
}
numbers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64);

impl<T, const N: usize> Plain<[T; N]> {
    /// An array is as plain as its elements: they stand side by side, in memory and on the wire.
    pub(crate) const fn array(item: Plain<T>) -> Plain<[T; N]> {
        Plain(item.0, PhantomData)
    }
}

impl<T> Plain<T> {
    /// Whether lists are copied as a whole on this machine.
    #[inline(always)]
    pub(crate) const fn in_bulk(self) -> bool {
        self.0 && size_of::<T>() > 0 && cfg!(target_endian = "little")
    }

    /// The wire form of a list.
    #[inline(always)]
    pub(crate) fn bytes(self, items: &[T]) -> Option<&[u8]> {
        // SAFETY: a plain type has no padding, so all bytes of the slice are initialised; they live as long as it.
        self.in_bulk()
            .then(|| unsafe { std::slice::from_raw_parts(items.as_ptr().cast::<u8>(), size_of_val(items)) })
    }

    /// The list of which `bytes` are the wire form, if such lists are copied as a whole.
    #[inline(always)]
    pub(crate) fn list(self, bytes: &[u8]) -> Option<Vec<T>> {
        if !self.in_bulk() {
            return None;
        }
        let n = bytes.len() / size_of::<T>();
        let mut list = Vec::<T>::with_capacity(n);
        // SAFETY:
        // - the fresh vector has room for `n` elements, which are no more bytes than there are.
        // - every pattern of bits is a value of a plain type.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), list.as_mut_ptr().cast::<u8>(), n * size_of::<T>());
            list.set_len(n);
        }
        Some(list)
    }
}
