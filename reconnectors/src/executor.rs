//! Connecting in parallel: threads that never touch the value, one deadline, patience with hosts that are away.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use cerial::{AsCredentials, Encode, Error, Failure, Job, Made, Plan, ReconnectPolicy, ReconnectReport};

/// Connects every placeholder in a value: in parallel, within thirty seconds, unreachable hosts up to three times.
///
/// Resources that are live already are left alone; one that fails stays a placeholder, and its row says why. For a
/// value that only serde knows pass `&Serde(&value)`; without credentials pass `()`. [`Reconnect`] sets the deadline
/// and the rest.
///
/// # Blocking
/// Until every resource has answered, thirty seconds at most. A driver that hangs costs its row: its thread is left
/// behind and ends with the driver.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # fn main() -> cerial::Result<()> {
/// use cerial::Live;
/// use cerial_reconnectors::{Sqlite, reconnect_all};
///
/// let db = Live::open(Sqlite::memory(), None)?;
/// db.get()?.execute_batch("create table t (x); insert into t values (42)").map_err(cerial::Error::other)?;
///
/// let bytes = cerial::serialize(&db)?;
/// let db: Live<Sqlite> = cerial::deserialize(&bytes)?;
/// reconnect_all(&db, ()).into_result()?;
/// let x: i64 = db.get()?.query_row("select x from t", [], |row| row.get(0)).map_err(cerial::Error::other)?;
/// assert_eq!(x, 42);
/// # Ok(()) }
/// # #[cfg(not(feature = "sqlite"))] fn main() {}
/// ```
pub fn reconnect_all<T: Encode + ?Sized>(value: &T, credentials: impl AsCredentials) -> ReconnectReport {
    Reconnect::new().run(value, credentials)
}

/// [`reconnect_all`] with settings.
///
/// ```
/// use std::time::Duration;
/// use cerial_reconnectors::Reconnect;
/// let nothing_live_in_here = ();
/// let report = Reconnect::new().deadline(Duration::from_secs(5)).retries(0).run(&nothing_live_in_here, ());
/// assert!(report.is_ok());
/// ```
#[derive(Clone)]
#[must_use = "nothing is connected before `run`"]
pub struct Reconnect {
    deadline: Duration,
    retries: u32,
    parallel: usize,
    per_host: usize,
    policy: ReconnectPolicy,
    runtime: Option<Arc<dyn Any + Send + Sync>>,
}

impl Reconnect {
    /// Thirty seconds in all, two retries, 32 resources at a time and 8 of one host, the default policy.
    pub fn new() -> Reconnect {
        Reconnect {
            deadline: Duration::from_secs(30),
            retries: 2,
            parallel: 32,
            per_host: 8,
            policy: ReconnectPolicy::new(),
            runtime: None,
        }
    }

    /// Sets how long all of it may take.
    pub fn deadline(mut self, deadline: Duration) -> Reconnect {
        self.deadline = deadline;
        self
    }

    /// Sets how often an unreachable resource is tried again, with growing pauses. What was rejected never is.
    pub fn retries(mut self, retries: u32) -> Reconnect {
        self.retries = retries;
        self
    }

    /// Sets how many resources are connected at a time, and how many of one host. At least one.
    pub fn parallel(mut self, resources: usize, of_one_host: usize) -> Reconnect {
        self.parallel = resources.max(1);
        self.per_host = of_one_host.max(1);
        self
    }

    /// Sets what may be touched and started.
    pub fn policy(mut self, policy: ReconnectPolicy) -> Reconnect {
        self.policy = policy;
        self
    }

    /// Gives the runtime that asynchronous drivers belong to: a tokio `Handle`.
    pub fn runtime(mut self, handle: impl Any + Send + Sync) -> Reconnect {
        self.runtime = Some(Arc::new(handle));
        self
    }

    /// Connects every placeholder in a value. See [`reconnect_all`].
    ///
    /// # Blocking
    /// Until every resource has answered, or the deadline.
    pub fn run<T: Encode + ?Sized>(&self, value: &T, credentials: impl AsCredentials) -> ReconnectReport {
        let mut plan = Plan::new(value, credentials, &self.policy);
        Run::new(self, plan.take_jobs()).drive(&mut plan);
        plan.finish(value)
    }
}

impl Default for Reconnect {
    fn default() -> Reconnect {
        Reconnect::new()
    }
}

impl fmt::Debug for Reconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnect")
            .field("deadline", &self.deadline)
            .field("retries", &self.retries)
            .field("parallel", &self.parallel)
            .field("per_host", &self.per_host)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// What a worker thread tells.
struct Done {
    task: usize,
    result: cerial::Result<Made>,
    tries: u32,
    took: Duration,
}

/// One call at work.
struct Run<'a> {
    settings: &'a Reconnect,
    started: Instant,
    deadline: Instant,
    waiting: VecDeque<Job>,
    /// Task -> its host, of what is under way.
    running: HashMap<usize, Option<String>>,
    done: (mpsc::Sender<Done>, mpsc::Receiver<Done>),
}

impl<'a> Run<'a> {
    fn new(settings: &'a Reconnect, jobs: Vec<Job>) -> Run<'a> {
        let started = Instant::now();
        let far = Duration::from_secs(365 * 24 * 3600);
        Run {
            settings,
            started,
            deadline: started + settings.deadline.min(far),
            waiting: jobs.into(),
            running: HashMap::new(),
            done: mpsc::channel(),
        }
    }

    fn drive(mut self, plan: &mut Plan) {
        loop {
            while let Some(job) = self.next_job() {
                self.start(job, plan);
            }
            if self.running.is_empty() && self.waiting.is_empty() {
                return;
            }
            let left = self.deadline.saturating_duration_since(Instant::now());
            match self.done.1.recv_timeout(left) {
                Ok(done) => {
                    self.running.remove(&done.task);
                    plan.settle(done.task, done.result, done.tries, done.took);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return self.give_up(plan),
            }
        }
    }

    /// The next job whose host is not busy enough.
    fn next_job(&mut self) -> Option<Job> {
        if self.running.len() >= self.settings.parallel {
            return None;
        }
        let calm = |job: &Job| match job.host() {
            None => true,
            Some(host) => {
                let busy = self.running.values().filter(|running| running.as_deref() == Some(host)).count();
                busy < self.settings.per_host
            }
        };
        let index = self.waiting.iter().position(calm)?;
        self.waiting.remove(index)
    }

    fn start(&mut self, job: Job, plan: &mut Plan) {
        let task = job.task();
        let host = job.host().map(str::to_owned);
        let worker = Worker {
            job,
            // A little before the end, so that a driver's own words about its timeout still arrive.
            deadline: self.deadline - (self.settings.deadline / 20).min(Duration::from_millis(250)),
            retries: self.settings.retries,
            runtime: self.settings.runtime.clone(),
            tell: self.done.0.clone(),
        };
        match thread::Builder::new().name(format!("reconnect-{task}")).spawn(move || worker.run()) {
            Ok(_) => {
                self.running.insert(task, host);
            }
            Err(error) => {
                let error =
                    Error::connect(Failure::Other, format!("cannot start a thread to connect on: {error}"));
                plan.settle(task, Err(error), 0, Duration::ZERO);
            }
        }
    }

    /// The deadline has passed: whoever still works is left behind.
    fn give_up(self, plan: &mut Plan) {
        let took = self.started.elapsed();
        while let Ok(done) = self.done.1.try_recv() {
            plan.settle(done.task, done.result, done.tries, done.took);
        }
        for (task, host) in self.running {
            let host = host.map(|host| format!(" from `{host}`")).unwrap_or_default();
            plan.settle(task, Err(Error::timed_out(format!("no answer{host}"))), 1, took);
        }
        for job in self.waiting {
            let error = Error::timed_out("its turn did not come before the deadline")
                .with_help("raise the deadline, or how many are connected at a time");
            plan.settle(job.task(), Err(error), 0, took);
        }
    }
}

/// One job on its thread.
struct Worker {
    job: Job,
    deadline: Instant,
    retries: u32,
    runtime: Option<Arc<dyn Any + Send + Sync>>,
    tell: mpsc::Sender<Done>,
}

impl Worker {
    fn run(mut self) {
        let started = Instant::now();
        let mut tries = 1;
        let result = loop {
            let result = self.job.run(self.deadline, tries, self.runtime.as_deref());
            let again = matches!(&result, Err(error) if error.failure() == Some(Failure::Unreachable));
            if !again || tries > self.retries {
                break result;
            }
            let pause = pause(tries);
            if Instant::now() + pause >= self.deadline {
                break result;
            }
            thread::sleep(pause);
            tries += 1;
        };
        // Nobody listens any more after the deadline: the connection is closed here.
        let _ = self.tell.send(Done { task: self.job.task(), result, tries, took: started.elapsed() });
    }
}

/// 200 ms, doubled at each try up to 5 s, each between half and all of it, so that many clients do not knock at once.
fn pause(tries: u32) -> Duration {
    let full =
        Duration::from_millis(200).saturating_mul(1 << (tries - 1).min(10)).min(Duration::from_secs(5));
    full.mul_f64(0.5 + fastrand::f64() / 2.0)
}
