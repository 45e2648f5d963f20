//! What an object needs to live in another process: its metadata, a proxy that sends, a dispatcher that receives.
//!
//! `#[sk]` on an impl block generates all three, and none of them knows how values are encoded. A proxy's method packs
//! its arguments into a tuple and hands it to the [`Transport`]; at the other end [`Dispatch`] finds the method by its
//! index and lets a [`Server`] unpack the same tuple. The bounds that an encoding needs (`A: Cerial`) are the
//! transport's and the server's own: they stand on their impls of [`Ask`] and [`Serve`].
//!
//! Some methods must not run as they are where the object lives: they read a clock, belong to a thread, or sleep. Such a
//! method says `#[sk(via = other)]`: what travels is a call of `other`, which takes the clock reading or returns the time
//! to sleep, and the proxy's method is written by hand around it, so that the rest happens in the calling process.

use crate::caller::Caller;
use crate::meta::{MethodMeta, SharedMeta};

/// A type whose methods can be called from another process.
///
/// `#[sk] impl` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared: nothing is known about its methods",
    label = "not `Shareable`",
    note = "write `#[sk]` above its `impl` block"
)]
pub trait Shareable: Sized {
    /// The object as others see it: the same methods, sent through a [`Transport`].
    type Proxy<T: Transport>;

    /// What the methods read and write.
    const META: &'static SharedMeta;

    /// Makes a proxy.
    fn proxy<T: Transport>(transport: T) -> Self::Proxy<T>;

    /// Says that a process is gone, so that the object can let go of what it kept for that process's threads.
    ///
    /// Whoever keeps the object calls it. `process` is what that process's [`Transport::process`] gave. Does nothing
    /// unless the impl block says `#[sk(process_ended = METHOD)]`.
    fn process_ended(&mut self, process: u64) {
        let _ = process;
    }
}

/// A way to an object that lives elsewhere.
pub trait Transport {
    /// Why a call did not get there, or its answer not back.
    type Error;

    /// The calling process, by a number that no other process had or will have while the object lives.
    ///
    /// Its process id by default, which a later process may get again.
    fn process(&self) -> u64 {
        std::process::id().into()
    }

    /// The calling thread, for objects that keep something for each.
    fn caller(&self) -> Caller {
        Caller::new(self.process())
    }
}

/// A transport that can carry arguments `A` there and a result `R` back.
pub trait Ask<A, R>: Transport {
    /// Calls the method with these arguments.
    ///
    /// A method that returns nothing (`returns` is false) need not be waited for.
    ///
    /// # Errors
    ///
    /// The transport's own.
    fn ask(&self, method: &'static MethodMeta, arguments: A) -> Result<R, Self::Error>;
}

/// The receiving end of one call.
pub trait Server: Sized {
    /// What remains of the call when it has been made: an encoded answer, an error.
    type Done;

    /// Ends a call of a method that this type does not have.
    fn unknown(self, index: u32) -> Self::Done;
}

/// A server that can unpack arguments `A` and pack a result `R`.
pub trait Serve<A, R>: Server {
    /// Unpacks the arguments, runs `call` with them, packs what it returns.
    fn serve(self, method: &'static MethodMeta, call: impl FnOnce(A) -> R) -> Self::Done;
}

/// Finds the method of a call by its index and makes it.
///
/// `#[sk] impl` implements it for every server that can carry the types of the methods.
pub trait Dispatch<S: Server>: Shareable {
    /// Makes the call on this object.
    fn dispatch(&mut self, index: u32, server: S) -> S::Done;
}

/// The dispatcher of one further impl block, `#[sk(extend = NAME)]`; [`Dispatch`] of the type asks it.
#[doc(hidden)]
pub trait DispatchBlock<S: Server, const ID: u16> {
    /// Makes the call on this object.
    fn dispatch_block(&mut self, index: u32, server: S) -> S::Done;
}
