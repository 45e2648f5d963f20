//! What threads wait on: the thing travels, those who wait do not.

use std::sync::{Condvar, Once};

use cerial::{Error, Extract, Handler, Rebuild, Result};

/// `Condvar`: nothing. A fresh one on which nobody waits; its `Mutex` travels by itself.
pub struct CondvarHandler;
impl Handler for CondvarHandler {
    type Value = Condvar;
    type State = ();
    const KEY: &'static str = "std::Condvar";
    fn extract(_: &Condvar, _: &mut Extract) -> Result<()> {
        Ok(())
    }
    fn rebuild((): (), _: &mut Rebuild) -> Result<Condvar> {
        Ok(Condvar::new())
    }
}

/// `Once`: whether it has run. One that is poisoned cannot be told from one that has not, and comes back as that.
pub struct OnceHandler;
impl Handler for OnceHandler {
    type Value = Once;
    type State = bool;
    const KEY: &'static str = "std::Once";
    fn extract(once: &Once, _: &mut Extract) -> Result<bool> {
        Ok(once.is_completed())
    }
    fn rebuild(completed: bool, _: &mut Rebuild) -> Result<Once> {
        let once = Once::new();
        if completed {
            once.call_once(|| {});
        }
        match once.is_completed() == completed {
            true => Ok(once),
            false => Err(Error::rebuild("a `Once` did not complete")),
        }
    }
}
