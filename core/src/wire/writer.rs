//! The writing side of a stream.

use std::cell::Cell;

use super::buffer::Buffer;
use super::depth::{Depth, Walk};
use crate::codec::Codec;
use crate::error::Result;
use crate::graph::WriteGraph;
use crate::options::{Mode, Options};
use crate::registry::{Registry, WriteNames};

/// A stream being written. Codecs write heads into [`Writer::block`] and tails behind it.
pub struct Writer<'o> {
    out: Buffer,
    options: &'o Options,
    depth: Depth,
    /// What only some values need: made at the first shared pointer, handler or trait object.
    extra: Option<Box<Extra>>,
}

#[derive(Default)]
struct Extra {
    graph: WriteGraph,
    names: WriteNames,
}

thread_local! {
    /// The tables of the last writer of this thread: warm for the next one.
    static SPARE: Cell<Option<Box<Extra>>> = const { Cell::new(None) };
}

#[cold]
fn spare_extra() -> Box<Extra> {
    SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
}

impl Drop for Writer<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(extra) = self.extra.take() {
            keep_extra(extra);
        }
    }
}

#[cold]
fn keep_extra(mut extra: Box<Extra>) {
    extra.graph.clear();
    extra.names.clear();
    // A thread that ends has no place for it.
    let _ = SPARE.try_with(|spare| spare.set(Some(extra)));
}

impl Walk for Writer<'_> {
    #[inline(always)]
    fn depth(&mut self) -> &mut Depth {
        &mut self.depth
    }
}

impl<'o> Writer<'o> {
    pub(crate) fn new(out: Vec<u8>, options: &'o Options) -> Writer<'o> {
        Writer { out: Buffer::new(out), options, depth: Depth::new(options.limits.depth), extra: None }
    }

    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        std::mem::take(&mut self.out).into_vec()
    }

    /// The options of the call.
    pub(crate) fn options(&self) -> &'o Options {
        self.options
    }

    pub(crate) fn registry(&self) -> &'o Registry {
        self.options.registry()
    }

    pub(crate) fn portable(&self) -> bool {
        self.options.mode == Mode::Portable
    }

    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.out.truncate(len);
    }

    pub(crate) fn written(&self) -> &[u8] {
        self.out.as_slice()
    }

    /// Appends `n` zeroed bytes to be filled in: a head.
    #[inline(always)]
    pub fn block(&mut self, n: usize) -> &mut [u8] {
        self.out.block(n)
    }

    /// Appends a head of `size` bytes for each item.
    #[inline(always)]
    pub(crate) fn blocks<T>(&mut self, items: &[T], size: usize, put: impl FnMut(&T, &mut [u8])) {
        self.out.blocks(items, size, put);
    }

    /// Writes a value: its head, then its tail.
    ///
    /// # Errors
    /// Those of the value.
    #[inline(always)]
    pub fn value<T: ?Sized>(&mut self, codec: impl Codec<T>, value: &T) -> Result<()> {
        let head = codec.shape().head;
        if head > 0 {
            codec.head(value, self.block(head));
        }
        codec.tail(value, self)
    }

    /// Writes keys or a handler's state, if `on`: what is read there must be complete at once.
    pub(crate) fn eager<R>(&mut self, on: bool, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        if !on {
            return f(self);
        }
        self.graph().enter_eager();
        let result = f(self);
        self.graph().leave_eager();
        result
    }

    /// Writes what may be freed or changed while we write: a handler's state, what a lock guards.
    pub(crate) fn transient<R>(&mut self, on: bool, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        if !on {
            return f(self);
        }
        self.graph().enter_transient();
        let result = f(self);
        self.graph().leave_transient();
        result
    }

    /// Appends a count, a tag or an id: one byte below 128.
    #[inline(always)]
    pub fn count(&mut self, n: usize) {
        self.out.count(n as u64);
    }

    /// Appends bytes as they are.
    #[inline(always)]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.raw(bytes);
    }

    /// Appends a count and as many bytes.
    #[inline(always)]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.text(bytes);
    }

    /// Appends one byte, and bytes that are likely few.
    #[inline(always)]
    pub(crate) fn prefixed(&mut self, first: u8, bytes: &[u8]) {
        self.out.prefixed(first, bytes);
    }

    /// Appends one byte, and the lowest `n` bytes of a number (no more than eight).
    #[inline(always)]
    pub(crate) fn tagged(&mut self, first: u8, number: u64, n: usize) {
        self.out.tagged(first, number, n);
    }

    /// Goes one heap edge down for the time of `f`.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) where the depth is spent; what `f` returns otherwise.
    #[inline]
    pub fn nested<R>(&mut self, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.down(f)
    }

    /// As [`Writer::nested`] where nothing is written.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) where the depth is spent.
    #[inline(always)]
    pub(crate) fn nothing_nested(&self) -> Result<()> {
        self.depth.nothing()
    }

    pub(crate) fn graph(&mut self) -> &mut WriteGraph {
        &mut self.extra.get_or_insert_with(spare_extra).graph
    }

    pub(crate) fn names(&mut self) -> &mut WriteNames {
        &mut self.extra.get_or_insert_with(spare_extra).names
    }
}
