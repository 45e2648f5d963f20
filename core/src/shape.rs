//! Where the bytes of a value stand: a fixed-size head, and a tail.
//!
//! A struct's scalars stand together in one block, the *head*, so that writing needs one capacity check and
//! reading one bounds check for all of them; what has no fixed size (text, lists, pointers) follows in the
//! *tail*, field by field. Both ends derive the same shape from the type or from its schema.

/// The size of a value's head, and what may follow.
///
/// Heap edges (box, list, map, enum payload) answer without looking at what is below, so that shapes of recursive
/// types are finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Bytes in the head of the enclosing value.
    pub head: usize,
    /// Whether bytes may follow behind the head.
    pub tail: bool,
    /// Whether a value of this type may hold others of unlimited depth below it.
    pub nests: bool,
    /// The fewest bytes that a value takes, head and tail together.
    pub min: usize,
}

impl Shape {
    /// A value of no bytes.
    pub const UNIT: Shape = Shape::scalar(0);
    /// Text: a count and bytes.
    pub const TEXT: Shape = Shape { head: 0, tail: true, nests: false, min: 1 };
    /// A count or a tag, then anything.
    pub const HEAP: Shape = Shape { head: 0, tail: true, nests: true, min: 1 };
    /// A box: the value's head stands in the tail, and it may take no bytes at all.
    pub const BOX: Shape = Shape { head: 0, tail: true, nests: true, min: 0 };

    /// A scalar of so many bytes.
    #[inline(always)]
    pub const fn scalar(bytes: usize) -> Shape {
        Shape { head: bytes, tail: false, nests: false, min: bytes }
    }

    /// The shape of `self` followed by `next` in the same struct or tuple.
    #[inline(always)]
    #[must_use]
    pub const fn and(self, next: Shape) -> Shape {
        Shape {
            head: self.head + next.head,
            tail: self.tail | next.tail,
            nests: self.nests | next.nests,
            min: self.min + next.min,
        }
    }

    /// The shape of so many values side by side.
    #[inline(always)]
    #[must_use]
    pub const fn times(self, n: usize) -> Shape {
        Shape { head: self.head * n, tail: self.tail && n > 0, nests: self.nests && n > 0, min: self.min * n }
    }

    /// The shape of an optional value: a flag, and the value's head where no tail follows.
    #[inline(always)]
    #[must_use]
    pub const fn optional(self) -> Shape {
        let head = if self.tail { 1 } else { 1 + self.head };
        Shape { head, tail: self.tail, nests: self.nests, min: head }
    }

    /// The shape of a value whose head stands in the tail (cells and locks, read as a whole).
    #[inline(always)]
    #[must_use]
    pub const fn boxed(self) -> Shape {
        Shape { head: 0, tail: true, nests: self.nests, min: self.min }
    }
}
