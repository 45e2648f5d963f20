//! The types behind the traits of a registry.

use std::any::TypeId;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::builder::{TypeIdHasher, near};
use super::object::ObjectEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Root;

type ById<K, V> = HashMap<K, V, BuildHasherDefault<TypeIdHasher>>;

/// Types behind traits, by type and by name.
#[derive(Default)]
pub(crate) struct Objects {
    all: Vec<Known>,
    by_type: ById<(TypeId, TypeId), usize>,
    by_trait: ById<TypeId, Behind>,
    poisoned: bool,
}

struct Known {
    entry: &'static ObjectEntry,
    name: String,
    /// Why it must not be used: what it conflicts with.
    poison: Option<String>,
}

/// The types behind one trait.
#[derive(Default)]
struct Behind {
    all: Vec<usize>,
    by_name: HashMap<String, usize>,
}

impl Objects {
    /// Adds a type behind a trait. Two types of one name behind one trait poison it.
    pub(super) fn add(&mut self, entry: &'static ObjectEntry) {
        let (object, concrete) = ((entry.object)(), (entry.concrete)());
        if self.by_type.contains_key(&(object, concrete)) {
            return;
        }
        let (index, name) = (self.all.len(), entry.name());
        self.by_type.insert((object, concrete), index);
        let behind = self.by_trait.entry(object).or_default();
        behind.all.push(index);
        let mut poison = None;
        match behind.by_name.get(&name) {
            None => {
                behind.by_name.insert(name.clone(), index);
            }
            Some(&other) => {
                let other = &mut self.all[other];
                let names = [(other.entry.type_name)(), (entry.type_name)()];
                let both = format!("two types claim the name `{name}`: `{}` and `{}`", names[0], names[1]);
                other.poison.get_or_insert_with(|| both.clone());
                poison = Some(both);
                self.poisoned = true;
            }
        }
        self.all.push(Known { entry, name, poison });
    }

    #[inline]
    fn check(&self, index: usize) -> Result<usize> {
        if self.poisoned { self.check_slow(index) } else { Ok(index) }
    }

    #[cold]
    fn check_slow(&self, index: usize) -> Result<usize> {
        match &self.all[index].poison {
            None => Ok(index),
            Some(poison) => Err(Error::new(ErrorKind::Duplicate, poison.clone())
                .with_help("give one of them a name of its own: #[cerial(name = \"..\")]")),
        }
    }

    /// The number of a type behind a trait.
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`] where its name is claimed twice.
    #[inline]
    pub(super) fn of(&self, object: TypeId, concrete: TypeId) -> Result<Option<usize>> {
        self.by_type.get(&(object, concrete)).map(|&index| self.check(index)).transpose()
    }

    #[inline]
    pub(super) fn entry(&self, index: usize) -> &'static ObjectEntry {
        self.all[index].entry
    }

    /// What a type is called in bytes.
    pub(super) fn name(&self, index: usize) -> &str {
        &self.all[index].name
    }

    /// The types behind a trait, with their names.
    pub(crate) fn behind(&self, object: TypeId) -> impl Iterator<Item = (&str, &'static ObjectEntry)> {
        let known = self.by_trait.get(&object).into_iter().flat_map(|behind| &behind.all);
        known.map(|&index| (&*self.all[index].name, self.all[index].entry))
    }

    /// The schema of a type that is registered for any trait.
    pub(crate) fn root(&self, name: &str) -> Option<&'static Root> {
        self.all.iter().find(|known| known.name == name).map(|known| known.entry.root())
    }

    /// The number of a type by the name in the bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] where none of that name is registered for the trait; [`ErrorKind::Duplicate`] where two are.
    pub(super) fn named(&self, object: TypeId, name: &str, trait_name: &str) -> Result<usize> {
        match self.by_trait.get(&object).and_then(|behind| behind.by_name.get(name)) {
            Some(&index) => self.check(index),
            None => Err(Error::new(
                ErrorKind::Unknown,
                format!(
                    "no type `{name}` is registered for `dyn {trait_name}`{}",
                    near(name, self.behind(object).map(|(name, _)| name))
                ),
            )
            .with_help("put `#[cerial::object]` on its impl, and link its crate with `use .. as _;`")),
        }
    }
}
