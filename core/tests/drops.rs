//! Rebuilding that stops half-way, by an error or by a panic: all that was made is dropped, once, and nothing else.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test")]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use cerial::{Cerial, Error, Extract, Handler, Mode, Options, Rebuild, Result, Via};

thread_local! {
    /// How many are alive.
    static ALIVE: Cell<i64> = const { Cell::new(0) };
    static MADE: Cell<u64> = const { Cell::new(0) };
    /// Which one fails, and whether by a panic.
    static FAILS: Cell<(u64, bool)> = const { Cell::new((u64::MAX, false)) };
}

/// Counts itself.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Counted(u32);

impl Counted {
    fn new(n: u32) -> Counted {
        ALIVE.set(ALIVE.get() + 1);
        Counted(n)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

struct CountedHandler;
impl Handler for CountedHandler {
    type Value = Counted;
    type State = u32;
    const KEY: &'static str = "hostile::Counted";
    fn extract(counted: &Counted, _: &mut Extract) -> Result<u32> {
        Ok(counted.0)
    }
    fn rebuild(n: u32, _: &mut Rebuild) -> Result<Counted> {
        let (at, panics) = FAILS.get();
        if MADE.replace(MADE.get() + 1) == at {
            if panics {
                // Prints nothing, unlike `panic!`.
                std::panic::resume_unwind(Box::new("a handler panics"));
            }
            return Err(Error::rebuild("a handler fails"));
        }
        Ok(Counted::new(n))
    }
}
cerial::plugin! { name: "drops", handlers: [CountedHandler], reconnectors: [] }

type Item = Via<Counted>;

#[derive(Cerial)]
struct Node {
    item: Counted,
    parent: Weak<Node>,
    children: Vec<Rc<Node>>,
    found: RefCell<Weak<Node>>,
}

#[derive(Cerial)]
struct Everything {
    list: Vec<Item>,
    deque: VecDeque<Item>,
    linked: LinkedList<Item>,
    array: [Item; 3],
    nested: [[Item; 2]; 2],
    tuple: (Item, u8, Item),
    boxed: Box<Option<Item>>,
    map: BTreeMap<u8, Item>,
    keys: BTreeMap<Ordered, u8>,
    hashed: HashMap<String, Vec<Item>>,
    set: BTreeSet<Ordered>,
    results: Vec<Result<Item, Item>>,
    shared: Vec<Rc<Item>>,
    locked: Arc<Mutex<Vec<Item>>>,
    slice: Arc<[Item]>,
    graph: Rc<Node>,
    held: Via<Counted>,
}

/// A key.
#[derive(Cerial, PartialEq, Eq, PartialOrd, Ord)]
struct Ordered {
    item: Counted,
}

fn item(n: u32) -> Item {
    Via(Counted::new(n))
}

fn ordered(n: u32) -> Ordered {
    Ordered { item: Counted::new(n) }
}

fn everything() -> Everything {
    let shared = Rc::new(item(1));
    Everything {
        list: vec![item(1), item(2)],
        deque: VecDeque::from([item(1), item(2)]),
        linked: LinkedList::from([item(1), item(2)]),
        array: [item(1), item(2), item(3)],
        nested: [[item(1), item(2)], [item(3), item(4)]],
        tuple: (item(1), 2, item(3)),
        boxed: Box::new(Some(item(1))),
        map: BTreeMap::from([(1, item(1)), (2, item(2))]),
        keys: BTreeMap::from([(ordered(1), 1), (ordered(2), 2)]),
        hashed: HashMap::from([("a".into(), vec![item(1)]), ("b".into(), vec![item(2), item(3)])]),
        set: BTreeSet::from([ordered(1), ordered(2)]),
        results: vec![Ok(item(1)), Err(item(2))],
        shared: vec![shared.clone(), shared, Rc::new(item(2))],
        locked: Arc::new(Mutex::new(vec![item(1), item(2)])),
        slice: Arc::from([item(1), item(2), item(3)]),
        graph: Rc::new_cyclic(|me| {
            let leaf = |n| {
                let found = RefCell::new(me.clone());
                Rc::new(Node { item: Counted::new(n), parent: me.clone(), children: vec![], found })
            };
            let children = vec![leaf(1), leaf(2)];
            let found = RefCell::new(Rc::downgrade(&children[1]));
            Node { item: Counted::new(0), parent: Weak::new(), children, found }
        }),
        held: item(1),
    }
}

/// Fails at each item in turn, and counts what is left.
fn each_failure_leaves_nothing(panics: bool) {
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode);
        FAILS.set((u64::MAX, false));
        let value = everything();
        let bytes = options.serialize(&value).unwrap();
        drop(value);
        MADE.set(0);
        drop(options.deserialize::<Everything>(&bytes).unwrap());
        let items = MADE.get();
        assert!(items > 30 && ALIVE.get() == 0, "{items} were made, {} are left", ALIVE.get());
        for at in 0..items {
            MADE.set(0);
            FAILS.set((at, panics));
            let result =
                catch_unwind(AssertUnwindSafe(|| options.deserialize::<Everything>(&bytes).map(drop)));
            FAILS.set((u64::MAX, false));
            if let Ok(result) = result {
                let error = result.unwrap_err();
                assert!(error.to_string().contains("a handler"), "{error}");
                assert!(!error.path().is_empty(), "{error}");
            } else {
                assert!(panics, "item {at} panicked");
            }
            assert_eq!(ALIVE.get(), 0, "item {at}: so many are left, or were dropped twice");
        }
        // And so do bytes that are cut short anywhere.
        for end in 0..bytes.len() {
            assert!(options.deserialize::<Everything>(&bytes[..end]).is_err(), "{end}");
            assert_eq!(ALIVE.get(), 0, "cut at {end}");
        }
    }
}

#[test]
fn a_handler_that_fails_leaves_nothing_behind() {
    each_failure_leaves_nothing(false);
}

#[test]
fn a_handler_that_panics_leaves_nothing_behind() {
    each_failure_leaves_nothing(true);
}
