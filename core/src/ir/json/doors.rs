//! The doors of JSON.

use super::super::form::Former;
use super::super::graft::Graft;
use super::super::layout::Layout;
use super::super::node::Node;
use super::super::tree::Ir;
use super::markers::Markers;
use super::{parse, print, read, write};
use crate::encode::{Cerial, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::schema::root_of;

static DEFAULT: Options = Options::new();

/// Writes a value as JSON text, indented by two with sorted keys.
///
/// ```
/// # fn main() -> cerial::Result<()> {
/// #[derive(cerial::Cerial, Debug, PartialEq)]
/// struct Job { name: String, tries: Option<u32>, state: State }
/// #[derive(cerial::Cerial, Debug, PartialEq)]
/// enum State { Waiting, Failed { reason: String } }
///
/// let job = Job { name: "a".into(), tries: None, state: State::Failed { reason: "x".into() } };
/// let json = cerial::Options::new().json_indent(0).to_json(&job)?;
/// assert_eq!(json, r#"{"name":"a","state":{"Failed":{"reason":"x"}},"tries":null}"#);
/// assert_eq!(cerial::from_json::<Job>(&json)?, job);
/// # Ok(()) }
/// ```
///
/// # Errors
/// As [`serialize`](crate::serialize).
pub fn to_json<T: Encode + ?Sized>(value: &T) -> Result<String> {
    DEFAULT.to_json(value)
}

/// Makes a JSON value of a value.
///
/// # Errors
/// As [`serialize`](crate::serialize).
pub fn to_jsonable<T: Encode + ?Sized>(value: &T) -> Result<serde_json::Value> {
    DEFAULT.to_jsonable(value)
}

/// Writes a tree as JSON text, indented by two with sorted keys.
///
/// # Errors
/// None for a tree that this crate made.
pub fn ir_to_json(ir: &Ir) -> Result<String> {
    DEFAULT.ir_to_json(ir)
}

/// Makes a JSON value of a tree.
///
/// # Errors
/// None for a tree that this crate made.
pub fn ir_to_jsonable(ir: &Ir) -> Result<serde_json::Value> {
    DEFAULT.ir_to_jsonable(ir)
}

/// Reads a value from JSON text: what [`to_json`] wrote, or anyone who knows the type's fields.
///
/// Fields are found by name, as in bytes of an older form of the type: unknown ones are skipped, missing ones take
/// their default.
///
/// # Errors
/// Text that is not JSON, or not such a value, with the place; a spent budget.
pub fn from_json<T: Cerial>(json: &str) -> Result<T> {
    DEFAULT.from_json(json)
}

impl Options {
    /// Sets how many spaces JSON text is indented by: 2 unless told, and with 0 all stands in one line.
    #[must_use]
    pub const fn json_indent(mut self, spaces: usize) -> Options {
        self.json.indent = spaces;
        self
    }

    /// Sets whether the keys of JSON text are sorted: they are unless told; otherwise they stand in the value's order.
    #[must_use]
    pub const fn json_sort_keys(mut self, on: bool) -> Options {
        self.json.sort_keys = on;
        self
    }

    /// [`to_json`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn to_json<T: Encode + ?Sized>(&self, value: &T) -> Result<String> {
        self.ir_to_json(&self.serialize_ir(value)?)
    }

    /// [`to_jsonable`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn to_jsonable<T: Encode + ?Sized>(&self, value: &T) -> Result<serde_json::Value> {
        self.ir_to_jsonable(&self.serialize_ir(value)?)
    }

    /// [`ir_to_json`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn ir_to_json(&self, ir: &Ir) -> Result<String> {
        Ok(print::text(&write::json(ir)?, self.json))
    }

    /// [`ir_to_jsonable`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn ir_to_jsonable(&self, ir: &Ir) -> Result<serde_json::Value> {
        Ok(print::value(write::json(ir)?))
    }

    /// [`from_json`] with these options.
    ///
    /// # Errors
    /// As there.
    pub fn from_json<T: Cerial>(&self, json: &str) -> Result<T> {
        if json.len() as u64 > self.limits.input_bytes {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "{} bytes are over the limit of {} for one input",
                    json.len(),
                    self.limits.input_bytes
                ),
            ));
        }
        let root = root_of::<T>();
        let make = || {
            let mut node = parse::parse(json, self)?;
            let layout = Layout::new(root.schema.clone())?;
            let mut graft = Graft::new(self, Vec::new());
            read::take_objects(&mut node, &mut graft)?;
            let node: Node = Former { graft: &mut graft, layout: &layout, markers: Some(Markers) }
                .form(node, &layout.schema.root)?;
            Ok(Ir { names: std::mem::take(&mut graft.names), root: node, schema: root.schema.clone() })
        };
        let ir = make().map_err(|error: Error| error.in_root(&root.name))?;
        self.deserialize_ir(&ir)
    }
}
