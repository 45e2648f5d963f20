//! The first walk: finds every live resource of a value and decides what is to be done about it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::any::{AnyLive, Status};
use super::credentials::Wanted;
use super::plan::{Job, Step, Task};
use super::{Auth, Credentials, Failure, Outcome, Reach, ReconnectPolicy, Row, Secret};
use crate::error::{Error, Result};
use crate::registry::Registry;

/// What the walk gathers.
pub(super) struct Draft {
    tasks: Vec<Task>,
    used: Vec<bool>,
    leaders: HashMap<(String, u64), usize>,
    policy: Arc<ReconnectPolicy>,
    credentials: Credentials,
}

impl Draft {
    pub(super) fn new(credentials: Credentials, policy: &ReconnectPolicy) -> Draft {
        Draft {
            tasks: Vec::new(),
            used: vec![false; credentials.names().len()],
            leaders: HashMap::new(),
            policy: Arc::new(policy.clone()),
            credentials,
        }
    }

    /// What is to be done, and the credentials that nothing asked for. `skipped` could not be looked into.
    pub(super) fn take(&mut self, skipped: Vec<(String, Error)>) -> (Vec<Task>, Vec<String>) {
        for (path, error) in skipped {
            let row = Row::new(path, "", String::new())
                .failed(Failure::Other, format!("could not be looked into: {error}"));
            self.tasks.push(Task { row, step: Step::Settled, leader: None });
        }
        let names = self.credentials.names().into_iter().zip(&self.used);
        let unused = names.filter(|(_, used)| !**used).map(|(name, _)| name).collect();
        (std::mem::take(&mut self.tasks), unused)
    }

    /// Takes in a live resource.
    pub(super) fn add(&mut self, path: String, attribute: &str, live: &dyn AnyLive) {
        let place = live.place();
        let wanted = Wanted { key: live.key(), path: &path, attribute, place: &place };
        let secret = match live.auth() {
            Auth::None => None,
            _ => self.credentials.find(&wanted, live.aliases()).map(|(secret, entry)| {
                if let Some(entry) = entry {
                    self.used[entry] = true;
                }
                secret.into_owned()
            }),
        };
        let mut row = Row::new(path.clone(), live.key(), place.clone());
        row.secret = secret.is_some();
        let leader = match live.group() {
            0 => None,
            group => match self.leaders.entry((live.key().to_owned(), group)) {
                Entry::Occupied(entry) => Some(*entry.get()),
                Entry::Vacant(entry) => {
                    entry.insert(self.tasks.len());
                    None
                }
            },
        };
        let step = if live.status() == Status::Live {
            row.outcome = Outcome::AlreadyLive;
            Step::Settled
        } else if leader.is_some() {
            Step::Running
        } else {
            match self.prepare(&wanted, live, secret) {
                Ok(Some(job)) => Step::Job(job),
                Ok(None) => {
                    row.outcome = Outcome::Ready;
                    Step::Settled
                }
                Err(error) => {
                    row.outcome = Outcome::Failed(error.failure().unwrap_or(Failure::Other));
                    row.detail = error.to_string();
                    row.help = error.help().map(str::to_owned);
                    Step::Settled
                }
            }
        };
        self.tasks.push(Task { row, step, leader });
    }

    /// The job, or none for what is rebuilt and not started.
    fn prepare(
        &self,
        wanted: &Wanted<'_>,
        live: &dyn AnyLive,
        secret: Option<Secret>,
    ) -> Result<Option<Job>> {
        let known = Registry::global().reconnector(live.key());
        if let Some(poison) = known.and_then(|entry| entry.poison.as_ref()) {
            return Err(Error::connect(Failure::Other, poison));
        }
        let Some(connect) = live.connect_fn() else { return Err(unknown(live.key(), known.is_some())) };
        let reach = live.reach();
        match reach {
            Reach::Thread if !self.policy.start_threads => return Ok(None),
            Reach::Process if !self.policy.start_processes => return Ok(None),
            Reach::Thread | Reach::Process => {}
            _ => {
                self.policy.permits(&reach)?;
                live.policy().permits(&reach)?;
            }
        }
        match &secret {
            None if live.auth() == Auth::Required => {
                return Err(Error::secret_missing(format!("no credential: {}", tried(wanted))));
            }
            Some(secret) => check_parts(secret, live.secret_parts())?,
            None => {}
        }
        let host = match reach {
            Reach::Host(host) => Some(host),
            _ => None,
        };
        Ok(Some(Job { task: self.tasks.len(), host, secret, policy: self.policy.clone(), connect }))
    }
}

/// A [`Placeholder`](super::Placeholder) stands there.
fn unknown(key: &str, known: bool) -> Error {
    if known {
        return Error::connect(
            Failure::Unknown,
            format!("`{key}` was read into a `Placeholder`, which never connects"),
        )
        .with_help("read the value with the `Live<..>` of that reconnector in its place");
    }
    let krate = key.split("::").next().unwrap_or_default();
    Error::connect(Failure::Unknown, format!("no reconnector for `{key}`"))
        .with_help(format!("is its crate linked? add `use {krate} as _;` or that of its reconnector"))
}

/// Which credentials were looked for.
fn tried(wanted: &Wanted<'_>) -> String {
    let mut selectors = vec![Cow::from(format!("{:?}", wanted.path))];
    if wanted.attribute != wanted.path {
        selectors.push(format!("{:?}", wanted.attribute).into());
    }
    selectors.push("\"*\"".into());
    format!("looked for {} of `{}`", selectors.join(", "), wanted.key)
}

fn check_parts(secret: &Secret, known: &[&str]) -> Result<()> {
    match secret.part_names().into_iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Error::connect(
            Failure::Other,
            format!("the secret has a part `{name}`, this resource takes: {}", known.join(", ")),
        )),
    }
}
