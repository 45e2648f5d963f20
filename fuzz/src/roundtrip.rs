//! Values of any content, made by `arbitrary`, come back equal by every way.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::num::{NonZero, Wrapping};
use std::ops::{Bound, Range};
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use cerial::{Cerial, Mode, Serde};
use serde::{Deserialize, Serialize};

use super::input::options;

/// What `arbitrary` can make.
#[derive(Cerial, Arbitrary, Debug, PartialEq)]
#[cerial(name = "fuzz::Data")]
struct Data {
    unsigned: (u8, u16, u32, u64, u128, usize),
    signed: (i8, i16, i32, i64, i128, isize),
    floats: Vec<Bits<u64>>,
    small_floats: Vec<Bits<u32>>,
    flags: [bool; 3],
    letter: char,
    text: String,
    bytes: Vec<u8>,
    maybe: Option<Option<Option<u8>>>,
    outcome: Result<u16, String>,
    unit: (),
    lists: Vec<Vec<Vec<i16>>>,
    deque: VecDeque<char>,
    sorted: BTreeMap<(i8, String), Option<u64>>,
    hashed: HashMap<String, Vec<u32>>,
    sets: (BTreeSet<i32>, HashSet<Vec<u8>>),
    boxed: Box<Tree>,
    duration: Duration,
    range: Range<u32>,
    bound: Bound<String>,
    wrapping: Wrapping<i64>,
    non_zero: NonZero<u32>,
    path: PathBuf,
    address: std::net::IpAddr,
    serde: SerdeData,
}

#[derive(Cerial, Arbitrary, Debug, PartialEq)]
#[cerial(name = "fuzz::Tree")]
enum Tree {
    Leaf,
    One(Box<Tree>),
    Many { children: Vec<Tree>, name: String },
    Pair(u64, (Box<Tree>, i8)),
}

#[derive(Serialize, Deserialize, Arbitrary, Debug, PartialEq)]
enum SerdeData {
    Unit,
    New(Option<i64>),
    Tuple(u8, char, String),
    Struct { map: BTreeMap<i16, Option<bool>>, list: Vec<SerdeData>, big: i128 },
}

/// A float by its bits: equal to itself also where it is not a number.
#[derive(Arbitrary, Debug, PartialEq, Clone, Copy)]
struct Bits<T>(T);

macro_rules! bits {
    ($bits:ty, $float:ty, $handler:ident) => {
        struct $handler;
        impl cerial::Handler for $handler {
            type Value = Bits<$bits>;
            type State = $float;
            const KEY: &'static str = concat!("fuzz::Bits<", stringify!($float), ">");
            fn extract(value: &Bits<$bits>, _: &mut cerial::Extract) -> cerial::Result<$float> {
                Ok(<$float>::from_bits(value.0))
            }
            fn rebuild(float: $float, _: &mut cerial::Rebuild) -> cerial::Result<Bits<$bits>> {
                Ok(Bits(float.to_bits()))
            }
        }
    };
}
bits!(u64, f64, DoubleHandler);
bits!(u32, f32, SingleHandler);
cerial::plugin! { name: "fuzz", handlers: [DoubleHandler, SingleHandler], reconnectors: [] }

/// A graph: nodes with strong edges to earlier nodes and weak edges to any.
#[derive(Cerial)]
#[cerial(name = "fuzz::Vertex")]
struct Vertex {
    id: u32,
    down: Vec<Rc<Vertex>>,
    any: RefCell<Vec<Weak<Vertex>>>,
}

/// Of a node: how far back its strong edges go, and where its weak ones lead.
type Edges = (Vec<u8>, Vec<u8>);

fn graph(plan: &[Edges]) -> Vec<Rc<Vertex>> {
    let mut nodes: Vec<Rc<Vertex>> = Vec::new();
    for (id, (down, _)) in plan.iter().enumerate() {
        let down =
            down.iter().filter_map(|back| id.checked_sub(1 + usize::from(*back))).map(|at| nodes[at].clone());
        nodes.push(Rc::new(Vertex { id: id as u32, down: down.collect(), any: RefCell::default() }));
    }
    for (node, (_, any)) in nodes.iter().zip(plan) {
        *node.any.borrow_mut() =
            any.iter().map(|at| Rc::downgrade(&nodes[usize::from(*at) % nodes.len()])).collect();
    }
    nodes
}

fn same_graph(plan: &[Edges], nodes: &[Rc<Vertex>]) {
    assert_eq!(nodes.len(), plan.len());
    for (id, (node, (down, any))) in nodes.iter().zip(plan).enumerate() {
        assert_eq!(node.id as usize, id);
        let want = down.iter().filter_map(|back| id.checked_sub(1 + usize::from(*back)));
        assert!(node.down.iter().map(Rc::as_ptr).eq(want.map(|at| Rc::as_ptr(&nodes[at]))), "strong edges");
        let want = any.iter().map(|at| Rc::as_ptr(&nodes[usize::from(*at) % nodes.len()]));
        assert!(node.any.borrow().iter().map(Weak::as_ptr).eq(want), "weak edges");
    }
}

/// Builds data and a graph, and takes them through both modes, the tree and JSON.
pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok((value, mut plan)) = <(Data, Vec<Edges>)>::arbitrary(&mut input) else { return };
    // A chain is as deep as the plan is long.
    plan.truncate(100);
    let nodes = graph(&plan);
    for mode in [Mode::Portable, Mode::Compact] {
        let options = options(mode);
        let bytes = options.serialize(&value).expect("plain data can be written");
        let back: Data = options.deserialize(&bytes).expect("it can be read");
        assert_eq!(back, value);
        assert!(options.serialize(&back).expect("it can be written") == bytes, "equal values, other bytes");
        let bytes = options.serialize(&nodes).expect("a graph can be written");
        same_graph(&plan, &options.deserialize::<Vec<Rc<Vertex>>>(&bytes).expect("a graph can be read"));
    }
    let both = (value, nodes);
    let ir = cerial::serialize_ir(&both).expect("it has a tree");
    let value = both.0;
    let (back, graph): (Data, Vec<Rc<Vertex>>) = cerial::deserialize_ir(&ir).expect("a tree can be read");
    assert_eq!(back, value);
    same_graph(&plan, &graph);
    let json = cerial::ir_to_json(&ir).expect("any tree has a JSON form");
    let (back, graph): (Data, Vec<Rc<Vertex>>) =
        cerial::from_json(&json).unwrap_or_else(|e| panic!("cannot read {json}: {e:?}"));
    assert_eq!(back, value, "{json}");
    same_graph(&plan, &graph);
    let bytes = cerial::serialize(&Serde(&value.serde)).expect("serde's data can be written");
    assert_eq!(cerial::deserialize::<Serde<SerdeData>>(&bytes).expect("it can be read").0, value.serde);
}
