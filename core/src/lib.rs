//! Serializes almost any object graph.

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
mod preflight;
mod registry;
pub mod schema;
mod shape;
mod verbose;
mod walk;
mod wire;

pub use bridge::Serde;
pub use cerial_derive::{Cerial, object};
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
    Extract, Handler, Leaf, LeafSerde, Object, ObjectEntry, PluginEntry, Rebuild, Registry, RegistryBuilder,
    Via, install,
};
pub use shape::Shape;
pub use walk::Walker;
pub use wire::{Reader, Writer};

/// Registers what a crate brings: handlers and reconnectors.
///
/// Expands to `pub fn register(&mut RegistryBuilder)` and to an `inventory::submit!` of it, so that the list is
/// readable in one place and can be installed by hand where `inventory` finds nothing ([`install`]). Once per module.
/// An entry may have a `#[cfg(..)]`.
#[macro_export]
macro_rules! plugin {
    (name: $name:literal, handlers: [$($(#[$handler_attr:meta])* $handler:ty),* $(,)?],
     reconnectors: [$($(#[$reconnector_attr:meta])* $reconnector:ty),* $(,)?] $(,)?) => {
        /// Adds the handlers and reconnectors of this crate to a registry.
        pub fn register(builder: &mut $crate::RegistryBuilder) {
            builder.origin($name, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
            $($(#[$handler_attr])* builder.handler::<$handler>();)*
            $($(#[$reconnector_attr])* builder.reconnector::<$reconnector>();)*
        }
        $crate::__private::inventory::submit! { $crate::PluginEntry { register } }
    };
}

/// For the expansion of macros only.
#[doc(hidden)]
pub mod __private {
    pub use crate::derived::{
        Or, OrCodec, OrStatic, head, kind, no_variant, patch, read, shape, tail, type_name, walk,
    };
    pub use crate::registry::{
        Pick, PickLeaf, PickSerde, PickStatic, ReadObject, read_boxed, read_object, write_object,
    };
    pub use inventory;
}
