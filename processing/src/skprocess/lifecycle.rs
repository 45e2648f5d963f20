//! The lifecycle that a user writes.

use cerial::Cerial;

use super::config::{AutoReconnect, ProcessConfig};
use super::context::Context;
use super::error::ProcessError;
use super::job::Job;

/// Any error of a section.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a section returns: `?` takes every error type.
pub type Result<T = (), E = BoxError> = std::result::Result<T, E>;

/// An object with a lifecycle that runs in a process of its own.
///
/// The child loops over `prerun`, `run`, `postrun` until the runs are done, `join_in` has passed or a stop was asked
/// for; then come `onfinish` and `result`. Put `#[skprocess]` on the impl: it fills in what is not written.
///
/// ```
/// use suitkaise_processing::{Context, ProcessConfig, Result, Skprocess, skprocess};
///
/// #[derive(cerial::Cerial)]
/// struct Sum {
///     numbers: Vec<u64>,
///     total: u64,
/// }
///
/// #[skprocess]
/// impl Skprocess for Sum {
///     type Output = u64;
///     fn config(&self) -> ProcessConfig {
///         ProcessConfig::new().runs(self.numbers.len() as u64)
///     }
///     fn run(&mut self, cx: &mut Context) -> Result {
///         self.total += self.numbers[cx.current_run() as usize];
///         Ok(())
///     }
///     fn result(&mut self, _: &mut Context) -> Result<u64> {
///         Ok(self.total)
///     }
/// }
///
/// # fn try_it() -> Result {
/// suitkaise_processing::init(); // the first line of `main`
/// let job = Sum { numbers: vec![1, 2, 3], total: 0 }.start()?;
/// assert_eq!(job.result()?, 6);
/// # Ok(()) }
/// ```
pub trait Skprocess: Cerial + 'static {
    /// What [`Job::result`] gives.
    type Output: Cerial + Send + 'static;

    /// Whether [`error`](Self::error) is written: then a fresh process runs it where the old one died.
    const HANDLES_ERROR: bool = false;

    /// How the object is run. Asked once, in the parent, before the start.
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new()
    }

    /// Where the secrets come from with which the child reconnects the object before its first section.
    fn autoreconnect(&self) -> Option<AutoReconnect> {
        None
    }

    /// Before each run.
    ///
    /// # Errors
    /// What keeps the run from beginning. Costs a life.
    fn prerun(&mut self, cx: &mut Context) -> Result {
        let _ = cx;
        Ok(())
    }

    /// One run: [`Context::current_run`] counts from 0.
    ///
    /// # Errors
    /// What went wrong. Costs a life.
    fn run(&mut self, cx: &mut Context) -> Result;

    /// After each run.
    ///
    /// # Errors
    /// What went wrong. Costs a life.
    fn postrun(&mut self, cx: &mut Context) -> Result {
        let _ = cx;
        Ok(())
    }

    /// Once, after the last run.
    ///
    /// # Errors
    /// What went wrong. Costs a life.
    fn onfinish(&mut self, cx: &mut Context) -> Result {
        let _ = cx;
        Ok(())
    }

    /// What goes to the parent.
    ///
    /// # Errors
    /// What went wrong. Costs a life.
    fn result(&mut self, cx: &mut Context) -> Result<Self::Output>;

    /// When no life is left: a value in place of the result, or the error.
    ///
    /// # Errors
    /// `error`, unless it is written otherwise.
    fn error(&mut self, cx: &mut Context, error: ProcessError) -> Result<Self::Output> {
        let _ = cx;
        Err(error.into())
    }

    /// Starts the object in a child process and returns at once.
    ///
    /// The parent's object stays as it is: a copy travels.
    ///
    /// # Errors
    /// The object cannot be serialized, or the child cannot be started.
    fn start(&self) -> Result<Job<Self>, ProcessError>
    where
        Self: Sized,
    {
        Job::start(self)
    }

    /// Starts the object, waits for its end and gives its result: the seeds' `run()`. With modifiers it is written
    /// `object.start()?.timeout(5.0).result()`.
    ///
    /// # Blocking
    /// Until the process has ended.
    ///
    /// # Errors
    /// As [`start`](Self::start), and what kept the object from its result.
    fn execute(&self) -> Result<Self::Output, ProcessError>
    where
        Self: Sized,
    {
        self.start()?.result()
    }
}
