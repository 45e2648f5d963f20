//! The wire format: `core/WIRE.md` is its description.

#[allow(unsafe_code, reason = "one of the files that may: see ARCHITECTURE.md")]
mod buffer;
mod depth;
#[allow(unsafe_code, reason = "one of the files that may: see ARCHITECTURE.md")]
mod fill;
mod header;
mod reader;
mod schema_bytes;
#[allow(unsafe_code, reason = "one of the files that may: see ARCHITECTURE.md")]
mod text;
mod writer;

pub use reader::Reader;
pub(crate) use text::check_utf8;
pub use writer::Writer;

pub(crate) use buffer::append;
pub(crate) use depth::{Level, Walk};
pub use fill::Plain;
pub(crate) use fill::{fill, fill_from};
pub(crate) use header::{Headers, read_header, write_header};
pub(crate) use reader::charge;
pub(crate) use schema_bytes::{schema_from_bytes, schema_to_bytes};
