//! Objects with a lifecycle as items of a pool.

use std::sync::OnceLock;

use rustix::process::{Signal, getpid, kill_process};

use super::message::OVERRUN;
use super::work::Work;
use crate::raw::ChildSide;
use crate::skprocess::{ProcessError, Skprocess, run_inline};

/// The parent, in a worker.
static SIDE: OnceLock<ChildSide> = OnceLock::new();

/// What [`lifecycle`] makes: for each item an object is built, and its whole lifecycle runs in the worker.
#[derive(Clone, Copy, Debug)]
pub struct Lifecycle<F> {
    build: F,
}

/// Lets a [`Pool`](crate::Pool) run objects with a lifecycle: `build` makes one of each item in a worker, where all of
/// its lifecycle runs. For the `try_` verbs; the result is the object's [`Output`](Skprocess::Output).
///
/// An error or a panic costs one of the object's lives. What ends the worker (a crash, a section that takes longer than
/// its timeout) is an attempt of the item, as of any other. Limits, stdio and the timeout of the whole are the pool's.
///
/// ```
/// use suitkaise_processing::{Context, Pool, ProcessConfig, Result, Skprocess, lifecycle, skprocess};
///
/// #[derive(cerial::Cerial)]
/// struct Count { to: u64, sum: u64 }
///
/// #[skprocess]
/// impl Skprocess for Count {
///     type Output = u64;
///     fn config(&self) -> ProcessConfig { ProcessConfig::new().runs(self.to) }
///     fn run(&mut self, cx: &mut Context) -> Result { self.sum += cx.current_run(); Ok(()) }
///     fn result(&mut self, _: &mut Context) -> Result<u64> { Ok(self.sum) }
/// }
///
/// # fn try_it() -> Result {
/// suitkaise_processing::init(); // the first line of `main`
/// let sums = Pool::workers(2).try_map(lifecycle(|to: u64| Count { to, sum: 0 }), [3, 4])?;
/// assert_eq!(sums, [3, 6]);
/// # Ok(()) }
/// ```
pub fn lifecycle<F>(build: F) -> Lifecycle<F> {
    Lifecycle { build }
}

impl<F, A, S, P> Work<A, S> for Lifecycle<F>
where
    F: Work<A, S, Output = P>,
    P: Skprocess,
{
    type Output = Result<P::Output, ProcessError>;

    fn pack(&self) -> Result<Vec<u8>, String> {
        self.build.pack()
    }

    fn unpack(bytes: &[u8]) -> Result<Lifecycle<F>, String> {
        F::unpack(bytes).map(lifecycle)
    }

    fn call(&self, item: A) -> Result<P::Output, ProcessError> {
        let object = self.build.call(item);
        match SIDE.get() {
            Some(side) => run_inline(object, side, overrun),
            None => Err(ProcessError::not_in_a_worker(std::any::type_name::<P>())),
        }
    }
}

/// Notes the parent for the objects of this worker.
pub(super) fn note_side(side: &ChildSide) {
    let _ = SIDE.set(side.clone());
}

/// Ends this worker: what runs on its main thread cannot be ended otherwise.
fn overrun(side: &ChildSide, said: &str) {
    let _ = side.send(OVERRUN, said.as_bytes(), Some(std::time::Duration::from_secs(1)));
    let _ = kill_process(getpid(), Signal::KILL);
}
