//! The handle of a call that runs on another thread.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::Thread;
use std::time::Instant;

use crate::spin::{Watched, spin_until};
use crate::{Error, FunctionTimeoutError, Seconds, SkModifierError};

/// One value that a thread makes and another one waits for. Only one waits at a time.
pub(crate) struct Promise<T> {
    state: Mutex<State<T>>,
    /// Whether the value is there or was taken, to be asked without the lock.
    done: Watched,
}

enum State<T> {
    Waiting(Option<Waiter>),
    Done(std::thread::Result<T>),
    Taken,
}

enum Waiter {
    Task(Waker),
    Thread(Thread),
}

/// What was kept, `Err` if the call panicked; `None` if somebody has had it already.
pub(crate) type Taken<T> = Option<std::thread::Result<T>>;

impl<T> Promise<T> {
    pub(crate) fn new() -> Arc<Promise<T>> {
        Arc::new(Promise { state: Mutex::new(State::Waiting(None)), done: Watched(AtomicBool::new(false)) })
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_done(&self) -> bool {
        self.done.0.load(Ordering::Acquire)
    }

    pub(crate) fn keep(&self, value: std::thread::Result<T>) {
        let before = std::mem::replace(&mut *self.lock(), State::Done(value));
        self.done.0.store(true, Ordering::Release);
        match before {
            State::Waiting(Some(Waiter::Task(waker))) => waker.wake(),
            State::Waiting(Some(Waiter::Thread(thread))) => thread.unpark(),
            _ => {}
        }
    }

    /// Waits until the value is there or the deadline has passed (`None`); no deadline is for ever.
    ///
    /// # Blocking
    ///
    /// Until the value is there, at most until the deadline.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Option<Taken<T>> {
        if !spin_until(|| self.is_done()) {
            let expected = match &mut *self.lock() {
                State::Waiting(waiter) => {
                    *waiter = Some(Waiter::Thread(std::thread::current()));
                    true
                }
                // It is there, if not yet said to be: nobody would wake this thread.
                _ => false,
            };
            while expected && !self.is_done() {
                match deadline {
                    None => std::thread::park(),
                    Some(deadline) => match deadline.checked_duration_since(Instant::now()) {
                        Some(left) if !left.is_zero() => std::thread::park_timeout(left),
                        _ => break,
                    },
                }
            }
        }
        // Whoever keeps a value says so after he has put it in: the lock has the last word.
        let mut state = self.lock();
        if let State::Waiting(waiter) = &mut *state {
            *waiter = None;
            return None;
        }
        Some(Self::take(&mut state))
    }

    fn take(state: &mut State<T>) -> Taken<T> {
        match std::mem::replace(state, State::Taken) {
            State::Done(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<Taken<T>> {
        // A short call is back within these few microseconds: cheaper than to be woken for it.
        spin_until(|| self.is_done());
        let mut state = self.lock();
        if let State::Waiting(waiter) = &mut *state {
            *waiter = Some(Waiter::Task(cx.waker().clone()));
            return Poll::Pending;
        }
        Poll::Ready(Self::take(&mut state))
    }
}

/// A call that runs in the background: the handle that `background().call(..)` returns at once.
///
/// [`result`](Background::result) waits for it; in async code the handle is a future that can be awaited. Dropping the
/// handle lets the call run on and drops what it returns.
///
/// # Examples
///
/// ```
/// use suitkaise_sk::sk;
///
/// let double = sk(|x: u32| x * 2).background();
/// let (a, b) = (double.call(4), double.call(5));
/// assert_eq!(a.result()? + b.result()?, 18);
/// # Ok::<_, suitkaise_sk::Error>(())
/// ```
#[must_use = "the handle is the only way to the call's result"]
pub struct Background<T> {
    function: &'static str,
    promise: Arc<Promise<Result<T, Error>>>,
}

impl<T> Background<T> {
    pub(crate) fn new(function: &'static str, promise: Arc<Promise<Result<T, Error>>>) -> Self {
        Background { function, promise }
    }

    /// Waits for the call and gives its result.
    ///
    /// # Errors
    ///
    /// The call's own; [`Kind::Panicked`](crate::Kind::Panicked) if it panicked.
    ///
    /// # Blocking
    ///
    /// Until the call returns, without a deadline; [`result_within`](Background::result_within) has one.
    pub fn result(self) -> Result<T, Error> {
        self.open(self.promise.wait(None).flatten())
    }

    /// Waits for the call, but no longer than `limit` (seconds, or a `Duration`).
    ///
    /// # Errors
    ///
    /// [`Kind::Timeout`](crate::Kind::Timeout) if it has not returned by then; the call runs on and can be asked again.
    /// Otherwise as [`result`](Background::result). Once the result has been given, asking again is an
    /// [`SkModifierError`].
    ///
    /// # Blocking
    ///
    /// Until the call returns, at most `limit`.
    pub fn result_within(&mut self, limit: impl Seconds) -> Result<T, Error> {
        let limit =
            limit.checked().map_err(|why| SkModifierError::new(self.function, "result_within", why))?;
        // A limit beyond what the clock can count is no limit.
        match self.promise.wait(Instant::now().checked_add(limit)) {
            Some(value) => self.open(value),
            None => Err(FunctionTimeoutError::new(self.function, limit).into()),
        }
    }

    /// Tells whether the call has returned.
    pub fn is_finished(&self) -> bool {
        self.promise.is_done()
    }

    fn open(&self, value: Taken<Result<T, Error>>) -> Result<T, Error> {
        match value {
            Some(Ok(result)) => result,
            Some(Err(panic)) => Err(Error::panicked(self.function, &*panic)),
            None => {
                Err(SkModifierError::new(self.function, "background", "the result has been taken already")
                    .into())
            }
        }
    }
}

/// # Cancel safety
///
/// Dropping the future loses nothing but the result: the call runs on.
impl<T> Future for Background<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.promise.poll(cx).map(|value| self.open(value))
    }
}

impl<T> fmt::Debug for Background<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Background")
            .field("function", &self.function)
            .field("finished", &self.is_finished())
            .finish()
    }
}
