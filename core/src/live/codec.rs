//! How a live resource stands in bytes, and in the formats of serde.
//!
//! Bytes: the key as text; the version of this layout as a count (1); the recipe as serde writes it; a flag, and
//! where it is 1, bytes of what else travels: a flag byte (1: a group of eight bytes follows; 2: the rest is carried
//! state), the group, the state.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::ser::{Error as _, SerializeStruct};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Reconnector;
use super::policy::of_the_reading;
use super::reconnector::normal_key;
use super::resource::Live;
use crate::bridge::{read_serde, write_serde};
use crate::encode::{Decode, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::{Walker, show_in_serde};
use crate::wire::{Reader, Writer};

/// The version of the layout.
pub(super) const VERSION: usize = 1;

const HAS_GROUP: u8 = 1;
const HAS_STATE: u8 = 2;

impl<R: Reconnector> Encode for Live<R> {
    fn shape() -> Shape {
        Shape::HEAP
    }

    fn schema(_: &mut SchemaBuilder) -> Kind {
        Kind::Live
    }

    fn head(&self, _: &mut [u8]) {}

    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        let (recipe, state) = self.snapshot(w.options().limits.lock_wait)?;
        w.bytes(R::KEY.as_bytes());
        w.count(VERSION);
        write_serde(&recipe, w)?;
        write_extra(w, &pack(self.group(), state.as_deref()));
        Ok(())
    }

    fn walk(&self, walker: &mut Walker<'_>) -> Result<()> {
        walker.live(self);
        Ok(())
    }
}

impl<'de, R: Reconnector> Decode<'de> for Live<R> {
    fn read(_: &[u8], r: &mut Reader<'de>) -> Result<Live<R>> {
        let key = r.text()?;
        check_key::<R>(key)?;
        check_version(r.count()?)?;
        let recipe = read_serde::<R>(r)?;
        let extra = read_extra(r)?;
        r.charge(extra.len())?;
        let (group, state) = unpack(extra)?;
        let policy = r.options().policy.as_ref();
        Ok(Live::new(recipe, None, state.map(<[u8]>::to_vec)).in_group(group).under_shared(policy))
    }
}

pub(super) fn write_extra(w: &mut Writer<'_>, extra: &[u8]) {
    w.raw(&[u8::from(!extra.is_empty())]);
    if !extra.is_empty() {
        w.bytes(extra);
    }
}

pub(super) fn read_extra<'de>(r: &mut Reader<'de>) -> Result<&'de [u8]> {
    match r.block(1)? {
        [0] => Ok(&[]),
        [1] => r.bytes(),
        _ => Err(Error::malformed("the flag of a live resource is neither 0 nor 1")),
    }
}

pub(super) fn check_version(version: usize) -> Result<()> {
    if version == VERSION {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::NewerVersion,
        format!("a live resource is written in layout {version}, this program reads {VERSION}"),
    ))
}

fn check_key<R: Reconnector>(key: &str) -> Result<()> {
    let normal = normal_key(key);
    if key == R::KEY
        || normal == normal_key(R::KEY)
        || R::ALIASES.iter().any(|alias| normal_key(alias) == normal)
    {
        return Ok(());
    }
    Err(Error::new(ErrorKind::TypeMismatch, format!("want a live `{}`, got a `{key}`", R::KEY)))
}

fn pack(group: u64, state: Option<&[u8]>) -> Vec<u8> {
    if group == 0 && state.is_none() {
        return Vec::new();
    }
    let mut extra = vec![0];
    if group != 0 {
        extra[0] |= HAS_GROUP;
        extra.extend_from_slice(&group.to_le_bytes());
    }
    if let Some(state) = state {
        extra[0] |= HAS_STATE;
        extra.extend_from_slice(state);
    }
    extra
}

fn unpack(extra: &[u8]) -> Result<(u64, Option<&[u8]>)> {
    let Some((&flags, mut rest)) = extra.split_first() else { return Ok((0, None)) };
    let mut group = 0;
    if flags & HAS_GROUP != 0 {
        let Some((bytes, after)) = rest.split_first_chunk() else {
            return Err(Error::truncated(8, rest.len()));
        };
        (group, rest) = (u64::from_le_bytes(*bytes), after);
    }
    match flags & HAS_STATE {
        _ if flags > (HAS_GROUP | HAS_STATE) => Err(Error::malformed("unknown flags of a live resource")),
        0 if rest.is_empty() => Ok((group, None)),
        0 => Err(Error::malformed("bytes are left behind a live resource")),
        _ => Ok((group, Some(rest))),
    }
}

/// How long serde's way waits for a connection that is in use.
const SERDE_WAIT: Duration = Duration::from_secs(1);

impl<R: Reconnector> Serialize for Live<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if show_in_serde(self) {
            return serializer.serialize_unit();
        }
        let (recipe, state) = self.snapshot(SERDE_WAIT).map_err(S::Error::custom)?;
        let extra = pack(self.group(), state.as_deref());
        let extra = (!extra.is_empty()).then(|| STANDARD.encode(extra));
        // Formats without names need every field in its place.
        let brief = extra.is_none() && serializer.is_human_readable();
        let mut out = serializer.serialize_struct("Live", if brief { 3 } else { 4 })?;
        out.serialize_field("$reconnector", R::KEY)?;
        out.serialize_field("v", &VERSION)?;
        out.serialize_field("recipe", &recipe)?;
        if brief {
            out.skip_field("state")?;
        } else {
            out.serialize_field("state", &extra)?;
        }
        out.end()
    }
}

impl<'de, R: Reconnector> Deserialize<'de> for Live<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Live<R>, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Live")]
        struct Record<R> {
            #[serde(rename = "$reconnector")]
            key: String,
            v: usize,
            recipe: R,
            #[serde(default)]
            state: Option<String>,
        }
        let record = Record::<R>::deserialize(deserializer)?;
        check_key::<R>(&record.key).map_err(D::Error::custom)?;
        check_version(record.v).map_err(D::Error::custom)?;
        let extra = match record.state {
            None => Vec::new(),
            Some(text) => STANDARD.decode(text).map_err(|_| D::Error::custom("`state` is not base64"))?,
        };
        let (group, state) = unpack(&extra).map_err(D::Error::custom)?;
        let live = Live::new(record.recipe, None, state.map(<[u8]>::to_vec)).in_group(group);
        Ok(live.under_shared(of_the_reading().as_ref()))
    }
}
