//! Runs whose results are asked for later, or awaited.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cerial::Cerial;
use suitkaise_timing::Seconds;

use super::error::{PoolError, PoolErrorKind};
use super::pool::{Keep, Pool};
use super::run::Run;
use super::stream::Results;
use super::work::Work;
use crate::deadline::Deadline;
use crate::skprocess::BoxError;

/// The verbs of a [`Pool`] that return at once, with a [`Handle`].
pub struct BackgroundPool<S> {
    pool: Pool<S>,
}

impl<S> Pool<S> {
    /// Verbs return at once, with a [`Handle`].
    ///
    /// ```
    /// use suitkaise_processing::Pool;
    ///
    /// # fn try_it() -> Result<(), Box<dyn std::error::Error>> {
    /// suitkaise_processing::init(); // the first line of `main`
    /// let handle = Pool::workers(2).background().map(|x: u64| x + 1, 0..3);
    /// // something else
    /// assert_eq!(handle.result()?, [1, 2, 3]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn background(&self) -> BackgroundPool<S> {
        BackgroundPool { pool: self.clone() }
    }

    /// Verbs return futures: the same [`Handle`]s, to be awaited under any executor. No thread of a runtime is blocked.
    #[must_use]
    pub fn asynced(&self) -> BackgroundPool<S> {
        self.background()
    }
}

impl<S: 'static> BackgroundPool<S> {
    /// [`Pool::map`] in the background.
    pub fn map<A, F, I>(&self, work: F, items: I) -> Handle<Vec<F::Output>>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output: Cerial + Send>,
        I: IntoIterator<Item = A, IntoIter: Send + 'static>,
    {
        Handle::of(self.pool.imap(work, items))
    }

    /// [`Pool::unordered_map`] in the background.
    pub fn unordered_map<A, F, I>(&self, work: F, items: I) -> Handle<Vec<F::Output>>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output: Cerial + Send>,
        I: IntoIterator<Item = A, IntoIter: Send + 'static>,
    {
        Handle::of(self.pool.unordered_imap(work, items))
    }

    /// [`Pool::try_map`] in the background.
    pub fn try_map<A, F, I, T, E>(&self, work: F, items: I) -> Handle<Vec<T>>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output = Result<T, E>>,
        I: IntoIterator<Item = A, IntoIter: Send + 'static>,
        T: Cerial + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Handle::of(self.pool.try_imap(work, items))
    }

    /// [`Pool::try_unordered_map`] in the background.
    pub fn try_unordered_map<A, F, I, T, E>(&self, work: F, items: I) -> Handle<Vec<T>>
    where
        A: Cerial + 'static,
        F: Work<A, S, Output = Result<T, E>>,
        I: IntoIterator<Item = A, IntoIter: Send + 'static>,
        T: Cerial + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Handle::of(self.pool.try_unordered_imap(work, items))
    }
}

impl<S> fmt::Debug for BackgroundPool<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BackgroundPool").field(&self.pool).finish()
    }
}

/// A run in the background: wait for it, or `.await` it. Dropping it cancels the run.
pub struct Handle<T> {
    slot: Arc<Slot<T>>,
    run: Option<(Arc<Run>, Arc<Keep>)>,
}

struct Slot<T> {
    state: Mutex<State<T>>,
    done: Condvar,
}

struct State<T> {
    result: Option<Result<T, PoolError>>,
    taken: bool,
    waker: Option<Waker>,
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, result: Result<T, PoolError>) {
        let mut state = self.lock();
        state.result = Some(result);
        let waker = state.waker.take();
        drop(state);
        self.done.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Tells of a run whose thread panicked (in the iterator of its items): the handle must not wait for ever.
struct Promise<T>(Option<Arc<Slot<T>>>);

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            slot.put(Err(PoolError::new(PoolErrorKind::Item, "the iterator of the items panicked")));
        }
    }
}

impl<R: Cerial + Send + 'static> Handle<Vec<R>> {
    fn of<I>(results: Result<Results<I, R>, PoolError>) -> Handle<Vec<R>>
    where
        I: Iterator<Item: Cerial> + Send + 'static,
    {
        let state = State { result: None, taken: false, waker: None };
        let slot = Arc::new(Slot { state: Mutex::new(state), done: Condvar::new() });
        let results = match results {
            Ok(results) => results,
            Err(error) => {
                slot.put(Err(error));
                return Handle { slot, run: None };
            }
        };
        let run = results.parts();
        let mut promise = Promise(Some(Arc::clone(&slot)));
        let spawned = std::thread::Builder::new().name("suitkaise-run".into()).spawn(move || {
            let result = results.gather();
            if let Some(slot) = promise.0.take() {
                slot.put(result);
            }
        });
        if let Err(error) = spawned {
            slot.put(Err(PoolError::new(PoolErrorKind::Start, format!("no thread for the run: {error}"))));
        }
        Handle { slot, run: Some(run) }
    }
}

impl<T> Handle<T> {
    /// Waits for the results. They can be taken once.
    ///
    /// # Blocking
    /// Until the run is over.
    ///
    /// # Errors
    /// What the verb would have returned.
    pub fn result(&self) -> Result<T, PoolError> {
        self.take(Deadline::NEVER)
    }

    /// [`result`](Self::result) within a time: seconds or a `Duration`.
    ///
    /// # Errors
    /// [`PoolErrorKind::ResultTimeout`] where the time is up: the run goes on, and can be asked again.
    pub fn result_within(&self, limit: impl Seconds) -> Result<T, PoolError> {
        let limit = limit.checked("result_within");
        let limit = limit.map_err(|error| PoolError::new(PoolErrorKind::Config, error.to_string()))?;
        self.take(Deadline::within(limit))
    }

    /// Whether the run is over.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let state = self.slot.lock();
        state.taken || state.result.is_some()
    }

    /// Cancels what is left of the run: its result is then an error, unless it was done before.
    pub fn cancel(&self) {
        if let Some((run, keep)) = &self.run {
            run.cancel();
            keep.shared.wake();
        }
    }

    fn take(&self, deadline: Deadline) -> Result<T, PoolError> {
        let mut state = self.slot.lock();
        loop {
            if let Some(result) = state.result.take() {
                state.taken = true;
                return result;
            }
            if state.taken {
                return Err(taken());
            }
            state = match deadline.left() {
                None => self.slot.done.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    return Err(PoolError::new(
                        PoolErrorKind::ResultTimeout,
                        "no result yet; the run goes on",
                    ));
                }
                Some(left) => {
                    self.slot.done.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

fn taken() -> PoolError {
    PoolError::new(PoolErrorKind::Cancelled, "the results were taken before")
}

/// # Cancel safety
/// Dropping the future cancels the run.
impl<T> Future for Handle<T> {
    type Output = Result<T, PoolError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.slot.lock();
        if let Some(result) = state.result.take() {
            state.taken = true;
            return Poll::Ready(result);
        }
        if state.taken {
            return Poll::Ready(Err(taken()));
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("done", &self.is_done()).finish_non_exhaustive()
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}
