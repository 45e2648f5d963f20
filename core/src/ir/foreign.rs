//! Values of other schemas than this program's, read all the same.

use super::carry::Carrier;
use super::decode::Decoder;
use super::encode::Encoder;
use super::form::Former;
use super::graft::Graft;
use super::layout::Layout;
use super::node::{Node, down};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Mode;
use crate::schema::{Root, Schema};
use crate::wire::Reader;

/// Reads a value that was written with another schema than this program's.
pub(crate) fn read_foreign<R>(
    r: &mut Reader<'_>,
    theirs: &Schema,
    ours: &Root,
    read: impl FnOnce(&mut Reader<'_>) -> Result<R>,
) -> Result<R> {
    let options = r.options();
    // Before the first name of a stream stands its root, and nothing that was read earlier.
    let is_root = r.names().is_empty();
    let theirs = Layout::new(theirs.clone())?;
    let mut decoder = Decoder::new(r);
    let mut node = decoder.value(&theirs.schema.root, &theirs)?;
    if decoder.shares && !is_root {
        return Err(Error::new(
            ErrorKind::TypeMismatch,
            format!(
                "`{}` was written with another shape, and holds shared pointers that may lead out of it",
                theirs.schema.name(&theirs.schema.root)
            ),
        )
        .with_help("only a root value with shared pointers can be carried over to a changed type"));
    }
    let mut graft = Graft::new(options, std::mem::take(&mut decoder.names));
    if decoder.shares {
        graft.take_bodies(&mut node, 0);
    }
    let ours_layout = Layout::new(ours.schema.clone())?;
    let node = Carrier { graft: &mut graft, theirs: &theirs, ours: &ours_layout }.root(node)?;
    finish(r, &node, &graft, &ours_layout, read)
}

/// Reads a handler's state from what serde wrote for the value.
pub(crate) fn read_serde_form<R>(
    r: &mut Reader<'_>,
    ours: &Root,
    read: impl FnOnce(&mut Reader<'_>) -> Result<R>,
) -> Result<R> {
    let options = r.options();
    let Node::Serde(node) = Decoder::new(r).serde()? else {
        return Err(Error::malformed("a serde value is missing"));
    };
    let mut graft = Graft::new(options, Vec::new());
    let layout = Layout::new(ours.schema.clone())?;
    let node = Former::serde(&mut graft, &layout).form(*node, &layout.schema.root)?;
    finish(r, &node, &graft, &layout, read)
}

/// Turns a tree of our schema into bytes and reads them, from what is left of the budgets of `r`.
fn finish<R>(
    r: &mut Reader<'_>,
    node: &Node,
    graft: &Graft<'_>,
    layout: &Layout,
    read: impl FnOnce(&mut Reader<'_>) -> Result<R>,
) -> Result<R> {
    let options = r.options();
    let portable = options.clone().mode(Mode::Portable);
    let mut encoder = Encoder::new(&portable, &graft.names);
    encoder.value(node, &layout.schema.root, layout)?;
    let bytes = encoder.w.into_vec();
    r.charge(bytes.capacity())?;
    let mut inner = Reader::new(&bytes, options, Mode::Portable);
    inner.budgets_of(r);
    let result = down(|| read(&mut inner));
    r.budgets_of(&inner);
    result
}
