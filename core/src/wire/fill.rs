//! Vectors filled in place: the capacity is there before the first element is read, so no push looks for it.

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
