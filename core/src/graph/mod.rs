//! Shared pointers: one object stays one object, and a weak edge finds its target again.
//!
//! The rules, on both sides:
//! - An object gets its id at first sight, by a strong or a weak edge. Its body stands at its first *strong* edge; a
//!   weak edge is only the id.
//! - No pointer to an unfinished object is ever handed out. A weak edge to one is read as a dangling `Weak` with an
//!   address of its own, and is replaced at the end ([`Patcher`]).
//! - An object below which such an edge waits is *open*. Nothing open may be met by user code while reading: keys that
//!   are hashed or ordered and states of handlers are *eager*, and meeting an open object there is refused when it
//!   is written, with the path.
//! - A strong edge to an object under construction is a cycle. It is read as a pointer to a placeholder, made of the
//!   type's `Default` (`#[cerial(cyclic)]`, an option, an empty list, a cell of those), into which the body moves at the
//!   end; until then the cycle is not closed, so an error on the way leaks nothing. The object is open as with weak
//!   edges. Where there is no placeholder the edge is refused when it is written.
//! - An object is as deep as the longest way down from it, and a further pointer to it must stand that far above the
//!   limit of depth: what was read in small steps is dropped in one go.

#[allow(unsafe_code, reason = "one of the files that may: see ARCHITECTURE.md")]
mod patch;
mod read;
mod write;

pub use read::Patcher;

#[doc(hidden)]
pub use patch::{dangling_arc, dangling_rc};
pub(crate) use patch::{exclusive_arc, exclusive_rc};
pub(crate) use read::{ReadGraph, Strong};
pub(crate) use write::{Edge, StrongEdge, WriteGraph};
