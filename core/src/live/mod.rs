//! Live resources: a recipe without secrets beside a connection that may be missing.
//!
//! A [`Reconnector`] is a small serde struct that can connect; a [`Live`] holds it beside what it connected. Only the
//! recipe travels. What arrives is a placeholder, and [`reconnect_all`] fills all placeholders of a value: it makes a
//! [`Plan`] (who gets which secret of the [`Credentials`]), runs the jobs, puts the connections in by a second walk
//! and returns a [`ReconnectReport`] with a row for each.

mod any;
mod auth;
mod codec;
mod connect;
mod credentials;
mod draft;
mod failure;
mod finish;
mod parse;
mod placeholder;
mod plan;
mod policy;
mod recipe;
mod reconnect;
mod reconnector;
mod report;
mod resource;
mod scrub;
mod secret;
mod slot;

pub use auth::{Auth, Reach};
pub use connect::Connect;
pub use credentials::{AsCredentials, Credentials, Wanted};
pub use failure::Failure;
pub use placeholder::Placeholder;
pub use plan::{Job, Made, Plan};
pub use policy::ReconnectPolicy;
pub use reconnect::reconnect_all;
pub use reconnector::Reconnector;
pub use report::{Outcome, ReconnectReport, Row};
pub use resource::Live;
pub use scrub::scrub;
pub use secret::Secret;
pub use slot::LiveGuard;

pub(crate) use any::AnyLive;
pub(crate) use policy::reading_under;
pub(crate) use reconnector::{ReconnectorEntry, normal_key};
