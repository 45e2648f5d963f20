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

    /// Goes one heap edge down until [`Walk::leave`]; what is there goes through [`Walk::below`].
    #[inline(always)]
    fn enter(&mut self) -> Level {
        let depth = self.depth();
        match depth.left.checked_sub(1) {
            None => Level::Spent,
            Some(left) => {
                depth.left = left;
                if left.is_multiple_of(STACK_STRIDE) { Level::Look } else { Level::Open }
            }
        }
    }

    /// Comes back from where [`Walk::enter`] went.
    #[inline(always)]
    fn leave(&mut self, level: Level) {
        if level != Level::Spent {
            self.depth().left += 1;
        }
    }

    /// One part of what was entered.
    fn below<R>(&mut self, level: Level, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        match level {
            Level::Open => f(self),
            Level::Look if stack_is_low() => stacker::grow(STACK_SEGMENT, || f(self)),
            Level::Look => f(self),
            Level::Spent => Err(self.depth().spent()),
        }
    }
}

/// What [`Walk::enter`] came to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// A level as any other.
    Open,
    /// One where the stack that is left is looked at.
    Look,
    /// One too deep: nothing can be there.
    Spent,
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
