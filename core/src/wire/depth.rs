//! How deep a walk may go, and the stack that it takes.

use crate::error::{Error, ErrorKind, Result};

/// How many depth levels share one look at the stack that is left.
const STACK_STRIDE: u32 = 16;
/// What those levels may take at the most.
const STACK_RED_ZONE: usize = 192 << 10;
/// How much more is taken when it does not suffice.
const STACK_SEGMENT: usize = 2 << 20;

/// The heap edges that may still follow each other.
pub(crate) struct Depth {
    left: u32,
    limit: u32,
}

/// Something that goes up and down in a value.
pub(crate) trait Walk: Sized {
    fn depth(&mut self) -> &mut Depth;

    /// Goes one heap edge down for the time of `f`; the stack grows on the heap where it is deep.
    #[inline(always)]
    fn down<R>(&mut self, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let depth = self.depth();
        let Some(left) = depth.left.checked_sub(1) else { return Err(depth.spent()) };
        depth.left = left;
        let result = if left.is_multiple_of(STACK_STRIDE) && stack_is_low() {
            stacker::grow(STACK_SEGMENT, || f(self))
        } else {
            f(self)
        };
        self.depth().left = left + 1;
        result
    }
}

impl Depth {
    pub(crate) fn new(limit: u32) -> Depth {
        Depth { left: limit, limit }
    }

    /// How many edges may still follow.
    #[inline(always)]
    pub(crate) fn left(&self) -> u32 {
        self.left
    }

    /// As [`Walk::down`] where nothing is there.
    #[inline(always)]
    pub(crate) fn nothing(&self) -> Result<()> {
        if self.left == 0 { Err(self.spent()) } else { Ok(()) }
    }

    /// The error where no edge may follow.
    #[cold]
    pub(crate) fn spent(&self) -> Error {
        Error::new(ErrorKind::Limit, format!("nested deeper than {} heap edges", self.limit))
            .with_help("raise it with `Limits::depth` for values of your own; a cycle of boxes has no end")
    }
}

/// Whether less stack is left than some levels may take; so it is where nobody knows.
#[inline(never)]
fn stack_is_low() -> bool {
    stacker::remaining_stack().is_none_or(|left| left < STACK_RED_ZONE)
}
