//! How an object is run.

use std::time::Duration;

use cerial::Credentials;
use suitkaise_timing::Seconds;

use crate::raw::{Limits, Stdio};

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
/// use suitkaise_processing::{ProcessConfig, Section};
/// let config = ProcessConfig::new().runs(10).lives(3).timeout(Section::Run, 5.0);
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
pub struct ProcessConfig {
    pub(super) runs: Option<u64>,
    pub(super) join_in: Option<Duration>,
    pub(super) lives: u32,
    pub(super) timeouts: [Option<Duration>; Section::COUNT],
    pub(super) limits: Limits,
    pub(super) stdout: Stdio,
    pub(super) stderr: Stdio,
    pub(super) grace: Duration,
    pub(super) autoreconnect: Option<Credentials>,
    pub(super) problem: Option<String>,
}

impl Default for ProcessConfig {
    fn default() -> ProcessConfig {
        ProcessConfig {
            runs: None,
            join_in: None,
            lives: 1,
            timeouts: [None; Section::COUNT],
            limits: Limits::default(),
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

    /// The resource limits of the child.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> ProcessConfig {
        self.limits = limits;
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

    /// A builder cannot fail: the start does, with the first problem.
    fn blame(&mut self, problem: &str) {
        self.problem.get_or_insert_with(|| problem.to_owned());
    }
}
