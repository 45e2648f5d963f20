//! A point, records, a mesh, a tree.

use std::hint::black_box;

use crate::bench::{Bench, SIDES, find, row};
use crate::data::{Addr, Log, Point, Tree, Tri, Vec3, log, mesh, tree};
use crate::harness::{Contender, timed, timed_write};
use crate::{leak, ours};

pub fn rows(bench: &mut Bench) {
    if bench.wants("point") {
        point(bench);
    }
    if bench.wants("log") {
        let value: &'static Vec<Log> = leak(log(10_000));
        let mut all = ours(value);
        peers!(all, Vec<Log>, value);
        savefile!(all, Vec<Log>, value);
        fory!(all, Vec<Log>, value, |f| {
            f.register::<Addr>(101)?;
            f.register::<Log>(100)
        });
        bitcode!(all, Vec<Log>, value);
        bench.workload("log", "10,000 records", all);
    }
    if bench.wants("mesh") {
        triangles(bench);
    }
    if bench.wants("tree") {
        let value: &'static Tree = leak(tree(10_000));
        let mut all = ours(value);
        peers!(all, Tree, value);
        fory!(all, Tree, value, |f| f.register::<Tree>(100));
        bench.workload("tree", "10,000 nodes", all);
    }
}

fn point(bench: &mut Bench) {
    let value: &'static Point = leak(Point { x: 1.5, y: -2.5 });
    let mut all = ours(value);
    peers!(all, Point, value);
    savefile!(all, Point, value);
    fory!(all, Point, value, |f| f.register::<Point>(100));
    bitcode!(all, Point, value);
    let figures = bench.workload("point", "2 f64", all);
    // Rows of less than 5 ns may be 2 ns slower than the best.
    for (mode, name) in [("compact", "cerial compact"), ("portable", "cerial portable")] {
        let Some(ours) = find(&figures, name) else { continue };
        for (side, of) in SIDES {
            let peers = figures.iter().filter(|f| !f.name.starts_with("cerial"));
            let best = peers.map(of).fold(f64::INFINITY, f64::min);
            row(&format!("point {side} {mode}, over the best"), "ns", of(ours) - best, None);
        }
        row(&format!("root header {mode}, size"), "bytes", (ours.bytes - size_of::<Point>()) as f64, None);
        // The whole value with its header: what the header alone takes is less.
        row(&format!("root header {mode}, write with the value"), "ns", ours.write, None);
        row(&format!("root header {mode}, read with the value"), "ns", ours.read, None);
    }
}

fn triangles(bench: &mut Bench) {
    let value: &'static Vec<Tri> = leak(mesh(125_000));
    let mut all = ours(value);
    peers!(all, Vec<Tri>, value);
    savefile!(all, Vec<Tri>, value);
    fory!(all, Vec<Tri>, value, |f| {
        f.register::<Vec3>(101)?;
        f.register::<Tri>(100)
    });
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
    let figures = bench.workload("mesh", "125,000 triangles of f32", all);
    if let (Some(ours), Some(floor)) = (find(&figures, "cerial compact"), find(&figures, "(memcpy)")) {
        for (side, of) in SIDES {
            row(&format!("mesh {side} compact, memcpy"), "ns", of(ours), Some((of(floor), "memcpy")));
        }
    }
}
