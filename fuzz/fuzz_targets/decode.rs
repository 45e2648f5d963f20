//! Any bytes, read as any of many types: a value or an error within the budget, and a value is a fixpoint.
#![no_main]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use cerial::{Cerial, Limits, Mode, Options, Serde, Via};
use cerial_plugins as _;
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};

#[derive(Cerial)]
enum Value {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Pair { a: u8, b: Box<Value> },
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

#[derive(Cerial)]
struct Dir {
    name: String,
    parent: Weak<Dir>,
    children: Mutex<Vec<Arc<Dir>>>,
}

#[derive(Cerial)]
struct Node {
    id: u32,
    links: Vec<std::rc::Weak<RefCell<Node>>>,
    next: Option<Rc<RefCell<Node>>>,
}

#[cerial::object]
trait Shape {}
#[derive(Cerial)]
struct Circle(f64);
#[derive(Cerial)]
struct Group(Vec<Box<dyn Shape>>);
#[cerial::object]
impl Shape for Circle {}
#[cerial::object]
impl Shape for Group {}

#[derive(Serialize, Deserialize)]
enum Plain {
    Unit,
    Newtype(String),
    Struct { a: Option<u16>, b: BTreeMap<String, i128> },
    Many(Vec<Plain>),
}

/// A bit of everything.
#[derive(Cerial)]
struct Soup {
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

type Read = fn(&Options, &[u8], bool);

const SOUP: &[Read] = &[
    fixpoint::<Soup>,
    fixpoint::<Value>,
    fixpoint::<Arc<Dir>>,
    fixpoint::<Vec<Rc<RefCell<Node>>>>,
    fixpoint::<Vec<Box<dyn Shape>>>,
    fixpoint::<Serde<Plain>>,
    fixpoint::<Serde<serde_json::Value>>,
    fixpoint::<Vec<Via<regex::Regex>>>,
    fixpoint::<Vec<std::net::SocketAddr>>,
    fixpoint::<BTreeMap<String, Vec<(u16, Option<String>)>>>,
    fixpoint::<(Vec<Arc<u8>>, Vec<Arc<String>>, Vec<Weak<u8>>)>,
    fixpoint::<Vec<[(); 3]>>,
    inspected,
];

/// Reads the bytes as they are, or behind the header of a list of `T`: then they are met as values.
fn fixpoint<T: Cerial>(options: &Options, bytes: &[u8], headed: bool) {
    if headed {
        let mut whole = options.serialize(&Vec::<T>::new()).expect("an empty list can be written");
        whole.pop();
        whole.extend_from_slice(bytes);
        settled::<Vec<T>>(options, &whole);
    } else {
        settled::<T>(options, bytes);
    }
}

/// What is read is written, read and written again to the same bytes.
fn settled<T: Cerial>(options: &Options, bytes: &[u8]) {
    let Ok(value) = options.deserialize::<T>(bytes) else { return };
    // Weak pointers that came without their targets are gone from here on, so the first writing settles it.
    let first = options.serialize(&value).expect("what was read can be written");
    let again: T = options.deserialize(&first).expect("what was written can be read");
    let second = options.serialize(&again).expect("what was read can be written");
    assert!(first == second, "no fixpoint: {first:?} and {second:?}");
}

/// Bytes that can be looked into without their type end where the tree ends.
fn inspected(options: &Options, bytes: &[u8], _: bool) {
    if options.inspect(bytes).is_err() {
        return;
    }
    let longer = [bytes, &[0]].concat();
    assert!(options.inspect(&longer).is_err(), "bytes are left behind the tree");
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else { return };
    let mode = if choice & 0x80 == 0 { Mode::Portable } else { Mode::Compact };
    let limits = Limits::untrusted().alloc_bytes(16 << 20);
    let options = Options::new().mode(mode).canonical(true).limits(limits);
    let start = Instant::now();
    SOUP[usize::from(choice & 0x3f) % SOUP.len()](&options, bytes, choice & 0x40 != 0);
    assert!(start.elapsed() < Duration::from_secs(20), "too slow");
});
