//! Functions that travel by name: what `#[cerial::function]` registers, and how a pointer finds its name.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use super::builder::near;
use crate::error::{Error, ErrorKind, Result};

/// One function that travels by name: made by `#[cerial::function]`, which also submits it to `inventory`.
pub struct FunctionEntry {
    module: &'static str,
    ident: &'static str,
    name: Option<&'static str>,
    version: u64,
    package: (&'static str, &'static str),
    /// An `F`.
    pointer: &'static (dyn Any + Send + Sync),
    kind: fn() -> (TypeId, &'static str),
    address: fn(&dyn Any) -> Option<usize>,
}

/// What `inventory` collects.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct FunctionRef(pub &'static FunctionEntry);

inventory::collect!(FunctionRef);

impl FunctionEntry {
    /// `F` is a pointer to a function.
    #[doc(hidden)]
    pub const fn new<F: Copy + Hash + Send + Sync + 'static>(
        [module, ident]: [&'static str; 2],
        name: Option<&'static str>,
        version: u64,
        package: (&'static str, &'static str),
        pointer: &'static F,
    ) -> FunctionEntry {
        FunctionEntry {
            module,
            ident,
            name,
            version,
            package,
            pointer,
            kind: || (TypeId::of::<F>(), type_name::<F>()),
            address: |pointer| pointer.downcast_ref::<F>().map(address_of),
        }
    }
}

/// The address that a pointer to a function leads to: the one thing that it hashes.
pub(crate) fn address_of<F: Hash>(function: &F) -> usize {
    struct Address(usize);
    impl Hasher for Address {
        fn finish(&self) -> u64 {
            self.0 as u64
        }
        fn write(&mut self, _: &[u8]) {}
        fn write_usize(&mut self, address: usize) {
            self.0 = address;
        }
    }
    let mut address = Address(0);
    function.hash(&mut address);
    address.0
}

/// A type's name as bytes and messages have it: `fn(&Order) -> Result<u32, String>`, without modules and lifetimes.
pub(crate) fn signature(type_name: &str) -> String {
    let mut out = String::with_capacity(type_name.len());
    let mut rest = type_name;
    // Where the path that is being copied began.
    let mut path = 0;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("::") {
            out.truncate(path);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("for<") {
            rest = after.split_once('>').map_or("", |(_, after)| after.trim_start());
        } else if let Some(after) = rest.strip_prefix('\'') {
            let after = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            rest = after.strip_prefix(", ").unwrap_or_else(|| after.trim_start());
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            if !(c.is_alphanumeric() || c == '_') {
                path = out.len();
            }
            if out.ends_with("<>") {
                out.truncate(out.len() - 2);
            }
        }
    }
    out
}

/// A function in a registry.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) signature: String,
    pub(crate) version: u64,
    entry: &'static FunctionEntry,
    /// Why it must not be used: what it conflicts with.
    poison: Option<String>,
}

impl Function {
    /// The function, where it is an `F`.
    pub(crate) fn pointer<F: Copy + 'static>(&self) -> Option<F> {
        let any: &dyn Any = self.entry.pointer;
        any.downcast_ref::<F>().copied()
    }

    fn origin(&self) -> String {
        let FunctionEntry { module, ident, package: (package, version), .. } = self.entry;
        format!("`{module}::{ident}` of {package} {version}")
    }

    fn check(&self) -> Result<&Function> {
        match &self.poison {
            None => Ok(self),
            Some(poison) => Err(Error::new(ErrorKind::Duplicate, poison.clone())
                .with_help("give one of them a name of its own: #[cerial::function(name = \"..\")]")),
        }
    }
}

/// The functions of a registry, by pointer and by name.
#[derive(Default)]
pub(crate) struct Functions {
    all: Vec<Function>,
    by_address: HashMap<usize, usize>,
    by_name: HashMap<String, usize>,
}

impl Functions {
    /// Adds a function. Two of one name poison it.
    pub(crate) fn add(&mut self, entry: &'static FunctionEntry) {
        let name = match entry.name {
            Some(name) => name.to_owned(),
            None => crate::derived::type_name(entry.module, entry.ident),
        };
        let function = Function {
            signature: signature((entry.kind)().1),
            version: entry.version,
            name,
            entry,
            poison: None,
        };
        if let Some(&other) = self.by_name.get(&function.name) {
            let other = &mut self.all[other];
            if !std::ptr::eq(other.entry, entry) {
                let poison = format!(
                    "two functions claim `{}`: {} and {}",
                    other.name,
                    other.origin(),
                    function.origin()
                );
                other.poison.get_or_insert(poison);
                if let Some(address) = (entry.address)(entry.pointer) {
                    let index = self.by_name[&function.name];
                    self.by_address.entry(address).or_insert(index);
                }
            }
            return;
        }
        let index = self.all.len();
        self.by_name.insert(function.name.clone(), index);
        if let Some(address) = (entry.address)(entry.pointer) {
            self.by_address.entry(address).or_insert(index);
        }
        self.all.push(function);
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|function| &*function.name)
    }

    /// The function that stands at an address.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] where none is registered there; [`ErrorKind::TypeMismatch`] where it is one of another
    /// type than `F`.
    pub(crate) fn at<F: Copy + 'static>(&self, address: usize) -> Result<&Function> {
        let Some(&index) = self.by_address.get(&address) else {
            return Err(Error::new(
                ErrorKind::Unknown,
                format!("a function of type `{}` is not registered", signature(type_name::<F>())),
            )
            .with_help(
                "mark it `#[cerial::function]`; a closure cannot be marked: make it a `fn`, or send it through a pool or a \
                 process, where functions of the same build travel as they are",
            ));
        };
        let function = self.all[index].check()?;
        match function.pointer::<F>() {
            Some(_) => Ok(function),
            None => Err(other_signature::<F>(function)),
        }
    }

    /// The function of a name that stands in bytes, with its signature and version there.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] for a name that is not registered; [`ErrorKind::TypeMismatch`] where the signature or the
    /// version is another one.
    pub(crate) fn named<F: Copy + 'static>(&self, name: &str, written: &str, version: u64) -> Result<F> {
        let Some(&index) = self.by_name.get(name) else {
            return Err(Error::new(
                ErrorKind::Unknown,
                format!("no function `{name}`{}", near(name, self.names())),
            )
            .with_help("mark it `#[cerial::function]`, and link its crate with `use .. as _;`"));
        };
        let function = self.all[index].check()?;
        if function.signature != written {
            return Err(Error::new(
                ErrorKind::TypeMismatch,
                format!("`{name}` is a `{}` here, it was written as a `{written}`", function.signature),
            )
            .with_help("keep the old function, and give the new one another name"));
        }
        let Some(pointer) = function.pointer::<F>() else { return Err(other_signature::<F>(function)) };
        if function.version != version {
            return Err(Error::new(
                ErrorKind::TypeMismatch,
                format!("`{name}` is version {} here, it was written as version {version}", function.version),
            )
            .with_help(
                "its body has changed since: write the value anew, or keep the old body under another name",
            ));
        }
        Ok(pointer)
    }
}

#[cold]
fn other_signature<F>(function: &Function) -> Error {
    let want = signature(type_name::<F>());
    let differ = if want == function.signature { " (their lifetimes or modules differ)" } else { "" };
    Error::new(
        ErrorKind::TypeMismatch,
        format!("want a `{want}`, but `{}` is a `{}`{differ}", function.name, function.signature),
    )
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_has_no_modules_and_no_lifetimes() {
        for (written, want) in [
            ("fn(u32) -> u32", "fn(u32) -> u32"),
            (
                "for<'a> fn(&'a acme::orders::Order) -> core::result::Result<u32, alloc::string::String>",
                "fn(&Order) -> Result<u32, String>",
            ),
            ("unsafe extern \"C\" fn(*const u8)", "unsafe extern \"C\" fn(*const u8)"),
            ("fn(&mut core::fmt::Formatter<'_>, a::Pair<'_, b::C>)", "fn(&mut Formatter, Pair<C>)"),
            ("fn([a::b::C; 3], (d::E, f::G))", "fn([C; 3], (E, G))"),
        ] {
            assert_eq!(signature(written), want);
        }
    }
}
