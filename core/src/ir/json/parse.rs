//! JSON text makes a tree of JSON's nodes, under limits.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::super::decode::too_deep;
use super::super::node::{Node, down};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;

/// Levels of JSON that one heap edge of a value may take.
const LEVELS: u32 = 8;

/// Parses one JSON value.
pub(super) fn parse(text: &str, options: &Options) -> Result<Node> {
    let budget = Budget { bytes: Cell::new(options.limits.alloc_bytes), failed: Cell::new(None) };
    let mut de = serde_json::Deserializer::from_str(text);
    de.disable_recursion_limit();
    let seed = Json { budget: &budget, depth: options.limits.depth.saturating_mul(LEVELS) };
    let node = seed.deserialize(&mut de).and_then(|node| de.end().map(|()| node));
    node.map_err(|error| match budget.failed.take() {
        Some(limit) => limit,
        None => {
            let kind = if error.is_eof() { ErrorKind::Truncated } else { ErrorKind::Malformed };
            Error::new(kind, format!("the text is not JSON: {error}"))
        }
    })
}

struct Budget {
    bytes: Cell<u64>,
    /// The error of our own that serde_json carries out as text.
    failed: Cell<Option<Error>>,
}

#[derive(Clone, Copy)]
struct Json<'b> {
    budget: &'b Budget,
    depth: u32,
}

impl Json<'_> {
    fn charge<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        match self.budget.bytes.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.budget.bytes.set(left);
                Ok(())
            }
            None => {
                Err(self
                    .fail(Error::new(ErrorKind::Limit, "the JSON text takes more memory than the budget")))
            }
        }
    }

    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Json { depth, ..self }),
            None => Err(self.fail(too_deep())),
        }
    }

    fn fail<E: serde::de::Error>(&self, error: Error) -> E {
        self.budget.failed.set(Some(error));
        E::custom("over the limit")
    }
}

impl<'de> DeserializeSeed<'de> for Json<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.charge(size_of::<Node>())?;
        down(|| deserializer.deserialize_any(self))
    }
}

impl<'de> Visitor<'de> for Json<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Unit)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::U64(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::I64(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::F64(value))
    }
    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Node, E> {
        self.charge(value.len())?;
        Ok(Node::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let below = self.below()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(below)? {
            items.push(item);
        }
        Ok(Node::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let below = self.below()?;
        let mut fields = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            self.charge(size_of::<String>() + key.len())?;
            fields.push((key, map.next_value_seed(below)?));
        }
        let mut keys: Vec<&str> = fields.iter().map(|(key, _)| &**key).collect();
        keys.sort_unstable();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(A::Error::custom(format!("the key `{}` stands twice", pair[0])));
        }
        Ok(Node::Record(fields))
    }
}
