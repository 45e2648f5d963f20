//! Live resources: a recipe without secrets beside a connection that may be missing.

use std::any::TypeId;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;

/// stub
pub trait Reconnector: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static {
    /// stub
    type Live: Send + 'static;
    /// stub
    const KEY: &'static str;
    /// stub
    const ALIASES: &'static [&'static str] = &[];
    /// stub
    ///
    /// # Errors
    /// stub
    fn connect(&self) -> Result<Self::Live>;
}

pub(crate) struct ReconnectorEntry {
    pub(crate) key: &'static str,
    pub(crate) recipe: TypeId,
    pub(crate) origin: String,
    pub(crate) poison: Option<String>,
}

impl ReconnectorEntry {
    pub(crate) fn of<R: Reconnector>(origin: String) -> ReconnectorEntry {
        ReconnectorEntry { key: R::KEY, recipe: TypeId::of::<R>(), origin, poison: None }
    }
}

/// stub
pub trait AnyLive {}
