//! The plan of reconnecting a value: who gets which secret, before anything is opened.
//!
//! Making it does no input or output and starts no thread. Its [`Job`]s are free of the value, so that an executor
//! may run them anywhere; [`Plan::finish`] puts what they made into the value by a second walk, because a resource
//! may stand under a lock that must not be held while a host is slow to answer.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::any::{AnyConnection, AnyLive, ConnectFn, Status};
use super::credentials::Wanted;
use super::failure::{panicked, scrubbed};
use super::{
    AsCredentials, Auth, Connect, Credentials, Failure, Outcome, Reach, ReconnectPolicy, ReconnectReport,
    Row, Secret,
};
use crate::encode::Encode;
use crate::error::{Error, Result};
use crate::registry::Registry;
use crate::walk::walk_value;

/// Who gets which secret, and what is to be done.
#[derive(Debug)]
pub struct Plan {
    tasks: Vec<Task>,
    unused: Vec<String>,
}

#[derive(Debug)]
struct Task {
    row: Row,
    step: Step,
    /// The task whose connection this one is another handle on.
    leader: Option<usize>,
}

enum Step {
    /// Nothing is to be done: the row says why.
    Settled,
    /// To be run.
    Job(Job),
    /// Given to an executor.
    Running,
    /// To be put into the value.
    Made(AnyConnection),
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Step::Settled => "Settled",
            Step::Job(_) => "Job",
            Step::Running => "Running",
            Step::Made(_) => "Made",
        })
    }
}

/// One connection to be made, free of the value it is for.
pub struct Job {
    task: usize,
    host: Option<String>,
    secret: Option<Secret>,
    policy: Arc<ReconnectPolicy>,
    connect: ConnectFn,
}

/// A connection on its way into the value.
pub struct Made(AnyConnection);

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Made(..)")
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("task", &self.task).field("host", &self.host).finish_non_exhaustive()
    }
}

impl Job {
    /// The number of the job in its plan.
    pub fn task(&self) -> usize {
        self.task
    }

    /// The host that it goes to, to be kind to.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Connects once. A panic of the reconnector is an error; the error's text is free of the secret.
    ///
    /// # Errors
    /// Those of the reconnector.
    ///
    /// # Blocking
    /// As long as the driver blocks: it is told the deadline, but not every driver keeps it.
    pub fn run(
        &mut self,
        deadline: Instant,
        attempt: u32,
        runtime: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<Made> {
        let mut cx = Connect::new()
            .secret_of(self.secret.as_ref())
            .until(deadline)
            .attempt_number(attempt)
            .under(&self.policy);
        if let Some(runtime) = runtime {
            cx = cx.on_runtime(runtime);
        }
        let secrets: Vec<&Secret> = self.secret.iter().collect();
        match catch_unwind(AssertUnwindSafe(|| (self.connect)(&cx))) {
            Ok(Ok(made)) => Ok(Made(made)),
            Ok(Err(error)) => Err(scrubbed(&error, &secrets)),
            Err(panic) => Err(panicked(&*panic, &secrets)),
        }
    }
}

impl Plan {
    /// Plans the reconnecting of every live resource in a value: `Cerial`, or `Serde(&value)` for one that only serde
    /// knows.
    pub fn new<T: Encode + ?Sized>(
        value: &T,
        credentials: impl AsCredentials,
        policy: &ReconnectPolicy,
    ) -> Plan {
        let credentials = credentials.as_credentials().into_owned();
        let draft = Rc::new(RefCell::new(Draft {
            tasks: Vec::new(),
            used: vec![false; credentials.names().len()],
            leaders: HashMap::new(),
            policy: Arc::new(policy.clone()),
            credentials,
        }));
        let skipped = walk_value(value, {
            let draft = draft.clone();
            move |place, live| {
                let attribute = place.attribute().unwrap_or_default();
                draft.borrow_mut().add(place.path(), &attribute, live);
            }
        });
        let mut draft = draft.borrow_mut();
        for (path, error) in skipped {
            let row = Row::new(path, "", String::new())
                .failed(Failure::Other, format!("could not be looked into: {error}"));
            draft.tasks.push(Task { row, step: Step::Settled, leader: None });
        }
        let names = draft.credentials.names();
        let unused =
            names.into_iter().zip(&draft.used).filter(|(_, used)| !**used).map(|(name, _)| name).collect();
        Plan { tasks: std::mem::take(&mut draft.tasks), unused }
    }

    /// Takes the jobs out, to be run in any order.
    pub fn take_jobs(&mut self) -> Vec<Job> {
        let take = |task: &mut Task| match std::mem::replace(&mut task.step, Step::Running) {
            Step::Job(job) => Some(job),
            other => {
                task.step = other;
                None
            }
        };
        self.tasks.iter_mut().filter_map(take).collect()
    }

    /// Takes what a job gave, after so many tries and so much time.
    pub fn settle(&mut self, task: usize, result: Result<Made>, tries: u32, took: Duration) {
        let Some(task) = self.tasks.get_mut(task) else { return };
        task.row.tries = tries;
        task.row.took = took;
        match result {
            Ok(Made(made)) => task.step = Step::Made(made),
            Err(error) => {
                task.step = Step::Settled;
                let failure = error.failure().unwrap_or(Failure::Other);
                task.row.outcome = Outcome::Failed(failure);
                task.row.detail = error.to_string();
                task.row.help = error.help().map(str::to_owned);
            }
        }
    }

    /// Puts what was made into the value, which must be the one that was planned for, and says what came of it.
    ///
    /// Jobs that were not settled count as timed out.
    pub fn finish<T: Encode + ?Sized>(self, value: &T) -> ReconnectReport {
        let finish = Rc::new(RefCell::new(Finish::new(self.tasks)));
        let skipped = walk_value(value, {
            let finish = finish.clone();
            move |place, live| finish.borrow_mut().visit(&place.path(), live)
        });
        // What could not be looked into now has its resources reported as gone.
        drop(skipped);
        let rows = finish.borrow_mut().rows();
        ReconnectReport::new(rows, self.unused)
    }
}

struct Draft {
    tasks: Vec<Task>,
    used: Vec<bool>,
    leaders: HashMap<(String, u64), usize>,
    policy: Arc<ReconnectPolicy>,
    credentials: Credentials,
}

impl Draft {
    fn add(&mut self, path: String, attribute: &str, live: &dyn AnyLive) {
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
                std::collections::hash_map::Entry::Occupied(entry) => Some(*entry.get()),
                std::collections::hash_map::Entry::Vacant(entry) => {
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
        if let Some(poison) =
            Registry::global().reconnector(live.key()).and_then(|entry| entry.poison.as_ref())
        {
            return Err(Error::connect(Failure::Other, poison));
        }
        let Some(connect) = live.connect_fn() else {
            let krate = live.key().split("::").next().unwrap_or_default();
            return Err(Error::connect(Failure::Unknown, format!("no reconnector for `{}`", live.key()))
                .with_help(format!(
                    "is its crate linked? add `use {krate} as _;` or that of its reconnector"
                )));
        };
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

/// The second walk.
struct Finish {
    tasks: Vec<Option<Task>>,
    by_path: HashMap<String, VecDeque<usize>>,
    /// How many handles beside the first are wanted of a task's connection, and those that were made.
    followers: HashMap<usize, (usize, Vec<AnyConnection>)>,
    done: Vec<(usize, Row)>,
}

impl Finish {
    fn new(tasks: Vec<Task>) -> Finish {
        let mut by_path: HashMap<String, VecDeque<usize>> = HashMap::new();
        let mut followers: HashMap<usize, (usize, Vec<AnyConnection>)> = HashMap::new();
        for (index, task) in tasks.iter().enumerate() {
            by_path.entry(task.row.path.clone()).or_default().push_back(index);
            if let Some(leader) = task.leader {
                followers.entry(leader).or_default().0 += 1;
            }
        }
        Finish { tasks: tasks.into_iter().map(Some).collect(), by_path, followers, done: Vec::new() }
    }

    fn visit(&mut self, path: &str, live: &dyn AnyLive) {
        let Some(index) = self.by_path.get_mut(path).and_then(VecDeque::pop_front) else { return };
        let Some(Task { mut row, step, leader }) = self.tasks[index].take() else { return };
        match (step, leader) {
            (Step::Made(made), _) => put(&mut row, live, made),
            (Step::Settled, _) => {}
            (_, Some(leader)) => match self.followers.get_mut(&leader).and_then(|(_, made)| made.pop()) {
                Some(made) => put(&mut row, live, made),
                None => {
                    let first = self.done.iter().find(|(index, _)| *index == leader).map(|(_, row)| row);
                    row = match first {
                        Some(first) if !first.is_live() => row.failed_as(first),
                        _ => row.failed(
                            Failure::Other,
                            "the first handle on this resource gave no second one".into(),
                        ),
                    };
                }
            },
            _ => row = row.failed(Failure::Timeout, "no answer before the deadline".into()),
        }
        if let Some((wanted, made)) = self.followers.get_mut(&index)
            && row.is_live()
        {
            made.extend((0..*wanted).map_while(|_| live.second()));
        }
        if let Outcome::Failed(failure) = row.outcome {
            live.note(&format!("{failure}: {}", row.detail));
        }
        self.done.push((index, row));
    }

    fn rows(&mut self) -> Vec<Row> {
        for (index, task) in self.tasks.iter_mut().enumerate() {
            if let Some(Task { row, step, .. }) = task.take() {
                let gone = !matches!(step, Step::Settled);
                let row = if gone {
                    row.failed(Failure::Other, "is gone: the value was changed meanwhile".into())
                } else {
                    row
                };
                self.done.push((index, row));
            }
        }
        self.done.sort_by_key(|(index, _)| *index);
        std::mem::take(&mut self.done).into_iter().map(|(_, row)| row).collect()
    }
}

fn put(row: &mut Row, live: &dyn AnyLive, made: AnyConnection) {
    match live.install(made) {
        Ok(()) => row.outcome = Outcome::Live,
        Err(error) => {
            row.outcome = Outcome::Failed(Failure::Other);
            row.detail = error.to_string();
        }
    }
}
