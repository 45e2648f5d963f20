//! The shapes of the Python original's own bench, against the figures that were recorded of it (suitkaise 0.4.14,
//! CPython 3.11, a machine of this kind; the best of its runs): write and read together, and the bytes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use crate::bench::{Bench, find, row};
use crate::{contender, leak};

#[derive(cerial::Cerial, Clone, PartialEq, Debug)]
enum Any {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Any>),
    Dict(HashMap<String, Any>),
}

#[derive(cerial::Cerial, Clone, Copy, PartialEq, Debug)]
struct Point {
    x: i64,
    y: i64,
}

/// Every node knows its hub and the node before it.
#[derive(cerial::Cerial)]
struct Hub {
    nodes: RefCell<Vec<Rc<HubNode>>>,
}

#[derive(cerial::Cerial)]
struct HubNode {
    ident: i64,
    hub: Weak<Hub>,
    peer: Weak<HubNode>,
}

fn dict<const N: usize>(entries: [(&str, Any); N]) -> Any {
    Any::Dict(entries.map(|(key, value)| (key.to_owned(), value)).into())
}

fn ten_primitives() -> Any {
    dict([
        ("id", Any::Int(12345)),
        ("name", Any::Text("alice".into())),
        ("score", Any::Float(3.25)),
        ("active", Any::Bool(true)),
        ("parent", Any::None),
        ("blob", Any::Bytes([0, 1, 2, 3].repeat(4))),
        ("city", Any::Text("Sapporo".into())),
        ("zip", Any::Int(600_042)),
        ("ratio", Any::Float(-0.5)),
        ("flags", Any::Int(7)),
    ])
}

/// 10 dicts of 10 lists of 10 records: 10,111 nodes.
fn nested() -> Any {
    let record = |a: i64, b: i64, c: i64| {
        dict([
            ("a", Any::Int(a * 100 + b * 10 + c)),
            ("b", Any::Text(format!("s{c}"))),
            ("c", Any::Float(c as f64 / 4.0)),
            ("d", Any::List([a, b, c, a + b].map(Any::Int).into())),
        ])
    };
    let list = |a, b| Any::List((0..10).map(|c| record(a, b, c)).collect());
    let top = (0..10).map(|a| Any::Dict((0..10).map(|b| (format!("k{b}"), list(a, b))).collect()));
    Any::List(top.collect())
}

fn hub() -> Rc<Hub> {
    let hub = Rc::new(Hub { nodes: RefCell::new(Vec::new()) });
    let mut peer = Weak::new();
    for ident in 0..1000 {
        let node = Rc::new(HubNode { ident, hub: Rc::downgrade(&hub), peer });
        peer = Rc::downgrade(&node);
        hub.nodes.borrow_mut().push(node);
    }
    hub
}

/// Compared by what its edges lead to.
fn whole(hub: &Rc<Hub>) -> bool {
    let nodes = hub.nodes.borrow();
    let right = |(i, node): (usize, &Rc<HubNode>)| {
        let before = i.checked_sub(1).map(|i| &nodes[i]);
        node.ident == i as i64
            && node.hub.upgrade().is_some_and(|h| Rc::ptr_eq(&h, hub))
            && before.is_none_or(|want| node.peer.upgrade().is_some_and(|got| Rc::ptr_eq(&got, want)))
    };
    nodes.len() == 1000 && nodes.iter().enumerate().all(right)
}

pub fn rows(bench: &Bench) {
    if !bench.wants("original") {
        return;
    }
    let same = |bench: &Bench, name: &str, us: f64, bytes: f64, value: Any| {
        let value = leak(value);
        shape(bench, name, us, bytes, value, move |back| back == value);
    };
    let number = leak(42_i64);
    shape(bench, "int", 1.8, 5.0, number, |back| back == number);
    same(bench, "10 primitives by name", 23.0, 240.0, ten_primitives());
    let point = leak(Point { x: 1, y: 2 });
    shape(bench, "point", 11.6, 145.0, point, |back| back == point);
    let points = leak((0..1000).map(|i| Point { x: i, y: i + 1 }).collect::<Vec<_>>());
    shape(bench, "1,000 points", 9156.0, 41_629.0, points, |back| back == points);
    same(bench, "nested, 10,111 nodes", 21_070.0, 92_185.0, nested());
    shape(bench, "hub and 1,000 nodes", 1_385_000.0, 135_090.0, leak(hub()), whole);
}

/// Writes and reads the shape in the compact mode: the original's bytes are for the same program, too.
fn shape<T: cerial::Cerial + 'static>(
    bench: &Bench,
    name: &str,
    recorded_us: f64,
    recorded_bytes: f64,
    value: &'static T,
    check: impl Fn(&T) -> bool,
) {
    let options: &'static cerial::Options = leak(cerial::Options::new().mode(cerial::Mode::Compact));
    let ours = contender(
        "cerial compact",
        value,
        |v: &T, b| options.serialize_into(v, b).expect("ours writes"),
        |b| -> T { options.deserialize(b).expect("ours reads") },
        check,
    );
    let figures = bench.table(&format!("original/{name}"), "the original's shape", vec![ours]);
    let Some(ours) = find(&figures, "cerial compact") else { return };
    let recorded = "suitkaise 0.4.14, recorded";
    row(&format!("original/{name}"), "us", (ours.write + ours.read) / 1e3, Some((recorded_us, recorded)));
    row(&format!("original/{name}, bytes"), "bytes", ours.bytes as f64, Some((recorded_bytes, recorded)));
}
