//! Counts allocations where it is asked to.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use crate::bench::{Bench, row};
use crate::data::{Point, log};

struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);

fn count() {
    if ON.load(Relaxed) {
        CALLS.fetch_add(1, Relaxed);
    }
}

// SAFETY: every call is the system allocator's, with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's contract is handed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn during<R>(f: impl FnOnce() -> R) -> (u64, R) {
    let before = CALLS.load(Relaxed);
    ON.store(true, Relaxed);
    let result = f();
    ON.store(false, Relaxed);
    (CALLS.load(Relaxed) - before, result)
}

pub fn rows(bench: &Bench) {
    if !bench.wants("allocations") {
        return;
    }
    let (logs, point) = (log(1000), Point { x: 1.5, y: -2.5 });
    for (name, mode) in [("compact", cerial::Mode::Compact), ("portable", cerial::Mode::Portable)] {
        let options = cerial::Options::new().mode(mode);
        let mut buffer = Vec::new();
        options.serialize_into(&logs, &mut buffer).expect("ours writes");
        buffer.clear();
        let (calls, done) = during(|| options.serialize_into(&logs, &mut buffer));
        done.expect("ours writes again");
        row(
            &format!("allocations, write 1,000 records into a warm buffer, {name}"),
            "calls",
            calls as f64,
            None,
        );
        let bytes = options.serialize(&point).expect("ours writes");
        let (calls, back) = during(|| options.deserialize::<Point>(&bytes));
        assert!(back.expect("ours reads") == point);
        row(&format!("allocations, read a struct of primitives, {name}"), "calls", calls as f64, None);
    }
}
