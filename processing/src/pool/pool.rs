//! The pool as a user holds it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use cerial::Cerial;
use suitkaise_timing::Seconds;

use super::error::{PoolError, PoolErrorKind};
use super::progress::{Callback, Progress, Watch};
use super::run::Policy;
use super::shared::{Order, Shared, Workers};
use super::stream::Results;
use super::work::{Initializer, Parcel, Plain, Star};
use crate::raw::Stdio;
use crate::sandbox::Sandbox;
use crate::skprocess::BoxError;

/// Worker processes that run a function over many items.
///
/// Modifiers come before the verb, in any order; each gives a handle with one setting more, on the same workers:
///
/// ```
/// use suitkaise_processing::Pool;
///
/// # fn try_it() -> Result<(), Box<dyn std::error::Error>> {
/// suitkaise_processing::init(); // the first line of `main`
/// let pool = Pool::workers(2);
/// let squares = pool.map(|x: u64| x * x, 0..1000)?;
/// let sums = pool.star().timeout(2.0).retry(2).map(|a: u64, b: u64| a + b, [(1, 2), (3, 4)])?;
/// assert_eq!((squares[999], &sums[..]), (998_001, &[3, 7][..]));
/// # Ok(()) }
/// ```
///
/// Workers start when there is work, and are used again. They end when the pool and everything that came of it
/// (handles, iterators) is dropped, or by [`close`](Self::close) and [`terminate`](Self::terminate).
pub struct Pool<S = Plain> {
    keep: Arc<Keep>,
    settings: Settings,
    style: PhantomData<fn() -> S>,
}

/// Ends the workers with the last handle.
pub(super) struct Keep {
    pub(super) shared: Arc<Shared>,
}

impl Drop for Keep {
    fn drop(&mut self) {
        self.shared.end(Order::Drop);
    }
}

#[derive(Clone)]
struct Settings {
    policy: Policy,
    progress: Option<Callback>,
    problem: Option<(PoolErrorKind, String)>,
}

impl Pool {
    /// A worker for each core.
    #[must_use]
    pub fn new() -> Pool {
        Pool::workers(std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// So many workers. 0 is an error at the first verb.
    #[must_use]
    pub fn workers(count: usize) -> Pool {
        let problem =
            (count == 0).then(|| (PoolErrorKind::Config, "0 workers do nothing: want 1 or more".to_owned()));
        let policy = Policy { timeout: None, attempts: 1, interval: None };
        Pool::with(
            Workers {
                count,
                sandbox: Sandbox::new(),
                stdout: Stdio::Inherit,
                stderr: Stdio::Inherit,
                initializer: None,
                max_tasks: None,
            },
            Settings { policy, progress: None, problem },
        )
    }
}

impl Default for Pool {
    fn default() -> Pool {
        Pool::new()
    }
}

impl<S> Clone for Pool<S> {
    fn clone(&self) -> Pool<S> {
        self.set(|_| {})
    }
}

impl<S> Pool<S> {
    fn with(workers: Workers, settings: Settings) -> Pool<S> {
        Pool { keep: Arc::new(Keep { shared: Arc::new(Shared::new(workers)) }), settings, style: PhantomData }
    }

    fn set<T>(&self, change: impl FnOnce(&mut Settings)) -> Pool<T> {
        let mut settings = self.settings.clone();
        change(&mut settings);
        Pool { keep: Arc::clone(&self.keep), settings, style: PhantomData }
    }

    fn set_workers(&self, change: impl FnOnce(&mut Workers) -> Result<(), String>) -> Pool<S> {
        let mut workers = self.keep.shared.workers.clone();
        let mut settings = self.settings.clone();
        if let Err(problem) = change(&mut workers) {
            settings.problem.get_or_insert((PoolErrorKind::Config, problem));
        }
        Pool::with(workers, settings)
    }

    /// Items are tuples of up to twelve, unpacked into arguments.
    #[must_use]
    pub fn star(&self) -> Pool<Star> {
        self.set(|_| {})
    }

    /// How long an item may take: seconds or a `Duration`. What takes longer is an error of that item, or its next
    /// attempt; its worker is ended and replaced, and what else it held is done elsewhere.
    #[must_use]
    pub fn timeout(&self, limit: impl Seconds) -> Pool<S> {
        let limit = limit.checked("timeout");
        self.set(|settings| match limit {
            Ok(limit) => settings.policy.timeout = Some(limit),
            Err(error) => settings.blame(error.to_string()),
        })
    }

    /// How many attempts are made at an item: 1 by default. An error, a panic, a death and a timeout are tried again;
    /// only attempts that began count.
    #[must_use]
    pub fn retry(&self, times: u32) -> Pool<S> {
        self.set(|settings| match times {
            0 => settings.blame("0 attempts do nothing: want 1 or more".into()),
            times => settings.policy.attempts = times,
        })
    }

    /// How many items may begin in a second, over all workers.
    #[must_use]
    pub fn rate_limit(&self, per_second: f64) -> Pool<S> {
        self.set(|settings| match Duration::try_from_secs_f64(per_second.recip()) {
            Ok(interval) if per_second > 0.0 => settings.policy.interval = Some(interval),
            _ => settings.blame(format!("{per_second} items per second make no rate: want more than 0")),
        })
    }

    /// Draws a progress bar on the terminal.
    #[cfg(feature = "progress")]
    #[must_use]
    pub fn progress(&self) -> Pool<S> {
        self.set(|settings| settings.progress = Some(super::progress::bar()))
    }

    /// Tells how far the run is, now and then, from the thread that takes the results.
    #[must_use]
    pub fn on_progress(&self, tell: impl Fn(Progress) + Send + Sync + 'static) -> Pool<S> {
        self.set(|settings| settings.progress = Some(Arc::new(tell)))
    }

    /// What each worker runs before its first item. This and the settings below make new workers of their own, so they
    /// stand where the pool is made.
    #[must_use]
    pub fn initializer<F, E>(&self, work: F) -> Pool<S>
    where
        F: Fn() -> Result<(), E> + Copy + 'static,
        E: Into<BoxError> + 'static,
    {
        self.set_workers(|workers| {
            workers.initializer = Some(Initializer::new(&work)?);
            Ok(())
        })
    }

    /// After how many items a worker is replaced by a new one.
    #[must_use]
    pub fn max_tasks_per_worker(&self, most: u64) -> Pool<S> {
        self.set_workers(|workers| {
            workers.max_tasks = Some(most);
            if most == 0 { Err("0 items per worker do nothing: want 1 or more".into()) } else { Ok(()) }
        })
    }

    /// How many bytes of address space a worker may use ([`Sandbox::memory`]); an item that wants more fails as out of
    /// memory.
    #[must_use]
    pub fn memory_limit(&self, bytes: u64) -> Pool<S> {
        self.set_workers(|workers| {
            workers.sandbox = std::mem::take(&mut workers.sandbox).memory(bytes);
            Ok(())
        })
    }

    /// What the workers may use and reach, in place of what was set before.
    #[must_use]
    pub fn sandbox(&self, sandbox: impl Into<Sandbox>) -> Pool<S> {
        self.set_workers(|workers| {
            workers.sandbox = sandbox.into();
            workers.sandbox.problem().map_or(Ok(()), |problem| Err(problem.to_owned()))
        })
    }

    /// Where the workers' stdout and stderr go.
    #[must_use]
    pub fn stdio(&self, stdout: Stdio, stderr: Stdio) -> Pool<S> {
        self.set_workers(|workers| {
            (workers.stdout, workers.stderr) = (stdout, stderr);
            Ok(())
        })
    }

    /// Waits until no run is left, then ends the workers. Verbs after it are errors.
    ///
    /// # Blocking
    /// Until the runs of other threads and the handles are done, or dropped.
    pub fn close(&self) {
        self.keep.shared.end(Order::Close);
    }

    /// Kills the workers at once. Runs end with an error, and so do verbs after it.
    ///
    /// # Blocking
    /// For the time that the system needs to end killed processes.
    pub fn terminate(&self) {
        self.keep.shared.end(Order::Terminate);
    }

    pub(super) fn begin<I: IntoIterator<Item: Cerial>, R: Cerial>(
        &self,
        parcel: Result<Parcel, String>,
        items: I,
        ordered: bool,
    ) -> Result<Results<I::IntoIter, R>, PoolError> {
        if let Some((kind, problem)) = &self.settings.problem {
            return Err(PoolError::new(*kind, problem.clone()));
        }
        let parcel = parcel.map_err(|why| PoolError::new(PoolErrorKind::Function, why))?;
        let items = items.into_iter();
        let watch =
            self.settings.progress.as_ref().map(|tell| Watch::new(Arc::clone(tell), items.size_hint()));
        let run = self.keep.shared.submit(parcel, self.settings.policy)?;
        Ok(Results::new(Arc::clone(&self.keep), run, items, ordered, watch))
    }
}

impl Settings {
    /// A modifier cannot fail: the verb does, with the first problem.
    fn blame(&mut self, problem: String) {
        self.problem.get_or_insert((PoolErrorKind::Config, problem));
    }
}

impl<S> fmt::Debug for Pool<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("workers", &self.keep.shared.workers.count)
            .field("policy", &self.settings.policy)
            .finish_non_exhaustive()
    }
}
