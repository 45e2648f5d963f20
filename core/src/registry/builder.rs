//! Filling a registry, and what happens when two claim one key.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, OnceLock};

use super::function::{FunctionEntry, FunctionRef, Functions};
use super::handler::{self, Handler, HandlerFns};
use super::object::ObjectEntry;
use super::objects::Objects;
use crate::error::{Error, ErrorKind, Result};
use crate::live::{Reconnector, ReconnectorEntry, normal_key};
use crate::schema::Root;

/// What a crate brings: submitted to `inventory` by [`plugin!`](crate::plugin).
#[derive(Clone, Copy)]
pub struct PluginEntry {
    /// Adds everything the crate brings.
    pub register: fn(&mut RegistryBuilder),
}

inventory::collect!(PluginEntry);

/// Who registered something: plugin, crate and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    plugin: &'static str,
    package: &'static str,
    version: &'static str,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plugin {} ({} {})", self.plugin, self.package, self.version)
    }
}

/// A registered handler.
pub(crate) struct HandlerEntry {
    pub(crate) key: &'static str,
    pub(crate) value_name: &'static str,
    pub(crate) value: TypeId,
    /// A `HandlerFns<Value>`.
    pub(crate) fns: Box<dyn Any + Send + Sync>,
    pub(crate) root: fn() -> &'static Root,
    handler: TypeId,
    origin: Origin,
    /// Why it must not be used: what it conflicts with.
    poison: Option<String>,
}

impl HandlerEntry {
    /// The handler's functions, if it is one for `T`.
    pub(crate) fn fns<T: 'static>(&self) -> Option<&HandlerFns<T>> {
        self.fns.downcast_ref()
    }
}

/// What can be handled, by type and by key.
pub struct Registry {
    handlers: Vec<HandlerEntry>,
    by_type: HashMap<TypeId, usize, BuildHasherDefault<TypeIdHasher>>,
    by_key: HashMap<&'static str, usize>,
    reconnectors: Vec<ReconnectorEntry>,
    /// Keys and aliases, as `normal_key` writes them.
    reconnector_keys: HashMap<String, usize>,
    objects: Objects,
    functions: Functions,
}

/// Adds to a [`Registry`] while it is made.
pub struct RegistryBuilder {
    registry: Registry,
    origin: Origin,
}

static INSTALLED: Mutex<Vec<fn(&mut RegistryBuilder)>> = Mutex::new(Vec::new());
static GLOBAL: OnceLock<Registry> = OnceLock::new();

/// Adds a crate's `register` function to the program's registry by hand.
///
/// For programs where `inventory` finds nothing (a staticlib, wasm without constructors). Call it before the first
/// use of the registry.
///
/// # Errors
/// [`ErrorKind::Other`] where the program's registry is in use already.
pub fn install(register: fn(&mut RegistryBuilder)) -> Result<()> {
    let mut installed = INSTALLED.lock().unwrap_or_else(|e| e.into_inner());
    if GLOBAL.get().is_some() {
        return Err(Error::other("the registry is in use already: call `install` first thing in `main`"));
    }
    installed.push(register);
    Ok(())
}

impl Registry {
    /// A registry that knows nothing.
    pub fn empty() -> RegistryBuilder {
        RegistryBuilder {
            registry: Registry {
                handlers: Vec::new(),
                by_type: HashMap::default(),
                by_key: HashMap::new(),
                reconnectors: Vec::new(),
                reconnector_keys: HashMap::new(),
                objects: Objects::default(),
                functions: Functions::default(),
            },
            origin: Origin { plugin: "-", package: "-", version: "-" },
        }
    }

    /// The program's registry: made at the first use, from the linked plugins and what was installed.
    #[inline]
    pub fn global() -> &'static Registry {
        GLOBAL.get_or_init(|| {
            let mut builder = Registry::empty();
            for plugin in inventory::iter::<PluginEntry> {
                (plugin.register)(&mut builder);
            }
            for register in INSTALLED.lock().unwrap_or_else(|e| e.into_inner()).iter() {
                register(&mut builder);
            }
            for object in inventory::iter::<ObjectEntry> {
                builder.object(object);
            }
            for function in inventory::iter::<FunctionRef> {
                builder.function(function.0);
            }
            builder.build()
        })
    }

    /// The keys of all handlers, sorted.
    pub fn handler_keys(&self) -> Vec<&'static str> {
        let mut keys: Vec<_> = self.handlers.iter().map(|h| h.key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The keys of all reconnectors, sorted.
    pub fn reconnector_list(&self) -> Vec<&'static str> {
        let mut keys: Vec<_> = self.reconnectors.iter().map(|r| r.key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The names of all functions that travel by name, sorted.
    pub fn function_names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.functions.names().collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn functions(&self) -> &Functions {
        &self.functions
    }

    /// The handler of a type.
    #[inline]
    pub(crate) fn handler_of(&self, value: TypeId) -> Option<usize> {
        self.by_type.get(&value).copied()
    }

    /// A handler by its number.
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`] where its key or type is claimed twice.
    #[inline]
    pub(crate) fn handler(&self, index: usize) -> Result<&HandlerEntry> {
        let entry = &self.handlers[index];
        match &entry.poison {
            None => Ok(entry),
            Some(poison) => Err(Error::new(ErrorKind::Duplicate, poison.clone())),
        }
    }

    /// A handler by the key in the bytes.
    pub(crate) fn handler_by_key(&self, key: &str) -> Result<usize> {
        self.by_key.get(key).copied().ok_or_else(|| self.unknown_key(key))
    }

    #[cold]
    fn unknown_key(&self, key: &str) -> Error {
        let krate = key.split("::").next().unwrap_or(key);
        Error::new(
            ErrorKind::Unknown,
            format!("no handler for `{key}`{}", near(key, self.handlers.iter().map(|h| h.key))),
        )
        .with_help(format!("is the crate linked? add `use {krate} as _;`"))
    }

    /// Says that a type has neither a handler nor another way.
    #[cold]
    pub(crate) fn no_handler(&self, type_name: &str) -> Error {
        if let Some(advice) = super::advice::advice(type_name) {
            return Error::new(ErrorKind::Unknown, format!("a `{type_name}` cannot travel"))
                .with_help(advice);
        }
        let known = self.handlers.iter().flat_map(|h| [h.key, h.value_name]);
        let krate = match type_name.split("::").next().unwrap_or(type_name) {
            "core" | "alloc" | "std" => "cerial_plugins",
            own => own,
        };
        Error::new(ErrorKind::Unknown, format!("no handler for `{type_name}`{}", near(type_name, known))).with_help(
            format!(
                "if the type is yours, add `#[derive(Cerial)]` to it; if not, is the crate that handles it linked? add \
                 `use {krate} as _;` (or whichever crate that is), mark the field #[cerial(skip)], or write a handler \
                 (ten lines: docs, \"Write your own\")"
            ),
        )
    }

    /// A reconnector by key or alias, compared without case.
    pub(crate) fn reconnector(&self, key: &str) -> Option<&ReconnectorEntry> {
        self.reconnector_keys.get(&normal_key(key)).map(|&index| &self.reconnectors[index])
    }

    #[inline]
    pub(crate) fn objects(&self) -> &Objects {
        &self.objects
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("handlers", &self.handler_keys())
            .field("reconnectors", &self.reconnector_list())
            .finish_non_exhaustive()
    }
}

impl RegistryBuilder {
    /// Says whose registrations follow: the expansion of [`plugin!`](crate::plugin) calls it.
    #[doc(hidden)]
    pub fn origin(&mut self, plugin: &'static str, package: &'static str, version: &'static str) {
        self.origin = Origin { plugin, package, version };
    }

    /// Adds a handler. Two handlers for one key or one type poison it: every use fails and names both.
    pub fn handler<H: Handler>(&mut self) -> &mut RegistryBuilder {
        let index = self.registry.handlers.len();
        let value = TypeId::of::<H::Value>();
        let identity = handler::identity::<H>();
        let known = self.registry.by_type.get(&value).or_else(|| self.registry.by_key.get(H::KEY)).copied();
        if let Some(other) = known {
            let other = &mut self.registry.handlers[other];
            if other.handler == identity {
                return self;
            }
            let poison = format!(
                "two handlers claim {}: `{}` of {} and `{}` of {}",
                if other.value == value {
                    format!("`{}`", other.value_name)
                } else {
                    format!("the key `{}`", H::KEY)
                },
                other.key,
                other.origin,
                H::KEY,
                self.origin,
            );
            other.poison.get_or_insert(poison);
            return self;
        }
        self.registry.handlers.push(HandlerEntry {
            key: H::KEY,
            value_name: type_name::<H::Value>(),
            value,
            fns: Box::new(HandlerFns::of::<H>()),
            root: crate::schema::root_of::<H::State>,
            handler: identity,
            origin: self.origin.clone(),
            poison: None,
        });
        self.registry.by_type.insert(value, index);
        self.registry.by_key.insert(H::KEY, index);
        for alias in H::ALIASES {
            self.registry.by_key.entry(alias).or_insert(index);
        }
        self
    }

    /// Adds a reconnector. Two for one key poison it, as with handlers.
    pub fn reconnector<R: Reconnector>(&mut self) -> &mut RegistryBuilder {
        let entry = ReconnectorEntry::of::<R>(self.origin.to_string());
        let key = normal_key(R::KEY);
        if let Some(&other) = self.registry.reconnector_keys.get(&key) {
            let other = &mut self.registry.reconnectors[other];
            if other.recipe != entry.recipe && normal_key(other.key) == key {
                other.poison.get_or_insert(format!(
                    "two reconnectors claim the key `{}`: one of {} and one of {}",
                    R::KEY,
                    other.origin,
                    self.origin
                ));
                return self;
            }
            if other.recipe == entry.recipe {
                return self;
            }
        }
        let index = self.registry.reconnectors.len();
        self.registry.reconnectors.push(entry);
        self.registry.reconnector_keys.insert(key, index);
        for alias in R::ALIASES {
            self.registry.reconnector_keys.entry(normal_key(alias)).or_insert(index);
        }
        self
    }

    /// Adds a type that stands behind `dyn Trait`.
    #[doc(hidden)]
    pub fn object(&mut self, entry: &'static ObjectEntry) -> &mut RegistryBuilder {
        self.registry.objects.add(entry);
        self
    }

    /// Adds a function that travels by name. Two of one name poison it.
    #[doc(hidden)]
    pub fn function(&mut self, entry: &'static FunctionEntry) -> &mut RegistryBuilder {
        self.registry.functions.add(entry);
        self
    }

    /// The registry as filled so far.
    pub fn build(&mut self) -> Registry {
        std::mem::replace(self, Registry::empty()).registry
    }
}

/// Lists the known names that look like a missing one.
pub(crate) fn near<'a>(missing: &str, known: impl Iterator<Item = &'a str>) -> String {
    let tail = |name: &str| name.rsplit("::").next().unwrap_or(name).to_lowercase();
    let wanted = tail(missing);
    let mut close: Vec<(usize, &str)> = known
        .map(|name| (distance(&wanted, &tail(name)), name))
        .filter(|(far, name)| *far <= 1 + wanted.len() / 4 || tail(name).contains(&wanted))
        .collect();
    close.sort_unstable();
    close.dedup();
    if close.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = close.into_iter().take(3).map(|(_, name)| name).collect();
    format!(" (near: {})", names.join(", "))
}

/// Edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let next = (corner + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}

/// A `TypeId` is a hash already.
#[derive(Default)]
pub(crate) struct TypeIdHasher(u64);

impl Hasher for TypeIdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }
    fn write_u64(&mut self, word: u64) {
        // Rotated, so that a pair of ids does not hash as the pair the other way round.
        self.0 = self.0.rotate_left(32) ^ word;
    }
}
