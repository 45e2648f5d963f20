//! Why a process gave no result.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::config::Section;
use super::message::Failure;
use crate::raw::{Cause, Death, StartError};

/// What kept a process from its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProcessErrorKind {
    /// A setting of [`ProcessConfig`](crate::ProcessConfig) makes no sense.
    Config,
    /// The object, a message or the result could not be serialized or deserialized.
    Payload,
    /// The child could not be started.
    Start,
    /// The object could not be read or reconnected in the child.
    Setup,
    /// `prerun` failed.
    PreRun,
    /// `run` failed.
    Run,
    /// `postrun` failed.
    PostRun,
    /// `onfinish` failed.
    OnFinish,
    /// `result` failed.
    Result,
    /// `error` failed.
    ErrorHandler,
    /// A section took longer than its timeout and was ended.
    ProcessTimeout,
    /// The wait for the result took longer than its timeout; the process runs on.
    ResultTimeout,
    /// The process died: a signal, a panic, an exit, a lack of memory.
    Crashed,
    /// The job was killed by its handle.
    Killed,
    /// The other side has ended; no message will come or be read.
    Ended,
    /// The child did not read a message in time.
    Full,
}

/// Why a process gave no result: where in the lifecycle, in which run, with the cause.
///
/// `Display` is one line. Clones share.
#[derive(Clone)]
pub struct ProcessError(Arc<Inner>);

struct Inner {
    kind: ProcessErrorKind,
    object: String,
    failure: Option<Failure>,
    message: String,
    lives_used: u32,
    timeout: Option<Duration>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ProcessError {
    fn make(kind: ProcessErrorKind, object: &str, message: String) -> Inner {
        Inner {
            kind,
            object: object.to_owned(),
            failure: None,
            message,
            lives_used: 0,
            timeout: None,
            source: None,
        }
    }

    pub(super) fn plain(kind: ProcessErrorKind, object: &str, message: impl Into<String>) -> ProcessError {
        ProcessError(Arc::new(Self::make(kind, object, message.into())))
    }

    pub(super) fn result_timeout(object: &str, limit: Option<Duration>) -> ProcessError {
        let why = format!("no result within {:?}; the process runs on", limit.unwrap_or_default());
        let inner = Self::make(ProcessErrorKind::ResultTimeout, object, why);
        ProcessError(Arc::new(Inner { timeout: limit, ..inner }))
    }

    pub(super) fn config(object: &str, problem: &str) -> ProcessError {
        Self::plain(ProcessErrorKind::Config, object, format!("a setting makes no sense: {problem}"))
    }

    pub(crate) fn not_in_a_worker(object: &str) -> ProcessError {
        Self::plain(ProcessErrorKind::Start, object, "its lifecycle runs only in a worker of a pool")
    }

    pub(super) fn payload(object: &str, what: &str, error: cerial::Error) -> ProcessError {
        let message = format!("{what}: {error}");
        let inner = Self::make(ProcessErrorKind::Payload, object, message);
        ProcessError(Arc::new(Inner { source: Some(Box::new(error)), ..inner }))
    }

    pub(super) fn start(object: &str, error: StartError) -> ProcessError {
        let inner = Self::make(ProcessErrorKind::Start, object, error.to_string());
        ProcessError(Arc::new(Inner { source: Some(Box::new(error)), ..inner }))
    }

    /// What a failure says of itself: also one that comes from another process.
    pub(super) fn failed(object: &str, failure: Failure, lives_used: u32) -> ProcessError {
        let kind = match (&failure.death, failure.timeout, failure.place.section) {
            (_, Some(_), _) => ProcessErrorKind::ProcessTimeout,
            (Some(death), ..) if death.cause == Cause::Killed => ProcessErrorKind::Killed,
            (Some(_), ..) => ProcessErrorKind::Crashed,
            (None, None, Section::Setup) => ProcessErrorKind::Setup,
            (None, None, Section::PreRun) => ProcessErrorKind::PreRun,
            (None, None, Section::Run) => ProcessErrorKind::Run,
            (None, None, Section::PostRun) => ProcessErrorKind::PostRun,
            (None, None, Section::OnFinish) => ProcessErrorKind::OnFinish,
            (None, None, Section::Result) => ProcessErrorKind::Result,
            (None, None, Section::Error) => ProcessErrorKind::ErrorHandler,
        };
        let timeout = failure.timeout.map(Duration::from_nanos);
        let message = match (&failure.death, timeout) {
            (_, Some(limit)) => format!("took longer than {limit:?} and was ended"),
            (Some(Death { cause: Cause::Exited(0), .. }), _) => "ended before it gave a result".into(),
            (Some(death), _) => match &death.panic {
                Some(panic) => format!("{}; {panic}", death.cause),
                None => death.cause.to_string(),
            },
            (None, _) => failure.chain.join(": "),
        };
        let inner = Self::make(kind, object, message);
        ProcessError(Arc::new(Inner { failure: Some(failure), lives_used, timeout, ..inner }))
    }

    /// What went wrong, for programs.
    #[must_use]
    pub fn kind(&self) -> ProcessErrorKind {
        self.0.kind
    }

    /// The section it went wrong in, if it was in one.
    #[must_use]
    pub fn section(&self) -> Option<Section> {
        self.0.failure.as_ref().map(|failure| failure.place.section)
    }

    /// The run it went wrong in, from 0.
    #[must_use]
    pub fn current_run(&self) -> Option<u64> {
        self.0.failure.as_ref().map(|failure| failure.place.run)
    }

    /// Whether the process died, other than by its handle.
    #[must_use]
    pub fn crashed(&self) -> bool {
        self.0.kind == ProcessErrorKind::Crashed
    }

    /// How the process ended, if it died: signal, panic with message and place, last stderr lines.
    #[must_use]
    pub fn death(&self) -> Option<&Death> {
        self.0.failure.as_ref()?.death.as_ref()
    }

    /// How many lives were spent.
    #[must_use]
    pub fn lives_used(&self) -> u32 {
        self.0.lives_used
    }

    /// The timeout that was passed, if one was.
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.0.timeout
    }

    /// The section's error and its causes as text, outermost first.
    #[must_use]
    pub fn chain(&self) -> &[String] {
        self.0.failure.as_ref().map_or(&[], |failure| &failure.chain)
    }

    /// The failure as it travels; what only this process knows becomes text.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.0.failure.as_ref()
    }
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match &inner.failure {
            Some(Failure { place, .. }) => {
                let section = place.section;
                match section {
                    Section::Run => write!(f, "run {} of `{}`", place.run, inner.object)?,
                    Section::PreRun | Section::PostRun => {
                        write!(f, "{} of run {} of `{}`", section.name(), place.run, inner.object)?;
                    }
                    _ => write!(f, "{} of `{}`", section.name(), inner.object)?,
                }
            }
            None => write!(f, "`{}`", inner.object)?,
        }
        write!(f, ": {}", inner.message)?;
        if inner.lives_used > 1 {
            write!(f, " ({} lives used)", inner.lives_used)?;
        }
        if let Some(death) = self.death()
            && !death.stderr.trim().is_empty()
        {
            let lines: Vec<_> = death.stderr.lines().filter(|line| !line.trim().is_empty()).collect();
            write!(f, "; last stderr: {}", lines[lines.len().saturating_sub(3)..].join(" | "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}\n  kind: {:?}", self.0.kind)?;
        if let Some(death) = self.death() {
            write!(f, "\n  death: {death}")?;
        }
        for cause in self.chain().iter().skip(1) {
            write!(f, "\n  caused by: {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ProcessError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}
