//! Every kind of node goes to JSON and back: a kind without a form here does not compile, one without a value fails.
#![allow(unreachable_pub, reason = "the expansion of `plugin!`")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::{Rc, Weak};

use serde::{Deserialize, Serialize};

use super::super::node::Node;
use super::{from_json, ir_to_json};
use crate::schema::Kind;
use crate::{
    Auth, Cerial, Connect, Extract, Handler, Live, Rebuild, Reconnector, Result, Serde, Via, deserialize_ir,
    serialize, serialize_ir,
};

/// The kinds of node, numbered: a new one must be added here and, by the test, to the values.
fn number(node: &Node) -> usize {
    match node {
        Node::Unit => 0,
        Node::Bool(_) => 1,
        Node::U8(_) => 2,
        Node::U16(_) => 3,
        Node::U32(_) => 4,
        Node::U64(_) => 5,
        Node::U128(_) => 6,
        Node::I8(_) => 7,
        Node::I16(_) => 8,
        Node::I32(_) => 9,
        Node::I64(_) => 10,
        Node::I128(_) => 11,
        Node::F32(_) => 12,
        Node::F64(_) => 13,
        Node::Char(_) => 14,
        Node::Text(_) => 15,
        Node::Bytes(_) => 16,
        Node::None => 17,
        Node::Some(_) => 18,
        Node::List(_) => 19,
        Node::Map(_) => 20,
        Node::Struct(_) => 21,
        Node::Variant(..) => 22,
        Node::Boxed(_) => 23,
        Node::Shared(_, Some(_)) => 24,
        Node::Shared(_, None) => 25,
        Node::Weak(Some(_)) => 26,
        Node::Weak(None) => 27,
        Node::Named(..) => 28,
        Node::Serde(_) => 29,
        Node::Record(_) => 30,
        Node::Case(case) => 31 + usize::from(case.1.is_some()),
        Node::Live(live) => 33 + usize::from(live.carried.is_some()),
        Node::Function(_) => 35,
    }
}
/// How many [`number`] tells apart.
const NODES: usize = 36;

/// What stands in a schema, likewise.
fn number_of(kind: &Kind) -> usize {
    match kind {
        Kind::Unit => 0,
        Kind::Bool => 1,
        Kind::U8 => 2,
        Kind::U16 => 3,
        Kind::U32 => 4,
        Kind::U64 => 5,
        Kind::U128 => 6,
        Kind::I8 => 7,
        Kind::I16 => 8,
        Kind::I32 => 9,
        Kind::I64 => 10,
        Kind::I128 => 11,
        Kind::F32 => 12,
        Kind::F64 => 13,
        Kind::Char => 14,
        Kind::Text => 15,
        Kind::Leaf => 16,
        Kind::Object => 17,
        Kind::Serde => 18,
        Kind::Live => 19,
        Kind::Function => 20,
        Kind::Option(_) => 21,
        Kind::Seq(_) => 22,
        Kind::Array(..) => 23,
        Kind::Map(..) => 24,
        Kind::Tuple(_) => 25,
        Kind::Type(_) => 26,
        Kind::Boxed(_) => 27,
        Kind::Shared(_) => 28,
        Kind::Weak(_) => 29,
    }
}
/// How many [`number_of`] tells apart.
const KINDS: usize = 30;

fn count_kinds(kind: &Kind, seen: &mut BTreeSet<usize>) {
    seen.insert(number_of(kind));
    match kind {
        Kind::Option(inner) | Kind::Seq(inner) | Kind::Array(inner, _) => count_kinds(inner, seen),
        Kind::Boxed(inner) | Kind::Shared(inner) | Kind::Weak(inner) => count_kinds(inner, seen),
        Kind::Map(key, value) => [key, value].into_iter().for_each(|kind| count_kinds(kind, seen)),
        Kind::Tuple(kinds) => kinds.iter().for_each(|kind| count_kinds(kind, seen)),
        _ => {}
    }
}

fn count_nodes(node: &mut Node, seen: &mut BTreeSet<usize>) {
    seen.insert(number(node));
    node.children_mut(&mut |child| count_nodes(child, seen));
}

/// Takes a value to its tree, to JSON and back, and both ways again.
#[track_caller]
fn both_ways<T: Cerial>(value: &T, nodes: &mut BTreeSet<usize>, kinds: &mut BTreeSet<usize>) {
    let bytes = serialize(value).expect("it can be written");
    let ir = serialize_ir(value).expect("it has a tree");
    let json = ir_to_json(&ir).expect("it has a JSON form");
    let back: T = from_json(&json).unwrap_or_else(|error| panic!("cannot read {json}: {error:?}"));
    assert_eq!(serialize(&back).expect("it can be written"), bytes, "{json}");
    let again = serialize_ir(&back).expect("it has a tree");
    assert_eq!((&again, ir_to_json(&again).expect("it has a JSON form")), (&ir, json));
    let of_tree: T = deserialize_ir(&ir).expect("a tree can be read");
    assert_eq!(serialize(&of_tree).expect("it can be written"), bytes);
    let mut root = ir.root().clone();
    count_nodes(&mut root, nodes);
    let schema = ir.schema();
    count_kinds(&schema.root, kinds);
    let fields = schema.types.iter().flat_map(|def| match &def.body {
        crate::schema::Body::Struct(fields) => fields.as_slice().to_vec(),
        crate::schema::Body::Enum(variants) => {
            variants.iter().flat_map(|variant| variant.fields.as_slice().to_vec()).collect()
        }
    });
    fields.for_each(|field| count_kinds(&field.kind, kinds));
}

#[derive(Cerial)]
#[cerial(name = "t::Plain")]
struct Plain {
    unsigned: (u8, u16, u32, u64, u128),
    signed: (i8, i16, i32, i64, i128),
    floats: [f32; 4],
    doubles: Vec<f64>,
    other: ((), bool, char, String),
    bytes: (Vec<u8>, [u8; 2]),
    maybe: Vec<Option<Option<u8>>>,
    maps: (BTreeMap<String, i8>, BTreeMap<(u8, char), String>),
    boxed: Box<RefCell<u16>>,
    enums: Vec<Enum>,
}

#[derive(Cerial)]
#[cerial(name = "t::Enum")]
enum Enum {
    Unit,
    One(u8),
    Two(u8, String),
    Named { a: Vec<Enum> },
}

#[derive(Cerial)]
#[cerial(name = "t::Graph")]
struct Graph {
    first: Weak<String>,
    strong: Vec<Rc<String>>,
    dead: Weak<String>,
}

struct Foreign(u8);
struct ForeignHandler;
impl Handler for ForeignHandler {
    type Value = Foreign;
    type State = (u8, String);
    const KEY: &'static str = "t::Foreign";
    fn extract(value: &Foreign, _: &mut Extract) -> Result<Self::State> {
        Ok((value.0, "state".into()))
    }
    fn rebuild(state: Self::State, _: &mut Rebuild) -> Result<Foreign> {
        Ok(Foreign(state.0))
    }
}

#[crate::object]
trait Animal {
    fn legs(&self) -> u8;
}
#[derive(Cerial)]
#[cerial(name = "t::Dog")]
struct Dog {
    legs: u8,
}
#[crate::object]
impl Animal for Dog {
    fn legs(&self) -> u8 {
        self.legs
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Door {
    host: String,
}
impl Reconnector for Door {
    type Live = u8;
    const KEY: &'static str = "t::Door";
    const AUTH: Auth = Auth::None;
    fn connect(&self, _: &Connect<'_>) -> Result<u8> {
        Ok(7)
    }
    fn carry(&self, live: &mut u8) -> Result<Option<Vec<u8>>> {
        Ok(Some(vec![*live]))
    }
}

#[crate::function]
fn next(n: u8) -> u8 {
    n.wrapping_add(1)
}

#[derive(Serialize, Deserialize)]
struct Told {
    case: Vec<TellCase>,
    bytes: Vec<u8>,
    map: BTreeMap<i8, Option<Option<f32>>>,
    unit: (),
}
#[derive(Serialize, Deserialize)]
enum TellCase {
    Unit,
    Value(i128),
}

crate::plugin! { name: "every node", handlers: [ForeignHandler], reconnectors: [Door] }

#[test]
fn every_kind_of_node_goes_to_json_and_back() {
    let (mut nodes, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    let (nodes, kinds) = (&mut nodes, &mut kinds);
    let plain = Plain {
        unsigned: (u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX),
        signed: (i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN),
        floats: [0.1, -0.0, f32::INFINITY, f32::from_bits(0x7fc0_0001)],
        doubles: vec![f64::MIN_POSITIVE, 1e300, 0.1, f64::from_bits(0xfff8_0000_0000_0001)],
        other: ((), true, '\u{10ffff}', "\"$\n".into()),
        bytes: (vec![0, 255], [1, 2]),
        maybe: vec![None, Some(None), Some(Some(1))],
        maps: (BTreeMap::from([("$ref".into(), -1)]), BTreeMap::from([((1, 'x'), "y".into())])),
        boxed: Box::new(RefCell::new(9)),
        enums: vec![Enum::Unit, Enum::One(1), Enum::Two(2, "b".into()), Enum::Named { a: vec![Enum::Unit] }],
    };
    both_ways(&plain, nodes, kinds);
    let shared = Rc::new("s".to_owned());
    let graph =
        Graph { first: Rc::downgrade(&shared), strong: vec![shared.clone(), shared], dead: Weak::new() };
    both_ways(&graph, nodes, kinds);
    both_ways(&vec![Via(Foreign(1)), Via(Foreign(2))], nodes, kinds);
    let animals: Vec<Box<dyn Animal>> = vec![Box::new(Dog { legs: 4 }), Box::new(Dog { legs: 3 })];
    both_ways(&animals, nodes, kinds);
    assert_eq!(animals.iter().map(|animal| animal.legs()).sum::<u8>(), 7);
    let door = Door { host: "h".into() };
    both_ways(&Live::placeholder(door.clone()), nodes, kinds);
    both_ways(&Live::connected(door, 7), nodes, kinds);
    both_ways(&(next as fn(u8) -> u8), nodes, kinds);
    let told = Told {
        case: vec![TellCase::Unit, TellCase::Value(i128::MIN)],
        bytes: vec![1],
        map: BTreeMap::from([(-1, Some(None)), (1, Some(Some(0.5)))]),
        unit: (),
    };
    both_ways(&Serde(told), nodes, kinds);
    let missing: Vec<_> = (0..NODES).filter(|number| !nodes.contains(number)).collect();
    assert!(missing.is_empty(), "no value has the nodes {missing:?}");
    let missing: Vec<_> = (0..KINDS).filter(|number| !kinds.contains(number)).collect();
    assert!(missing.is_empty(), "no value has the kinds {missing:?}");
}
