//! What can go wrong in a pool.

use std::fmt;
use std::sync::Arc;

use crate::raw::{Death, StartError};

/// An item without a result, or a run that could not go on.
#[derive(Clone)]
pub struct PoolError(Arc<What>);

struct What {
    kind: PoolErrorKind,
    item: Option<u64>,
    attempts: u32,
    /// The error and its causes, outermost first.
    chain: Vec<String>,
    death: Option<Arc<Death>>,
    start: Option<StartError>,
}

/// Which way it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PoolErrorKind {
    /// The function returned an error.
    Failed,
    /// The function panicked; its worker lives on.
    Panicked,
    /// The worker died with the item.
    Died,
    /// The item took longer than its time; its worker was ended.
    TimedOut,
    /// The item cannot be serialized, or not be read in the worker.
    Item,
    /// The result cannot be serialized, or not be read here.
    Output,
    /// The function cannot travel.
    Function,
    /// No worker could be started, or its initializer failed.
    Start,
    /// Workers died again and again, and no item was done in between.
    CrashLoop,
    /// The pool was closed or terminated, or the run cancelled.
    Cancelled,
    /// A setting that makes no sense.
    Config,
    /// A bounded wait is over; the run goes on.
    ResultTimeout,
}

impl PoolError {
    pub(super) fn new(kind: PoolErrorKind, text: impl Into<String>) -> PoolError {
        PoolError::made(kind, None, 0, vec![text.into()], None, None)
    }

    fn made(
        kind: PoolErrorKind,
        item: Option<u64>,
        attempts: u32,
        chain: Vec<String>,
        death: Option<Arc<Death>>,
        start: Option<StartError>,
    ) -> PoolError {
        PoolError(Arc::new(What { kind, item, attempts, chain, death, start }))
    }

    pub(super) fn item(kind: PoolErrorKind, item: u64, attempts: u32, chain: Vec<String>) -> PoolError {
        PoolError::made(kind, Some(item), attempts, chain, None, None)
    }

    pub(super) fn died(
        kind: PoolErrorKind,
        item: u64,
        attempts: u32,
        text: String,
        death: Arc<Death>,
    ) -> PoolError {
        PoolError::made(kind, Some(item), attempts, vec![text], Some(death), None)
    }

    pub(super) fn start(error: StartError) -> PoolError {
        PoolError::made(
            PoolErrorKind::Start,
            None,
            0,
            vec!["no worker could be started".into()],
            None,
            Some(error),
        )
    }

    pub(super) fn crash_loop(deaths: usize, last: Arc<Death>) -> PoolError {
        let text = format!(
            "{deaths} workers died one after the other, and no item was done in between; the last: {last}"
        );
        PoolError::made(PoolErrorKind::CrashLoop, None, 0, vec![text], Some(last), None)
    }

    /// Which way it went wrong, for programs.
    #[must_use]
    pub fn kind(&self) -> PoolErrorKind {
        self.0.kind
    }

    /// The item's place in the input, from 0; `None` where the whole run failed.
    #[must_use]
    pub fn index(&self) -> Option<u64> {
        self.0.item
    }

    /// How many attempts were made at the item.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How the worker ended, where it did.
    #[must_use]
    pub fn death(&self) -> Option<&Death> {
        self.0.death.as_deref().or_else(|| self.0.start.as_ref()?.death())
    }

    /// What was said: the error and its causes, outermost first.
    #[must_use]
    pub fn chain(&self) -> &[String] {
        &self.0.chain
    }
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let What { kind, item, attempts, chain, start, .. } = &*self.0;
        if let Some(item) = item {
            write!(f, "item {item}")?;
            if *attempts > 1 {
                write!(f, " ({attempts} attempts)")?;
            }
            f.write_str(": ")?;
        }
        match kind {
            PoolErrorKind::Item => f.write_str("the item cannot travel: ")?,
            PoolErrorKind::Output => f.write_str("the result cannot travel: ")?,
            PoolErrorKind::Function => f.write_str("the function cannot travel: ")?,
            _ => {}
        }
        f.write_str(&chain.join(": "))?;
        if let Some(start) = start {
            write!(f, ": {start}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)?;
        if let Some(death) = self.death() {
            write!(f, "\n{death}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let start = self.0.start.as_ref().map(|error| error as &(dyn std::error::Error + 'static));
        start.or_else(|| self.0.death.as_deref().map(|death| death as &(dyn std::error::Error + 'static)))
    }
}
