//! The bridge to serde: values of types that only serde knows, self-describing in both modes.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

pub(crate) fn write_serde<T: Serialize>(_: &T, _: &mut Writer<'_>) -> Result<()> {
    Err(Error::other("stub"))
}

pub(crate) fn read_serde<T: DeserializeOwned>(_: &mut Reader<'_>) -> Result<T> {
    Err(Error::other("stub"))
}

pub(crate) fn walk_serde<T: Serialize>(_: &T, _: &mut Walker<'_>) -> Result<()> {
    Ok(())
}
