//! The reading side of a stream: every count is checked before memory is spent on it.

use super::depth::{Depth, Walk};
use super::text;
use crate::codec::ReadCodec;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::ReadGraph;
use crate::options::{Mode, Options};
use crate::registry::{ReadNames, Registry};

/// A stream being read, with what is left of its budgets.
pub struct Reader<'de> {
    input: &'de [u8],
    options: &'de Options,
    mode: Mode,
    depth: Depth,
    alloc_left: u64,
    unbacked_left: u64,
    /// What only some values need: made at the first shared pointer, handler or trait object.
    extra: Option<Box<Extra>>,
}

#[derive(Default)]
struct Extra {
    graph: ReadGraph,
    names: ReadNames,
}

impl Walk for Reader<'_> {
    #[inline(always)]
    fn depth(&mut self) -> &mut Depth {
        &mut self.depth
    }
}

impl<'de> Reader<'de> {
    pub(crate) fn new(input: &'de [u8], options: &'de Options, mode: Mode) -> Reader<'de> {
        Reader {
            input,
            options,
            mode,
            depth: Depth::new(options.limits.depth),
            alloc_left: options.limits.alloc_bytes,
            unbacked_left: options.limits.unbacked,
            extra: None,
        }
    }

    pub(crate) fn registry(&self) -> &'de Registry {
        self.options.registry()
    }

    pub(crate) fn options(&self) -> &'de Options {
        self.options
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// The bytes that are left.
    pub(crate) fn rest(&self) -> &'de [u8] {
        self.input
    }

    /// Fails unless all bytes are read.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.input.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Trailing, format!("{} bytes are left after the value", self.input.len())))
    }

    /// Reads a value: its head, then its tail.
    ///
    /// # Errors
    /// Those of the value.
    #[inline(always)]
    pub fn value<T>(&mut self, codec: impl ReadCodec<'de, T>) -> Result<T> {
        let head = self.block(codec.shape().head)?;
        codec.read(head, self)
    }

    /// Reads keys or a handler's state, if `on`: what is read there must be complete at once.
    pub(crate) fn eager<R>(&mut self, on: bool, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        if !on {
            return f(self);
        }
        self.graph().enter_eager();
        let result = f(self);
        self.graph().leave_eager();
        result
    }

    /// Takes the next `n` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] where fewer are left.
    #[inline(always)]
    pub fn block(&mut self, n: usize) -> Result<&'de [u8]> {
        match self.input.split_at_checked(n) {
            Some((block, rest)) => {
                self.input = rest;
                Ok(block)
            }
            None => Err(Error::truncated(n, self.input.len())),
        }
    }

    /// Takes a count, a tag or an id.
    ///
    /// # Errors
    /// A count that is cut short, longer than 64 bits, or not in its shortest form.
    #[inline(always)]
    pub fn count(&mut self) -> Result<usize> {
        match *self.input {
            [byte, ref rest @ ..] if byte < 0x80 => {
                self.input = rest;
                Ok(byte.into())
            }
            // Two bytes, the second not zero (that would not be the shortest form).
            [low, high @ 1..0x80, ref rest @ ..] => {
                self.input = rest;
                Ok(usize::from(low & 0x7f) | usize::from(high) << 7)
            }
            _ => self.count_slow(),
        }
    }

    #[inline(never)]
    fn count_slow(&mut self) -> Result<usize> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let Some((&byte, rest)) = self.input.split_first() else { return Err(Error::truncated(1, 0)) };
            self.input = rest;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                if byte == 0 && shift > 0 {
                    return Err(Error::malformed("a count is not in its shortest form"));
                }
                return usize::try_from(value)
                    .map_err(|_| Error::malformed("a count is wider than this machine"));
            }
        }
        Err(Error::malformed("a count is longer than 64 bits"))
    }

    /// Takes the count of a list whose elements take `min_bytes` of input and `size` bytes of memory at least, and
    /// charges both before anything is allocated.
    ///
    /// # Errors
    /// A count that the input cannot hold, or that a budget does not cover.
    #[inline(always)]
    pub fn length(&mut self, min_bytes: usize, size: usize) -> Result<usize> {
        let n = self.count()?;
        self.charge_elements(n, min_bytes, size)?;
        Ok(n)
    }

    #[inline(always)]
    pub(crate) fn charge_elements(&mut self, n: usize, min_bytes: usize, size: usize) -> Result<()> {
        if min_bytes == 0 {
            let n = n as u64;
            self.unbacked_left = match self.unbacked_left.checked_sub(n) {
                Some(left) => left,
                None => return Err(over_budget("elements without input", n, self.unbacked_left)),
            };
        } else if n > self.input.len() / min_bytes {
            return Err(unbacked_count(n, self.input.len()));
        }
        self.charge(n.saturating_mul(size))
    }

    /// Charges memory to the budget.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where the budget does not cover it.
    #[inline(always)]
    pub fn charge(&mut self, bytes: usize) -> Result<()> {
        self.alloc_left = charge(self.alloc_left, bytes)?;
        Ok(())
    }

    /// Goes on with what another reader has left of its budgets.
    pub(crate) fn budgets_of(&mut self, other: &Reader<'_>) {
        self.alloc_left = other.alloc_left;
        self.unbacked_left = other.unbacked_left;
    }

    pub(crate) fn alloc_left(&self) -> u64 {
        self.alloc_left
    }

    pub(crate) fn set_alloc_left(&mut self, left: u64) {
        self.alloc_left = left;
    }

    /// Takes a count and as many bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] where fewer are left.
    #[inline(always)]
    pub fn bytes(&mut self) -> Result<&'de [u8]> {
        let n = self.count()?;
        self.block(n)
    }

    /// Takes text, borrowed.
    ///
    /// # Errors
    /// As [`Reader::bytes`], and where it is not UTF-8.
    #[inline(always)]
    pub fn text(&mut self) -> Result<&'de str> {
        text::check_utf8(self.bytes()?)
    }

    /// Takes text, owned.
    ///
    /// # Errors
    /// As [`Reader::text`], and where the budget does not cover it.
    #[inline(always)]
    pub fn string(&mut self) -> Result<String> {
        let text = self.text()?;
        self.charge(text.len())?;
        Ok(text::own(text))
    }

    /// Goes one heap edge down for the time of `f`.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where the depth is spent; what `f` returns otherwise.
    #[inline]
    pub fn nested<R>(&mut self, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.down(f)
    }

    /// As [`Reader::nested`] where nothing is read.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where the depth is spent.
    #[inline(always)]
    pub(crate) fn nothing_nested(&self) -> Result<()> {
        self.depth.nothing()
    }

    pub(crate) fn graph(&mut self) -> &mut ReadGraph {
        &mut self.extra.get_or_insert_default().graph
    }

    pub(crate) fn take_graph(&mut self) -> Option<ReadGraph> {
        self.extra.as_mut().map(|extra| std::mem::take(&mut extra.graph))
    }

    pub(crate) fn names(&mut self) -> &mut ReadNames {
        &mut self.extra.get_or_insert_default().names
    }
}

/// What is left of a budget of memory after `bytes`.
#[inline(always)]
pub(crate) fn charge(left: u64, bytes: usize) -> Result<u64> {
    match left.checked_sub(bytes as u64) {
        Some(left) => Ok(left),
        None => Err(over_budget("bytes of memory", bytes as u64, left)),
    }
}

#[cold]
fn unbacked_count(n: usize, left: usize) -> Error {
    Error::new(ErrorKind::Limit, format!("a count of {n} is not backed by the {left} bytes that are left"))
}

#[cold]
fn over_budget(what: &str, wanted: u64, left: u64) -> Error {
    Error::new(ErrorKind::Limit, format!("{wanted} {what} are over the budget, {left} are left"))
        .with_help("raise the budget with `Limits`")
}
