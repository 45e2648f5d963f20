//! A live resource of any key, also of one that this program does not know: kept whole.

use std::fmt;

use serde::de::IgnoredAny;

use super::any::{AnyConnection, AnyLive, ConnectFn, Status};
use super::codec::{VERSION, check_version, read_extra, write_extra};
use super::{Auth, Reach, ReconnectPolicy};
use crate::bridge::read_serde;
use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

/// Stands where a `Live` of any kind was written: for programs that pass values on without knowing every resource in
/// them. It is written back as it was read, and never connects.
#[derive(Clone, PartialEq)]
pub struct Placeholder {
    key: String,
    /// As it stands in the bytes: a serde value refers to nothing outside of itself.
    recipe: Vec<u8>,
    extra: Vec<u8>,
}

impl Placeholder {
    /// The key of the reconnector that would be needed.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Placeholder").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Encode for Placeholder {
    fn shape() -> Shape {
        Shape::HEAP
    }
    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Live
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        w.bytes(self.key.as_bytes());
        w.count(VERSION);
        w.raw(&self.recipe);
        write_extra(w, &self.extra);
        Ok(())
    }
    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        walker.live(self);
        Ok(())
    }
}

impl<'de> Decode<'de> for Placeholder {
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<Placeholder> {
        let key = r.string()?;
        check_version(r.count()?)?;
        let before = r.rest();
        read_serde::<IgnoredAny>(r)?;
        let recipe = &before[..before.len() - r.rest().len()];
        let extra = read_extra(r)?;
        r.charge(recipe.len() + extra.len())?;
        Ok(Placeholder { key, recipe: recipe.to_vec(), extra: extra.to_vec() })
    }
}

impl AnyLive for Placeholder {
    fn key(&self) -> &str {
        &self.key
    }
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }
    fn auth(&self) -> Auth {
        Auth::None
    }
    fn secret_parts(&self) -> &'static [&'static str] {
        &[]
    }
    fn place(&self) -> String {
        String::new()
    }
    fn reach(&self) -> Reach {
        Reach::Memory
    }
    fn policy(&self) -> &ReconnectPolicy {
        const DEFAULT: &ReconnectPolicy = &ReconnectPolicy::new();
        DEFAULT
    }
    fn status(&self) -> Status {
        Status::Placeholder
    }
    fn group(&self) -> u64 {
        0
    }
    fn connect_fn(&self) -> Option<ConnectFn> {
        None
    }
    fn install(&self, _: AnyConnection) -> Result<()> {
        Err(Error::new(ErrorKind::Unknown, format!("a placeholder for `{}` holds no connection", self.key)))
    }
    fn second(&self) -> Option<AnyConnection> {
        None
    }
    fn note(&self, _: &str) {}
}
