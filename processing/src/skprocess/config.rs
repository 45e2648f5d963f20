//! How an object is run.

use std::time::Duration;

use cerial::Credentials;
use suitkaise_timing::Seconds;

use crate::raw::Stdio;
use crate::sandbox::Sandbox;

/// A part of the lifecycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, cerial::Cerial)]
#[non_exhaustive]
pub enum Section {
    /// Reading the object in the child and reconnecting what is live in it.
    Setup,
    /// [`Skprocess::prerun`](crate::Skprocess::prerun)
    PreRun,
    /// [`Skprocess::run`](crate::Skprocess::run)
    Run,
    /// [`Skprocess::postrun`](crate::Skprocess::postrun)
    PostRun,
    /// [`Skprocess::onfinish`](crate::Skprocess::onfinish)
    OnFinish,
    /// [`Skprocess::result`](crate::Skprocess::result)
    Result,
    /// [`Skprocess::error`](crate::Skprocess::error)
    Error,
}

impl Section {
    pub(super) const COUNT: usize = 7;

    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// The name of the method.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["setup", "prerun", "run", "postrun", "onfinish", "result", "error"][self.index()]
    }
}

/// Where a child takes the secrets from with which it reconnects its object.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AutoReconnect {
    /// No secrets: only resources that need none are reconnected.
    WithoutSecrets,
    /// JSON in this variable of the environment: type key -> selector -> secret.
    Env(String),
    /// What this function makes in the child.
    Build(fn() -> cerial::Result<Credentials>),
}

/// How an object is run. The default: endless, one life, no timeouts, output as the parent's.
///
/// ```
/// use suitkaise_processing::{MIB, ProcessConfig, Section};
/// let config = ProcessConfig::new().runs(10).lives(3).timeout(Section::Run, 5.0).memory_limit(512 * MIB);
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
pub struct ProcessConfig {
    pub(super) runs: Option<u64>,
    pub(super) join_in: Option<Duration>,
    pub(super) lives: u32,
    pub(super) timeouts: [Option<Duration>; Section::COUNT],
    pub(super) sandbox: Sandbox,
    pub(super) inherit_stdin: bool,
    pub(super) stdout: Stdio,
    pub(super) stderr: Stdio,
    pub(super) grace: Duration,
    pub(super) autoreconnect: Option<Credentials>,
    problem: Option<String>,
}

impl Default for ProcessConfig {
    fn default() -> ProcessConfig {
        ProcessConfig {
            runs: None,
            join_in: None,
            lives: 1,
            timeouts: [None; Section::COUNT],
            sandbox: Sandbox::new(),
            inherit_stdin: false,
            stdout: Stdio::Inherit,
            stderr: Stdio::Inherit,
            grace: Duration::from_millis(500),
            autoreconnect: None,
            problem: None,
        }
    }
}

impl ProcessConfig {
    /// The defaults.
    #[must_use]
    pub fn new() -> ProcessConfig {
        ProcessConfig::default()
    }

    /// How many runs there are; endless by default. 0 goes straight to `onfinish`.
    #[must_use]
    pub fn runs(mut self, runs: u64) -> ProcessConfig {
        self.runs = Some(runs);
        self
    }

    /// After how long no new run begins: seconds or a `Duration`. Never by default. A run is not interrupted by it.
    #[must_use]
    pub fn join_in(mut self, after: impl Seconds) -> ProcessConfig {
        match after.checked("join_in") {
            Ok(after) => self.join_in = Some(after),
            Err(problem) => self.blame(&problem.to_string()),
        }
        self
    }

    /// How many times the object may live: 1 by default. A panic, an error, a timeout, a signal and a lack of memory
    /// each cost one; the next life begins in a new process with the state after the last finished section.
    #[must_use]
    pub fn lives(mut self, lives: u32) -> ProcessConfig {
        match lives {
            0 => self.blame("0 lives are none: want 1 or more"),
            lives => self.lives = lives,
        }
        self
    }

    /// How long a section may take: seconds or a `Duration`. No limit by default. A section that takes longer is ended
    /// from outside: a stop is asked for, then the process is terminated, then killed.
    #[must_use]
    pub fn timeout(mut self, section: Section, limit: impl Seconds) -> ProcessConfig {
        match limit.checked("timeout") {
            Ok(limit) => self.timeouts[section.index()] = Some(limit),
            Err(problem) => self.blame(&problem.to_string()),
        }
        self
    }

    /// How long a process may take to stop by itself after its timeout, before it is terminated: 0.5 s by default.
    #[must_use]
    pub fn grace(mut self, grace: impl Seconds) -> ProcessConfig {
        match grace.checked("grace") {
            Ok(grace) => self.grace = grace,
            Err(problem) => self.blame(&problem.to_string()),
        }
        self
    }

    /// What the child may use and reach, in place of what was set before.
    #[must_use]
    pub fn sandbox(mut self, sandbox: impl Into<Sandbox>) -> ProcessConfig {
        self.sandbox = sandbox.into();
        self
    }

    /// The most memory, in bytes: [`Sandbox::memory`]. Where it is used up, the object dies of lack of memory.
    #[must_use]
    pub fn memory_limit(self, bytes: u64) -> ProcessConfig {
        self.confined(|sandbox| sandbox.memory(bytes))
    }

    /// The most processor time of a life: [`Sandbox::cpu`].
    #[must_use]
    pub fn cpu_limit(self, limit: impl Seconds) -> ProcessConfig {
        self.confined(|sandbox| sandbox.cpu(limit))
    }

    /// The most open descriptors: [`Sandbox::open_files`].
    #[must_use]
    pub fn open_files_limit(self, count: u64) -> ProcessConfig {
        self.confined(|sandbox| sandbox.open_files(count))
    }

    /// Added to the scheduling priority: [`Sandbox::nice`].
    #[must_use]
    pub fn nice(self, by: i32) -> ProcessConfig {
        self.confined(|sandbox| sandbox.nice(by))
    }

    fn confined(mut self, set: impl FnOnce(Sandbox) -> Sandbox) -> ProcessConfig {
        self.sandbox = set(std::mem::take(&mut self.sandbox));
        self
    }

    /// Gives the child the parent's stdin, in place of an empty one. It then stays in the parent's process group, so
    /// Ctrl-C reaches it directly, and programs that it started are not killed with it.
    #[must_use]
    pub fn inherit_stdin(mut self, on: bool) -> ProcessConfig {
        self.inherit_stdin = on;
        self
    }

    /// Where the child's stdout goes: the parent's by default.
    #[must_use]
    pub fn stdout(mut self, to: Stdio) -> ProcessConfig {
        self.stdout = to;
        self
    }

    /// Where the child's stderr goes: the parent's by default, with the last lines kept for errors.
    #[must_use]
    pub fn stderr(mut self, to: Stdio) -> ProcessConfig {
        self.stderr = to;
        self
    }

    /// Reconnects the object in the child with these, handed over the control socket; they are never stored.
    #[must_use]
    pub fn autoreconnect(mut self, credentials: Credentials) -> ProcessConfig {
        self.autoreconnect = Some(credentials);
        self
    }

    /// The first setting that makes no sense.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref().or_else(|| self.sandbox.problem())
    }

    /// A builder cannot fail: the start does, with the first problem.
    fn blame(&mut self, problem: &str) {
        self.problem.get_or_insert_with(|| problem.to_owned());
    }
}
