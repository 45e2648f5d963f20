//! What came of reconnecting: a row each.

use std::fmt;
use std::time::Duration;

use super::Failure;
use crate::error::{Error, Result};

/// What came of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It was connected.
    Live,
    /// It was connected before, and was left alone.
    AlreadyLive,
    /// It was rebuilt, and is not started because the policy says so. No failure.
    Ready,
    /// It stays a placeholder.
    Failed(Failure),
}

/// One resource.
#[derive(Clone, Debug)]
pub struct Row {
    pub(super) path: String,
    pub(super) key: String,
    pub(super) place: String,
    pub(super) outcome: Outcome,
    pub(super) detail: String,
    pub(super) help: Option<String>,
    pub(super) secret: bool,
    pub(super) tries: u32,
    pub(super) took: Duration,
}

impl Row {
    pub(super) fn new(path: String, key: &str, place: String) -> Row {
        Row {
            path,
            key: key.to_owned(),
            place,
            outcome: Outcome::Failed(Failure::Timeout),
            detail: String::new(),
            help: None,
            secret: false,
            tries: 0,
            took: Duration::ZERO,
        }
    }

    pub(super) fn failed(mut self, failure: Failure, detail: String) -> Row {
        self.outcome = Outcome::Failed(failure);
        self.detail = detail;
        self
    }

    pub(super) fn failed_as(mut self, other: &Row) -> Row {
        self.outcome = other.outcome;
        self.detail.clone_from(&other.detail);
        self
    }

    /// The path in the value: `inner.shards[1]`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The key of the reconnector.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where the resource is: `svc@db.internal:5432/app`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What came of it.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The reason of a failure, free of secrets.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What to do about a failure, if there is something to say.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// How often it was tried.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// How long it took, pauses between tries included.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Whether there is a connection now.
    pub fn is_live(&self) -> bool {
        matches!(self.outcome, Outcome::Live | Outcome::AlreadyLive)
    }

    fn told(&self) -> String {
        let took = told(self.took);
        match self.outcome {
            Outcome::Live if self.secret => format!("live in {took}"),
            Outcome::Live => format!("live in {took} (no secret needed)"),
            Outcome::AlreadyLive => "live already".to_owned(),
            Outcome::Ready => "ready (not started)".to_owned(),
            Outcome::Failed(failure) => {
                let tries = match (self.tries, failure) {
                    (0, _) => String::new(),
                    (1, Failure::Timeout) => format!(" ({took})"),
                    (1, _) => String::new(),
                    (tries, _) => format!(" ({tries} tries, {took})"),
                };
                format!("{failure}: {}{tries}", self.detail)
            }
        }
    }
}

fn told(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{:.0} ms", took.as_secs_f64() * 1e3)
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}

/// What came of reconnecting a value: one row per resource, and the credentials that nothing asked for.
///
/// `Display` is a table. Nothing in it holds a secret.
#[derive(Clone, Debug)]
#[must_use = "a resource that failed stays a placeholder: look at the report, or call `into_result`"]
pub struct ReconnectReport {
    rows: Vec<Row>,
    unused: Vec<String>,
}

impl ReconnectReport {
    pub(super) fn new(rows: Vec<Row>, unused: Vec<String>) -> ReconnectReport {
        ReconnectReport { rows, unused }
    }

    /// The rows, in the order in which the value was walked.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a path.
    pub fn row(&self, path: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.path == path)
    }

    /// The credentials that no resource asked for, as `key/"selector"`: often a spelling mistake.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Whether no resource failed.
    pub fn is_ok(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The rows that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| matches!(row.outcome, Outcome::Failed(_)))
    }

    /// An error unless every resource is live or ready.
    ///
    /// # Errors
    /// One of [`ErrorKind::Connect`](crate::ErrorKind::Connect) that names every resource that failed;
    /// [`Error::failure`] is that of the first.
    pub fn into_result(self) -> Result<()> {
        let failed: Vec<&Row> = self.failed().collect();
        let Some(first) = failed.first() else { return Ok(()) };
        let Outcome::Failed(failure) = first.outcome else { return Ok(()) };
        let told: Vec<String> =
            failed.iter().map(|row| format!("`{}` {}: {}", row.path, row.key, row.told())).collect();
        let (count, all) = (failed.len(), self.rows.len());
        let error = Error::connect(
            failure,
            format!("{count} of {all} resources are not connected: {}", told.join("; ")),
        );
        Err(match &first.help {
            Some(help) => error.with_help(help.clone()),
            None => error,
        })
    }
}

impl fmt::Display for ReconnectReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![["path", "resource", "where", "outcome"].map(str::to_owned)];
        for row in &self.rows {
            let path = if row.path.is_empty() { "." } else { &row.path };
            lines.push([path.to_owned(), row.key.clone(), row.place.clone(), row.told()]);
        }
        let widths = [0, 1, 2].map(|i| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or(0));
        for (i, [path, key, place, outcome]) in lines.iter().enumerate() {
            let [a, b, c] = widths;
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{path:a$}  {key:b$}  {place:c$}  {outcome}")?;
        }
        for unused in &self.unused {
            write!(f, "\nunused credential: {unused}")?;
        }
        Ok(())
    }
}
