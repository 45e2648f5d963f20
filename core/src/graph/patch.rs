//! The only unsafe of the graph code: weak pointers that dangle at an address of their own, and exclusive access to
//! an object that is shared but not yet handed out.

use std::rc::{Rc, Weak as RcWeak};
use std::sync::{Arc, Weak as ArcWeak};

/// A `Weak` that upgrades to nothing, at an address that no other has while it lives.
pub fn dangling_rc<T>() -> RcWeak<T> {
    let weak = Rc::downgrade(&Rc::<T>::new_uninit());
    // SAFETY:
    // - the pointer comes from `into_raw` of a `Weak` and carries its weak count over.
    // - `MaybeUninit<T>` has the size and alignment of `T`.
    // - the strong count is zero (the `Rc` above is gone), so the contents are never touched as a `T`: not by
    //   `upgrade`, which gives nothing, and not by a drop, which has happened already, as `MaybeUninit`.
    unsafe { RcWeak::from_raw(weak.into_raw().cast::<T>()) }
}

/// As [`dangling_rc`].
pub fn dangling_arc<T>() -> ArcWeak<T> {
    let weak = Arc::downgrade(&Arc::<T>::new_uninit());
    // SAFETY: as in `dangling_rc`.
    unsafe { ArcWeak::from_raw(weak.into_raw().cast::<T>()) }
}

/// Calls `f` with exclusive access to what `rc` points at.
///
/// # Safety
/// The object was made by the stream being read, nothing of that stream was handed out yet, no handler or hash met it
/// (it is *open*, see the module docs), and `f` follows no shared pointer.
pub(crate) unsafe fn exclusive_rc<T: ?Sized>(rc: &Rc<T>, f: impl FnOnce(&mut T)) {
    // SAFETY:
    // - `Rc::as_ptr` of a living `Rc` points at an initialised `T`, with the provenance of the whole allocation.
    // - no other reference to it exists: other clones exist only inside the stream's own objects and table, which
    //   nobody borrows during the call by the caller's contract.
    f(unsafe { &mut *Rc::as_ptr(rc).cast_mut() });
}

/// Calls `f` with exclusive access to what `arc` points at.
///
/// # Safety
/// As [`exclusive_rc`]; no other thread has a clone, by the same contract.
pub(crate) unsafe fn exclusive_arc<T: ?Sized>(arc: &Arc<T>, f: impl FnOnce(&mut T)) {
    // SAFETY: as in `exclusive_rc`.
    f(unsafe { &mut *Arc::as_ptr(arc).cast_mut() });
}
