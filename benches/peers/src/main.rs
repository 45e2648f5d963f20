//! `cargo xtask bench cerial`: ours beside other formats on the same values, in one process, taking turns.
//!
//! `cargo run --release -- [WORKLOAD]` runs one of them; `BENCH_TURNS` says how many turns each contender gets.

mod allocations;
mod bench;
mod compile;
#[macro_use]
mod contenders;
mod data;
mod foreign;
mod harness;
mod objects;
mod original;
mod records;
mod shared;
mod values;

use std::hint::black_box;
use std::time::Duration;

use bench::Bench;
use harness::{Contender, timed, timed_write};

fn ours<T: cerial::Cerial + PartialEq + 'static>(value: &'static T) -> Vec<Contender> {
    [("cerial compact", cerial::Mode::Compact), ("cerial portable", cerial::Mode::Portable)]
        .map(|(name, mode)| {
            let options = cerial::Options::new().mode(mode);
            let bytes = options.serialize(value).expect("ours writes the workload");
            assert!(options.deserialize::<T>(&bytes).expect("ours reads the workload") == *value);
            ours_with(name, options, value, bytes)
        })
        .into()
}

fn ours_with<T: cerial::Cerial + 'static>(
    name: &'static str,
    options: cerial::Options,
    value: &'static T,
    bytes: Vec<u8>,
) -> Contender {
    let (read_options, mut buffer) = (options.clone(), Vec::new());
    Contender {
        name,
        bytes: bytes.len(),
        write: Box::new(move |n| {
            timed_write(n, || {
                buffer.clear();
                options.serialize_into(black_box(value), &mut buffer).expect("ours writes");
                black_box(&buffer);
            })
        }),
        read: Box::new(move |n| {
            timed(n, || read_options.deserialize::<T>(black_box(&bytes)).expect("ours reads"))
        }),
    }
}

/// Fory with its limits raised to what the workloads need.
fn fory(
    xlang: bool,
    compatible: bool,
    ids: impl FnOnce(&mut fory::Fory) -> Result<(), fory::Error>,
) -> Result<&'static fory::Fory, fory::Error> {
    let mut fory = fory::Fory::builder()
        .xlang(xlang)
        .compatible(compatible)
        .max_dyn_depth(1000)
        .max_graph_memory_bytes(1 << 30)
        .max_unbacked_container_items(1 << 24)
        .build();
    ids(&mut fory)?;
    Ok(leak(fory))
}

const WINCODE_LIMIT: usize = 64 << 20;
type Wincode = wincode::config::Configuration<true, WINCODE_LIMIT>;
fn wincode_config() -> Wincode {
    wincode::config::Configuration::default().with_preallocation_size_limit::<WINCODE_LIMIT>()
}

/// A contender whose values are compared by `check`; what it reads may borrow from its bytes.
fn contender<V: ?Sized, T: 'static>(
    name: &'static str,
    value: &'static V,
    mut write: impl FnMut(&V, &mut Vec<u8>) + 'static,
    read: impl Fn(&'static [u8]) -> T + 'static,
    check: impl Fn(&T) -> bool,
) -> Contender {
    let mut buffer = Vec::new();
    write(value, &mut buffer);
    let bytes: &'static [u8] = leak(buffer.clone());
    assert!(check(&read(bytes)), "{name} does not come back equal");
    Contender {
        name,
        bytes: bytes.len(),
        write: Box::new(move |n| {
            timed_write(n, || {
                buffer.clear();
                write(black_box(value), &mut buffer);
                black_box(&buffer);
            })
        }),
        read: Box::new(move |n| timed(n, || read(black_box(bytes)))),
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn rows(mut bench: Bench) {
    records::rows(&mut bench);
    values::rows(&mut bench);
    objects::rows(&mut bench);
    shared::rows(&mut bench);
    foreign::rows(&bench);
    allocations::rows(&bench);
    original::rows(&bench);
    bench.ranks();
    compile::rows(&bench);
}

fn main() {
    // SAFETY: called before any other thread exists. Without this the allocator gives large blocks back to the system
    // after each read, and whoever runs first in a process pays for it.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 30);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 1 << 30);
    }
    let only = std::env::args().nth(1);
    let turns = std::env::var("BENCH_TURNS").ok().and_then(|t| t.parse().ok()).unwrap_or(15);
    let body = move || rows(Bench::new(turns, Duration::from_millis(16), only));
    // Fory recurses without a limit on the graph.
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(body);
    thread.expect("a thread starts").join().expect("the bench does not panic");
}
