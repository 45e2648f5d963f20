//! Marker objects: what JSON has no form for. Their first key begins with one `$`; a user's key that does gets another.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::node::{Int, Node, down};
use crate::error::{Error, ErrorKind, Result};

pub(super) const BYTES: &str = "$bytes";
pub(super) const FLOAT: &str = "$float";
pub(super) const INT: &str = "$int";
pub(super) const SOME: &str = "$some";
pub(super) const MAP: &str = "$map";
pub(super) const ID: &str = "$id";
pub(super) const VALUE: &str = "$value";
pub(super) const REF: &str = "$ref";
pub(super) const WEAK: &str = "$weak";
pub(super) const HANDLER: &str = "$handler";
pub(super) const STATE: &str = "$state";
pub(super) const TYPE: &str = "$type";
pub(super) const LIVE: &str = "$live";
pub(super) const FUNCTION: &str = "$function";

/// The keys that a marker object may begin with or hold.
const KNOWN: [&str; 14] =
    [BYTES, FLOAT, INT, SOME, MAP, ID, VALUE, REF, WEAK, HANDLER, STATE, TYPE, LIVE, FUNCTION];

/// That marker objects are looked for.
pub(in crate::ir) struct Markers;

impl Markers {
    /// The key that says which marker an object is, if it is one.
    pub(in crate::ir) fn find(&self, node: &Node) -> Result<Option<&'static str>> {
        let Node::Record(fields) = node else { return Ok(None) };
        let mut found = None;
        for (key, _) in fields {
            if !key.starts_with('$') || key.starts_with("$$") {
                continue;
            }
            match KNOWN.iter().find(|known| **known == key) {
                Some(&(VALUE | STATE)) => {}
                Some(known) => found = Some(*known),
                None => {
                    return Err(Error::malformed(format!("unknown marker `{key}`"))
                        .with_help("a key of your own that begins with `$` is written with two"));
                }
            }
        }
        Ok(found)
    }
}

/// A user's key.
pub(super) fn escape(key: &str) -> String {
    if key.starts_with('$') { format!("${key}") } else { key.to_owned() }
}

/// A user's key, back.
pub(in crate::ir) fn unescape(mut key: String) -> String {
    if key.starts_with("$$") {
        key.remove(0);
    }
    key
}

/// A marker object of one key.
pub(super) fn marker(key: &str, value: Node) -> Node {
    Node::Record(vec![(key.to_owned(), value)])
}

pub(super) fn is_some(node: &Node) -> bool {
    matches!(node, Node::Record(fields) if matches!(&fields[..], [(key, _)] if key == SOME))
}

/// Takes a part out of a marker object.
pub(super) fn take(node: &mut Node, key: &str) -> Result<Node> {
    let part = match node {
        Node::Record(fields) => fields.iter_mut().find(|(name, _)| name == key),
        _ => None,
    };
    part.map(|(_, value)| std::mem::replace(value, Node::Unit))
        .ok_or_else(|| Error::malformed(format!("a marker object lacks `{key}`")))
}

pub(super) fn take_text(node: &mut Node, key: &str) -> Result<String> {
    match take(node, key)? {
        Node::Text(text) => Ok(text),
        other => {
            Err(Error::new(ErrorKind::TypeMismatch, format!("want text at `{key}`, got {}", other.what())))
        }
    }
}

pub(super) fn bytes_to(bytes: &[u8]) -> Node {
    marker(BYTES, Node::Text(STANDARD.encode(bytes)))
}

pub(super) fn bytes_from(node: &mut Node) -> Result<Vec<u8>> {
    let text = take_text(node, BYTES)?;
    STANDARD.decode(text).map_err(|e| Error::malformed("the text at `$bytes` is not base64").with_source(e))
}

/// A float: a number where it is finite.
pub(super) fn float_to(value: f64, canonical_nan: bool, bits: u64) -> Node {
    if value.is_finite() {
        return Node::F64(value);
    }
    let name = match (value.is_nan(), canonical_nan) {
        (true, true) => "nan".to_owned(),
        (true, false) => format!("nan:{bits:x}"),
        (false, _) if value > 0.0 => "inf".to_owned(),
        (false, _) => "-inf".to_owned(),
    };
    marker(FLOAT, Node::Text(name))
}

/// A float that is not finite, of the width that its NaN's bits tell.
pub(super) fn float_from(node: &mut Node) -> Result<(f64, Option<u64>)> {
    let text = take_text(node, FLOAT)?;
    Ok(match &*text {
        "nan" => (f64::NAN, None),
        "inf" => (f64::INFINITY, None),
        "-inf" => (f64::NEG_INFINITY, None),
        other => {
            let bits = other.strip_prefix("nan:").and_then(|bits| u64::from_str_radix(bits, 16).ok());
            let bits = bits.filter(|bits| match u32::try_from(*bits) {
                Ok(narrow) => f32::from_bits(narrow).is_nan(),
                Err(_) => f64::from_bits(*bits).is_nan(),
            });
            (f64::NAN, Some(bits.ok_or_else(|| Error::malformed(format!("`{other}` is no float")))?))
        }
    })
}

pub(super) fn int_from(node: &mut Node) -> Result<Int> {
    let text = take_text(node, INT)?;
    let int = text.parse().map(Int::Small).or_else(|_| text.parse().map(Int::Large));
    int.map_err(|e| Error::malformed(format!("`{text}` is no integer of 128 bits")).with_source(e))
}

pub(super) fn pairs_from(node: &mut Node) -> Result<Vec<(Node, Node)>> {
    let wrong = || Error::malformed("want a list of pairs at `$map`");
    let Node::List(pairs) = take(node, MAP)? else { return Err(wrong()) };
    pairs
        .into_iter()
        .map(|pair| match pair {
            Node::List(pair) => <[Node; 2]>::try_from(pair).map(Into::into).map_err(|_| wrong()),
            _ => Err(wrong()),
        })
        .collect()
}

/// A value that stays self-describing: marker objects become what they stand for.
pub(in crate::ir) fn plain(mut node: Node) -> Result<Node> {
    Ok(match Markers.find(&node)? {
        Some(BYTES) => Node::Bytes(bytes_from(&mut node)?),
        Some(FLOAT) => {
            let (value, bits) = float_from(&mut node)?;
            match bits.map(|bits| (bits, u32::try_from(bits))) {
                None => Node::F64(value),
                Some((_, Ok(narrow))) => Node::F32(f32::from_bits(narrow)),
                Some((wide, Err(_))) => Node::F64(f64::from_bits(wide)),
            }
        }
        Some(INT) => match int_from(&mut node)? {
            Int::Small(value) => Node::I128(value),
            Int::Large(value) => Node::U128(value),
        },
        Some(SOME) => Node::Some(Box::new(down(|| plain(take(&mut node, SOME)?))?)),
        Some(MAP) => {
            let pairs = pairs_from(&mut node)?.into_iter();
            Node::Map(
                pairs
                    .map(|(key, value)| Ok((down(|| plain(key))?, down(|| plain(value))?)))
                    .collect::<Result<_>>()?,
            )
        }
        Some(other) => return Err(Error::malformed(format!("`{other}` stands where a serde value must"))),
        None => match node {
            Node::List(items) => {
                Node::List(items.into_iter().map(|item| down(|| plain(item))).collect::<Result<_>>()?)
            }
            Node::Record(fields) => {
                let fields =
                    fields.into_iter().map(|(key, value)| Ok((unescape(key), down(|| plain(value))?)));
                Node::Record(fields.collect::<Result<_>>()?)
            }
            other => other,
        },
    })
}
