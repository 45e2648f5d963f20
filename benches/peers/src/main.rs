//! `cargo xtask bench core`: ours beside other formats on the same values, in one process, taking turns.
//!
//! Peers run with their documented best settings: buffers are reused where the format can, limits are raised where
//! a default would refuse the workload.

#[macro_use]
mod contenders;
mod data;
mod foreign;
mod harness;
mod objects;
mod values;

use std::hint::black_box;
use std::time::Duration;

use data::*;
use harness::{Contender, report, run, timed, timed_write};

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
        read: Box::new(move |n| timed(n, || read_options.deserialize::<T>(black_box(&bytes)).expect("ours reads"))),
    }
}

fn fory(ids: impl FnOnce(&mut fory::Fory) -> Result<(), fory::Error>) -> &'static fory::Fory {
    let mut fory = fory::Fory::builder()
        .xlang(false)
        .compatible(false)
        .max_dyn_depth(1000)
        .max_graph_memory_bytes(1 << 30)
        .max_unbacked_container_items(1 << 24)
        .build();
    ids(&mut fory).expect("fory registers the types");
    Box::leak(Box::new(fory))
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

fn core(turns: usize, turn: Duration, only: Option<&str>) {
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    if wanted("point") {
        let value: &'static Point = leak(Point { x: 1.5, y: -2.5 });
        let mut all = ours(value);
        peers!(all, Point, value);
        fory!(all, Point, value, fory(|f| f.register::<Point>(100)));
        bitcode!(all, Point, value);
        report("point", "2 f64", &run(all, turns, turn));
    }
    if wanted("log") {
        let value: &'static Vec<Log> = leak(log(10_000));
        let mut all = ours(value);
        peers!(all, Vec<Log>, value);
        fory!(all, Vec<Log>, value, fory(|f| {
            f.register::<Addr>(101)?;
            f.register::<Log>(100)
        }));
        bitcode!(all, Vec<Log>, value);
        report("log", "10,000 records", &run(all, turns, turn));
    }
    if wanted("mesh") {
        let value: &'static Vec<Tri> = leak(mesh(125_000));
        let mut all = ours(value);
        peers!(all, Vec<Tri>, value);
        fory!(all, Vec<Tri>, value, fory(|f| {
            f.register::<Vec3>(101)?;
            f.register::<Tri>(100)
        }));
        bitcode!(all, Vec<Tri>, value);
        // The floor: the bytes alone, copied.
        let source: &'static Vec<u8> = leak(vec![7u8; 125_000 * 48]);
        let mut target = Vec::new();
        all.push(Contender {
            name: "(memcpy)",
            bytes: source.len(),
            write: Box::new(move |n| {
                timed_write(n, || {
                    target.clear();
                    target.extend_from_slice(black_box(source));
                    black_box(&target);
                })
            }),
            read: Box::new(move |n| timed(n, || black_box(source).clone())),
        });
        report("mesh", "125,000 triangles of f32", &run(all, turns, turn));
    }
    if wanted("tree") {
        let value: &'static Tree = leak(tree(10_000));
        let mut all = ours(value);
        peers!(all, Tree, value);
        fory!(all, Tree, value, fory(|f| f.register::<Tree>(100)));
        report("tree", "10,000 nodes", &run(all, turns, turn));
    }
    values::rows(turns, turn, &wanted);
    objects::rows(turns, turn, &wanted);
    foreign::rows(turns, turn, &wanted);
    if wanted("graph") {
        for links in [0, 2] {
            graph_row(links, turns, turn);
        }
    }
}

/// `Rc`, `RefCell` and `Weak`: only Fory among the peers has identity; with links it writes what it cannot read.
fn graph_row(links: usize, turns: usize, turn: Duration) {
    let value = leak(graph(10_000, links));
    let mut all = Vec::new();
    for (name, mode) in [("cerial compact", cerial::Mode::Compact), ("cerial portable", cerial::Mode::Portable)] {
        let options = cerial::Options::new().mode(mode);
        let bytes = options.serialize(value).expect("ours writes the graph");
        let back: std::rc::Rc<std::cell::RefCell<Node>> = options.deserialize(&bytes).expect("ours reads the graph");
        assert_eq!(checksum(&back), checksum(value));
        all.push(ours_with(name, options, value, bytes));
    }
    let mut fory = fory::Fory::builder()
        .xlang(false)
        .compatible(false)
        .track_ref(true)
        .max_dyn_depth(1_000_000)
        .max_graph_memory_bytes(1 << 30)
        .max_unbacked_container_items(1 << 24)
        .build();
    fory.register::<ForyNode>(100).expect("fory registers the node");
    let (fory, value) = (leak(fory), leak(fory_graph(10_000, links)));
    let bytes = fory.serialize(value).expect("fory writes the graph");
    match fory.deserialize::<std::rc::Rc<std::cell::RefCell<ForyNode>>>(&bytes) {
        Ok(back) => {
            assert_eq!(fory_checksum(&back), fory_checksum(value));
            let mut buffer = Vec::new();
            all.push(Contender {
                name: "fory",
                bytes: bytes.len(),
                write: Box::new(move |n| {
                    timed_write(n, || {
                        buffer.clear();
                        fory.serialize_to(&mut buffer, black_box(value)).expect("fory writes");
                        black_box(&buffer);
                    })
                }),
                read: Box::new(move |n| {
                    timed(n, || {
                        fory.deserialize::<std::rc::Rc<std::cell::RefCell<ForyNode>>>(black_box(&bytes))
                            .expect("fory reads")
                    })
                }),
            });
        }
        Err(error) => println!("\nfory cannot read the graph it wrote ({links} links a node): {error}"),
    }
    report(&format!("graph+{links}"), "10,000 shared nodes", &run(all, turns, turn));
}

fn main() {
    // SAFETY: called before any other thread exists. Without this the allocator gives large blocks back to the system
    // after each read, and whoever runs first in a process pays for it.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 30);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 1 << 30);
    }
    let mut args = std::env::args().skip(1);
    let bench = args.next().unwrap_or_else(|| "core".to_owned());
    let only = args.next();
    let turns = std::env::var("BENCH_TURNS").ok().and_then(|t| t.parse().ok()).unwrap_or(15);
    match bench.as_str() {
        "core" | "cerial" => {
            let body = move || core(turns, Duration::from_millis(20), only.as_deref());
            // Fory recurses without a limit on the graph.
            let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(body);
            thread.expect("a thread starts").join().expect("the bench does not panic");
        }
        other => {
            eprintln!("unknown bench `{other}`, known: core");
            std::process::exit(2);
        }
    }
}
