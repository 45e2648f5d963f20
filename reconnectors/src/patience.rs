//! Keeping deadlines for drivers that keep none.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use cerial::{Connect, Error, Failure, Result};

/// Runs `connect` on a thread of its own and waits for it as long as `cx` allows. A driver that hangs keeps its
/// thread, until it gives up; what it connects after that is closed.
///
/// It also keeps drivers with a runtime of their own off a thread that has one already, where they would panic.
pub(crate) fn within<T: Send + 'static>(
    cx: &Connect<'_>,
    connect: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (tell, told) = mpsc::sync_channel(1);
    let spawned = thread::Builder::new().name("connect".to_owned()).spawn(move || {
        let _ = tell.send(connect());
    });
    if let Err(error) = spawned {
        return Err(Error::connect(Failure::Other, format!("cannot start a thread to connect on: {error}")));
    }
    match told.recv_timeout(cx.left()) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(Error::timed_out("the server accepted and did not answer")),
        Err(RecvTimeoutError::Disconnected) => Err(Error::connect(Failure::Other, "the driver panicked")),
    }
}
