//! The growing output buffer: the one place where bytes are written through raw pointers.

/// Bytes being written. Capacity is checked once per block, not once per scalar.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
}

/// The largest count in bytes: a 64-bit number in groups of seven bits.
const MAX_COUNT_BYTES: usize = 10;

impl Buffer {
    pub(crate) fn new(bytes: Vec<u8>) -> Buffer {
        Buffer { bytes }
    }

    pub(crate) fn into_vec(self) -> Vec<u8> {
        self.bytes
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    #[inline(always)]
    fn reserve(&mut self, n: usize) {
        if self.bytes.capacity() - self.bytes.len() < n {
            self.grow(n);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, n: usize) {
        make_room(&mut self.bytes, n);
    }

    /// Appends `n` zero bytes and returns them to be filled in.
    #[inline(always)]
    pub(crate) fn block(&mut self, n: usize) -> &mut [u8] {
        self.reserve(n);
        let len = self.bytes.len();
        // SAFETY:
        // - `len..len + n` is inside the capacity: `reserve` just made sure of it.
        // - the bytes are initialised (zeroed) before the length covers them.
        // - the slice borrows `self` exclusively, so the vector cannot move under it.
        unsafe {
            let start = self.bytes.as_mut_ptr().add(len);
            std::ptr::write_bytes(start, 0, n);
            self.bytes.set_len(len + n);
            std::slice::from_raw_parts_mut(start, n)
        }
    }

    /// Appends `items.len()` blocks of `size` bytes each, with one capacity check, filled in by `put`.
    #[inline(always)]
    pub(crate) fn blocks<T>(&mut self, items: &[T], size: usize, mut put: impl FnMut(&T, &mut [u8])) {
        let total = items.len() * size;
        self.reserve(total);
        let len = self.bytes.len();
        for (i, item) in items.iter().enumerate() {
            // SAFETY:
            // - `i < items.len()`, so the block is inside the `total` bytes behind `len` that were reserved above;
            //   `put` cannot reach the vector (it is borrowed here), so it does not move.
            // - the block is zeroed before a reference to it is made.
            let block = unsafe {
                let start = self.bytes.as_mut_ptr().add(len + i * size);
                std::ptr::write_bytes(start, 0, size);
                std::slice::from_raw_parts_mut(start, size)
            };
            put(item, block);
        }
        // SAFETY: all `total` bytes were initialised by the loop, and are inside the capacity.
        unsafe { self.bytes.set_len(len + total) };
    }

    /// Appends a count: seven bits a byte, low groups first, one byte below 128.
    #[inline(always)]
    pub(crate) fn count(&mut self, n: u64) {
        if n >= 0x4000 {
            return self.count_slow(n);
        }
        self.reserve(2);
        let len = self.bytes.len();
        // SAFETY:
        // - two bytes behind `len` are inside the capacity: `reserve` just made sure of it.
        // - the length covers what was written: one byte below 128, two bytes otherwise.
        unsafe {
            let start = self.bytes.as_mut_ptr().add(len);
            if n < 0x80 {
                start.write(n as u8);
                self.bytes.set_len(len + 1);
            } else {
                start.write(n as u8 | 0x80);
                start.add(1).write((n >> 7) as u8);
                self.bytes.set_len(len + 2);
            }
        }
    }

    /// As [`Buffer::count`], of any size.
    #[inline(never)]
    fn count_slow(&mut self, mut n: u64) {
        let (mut bytes, mut len) = ([0; MAX_COUNT_BYTES], 0);
        while n >= 0x80 {
            bytes[len] = n as u8 | 0x80;
            n >>= 7;
            len += 1;
        }
        bytes[len] = n as u8;
        self.bytes.extend_from_slice(&bytes[..=len]);
    }

    /// Appends raw bytes.
    #[inline(always)]
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.raw_reserved(bytes);
    }

    /// Appends a count and as many bytes.
    #[inline(always)]
    pub(crate) fn text(&mut self, bytes: &[u8]) {
        if bytes.len() >= 0x80 {
            return self.text_slow(bytes);
        }
        self.prefixed(bytes.len() as u8, bytes);
    }

    /// Appends one byte, and bytes that are likely few.
    #[inline(always)]
    pub(crate) fn prefixed(&mut self, first: u8, bytes: &[u8]) {
        let n = bytes.len();
        self.reserve(n + 1);
        let len = self.bytes.len();
        // SAFETY:
        // - `n + 1` bytes behind `len` are inside the capacity: `reserve` just made sure of it.
        // - source and destination do not overlap: `bytes` is borrowed from elsewhere than `self`.
        // - all that the length covers was written.
        unsafe {
            let start = self.bytes.as_mut_ptr().add(len);
            start.write(first);
            copy_short(bytes.as_ptr(), start.add(1), n);
            self.bytes.set_len(len + 1 + n);
        }
    }

    /// Appends one byte, and the lowest `n` bytes of a number (no more than eight).
    #[inline(always)]
    pub(crate) fn tagged(&mut self, first: u8, number: u64, n: usize) {
        self.reserve(1 + size_of::<u64>());
        let len = self.bytes.len();
        // SAFETY:
        // - nine bytes behind `len` are inside the capacity: `reserve` just made sure of it; the store need not be
        //   aligned.
        // - the length covers no more than these nine, all of which were written.
        unsafe {
            let start = self.bytes.as_mut_ptr().add(len);
            start.write(first);
            start.add(1).cast::<u64>().write_unaligned(number.to_le());
            self.bytes.set_len(len + 1 + n.min(size_of::<u64>()));
        }
    }

    /// As [`Buffer::text`], of any length.
    #[inline(never)]
    fn text_slow(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len() + MAX_COUNT_BYTES);
        self.count(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    #[inline(always)]
    fn raw_reserved(&mut self, bytes: &[u8]) {
        let len = self.bytes.len();
        // SAFETY:
        // - `bytes.len()` bytes behind `len` are inside the capacity: reserved by the caller in this file.
        // - source and destination do not overlap: `bytes` is borrowed from elsewhere than `self`.
        unsafe {
            copy_short(bytes.as_ptr(), self.bytes.as_mut_ptr().add(len), bytes.len());
            self.bytes.set_len(len + bytes.len());
        }
    }
}

/// Appends bytes, and `n` zero bytes that `put` fills in, with one capacity check.
#[inline(always)]
pub(crate) fn append(out: &mut Vec<u8>, bytes: &[u8], n: usize, put: impl FnOnce(&mut [u8])) {
    let (len, total) = (out.len(), bytes.len() + n);
    if out.capacity() - len < total {
        make_room(out, total);
    }
    // SAFETY:
    // - `total` bytes behind `len` are inside the capacity: made sure of above.
    // - `bytes` is borrowed, so it does not overlap what `out` holds exclusively.
    // - the block is zeroed before a reference to it is made, and `put` cannot reach `out`.
    // - the length covers the bytes and the block, which are initialised by then.
    unsafe {
        let start = out.as_mut_ptr().add(len);
        copy_short(bytes.as_ptr(), start, bytes.len());
        let block = start.add(bytes.len());
        std::ptr::write_bytes(block, 0, n);
        put(std::slice::from_raw_parts_mut(block, n));
        out.set_len(len + total);
    }
}

#[cold]
#[inline(never)]
fn make_room(out: &mut Vec<u8>, n: usize) {
    out.reserve(n.max(out.capacity()).max(64));
}

/// Copies `n` bytes, short runs by two overlapping moves of a fixed size instead of a call.
///
/// # Safety
/// `from` is readable and `to` is writable for `n` bytes, and they do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy_short(from: *const u8, to: *mut u8, n: usize) {
    macro_rules! ends {
        ($t:ty) => {{
            const SIZE: usize = size_of::<$t>();
            // SAFETY: SIZE <= n, so both ends are inside the `n` bytes that the caller vouches for; unaligned
            // access is asked for by name.
            unsafe {
                let first = from.cast::<$t>().read_unaligned();
                let last = from.add(n - SIZE).cast::<$t>().read_unaligned();
                to.cast::<$t>().write_unaligned(first);
                to.add(n - SIZE).cast::<$t>().write_unaligned(last);
            }
        }};
    }
    if n >= 8 {
        if n < 16 {
            ends!(u64)
        } else if n <= 32 {
            ends!(u128)
        } else if n <= 64 {
            // SAFETY: the first and the last 32 bytes, in halves, are inside the `n` bytes.
            unsafe {
                let a = from.cast::<u128>().read_unaligned();
                let b = from.add(16).cast::<u128>().read_unaligned();
                let c = from.add(n - 32).cast::<u128>().read_unaligned();
                let d = from.add(n - 16).cast::<u128>().read_unaligned();
                to.cast::<u128>().write_unaligned(a);
                to.add(16).cast::<u128>().write_unaligned(b);
                to.add(n - 32).cast::<u128>().write_unaligned(c);
                to.add(n - 16).cast::<u128>().write_unaligned(d);
            }
        } else {
            // SAFETY: the caller's contract is that of `copy_nonoverlapping`.
            unsafe { std::ptr::copy_nonoverlapping(from, to, n) }
        }
    } else if n >= 4 {
        ends!(u32)
    } else if n >= 2 {
        ends!(u16)
    } else if n == 1 {
        // SAFETY: one byte is readable and writable.
        unsafe { *to = *from }
    }
}
