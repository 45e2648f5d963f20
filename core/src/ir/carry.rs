//! Carries a tree over from the schema that wrote it to this program's, by name.
//!
//! What may differ: fields added (with a default, or optional), removed, reordered, renamed (with an alias); variants
//! added and renamed; a variant's fields, as a struct's; integers of another width, where the value fits; `f32` to
//! `f64`; `T` to `Option<T>`; `T` to `Box<T>` and back; lists, arrays and tuples of the same elements. Anything else is
//! an error with the path.

use super::decode::at_field;
use super::form::Former;
use super::graft::{Edge, Graft};
use super::layout::Layout;
use super::mismatch;
use super::node::{Node, down};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Body, Field, Fields, Kind, TypeDef, Variant};

/// Two schemas, and the tree that is made.
pub(super) struct Carrier<'c, 'o> {
    pub(super) graft: &'c mut Graft<'o>,
    pub(super) theirs: &'c Layout,
    pub(super) ours: &'c Layout,
}

impl<'c> Carrier<'c, '_> {
    /// Carries the root over.
    pub(super) fn root(mut self, node: Node) -> Result<Node> {
        self.carry(node, &self.theirs.schema.root, &self.ours.schema.root)
    }

    fn carry(&mut self, node: Node, theirs: &'c Kind, ours: &'c Kind) -> Result<Node> {
        Ok(match (theirs, ours, node) {
            (Kind::Boxed(theirs), Kind::Boxed(ours), Node::Boxed(node)) => {
                self.boxed(*node, theirs, ours, Node::Boxed)?
            }
            (Kind::Boxed(theirs), _, Node::Boxed(node)) => down(|| self.carry(*node, theirs, ours))?,
            (_, Kind::Boxed(ours), node) => self.boxed(node, theirs, ours, Node::Boxed)?,
            (Kind::Option(_), Kind::Option(_), Node::None) => Node::None,
            (Kind::Option(theirs), Kind::Option(ours), Node::Some(node)) => {
                self.boxed(*node, theirs, ours, Node::Some)?
            }
            (Kind::Serde, Kind::Serde | Kind::Leaf, node @ Node::Serde(_)) => node,
            (Kind::Leaf, Kind::Serde, node @ Node::Serde(_)) => node,
            (Kind::Serde, _, Node::Serde(node)) => Former::serde(self.graft, self.ours).form(*node, ours)?,
            (theirs, Kind::Option(ours), node) if !matches!(theirs, Kind::Option(_)) => {
                self.boxed(node, theirs, ours, Node::Some)?
            }
            (Kind::Shared(theirs), Kind::Shared(ours), Node::Shared(old, _)) => {
                match self.graft.strong(u64::from(old)) {
                    Edge::Again(id) => Node::Shared(id, None),
                    Edge::First(id) => {
                        let body = self.graft.body(u64::from(old))?;
                        self.boxed(body, theirs, ours, |body| Node::Shared(id, Some(body)))?
                    }
                }
            }
            (Kind::Weak(_), Kind::Weak(_), Node::Weak(id)) => {
                Node::Weak(id.map(|old| self.graft.weak(u64::from(old))))
            }
            (Kind::Map(their_key, their_value), Kind::Map(our_key, our_value), Node::Map(entries)) => {
                let entries = entries.into_iter().enumerate().map(|(i, (key, value))| {
                    let key = down(|| self.carry(key, their_key, our_key)).map_err(|e| e.at_index(i))?;
                    let value =
                        down(|| self.carry(value, their_value, our_value)).map_err(|e| e.at_index(i))?;
                    Ok((key, value))
                });
                Node::Map(entries.collect::<Result<_>>()?)
            }
            (Kind::Type(theirs), Kind::Type(ours), node) => self.named_type(node, *theirs, *ours)?,
            (
                Kind::Seq(_) | Kind::Array(..) | Kind::Tuple(_),
                Kind::Seq(_) | Kind::Array(..) | Kind::Tuple(_),
                node,
            ) => self.list(node, theirs, ours)?,
            (Kind::Leaf, Kind::Leaf, mut node) | (Kind::Object, Kind::Object, mut node) => {
                self.graft.adopt(&mut node, 0, 0)?;
                node
            }
            (Kind::Live, Kind::Live, node) | (Kind::Function, Kind::Function, node) => node,
            (_, _, node) => return self.scalar(node, theirs, ours),
        })
    }

    fn boxed(
        &mut self,
        node: Node,
        theirs: &'c Kind,
        ours: &'c Kind,
        wrap: impl FnOnce(Box<Node>) -> Node,
    ) -> Result<Node> {
        down(|| self.carry(node, theirs, ours)).map(|node| wrap(Box::new(node)))
    }

    fn scalar(&self, node: Node, theirs: &Kind, ours: &Kind) -> Result<Node> {
        if theirs == ours
            && matches!(
                node,
                Node::Unit | Node::Bool(_) | Node::F32(_) | Node::F64(_) | Node::Char(_) | Node::Text(_)
            )
        {
            return Ok(node);
        }
        match (ours, &node) {
            (Kind::F64, Node::F32(value)) => Ok(Node::F64(f64::from(*value))),
            _ => match node.as_int() {
                Some(int) => super::form::int(int, ours).unwrap_or_else(|| Err(self.mismatch(theirs, ours))),
                None => Err(self.mismatch(theirs, ours)),
            },
        }
    }

    fn list(&mut self, node: Node, theirs: &'c Kind, ours: &'c Kind) -> Result<Node> {
        let items = match (node, inner(theirs), inner(ours)) {
            (Node::Bytes(bytes), _, Some(Kind::U8)) => match ours {
                Kind::Array(_, n) if bytes.len() != *n as usize => return Err(self.length(bytes.len(), ours)),
                _ => return Ok(Node::Bytes(bytes)),
            },
            (Node::Bytes(bytes), ..) => bytes.into_iter().map(Node::U8).collect(),
            (Node::List(items), ..) => items,
            _ => return Err(self.mismatch(theirs, ours)),
        };
        match ours {
            Kind::Array(_, n) if items.len() != *n as usize => return Err(self.length(items.len(), ours)),
            Kind::Tuple(kinds) if items.len() != kinds.len() => return Err(self.length(items.len(), ours)),
            _ => {}
        }
        let items = items.into_iter().enumerate().map(|(i, item)| {
            let (Some(their_item), Some(our_item)) = (element(theirs, i), element(ours, i)) else {
                return Err(self.mismatch(theirs, ours));
            };
            down(|| self.carry(item, their_item, our_item)).map_err(|e| e.at_index(i))
        });
        let items: Vec<Node> = items.collect::<Result<_>>()?;
        if inner(ours) == Some(&Kind::U8) {
            return Ok(super::form::bytes(items));
        }
        Ok(Node::List(items))
    }

    fn named_type(&mut self, node: Node, theirs: u32, ours: u32) -> Result<Node> {
        let (their_def, our_def) = (self.theirs.def(theirs), self.ours.def(ours));
        if their_def.name != our_def.name && !our_def.aliases.contains(&&*their_def.name) {
            return Err(wrong_type(their_def, our_def));
        }
        match (&their_def.body, &our_def.body, node) {
            (Body::Struct(theirs), Body::Struct(ours), Node::Struct(values)) => {
                self.fields(values, theirs, ours, &our_def.name).map(Node::Struct)
            }
            (Body::Enum(theirs), Body::Enum(ours), Node::Variant(tag, values)) => {
                let Some(their_variant) = theirs.get(tag as usize) else {
                    return Err(Error::malformed(format!("`{}` has no variant {tag}", their_def.name)));
                };
                let tag = find_variant(&their_variant.name, ours)
                    .ok_or_else(|| no_variant(&their_variant.name, our_def))?;
                let owner = format!("{}::{}", our_def.name, ours[tag].name);
                self.fields(values, &their_variant.fields, &ours[tag].fields, &owner)
                    .map(|values| Node::Variant(tag as u32, values))
                    .map_err(|e| e.at_name(&their_variant.name))
            }
            _ => Err(wrong_type(their_def, our_def)),
        }
    }

    fn fields(
        &mut self,
        values: Vec<Node>,
        theirs: &'c Fields,
        ours: &'c Fields,
        owner: &str,
    ) -> Result<Vec<Node>> {
        let by_name = matches!((theirs, ours), (Fields::Named(_), Fields::Named(_)));
        if !by_name
            && matches!(
                (theirs, ours),
                (Fields::Named(_), Fields::Tuple(_)) | (Fields::Tuple(_), Fields::Named(_))
            )
        {
            return Err(Error::new(
                ErrorKind::TypeMismatch,
                format!("the fields of `{owner}` have names on one side only"),
            ));
        }
        let their_fields = theirs.as_slice();
        let mut values: Vec<Option<Node>> = values.into_iter().map(Some).collect();
        ours.as_slice()
            .iter()
            .enumerate()
            .map(|(i, field)| {
                let at = if by_name {
                    find_field(their_fields, field)
                } else {
                    Some(i).filter(|i| *i < their_fields.len())
                };
                match at.and_then(|at| Some((at, values.get_mut(at)?.take()?))) {
                    Some((at, value)) => down(|| self.carry(value, &their_fields[at].kind, &field.kind)),
                    None => return self.graft.missing(field, i, self.ours, owner),
                }
                .map_err(|e| at_field(e, field, i))
            })
            .collect()
    }

    #[cold]
    fn mismatch(&self, theirs: &Kind, ours: &Kind) -> Error {
        mismatch(
            &format!("`{}`", self.ours.schema.name(ours)),
            &format!("`{}`", self.theirs.schema.name(theirs)),
        )
    }

    #[cold]
    fn length(&self, got: usize, ours: &Kind) -> Error {
        mismatch(&format!("`{}`", self.ours.schema.name(ours)), &format!("{got} elements"))
    }
}

/// The kind of all elements, where there is one.
pub(super) fn inner(list: &Kind) -> Option<&Kind> {
    match list {
        Kind::Seq(inner) | Kind::Array(inner, _) => Some(inner),
        _ => None,
    }
}

/// The kind of one element.
pub(super) fn element(list: &Kind, index: usize) -> Option<&Kind> {
    match list {
        Kind::Tuple(kinds) => kinds.get(index),
        other => inner(other),
    }
}

fn find_field(theirs: &[Field], ours: &Field) -> Option<usize> {
    theirs
        .iter()
        .position(|field| field.name == ours.name)
        .or_else(|| theirs.iter().position(|field| ours.aliases.contains(&&*field.name)))
}

/// The number of the variant of that name.
pub(super) fn find_variant(name: &str, ours: &[Variant]) -> Option<usize> {
    ours.iter()
        .position(|variant| variant.name == name)
        .or_else(|| ours.iter().position(|variant| variant.aliases.contains(&name)))
        .or_else(|| ours.iter().position(|variant| variant.aliases.contains(&ANY_OTHER)))
}

/// The alias of a variant that stands for all that are not there: `#[cerial(other)]`.
const ANY_OTHER: &str = "*";

#[cold]
pub(super) fn no_variant(name: &str, ours: &TypeDef) -> Error {
    Error::new(ErrorKind::TypeMismatch, format!("`{}` has no variant `{name}`", ours.name))
        .with_help("add it, or name it on the variant that it became: #[cerial(alias = \"..\")]")
}

#[cold]
fn wrong_type(theirs: &TypeDef, ours: &TypeDef) -> Error {
    mismatch(&format!("`{}`", ours.name), &format!("`{}`", theirs.name))
        .with_help("where it is the same type under a new name: #[cerial(alias = \"..\")]")
}
