//! How to serialize: mode, limits, what to print.

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::limits::Limits;
use crate::live::ReconnectPolicy;
use crate::places::Hook;
use crate::registry::Registry;
use crate::verbose::Verbose;

/// Which form the bytes take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Self-describing: the schema stands in the bytes. Readable by other builds, by changed types, by no type at
    /// all.
    #[default]
    Portable = 0,
    /// Both ends are the same build: the schema shrinks to a fingerprint of eight bytes.
    Compact = 1,
}

/// How to serialize and deserialize. The free functions of the crate are the default options' methods.
///
/// ```
/// # fn main() -> cerial::Result<()> {
/// let options = cerial::Options::new().mode(cerial::Mode::Compact);
/// let bytes = options.serialize(&vec![1_u8, 2, 3])?;
/// assert_eq!(options.deserialize::<Vec<u8>>(&bytes)?, [1, 2, 3]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub(crate) mode: Mode,
    pub(crate) canonical: bool,
    pub(crate) debug: bool,
    pub(crate) verbose: Verbose,
    pub(crate) limits: Limits,
    pub(crate) json: crate::ir::JsonStyle,
    pub(crate) policy: Option<Arc<ReconnectPolicy>>,
    pub(crate) hook: Hook,
    registry: Option<Arc<Registry>>,
}

impl Options {
    /// Portable, not canonical, default limits, quiet, the program's registry.
    pub const fn new() -> Options {
        Options {
            mode: Mode::Portable,
            canonical: false,
            debug: false,
            verbose: Verbose::Off,
            limits: Limits::new(),
            json: crate::ir::JsonStyle::new(),
            policy: None,
            hook: Hook::NONE,
            registry: None,
        }
    }

    /// Sets which form the bytes take. Reading takes what it finds.
    #[must_use]
    pub const fn mode(mut self, mode: Mode) -> Options {
        self.mode = mode;
        self
    }

    /// Writes hash maps and sets in the order of their keys' bytes, so that equal values give equal bytes.
    #[must_use]
    pub const fn canonical(mut self, on: bool) -> Options {
        self.canonical = on;
        self
    }

    /// Makes errors show what each step saw.
    #[must_use]
    pub const fn debug(mut self, on: bool) -> Options {
        self.debug = on;
        self
    }

    /// Prints what is written and read to standard error: a line a part with its depth and its handler, one colour
    /// per depth on a terminal. Costs a second look at the bytes.
    #[must_use]
    pub fn verbose(mut self, on: bool) -> Options {
        self.verbose = if on { Verbose::Stderr } else { Verbose::Off };
        self
    }

    /// As [`verbose`](Self::verbose), into this sink and without colours.
    #[must_use]
    pub fn verbose_to(mut self, sink: Arc<Mutex<dyn Write + Send>>) -> Options {
        self.verbose = Verbose::Sink(sink);
        self
    }

    /// Sets the budgets.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Options {
        self.limits = limits;
        self
    }

    /// Sets what the live resources that are read may touch when they reconnect.
    #[must_use]
    pub fn reconnect_policy(mut self, policy: ReconnectPolicy) -> Options {
        self.policy = Some(Arc::new(policy));
        self
    }

    /// Takes handlers, objects and reconnectors from this registry instead of the program's.
    #[must_use]
    pub fn with_registry(mut self, registry: Arc<Registry>) -> Options {
        self.registry = Some(registry);
        self
    }

    #[inline]
    pub(crate) fn registry(&self) -> &Registry {
        match &self.registry {
            Some(registry) => registry,
            None => Registry::global(),
        }
    }
}
