//! The types that bytes are read as: a bit of everything whose bytes are settled by its value.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, LinkedList, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock, Weak};
use std::time::Duration;

use cerial::{Cerial, Serde, Via};
use cerial_plugins as _;
use serde::{Deserialize, Serialize};

use super::input::{Input, Oracle};

#[derive(Cerial)]
#[cerial(name = "fuzz::Value")]
pub(super) enum Value {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Pair { a: u8, b: Box<Value> },
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

#[derive(Cerial)]
#[cerial(name = "fuzz::Dir")]
pub(super) struct Dir {
    name: String,
    parent: Weak<Dir>,
    children: Mutex<Vec<Arc<Dir>>>,
}

#[derive(Cerial)]
#[cerial(name = "fuzz::Node")]
pub(super) struct Node {
    id: u32,
    links: Vec<std::rc::Weak<RefCell<Node>>>,
    next: Option<Rc<RefCell<Node>>>,
}

#[cerial::object]
pub(super) trait Shape {}
#[derive(Cerial)]
#[cerial(name = "fuzz::Circle")]
struct Circle(f64);
#[derive(Cerial)]
#[cerial(name = "fuzz::Group")]
struct Group(Vec<Box<dyn Shape>>);
#[cerial::object]
impl Shape for Circle {}
#[cerial::object]
impl Shape for Group {}

#[derive(Serialize, Deserialize)]
pub(super) enum Plain {
    Unit,
    Newtype(String),
    Struct { a: Option<u16>, b: BTreeMap<String, i128> },
    Many(Vec<Plain>),
    Odd(f32, char, Option<Option<bool>>, (), u64),
}

#[derive(Cerial)]
#[cerial(name = "fuzz::Cells")]
pub(super) struct Cells {
    cell: Cell<i16>,
    once: OnceCell<String>,
    lock: RwLock<Option<Arc<str>>>,
    heap: BinaryHeap<u32>,
    deque: VecDeque<(bool, u128)>,
    range: std::ops::RangeInclusive<i8>,
    result: Result<u8, String>,
    big: std::num::NonZero<u64>,
}

/// A bit of everything.
#[derive(Cerial)]
#[cerial(name = "fuzz::Soup")]
pub(super) struct Soup {
    values: Vec<Value>,
    graph: Vec<Rc<RefCell<Node>>>,
    shapes: (Box<dyn Shape>, Rc<dyn Shape>),
    leaves: Vec<Option<regex::Regex>>,
    ids: BTreeMap<uuid::Uuid, url::Url>,
    paths: BTreeSet<String>,
    path: PathBuf,
    plain: Plain,
    time: std::time::SystemTime,
    hashed: HashMap<u8, LinkedList<Duration>>,
    array: [Option<(u8, char)>; 3],
    text: Arc<str>,
}

/// What points into the bytes.
#[derive(Cerial)]
#[cerial(name = "fuzz::Borrowed")]
pub(super) struct Borrowed<'a> {
    name: &'a str,
    data: &'a [u8],
    parts: Vec<(u8, &'a str)>,
    cow: Cow<'a, str>,
}

/// Reads an input as the type that it chooses, and holds the value to an oracle.
pub(super) fn read<O: Oracle>(input: Input<'_>) {
    let types = [
        Input::read::<Soup, O>,
        Input::read::<Value, O>,
        Input::read::<Arc<Dir>, O>,
        Input::read::<Vec<Rc<RefCell<Node>>>, O>,
        Input::read::<Vec<Box<dyn Shape>>, O>,
        Input::read::<Serde<Plain>, O>,
        Input::read::<Serde<serde_json::Value>, O>,
        Input::read::<Vec<Via<regex::Regex>>, O>,
        Input::read::<Vec<std::net::SocketAddr>, O>,
        Input::read::<BTreeMap<String, Vec<(u16, Option<String>)>>, O>,
        Input::read::<(Vec<Arc<u8>>, Vec<Arc<String>>, Vec<Weak<u8>>), O>,
        Input::read::<Vec<[(); 3]>, O>,
        Input::read::<Cells, O>,
        Input::read::<(Vec<f32>, Vec<u64>, String, Option<Box<Value>>), O>,
    ];
    types[input.choice % types.len()](input);
}
