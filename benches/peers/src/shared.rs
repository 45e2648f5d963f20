//! `Rc`, `RefCell` and `Weak`: only Fory among the peers has identity; with links it writes what it cannot read.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use crate::bench::{Bench, SIDES, best, find, row};
use crate::data::{ForyNode, Node, checksum, fory_checksum, fory_graph, graph};
use crate::harness::{Contender, timed, timed_write};
use crate::{leak, ours_with};

pub fn rows(bench: &mut Bench) {
    for (links, name) in [(0, "graph"), (2, "graph with links")] {
        if bench.wants("graph") {
            graph_row(bench, links, name);
        }
    }
}

fn graph_row(bench: &mut Bench, links: usize, name: &str) {
    let value = leak(graph(10_000, links));
    let mut all = Vec::new();
    for (name, mode) in
        [("cerial compact", cerial::Mode::Compact), ("cerial portable", cerial::Mode::Portable)]
    {
        let options = cerial::Options::new().mode(mode);
        let bytes = options.serialize(value).expect("ours writes the graph");
        let back: Rc<RefCell<Node>> = options.deserialize(&bytes).expect("ours reads the graph");
        assert_eq!(checksum(&back), checksum(value));
        all.push(ours_with(name, options, value, bytes));
    }
    for (name, compatible) in [("fory", false), ("fory compatible", true)] {
        let mut fory = fory::Fory::builder()
            .xlang(false)
            .compatible(compatible)
            .track_ref(true)
            .max_dyn_depth(1_000_000)
            .max_graph_memory_bytes(1 << 30)
            .max_unbacked_container_items(1 << 24)
            .build();
        fory.register::<ForyNode>(100).expect("fory registers the node");
        all.extend(fory_contender(name, leak(fory), links));
    }
    let figures = bench.workload(name, "10,000 shared nodes", all);
    let Some(ours) = find(&figures, "cerial compact") else { return };
    for (side, of) in SIDES {
        if let Some(other) = best(&figures, of, |f| f.name.starts_with("fory")) {
            row(&format!("{name} {side} compact, fory"), "ns", of(ours), Some((of(other), other.name)));
        }
    }
}

fn fory_contender(name: &'static str, fory: &'static fory::Fory, links: usize) -> Option<Contender> {
    type Root = Rc<RefCell<ForyNode>>;
    let value = leak(fory_graph(10_000, links));
    let bytes = fory.serialize(value).expect("fory writes the graph");
    let back = fory.deserialize::<Root>(&bytes);
    if let Err(error) = &back {
        println!("\n{name} cannot read the graph it wrote ({links} links a node): {error}");
    }
    assert_eq!(fory_checksum(&back.ok()?), fory_checksum(value));
    let mut buffer = Vec::new();
    Some(Contender {
        name,
        bytes: bytes.len(),
        write: Box::new(move |n| {
            timed_write(n, || {
                buffer.clear();
                fory.serialize_to(&mut buffer, black_box(value)).expect("fory writes");
                black_box(&buffer);
            })
        }),
        read: Box::new(move |n| {
            timed(n, || fory.deserialize::<Root>(black_box(&bytes)).expect("fory reads"))
        }),
    })
}
