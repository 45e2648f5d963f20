//! What the async half of the generated code calls.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use crate::modifiers::start;
use crate::{Error, SkModifierError};

/// What `call` returns in a chain with `asynced()`.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'static>>;

/// The runtime on which an async function in the background is polled, if the caller is in one.
#[derive(Clone)]
pub struct Runtime(Option<tokio::runtime::Handle>);

impl Runtime {
    /// The caller's runtime.
    pub fn current() -> Runtime {
        Runtime(tokio::runtime::Handle::try_current().ok())
    }

    /// Gives the runtime to one attempt.
    ///
    /// # Errors
    ///
    /// An [`SkModifierError`] if there is none.
    pub fn handle(&self, function: &str) -> Result<tokio::runtime::Handle, Error> {
        self.0.clone().ok_or_else(|| {
            let why = "an async function in the background needs a tokio runtime around the call";
            SkModifierError::new(function, "background", why).into()
        })
    }
}

/// Calls with the object under its lock; a panic under it earlier does not matter.
pub fn read<T, R>(object: &RwLock<T>, call: impl FnOnce(&T) -> R) -> R {
    call(&object.read().unwrap_or_else(PoisonError::into_inner))
}

/// As [`read`], to change it.
pub fn write<T, R>(object: &RwLock<T>, call: impl FnOnce(&mut T) -> R) -> R {
    call(&mut object.write().unwrap_or_else(PoisonError::into_inner))
}

/// As [`read`], on another thread.
pub async fn read_elsewhere<T: Send + Sync + 'static, R: Send + 'static>(
    name: &'static str,
    object: &Arc<RwLock<T>>,
    call: impl FnOnce(&T) -> R + Send + 'static,
) -> R {
    let object = Arc::clone(object);
    elsewhere(name, move || read(&object, call)).await
}

/// As [`write`], on another thread.
pub async fn write_elsewhere<T: Send + Sync + 'static, R: Send + 'static>(
    name: &'static str,
    object: &Arc<RwLock<T>>,
    call: impl FnOnce(&mut T) -> R + Send + 'static,
) -> R {
    let object = Arc::clone(object);
    elsewhere(name, move || write(&object, call)).await
}

async fn elsewhere<R: Send + 'static>(name: &'static str, call: impl FnOnce() -> R + Send + 'static) -> R {
    let runtime = tokio::runtime::Handle::try_current().ok();
    let promise = start(name, move || {
        let _entered = runtime.as_ref().map(tokio::runtime::Handle::enter);
        call()
    });
    // There is no room for an error in the method's own return type; std::thread::spawn panics here as well.
    let promise = promise.unwrap_or_else(|error| panic!("{error}"));
    match std::future::poll_fn(|cx| promise.poll(cx)).await {
        Some(Ok(value)) => value,
        Some(Err(panic)) => resume_unwind(panic),
        None => unreachable!("invariant: this is the promise's only reader"),
    }
}
