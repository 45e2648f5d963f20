//! Serializes almost any object graph: what serde can, and what it cannot.
//!
//! The model is a *value with a schema*. A type that derives [`Cerial`] knows its schema (names, fields, kinds); bytes are
//! the schema, once, and then the value without any names. A reader whose schema is the same reads the value directly;
//! one whose type has changed carries it over by name; one that knows no type at all can still [`inspect`] it.
//!
//! A field may be of any type. The derive looks through the containers of std, and what stands at their leaves goes by
//! the first way it has:
//! 1. it is [`Cerial`] itself: static, nothing is looked up;
//! 2. a [`Handler`] for it is registered: a plugin takes it apart and puts it together;
//! 3. serde knows it.
//!
//! Identity is kept: what two [`Rc`](std::rc::Rc)s or [`Arc`](std::sync::Arc)s share is one object again, and a `Weak`
//! finds its target. A [`Live`] resource (a connection, a socket) travels as a recipe without secrets and is brought
//! back by [`reconnect_all`].
//!
//! ```
//! use cerial::Cerial;
//! use std::sync::{Arc, Mutex, Weak};
//!
//! #[derive(Cerial)]
//! struct Dir { name: String, parent: Weak<Dir>, below: Mutex<Vec<Arc<Dir>>> }
//!
//! # fn main() -> cerial::Result<()> {
//! let root = Arc::new(Dir { name: "/".into(), parent: Weak::new(), below: Mutex::default() });
//! let etc = Arc::new(Dir { name: "etc".into(), parent: Arc::downgrade(&root), below: Mutex::default() });
//! root.below.lock().unwrap().push(etc);
//!
//! let bytes = cerial::serialize(&root)?;
//! let back: Arc<Dir> = cerial::deserialize(&bytes)?;
//! let etc = back.below.lock().unwrap()[0].clone();
//! assert!(Arc::ptr_eq(&etc.parent.upgrade().unwrap(), &back));
//! # Ok(()) }
//! ```
//!
//! Reading bytes from a stranger is safe: every count is checked against the bytes that are left and against
//! [`Limits`] before memory is spent, only types and handlers that this program registered are built, nothing runs and
//! nothing connects. Every failure is an [`Error`] with the path to the place.

#![deny(unsafe_code)]

// The derive names this crate `::cerial`, here too.
#[allow(unused_extern_crates, reason = "used by expansions")]
extern crate self as cerial;

mod bridge;
pub mod codec;
mod derived;
mod doors;
mod encode;
mod error;
mod graph;
mod ir;
mod limits;
mod live;
mod options;
#[allow(unsafe_code, reason = "one of the files that may: see ARCHITECTURE.md")]
mod places;
mod preflight;
mod registry;
pub mod schema;
mod shape;
mod trail;
mod verbose;
mod walk;
mod wire;

pub use bridge::Serde;
pub use cerial_derive::{Cerial, function, object, objects};
pub use codec::Code;
pub use doors::{deserialize, deserialize_borrowed, from_reader, serialize, serialize_into, to_writer};
pub use encode::{Cerial, Decode, Encode};
pub use error::{Error, ErrorKind, Result};
pub use graph::Patcher;
pub use ir::{
    FunctionNode, Ir, LiveNode, Name, Node, deserialize_ir, from_json, inspect, ir_to_json, ir_to_jsonable,
    serialize_ir, to_json, to_jsonable,
};
pub use limits::Limits;
pub use live::{
    AsCredentials, Auth, Connect, Credentials, Failure, Job, Live, LiveGuard, Made, Outcome, Placeholder,
    Plan, Reach, ReconnectPolicy, ReconnectReport, Reconnector, Row, Secret, Wanted, reconnect_all, scrub,
};
pub use options::{Mode, Options};
pub use preflight::preflight;
pub use registry::{
    Extract, FunctionEntry, Handler, Leaf, LeafSerde, Object, ObjectEntry, PluginEntry, Rebuild, Registry,
    RegistryBuilder, Via, install,
};
pub use shape::Shape;
pub use walk::Walker;
pub use wire::{Reader, Writer};

/// Registers what a crate brings: handlers, reconnectors, and functions that travel by name.
///
/// Expands to `pub fn register(&mut RegistryBuilder)` and to an `inventory::submit!` of it, so that the list is
/// readable in one place and can be installed by hand where `inventory` finds nothing ([`install`]). Once per module.
/// An entry may have a `#[cfg(..)]`. Behind the two lists there may be `functions: [double, ..]` and
/// `objects: [impl Shape for Circle; ..]`, for programs without `inventory`: elsewhere a `#[cerial::function]` and a
/// `#[cerial::object]` are found by themselves.
#[macro_export]
macro_rules! plugin {
    (name: $name:literal, handlers: [$($(#[$handler_attr:meta])* $handler:ty),* $(,)?],
     reconnectors: [$($(#[$reconnector_attr:meta])* $reconnector:ty),* $(,)?]
     $(, functions: [$($(#[$function_attr:meta])* $function:path),* $(,)?])?
     $(, objects: [$($objects:tt)*])? $(,)?) => {
        /// Adds what this crate brings to a registry.
        pub fn register(builder: &mut $crate::RegistryBuilder) {
            builder.origin($name, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
            $($(#[$handler_attr])* builder.handler::<$handler>();)*
            $($(#[$reconnector_attr])* builder.reconnector::<$reconnector>();)*
            $($($(#[$function_attr])* builder.function($crate::__private::function_entry!($function));)*)?
            $($crate::__private::add_objects!(builder; $($objects)*);)?
        }
        $crate::__private::inventory::submit! { $crate::PluginEntry { register } }
    };
}

/// For the expansion of macros only.
#[doc(hidden)]
pub mod __private {
    pub use crate::derived::{
        Fit, FitCodec, FitLeaf, FitSerde, FitStatic, Or, OrCodec, OrStatic, head, kind, no_variant, patch,
        read, read_state, shape, tail, type_name, walk, write_state,
    };
    pub use crate::graph::{dangling_arc, dangling_rc};
    pub use crate::places::Places;
    pub use crate::registry::{
        AnyFns, FunctionRef, ObjectFns, Pick, PickLeaf, PickSerde, PickStatic, object_fns, read_boxed,
        read_object, write_object,
    };
    pub use crate::wire::Plain;
    pub use cerial_derive::{add_objects, function_entry};
    pub use inventory;
}
