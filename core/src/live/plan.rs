//! The plan of reconnecting a value: who gets which secret, before anything is opened.
//!
//! Making it does no input or output and starts no thread. Its [`Job`]s are free of the value, so that an executor
//! may run them anywhere; [`Plan::finish`] puts what they made into the value by a second walk, because a resource
//! may stand under a lock that must not be held while a host is slow to answer.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::any::{AnyConnection, ConnectFn};
use super::draft::Draft;
use super::failure::{panicked, scrubbed};
use super::finish::Finish;
use super::{AsCredentials, Connect, Failure, Outcome, ReconnectPolicy, ReconnectReport, Row, Secret};
use crate::encode::Encode;
use crate::error::Result;
use crate::walk::walk_value;

/// Who gets which secret, and what is to be done.
#[derive(Debug)]
pub struct Plan {
    tasks: Vec<Task>,
    unused: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Task {
    pub(super) row: Row,
    pub(super) step: Step,
    /// The task whose connection this one is another handle on.
    pub(super) leader: Option<usize>,
}

pub(super) enum Step {
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
    pub(super) task: usize,
    pub(super) host: Option<String>,
    pub(super) secret: Option<Secret>,
    pub(super) policy: Arc<ReconnectPolicy>,
    pub(super) connect: ConnectFn,
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
        let draft = Rc::new(RefCell::new(Draft::new(credentials, policy)));
        let skipped = walk_value(value, {
            let draft = draft.clone();
            move |place, live| {
                let attribute = place.attribute().unwrap_or_default();
                draft.borrow_mut().add(place.path(), &attribute, live);
            }
        });
        let (tasks, unused) = draft.borrow_mut().take(skipped);
        Plan { tasks, unused }
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
