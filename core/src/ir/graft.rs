//! What a tree needs when it is built from parts of others: object ids in the order of its own bytes, one table of
//! names, default values.

use std::collections::HashMap;
use std::rc::Rc;

use super::decode::Decoder;
use super::layout::Layout;
use super::node::{Node, down};
use super::tree::Name;
use crate::error::{Error, ErrorKind, Result};
use crate::options::{Mode, Options};
use crate::schema::{Field, Kind, Schema};
use crate::wire::{Reader, Writer};

/// Object ids for a new tree.
pub(super) struct Graft<'o> {
    pub(super) options: &'o Options,
    pub(super) names: Vec<Name>,
    /// The old id -> the new one, and whether the body stands in the new tree.
    ids: HashMap<u64, (u32, bool)>,
    /// Bodies that do not stand in the new tree yet, by old id.
    pub(super) bodies: HashMap<u64, Node>,
    /// The layouts of `names`, as far as they were asked for.
    layouts: HashMap<String, (u32, Rc<Layout>)>,
    /// Old ids above this are of defaults.
    fresh: u64,
}

/// What a strong edge becomes.
pub(super) enum Edge {
    /// The body follows: [`Graft::body`].
    First(u32),
    Again(u32),
}

impl<'o> Graft<'o> {
    pub(super) fn new(options: &'o Options, names: Vec<Name>) -> Graft<'o> {
        Graft {
            options,
            names,
            ids: HashMap::new(),
            bodies: HashMap::new(),
            layouts: HashMap::new(),
            fresh: 1 << 32,
        }
    }

    /// The number and the layout of a name whose schema this program has.
    pub(super) fn name(&mut self, name: &str, schema: &Schema) -> Result<(u32, Rc<Layout>)> {
        if let Some(known) = self.layouts.get(name) {
            return Ok(known.clone());
        }
        let known = (self.names.len() as u32, Rc::new(Layout::new(schema.clone())?));
        self.names.push(Name { name: name.to_owned(), schema: schema.clone() });
        self.layouts.insert(name.to_owned(), known.clone());
        Ok(known)
    }

    fn slot(&mut self, old: u64) -> &mut (u32, bool) {
        let next = self.ids.len() as u32;
        self.ids.entry(old).or_insert((next, false))
    }

    /// Meets a strong edge to the object of that old id.
    pub(super) fn strong(&mut self, old: u64) -> Edge {
        let slot = self.slot(old);
        let (id, met) = *slot;
        slot.1 = true;
        if met { Edge::Again(id) } else { Edge::First(id) }
    }

    /// A new object that nothing else points at.
    pub(super) fn alone(&mut self) -> u32 {
        self.fresh += 1;
        let old = self.fresh;
        let slot = self.slot(old);
        slot.1 = true;
        slot.0
    }

    /// Meets a weak edge.
    pub(super) fn weak(&mut self, old: u64) -> u32 {
        self.slot(old).0
    }

    /// The body of an object that stands first now.
    pub(super) fn body(&mut self, old: u64) -> Result<Node> {
        self.bodies.remove(&old).ok_or_else(|| {
            Error::new(ErrorKind::Malformed, format!("object {old} is pointed at before it is complete"))
        })
    }

    /// Takes the bodies of all objects out of a tree whose ids start at `base`.
    pub(super) fn take_bodies(&mut self, node: &mut Node, base: u64) {
        if let Node::Shared(id, body) = node
            && let Some(mut body) = body.take()
        {
            down(|| self.take_bodies(&mut body, base));
            self.bodies.insert(base + u64::from(*id), *body);
            return;
        }
        node.children_mut(&mut |child| down(|| self.take_bodies(child, base)));
    }

    /// Gives the ids and names of a tree, whose bodies were taken out, as they are in the new one.
    pub(super) fn adopt(&mut self, node: &mut Node, base: u64, names: u32) -> Result<()> {
        match node {
            Node::Shared(id, body) => {
                let old = base + u64::from(*id);
                match self.strong(old) {
                    Edge::Again(new) => (*id, *body) = (new, None),
                    Edge::First(new) => {
                        let mut inner = self.body(old)?;
                        down(|| self.adopt(&mut inner, base, names))?;
                        (*id, *body) = (new, Some(Box::new(inner)));
                    }
                }
                return Ok(());
            }
            Node::Weak(Some(id)) => *id = self.weak(base + u64::from(*id)),
            Node::Named(name, _) => *name += names,
            _ => {}
        }
        let mut result = Ok(());
        node.children_mut(&mut |child| {
            if result.is_ok() {
                result = down(|| self.adopt(child, base, names));
            }
        });
        result
    }

    /// What a field holds that nothing is there for: its default, or nothing where it is optional.
    pub(super) fn missing(
        &mut self,
        field: &Field,
        index: usize,
        layout: &Layout,
        owner: &str,
    ) -> Result<Node> {
        let Some(write) = field.default else {
            return match &field.kind {
                Kind::Option(_) => Ok(Node::None),
                Kind::Unit => Ok(Node::Unit),
                _ => {
                    let name = if field.name.is_empty() { index.to_string() } else { field.name.clone() };
                    Err(Error::new(ErrorKind::MissingField, format!("`{owner}` needs the field `{name}`, which is missing"))
                        .with_help("give it #[cerial(default)], make it an Option, or name its old name with #[cerial(alias)]"))
                }
            };
        };
        let options = self.options.clone().mode(Mode::Portable);
        let mut w = Writer::new(Vec::new(), &options);
        write(&mut w)?;
        let bytes = w.into_vec();
        let mut r = Reader::new(&bytes, &options, Mode::Portable);
        let mut decoder = Decoder::new(&mut r);
        let mut node = decoder.value(&field.kind, layout)?;
        let (names, shares) = (std::mem::take(&mut decoder.names), decoder.shares);
        let first_name = self.names.len() as u32;
        self.names.extend(names);
        let base = self.fresh + 1;
        if shares {
            self.fresh += 1 << 32;
            self.take_bodies(&mut node, base);
        }
        self.adopt(&mut node, base, first_name)?;
        Ok(node)
    }
}
