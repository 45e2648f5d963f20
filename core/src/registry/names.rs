//! Names that stand once per stream: handlers and object types get a number at first sight.

use std::any::TypeId;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::builder::TypeIdHasher;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Mode;
use crate::schema::{Root, Schema};
use crate::wire::{Reader, Writer, schema_from_bytes};

/// The numbers that a writer gave, by the registry's index.
pub(crate) struct WriteNames {
    handlers: Vec<u32>,
    objects: Vec<u32>,
    next: u32,
    /// Which stream of this thread's is written: what is kept of an earlier one does not count.
    stream: u32,
    /// Types whose names stand in the stream already, by their ids: no look into the registry for these.
    recent: [Option<Recent>; RECENT],
}

/// How many types are found without the registry, if their ids do not meet in one place.
const RECENT: usize = 32;

#[derive(Clone, Copy)]
struct Recent {
    under: TypeId,
    concrete: TypeId,
    stream: u32,
    number: u32,
    index: u32,
}

impl Default for WriteNames {
    fn default() -> WriteNames {
        WriteNames { handlers: Vec::new(), objects: Vec::new(), next: 0, stream: 0, recent: [None; RECENT] }
    }
}

/// Which table of the registry a name is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Table {
    Handlers,
    Objects,
}

impl WriteNames {
    /// Forgets everything, for the next stream.
    pub(crate) fn clear(&mut self) {
        self.handlers.clear();
        self.objects.clear();
        self.next = 0;
        self.stream = self.stream.wrapping_add(1);
        if self.stream == 0 {
            self.recent = [None; RECENT];
        }
    }

    /// The number of a type's name in the stream and the registry's index of it, where both are at hand. `under` is
    /// the trait object's type, or that of the table.
    #[inline(always)]
    pub(crate) fn recent(&self, under: TypeId, concrete: TypeId) -> Option<(u32, usize)> {
        match &self.recent[place(under, concrete)] {
            Some(r) if r.concrete == concrete && r.under == under && r.stream == self.stream => {
                Some((r.number, r.index as usize))
            }
            _ => None,
        }
    }

    /// Keeps at hand what [`WriteNames::recent`] is asked for, once the name stands in the stream.
    pub(crate) fn keep_recent(&mut self, table: Table, under: TypeId, concrete: TypeId, index: usize) {
        let numbers = match table {
            Table::Handlers => &self.handlers,
            Table::Objects => &self.objects,
        };
        if let Some(&number) = numbers.get(index).filter(|number| **number > 0) {
            let recent = Recent { under, concrete, stream: self.stream, number, index: index as u32 };
            self.recent[place(under, concrete)] = Some(recent);
        }
    }

    /// The stream's number for an entry, or none at first sight, when it gets one.
    #[inline]
    fn number(&mut self, table: Table, index: usize) -> Option<u32> {
        let numbers = match table {
            Table::Handlers => &mut self.handlers,
            Table::Objects => &mut self.objects,
        };
        match numbers.get(index) {
            Some(&number) if number > 0 => Some(number),
            _ => {
                if numbers.len() <= index {
                    numbers.resize(index + 1, 0);
                }
                self.next += 1;
                numbers[index] = self.next;
                None
            }
        }
    }
}

/// Where a type is kept at hand: its id is a hash already.
#[inline(always)]
fn place(under: TypeId, concrete: TypeId) -> usize {
    let mut hash = TypeIdHasher::default();
    under.hash(&mut hash);
    concrete.hash(&mut hash);
    hash.finish() as usize % RECENT
}

/// Tags 0 and 1 are taken: another way (serde), a new name.
const NEW: usize = 1;
const FIRST: usize = 2;

/// Writes the number of a name that stands in the stream.
#[inline(always)]
pub(crate) fn write_number(w: &mut Writer<'_>, number: u32) {
    w.count(FIRST + number as usize - 1);
}

/// Writes the name of an entry: in full with its schema at first, as a number later.
#[inline]
pub(crate) fn write_name(
    w: &mut Writer<'_>,
    table: Table,
    index: usize,
    name: &str,
    root: fn() -> &'static Root,
) {
    match w.names().number(table, index) {
        Some(number) => write_number(w, number),
        None => write_new_name(w, name, root()),
    }
}

/// An entry's name at first sight: a handler's key, or the name of an object's type.
#[cold]
fn write_new_name(w: &mut Writer<'_>, name: &str, root: &'static Root) {
    w.count(NEW);
    w.bytes(name.as_bytes());
    if w.portable() {
        w.bytes(&root.bytes);
    } else {
        w.raw(&root.fingerprint.to_le_bytes());
    }
}

/// A name met in a stream.
#[derive(Clone)]
pub(crate) struct Met {
    pub(crate) name: Rc<str>,
    /// The registry's table and index where it was looked up already.
    pub(crate) index: Option<(Table, u32)>,
    /// The writer's schema, where it is not the one that this program has.
    pub(crate) foreign: Option<Rc<Schema>>,
    schema: Rc<[u8]>,
}

/// The names that a reader met, in order.
#[derive(Default)]
pub(crate) struct ReadNames {
    met: Vec<Met>,
}

/// What stands before a value whose way the bytes name.
pub(crate) enum Way {
    /// Serde's, self-describing.
    Serde,
    /// The handler or object type of this number in [`ReadNames`].
    Named(usize),
}

/// Reads what [`write_name`] wrote, or the tag of serde's way.
#[inline]
pub(crate) fn read_way(r: &mut Reader<'_>) -> Result<Way> {
    match r.count()? {
        0 => Ok(Way::Serde),
        NEW => {
            let name: Rc<str> = Rc::from(r.text()?);
            let schema: Rc<[u8]> = Rc::from(match r.mode() {
                Mode::Portable => r.bytes()?,
                Mode::Compact => r.block(8)?,
            });
            r.charge(size_of::<Met>() + name.len() + schema.len())?;
            let met = &mut r.names().met;
            met.push(Met { name, index: None, foreign: None, schema });
            Ok(Way::Named(met.len() - 1))
        }
        tag => {
            let number = tag - FIRST;
            if number >= r.names().met.len() {
                return Err(Error::malformed(format!("name {number} was not introduced")));
            }
            Ok(Way::Named(number))
        }
    }
}

impl ReadNames {
    /// Whether no name was met yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.met.is_empty()
    }

    #[inline]
    pub(crate) fn get(&self, number: usize) -> &Met {
        &self.met[number]
    }
}

/// Resolves a name: `find` gives the index in the registry's table, and the program's own schema.
#[inline]
pub(crate) fn resolve(
    r: &mut Reader<'_>,
    table: Table,
    number: usize,
    find: impl FnOnce(&str) -> Result<(usize, &'static Root)>,
) -> Result<(usize, Option<Rc<Schema>>)> {
    let met = r.names().get(number);
    if let Some((at, index)) = met.index {
        if at != table {
            return Err(not_in(table, &met.name));
        }
        return Ok((index as usize, met.foreign.clone()));
    }
    let met = met.clone();
    let (index, root) = find(&met.name)?;
    let foreign = match r.mode() {
        Mode::Portable if *met.schema != *root.bytes => {
            Some(Rc::new(schema_from_bytes(&met.schema, r.options())?))
        }
        Mode::Compact if met.schema[..] != root.fingerprint.to_le_bytes() => {
            return Err(Error::new(
                ErrorKind::TypeMismatch,
                format!("`{}` has another shape in the program that wrote these compact bytes", met.name),
            )
            .with_help("compact bytes are for one build; use the portable mode between builds"));
        }
        _ => None,
    };
    let met = &mut r.names().met[number];
    met.index = Some((table, index as u32));
    met.foreign = foreign.clone();
    Ok((index, foreign))
}

/// A number stands for a name of the other table: only hostile bytes do that.
#[cold]
fn not_in(table: Table, name: &str) -> Error {
    Error::malformed(match table {
        Table::Handlers => {
            format!("`{name}` was met as a type behind a trait and stands where a handler must")
        }
        Table::Objects => {
            format!("`{name}` was met as a handler and stands where a type behind a trait must")
        }
    })
}

/// The schema that a name was introduced with, for readers that know no types.
pub(crate) fn schema_of(r: &mut Reader<'_>, number: usize) -> Result<Rc<Schema>> {
    let met = r.names().get(number).clone();
    if let Some(schema) = met.foreign {
        return Ok(schema);
    }
    if r.mode() == Mode::Compact {
        return Err(Error::malformed("compact bytes do not describe themselves: read them with their type"));
    }
    let schema = Rc::new(schema_from_bytes(&met.schema, r.options())?);
    r.names().met[number].foreign = Some(schema.clone());
    Ok(schema)
}
