//! What a child may use and reach.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use suitkaise_timing::Seconds;

use crate::raw::{Limits, Spawn};

/// 1,048,576 bytes, for limits: `512 * MIB`.
pub const MIB: u64 = 1 << 20;

/// What a process may use and reach: the same switches for an object of its own
/// ([`ProcessConfig::sandbox`](crate::ProcessConfig::sandbox)) and for the workers of a pool. The default shuts nothing.
///
/// The child puts them on itself in [`init`](crate::init), before it reads anything of the user's; threads that `main`
/// started before that keep their priority, privileges and network. One that cannot be put on (a directory that is
/// not there, a namespace that the system does not allow) is an error that names it; the child then runs nothing.
///
/// # Examples
/// ```
/// use suitkaise_processing::{MIB, ProcessConfig, Sandbox};
///
/// let strict = Sandbox::new().memory(512 * MIB).cpu(30.0).open_files(64).no_new_privileges().no_network();
/// let config = ProcessConfig::new().sandbox(strict.empty_environment().directory("/"));
/// # let _ = config;
/// ```
#[derive(Clone, Default)]
pub struct Sandbox {
    limits: Limits,
    empty_environment: bool,
    variables: Vec<(OsString, OsString)>,
    problem: Option<String>,
}

impl Sandbox {
    /// Everything is as in the parent.
    #[must_use]
    pub fn new() -> Sandbox {
        Sandbox::default()
    }

    /// The most memory, in bytes of address space: code, stacks (2 MiB a thread) and mapped files count too. An allocation
    /// beyond it ends the process as out of memory.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Sandbox {
        self.limits.memory_bytes = Some(bytes);
        self
    }

    /// The most processor time, of all threads together: seconds or a `Duration`, rounded up to whole seconds. Then the
    /// process dies of SIGXCPU.
    #[must_use]
    pub fn cpu(mut self, limit: impl Seconds) -> Sandbox {
        match limit.checked("cpu") {
            Ok(limit) => {
                let whole = limit.as_secs() + u64::from(limit.subsec_nanos() > 0);
                self.limits.cpu_seconds = Some(whole.max(1));
            }
            Err(problem) => {
                self.problem.get_or_insert_with(|| problem.to_string());
            }
        }
        self
    }

    /// The most open descriptors. The process needs about ten for itself.
    #[must_use]
    pub fn open_files(mut self, count: u64) -> Sandbox {
        self.limits.open_files = Some(count);
        self
    }

    /// Added to the scheduling priority: positive is nicer to others, negative needs the right to it.
    #[must_use]
    pub fn nice(mut self, by: i32) -> Sandbox {
        self.limits.nice = Some(by);
        self
    }

    /// No program that the process starts gains rights by its file (set-uid, capabilities). Linux.
    #[must_use]
    pub fn no_new_privileges(mut self) -> Sandbox {
        self.limits.no_new_privileges = true;
        self
    }

    /// No network: a namespace of its own, without a way out. Linux; needs `CAP_SYS_ADMIN` or user namespaces that are
    /// open to all, and is an error that says so where there is neither.
    #[must_use]
    pub fn no_network(mut self) -> Sandbox {
        self.limits.network_off = true;
        self
    }

    /// Nothing of the parent's environment, but for what [`variable`](Self::variable) adds.
    #[must_use]
    pub fn empty_environment(mut self) -> Sandbox {
        self.empty_environment = true;
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Sandbox {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The working directory; relative to the parent's.
    #[must_use]
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Sandbox {
        self.limits.directory = Some(path.into());
        self
    }

    /// What the child puts on itself: for [`Child::begin`](crate::raw::Child::begin).
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Adds what is settled at the start.
    pub(crate) fn prepare(&self, mut spawn: Spawn) -> Spawn {
        if self.empty_environment {
            spawn = spawn.env_clear();
        }
        self.variables.iter().fold(spawn, |spawn, (name, value)| spawn.env(name, value))
    }

    /// The first setting that makes no sense.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
}

/// Limits of the raw layer, with the parent's environment.
impl From<Limits> for Sandbox {
    fn from(limits: Limits) -> Sandbox {
        Sandbox { limits, ..Sandbox::default() }
    }
}

/// Without the values of variables: they may be secrets.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("Sandbox")
            .field("limits", &self.limits)
            .field("empty_environment", &self.empty_environment)
            .field("variables", &names)
            .finish_non_exhaustive()
    }
}
