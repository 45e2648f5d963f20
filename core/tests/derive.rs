//! What the derive makes: every shape of struct and enum, leaves of every way, graphs.
#![allow(missing_docs)]
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use cerial::{Cerial, Error, Extract, Handler, Mode, Options, Rebuild, Result};

#[track_caller]
fn trip<T: Cerial + PartialEq + Debug>(value: T) {
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode);
        let bytes = options.serialize(&value).expect("it is written");
        let back: T = options.deserialize(&bytes).unwrap_or_else(|e| panic!("{e:?}\n{bytes:?}"));
        assert_eq!(back, value);
    }
}

#[derive(Cerial, Debug, PartialEq)]
struct Unit;
#[derive(Cerial, Debug, PartialEq)]
struct Pair(u8, String);
#[derive(Cerial, Debug, PartialEq)]
struct Named {
    id: u64,
    name: String,
    tags: Vec<String>,
    size: Option<u32>,
    nick: Option<String>,
    at: (f32, bool),
}
#[derive(Cerial, Debug, PartialEq)]
struct Outer {
    first: Named,
    unit: Unit,
    r#type: Pair,
    map: BTreeMap<String, Named>,
}
#[derive(Cerial, Debug, PartialEq)]
enum Color {
    Red,
    Green,
}
#[derive(Cerial, Debug, PartialEq)]
enum Value {
    Null,
    Int(i64),
    Text(String),
    Pair { a: u8, b: Box<Value> },
    List(Vec<Value>),
    Map(HashMap<String, Value>),
}
#[derive(Cerial, Debug, PartialEq)]
struct Generic<T, U: Ord> {
    items: Vec<T>,
    map: BTreeMap<U, Option<T>>,
    none: std::marker::PhantomData<fn() -> T>,
}
#[derive(Cerial, Debug, PartialEq)]
#[cerial(transparent)]
struct Meters(f64);
#[derive(Cerial, Debug, PartialEq)]
struct Borrowed<'a> {
    id: u32,
    name: &'a str,
    data: &'a [u8],
    parts: Vec<&'a str>,
}

fn named(i: u64) -> Named {
    Named {
        id: i,
        name: "x".repeat(i as usize),
        tags: vec!["é".into(), String::new()],
        size: i.is_multiple_of(2).then_some(7),
        nick: (!i.is_multiple_of(2)).then(|| "nick".into()),
        at: (1.5, true),
    }
}

#[test]
fn structs_of_every_shape_come_back_equal() {
    trip(Unit);
    trip(Pair(1, "a".into()));
    trip(named(1));
    trip(vec![named(2), named(100)]);
    trip(Outer {
        first: named(1),
        unit: Unit,
        r#type: Pair(3, "b".into()),
        map: BTreeMap::from([("k".into(), named(4))]),
    });
    trip(Meters(2.5));
    trip(vec![Meters(f64::MIN), Meters(0.0)]);
}

#[test]
fn enums_of_every_shape_come_back_equal() {
    trip(vec![Color::Red, Color::Green]);
    trip(Value::List(vec![
        Value::Null,
        Value::Int(-5),
        Value::Text("t".into()),
        Value::Pair { a: 1, b: Box::new(Value::Null) },
        Value::Map(HashMap::from([("x".into(), Value::Int(1))])),
    ]));
}

#[test]
fn generics_come_back_equal() {
    trip(Generic::<u16, String> {
        items: vec![1, 2],
        map: BTreeMap::from([("a".into(), Some(1)), ("b".into(), None)]),
        none: std::marker::PhantomData,
    });
}

#[test]
fn borrowed_fields_point_into_the_bytes() {
    let value = Borrowed { id: 7, name: "name", data: b"data", parts: vec!["a", "b"] };
    let bytes = cerial::serialize(&value).unwrap();
    let back: Borrowed<'_> = cerial::deserialize_borrowed(&bytes).unwrap();
    assert_eq!(back, value);
    assert!(bytes.as_ptr_range().contains(&back.name.as_ptr()));
}

// ---- leaves

mod foreign {
    #[derive(Debug, PartialEq)]
    pub(crate) struct Money {
        pub(crate) currency: String,
        pub(crate) cents: i64,
    }
    #[derive(Debug, PartialEq)]
    pub(crate) struct Unknown;
}
struct MoneyHandler;
impl Handler for MoneyHandler {
    type Value = foreign::Money;
    type State = (String, i64);
    const KEY: &'static str = "foreign::Money";
    fn extract(m: &foreign::Money, _: &mut Extract) -> Result<Self::State> {
        Ok((m.currency.clone(), m.cents))
    }
    fn rebuild((currency, cents): Self::State, _: &mut Rebuild) -> Result<foreign::Money> {
        if currency.is_empty() {
            return Err(Error::rebuild("a currency has a name"));
        }
        Ok(foreign::Money { currency, cents })
    }
}
cerial::plugin! { name: "foreign", handlers: [MoneyHandler], reconnectors: [] }

#[derive(Cerial, Debug)]
struct Wallet {
    owner: String,
    all: Vec<Arc<Mutex<foreign::Money>>>,
    by_name: HashMap<String, Option<foreign::Money>>,
    #[cerial(with = MoneyHandler)]
    direct: foreign::Money,
    #[cerial(skip)]
    scratch: Vec<foreign::Unknown>,
}

fn money(cents: i64) -> foreign::Money {
    foreign::Money { currency: "EUR".into(), cents }
}

#[test]
fn a_handler_reaches_through_containers() {
    let one = Arc::new(Mutex::new(money(1)));
    let wallet = Wallet {
        owner: "o".into(),
        all: vec![one.clone(), one, Arc::new(Mutex::new(money(2)))],
        by_name: HashMap::from([("a".into(), Some(money(3))), ("b".into(), None)]),
        direct: money(4),
        scratch: vec![foreign::Unknown],
    };
    let bytes = cerial::serialize(&wallet).unwrap();
    let back: Wallet = cerial::deserialize(&bytes).unwrap();
    assert!(Arc::ptr_eq(&back.all[0], &back.all[1]));
    assert_eq!(*back.all[2].lock().unwrap(), money(2));
    assert_eq!(back.by_name["a"], Some(money(3)));
    assert_eq!(back.direct, money(4));
    assert!(back.scratch.is_empty());
    assert_eq!(back.owner, "o");
}

#[derive(Cerial)]
struct Page {
    canvas: foreign::Unknown,
}
#[derive(Cerial)]
struct Book {
    pages: Vec<Page>,
}

#[test]
fn a_missing_handler_names_the_place() {
    let error = cerial::serialize(&Book { pages: vec![Page { canvas: foreign::Unknown }] }).unwrap_err();
    assert_eq!(error.path(), "pages[0].canvas");
    assert!(error.to_string().contains("no handler for"), "{error}");
    assert!(error.help().unwrap().contains("linked? add `use"), "{error:?}");
}

// ---- graphs

#[derive(Cerial, Debug)]
struct Dir {
    name: String,
    parent: std::sync::Weak<Dir>,
    children: Mutex<Vec<Arc<Dir>>>,
}

fn tree() -> Arc<Dir> {
    let root =
        Arc::new(Dir { name: "root".into(), parent: std::sync::Weak::new(), children: Mutex::default() });
    for i in 0..3 {
        let child =
            Arc::new(Dir { name: i.to_string(), parent: Arc::downgrade(&root), children: Mutex::default() });
        let leaf =
            Arc::new(Dir { name: "leaf".into(), parent: Arc::downgrade(&child), children: Mutex::default() });
        child.children.lock().expect("not poisoned").push(leaf);
        root.children.lock().expect("not poisoned").push(child);
    }
    root
}

#[test]
fn a_tree_with_plain_weak_parents_comes_back_closed() {
    let back: Arc<Dir> = cerial::deserialize(&cerial::serialize(&tree()).unwrap()).unwrap();
    assert!(back.parent.upgrade().is_none());
    for child in back.children.lock().unwrap().iter() {
        assert!(Arc::ptr_eq(&child.parent.upgrade().unwrap(), &back));
        let leaf = child.children.lock().unwrap()[0].clone();
        assert!(Arc::ptr_eq(&leaf.parent.upgrade().unwrap(), child));
    }
}

#[derive(Cerial)]
struct Cyclic {
    next: RefCell<Option<Rc<Cyclic>>>,
}

#[test]
fn a_strong_cycle_is_refused_when_it_is_written() {
    let a = Rc::new(Cyclic { next: RefCell::new(None) });
    let b = Rc::new(Cyclic { next: RefCell::new(Some(a.clone())) });
    *a.next.borrow_mut() = Some(b);
    let error = cerial::serialize(&a).unwrap_err();
    assert_eq!(error.kind(), cerial::ErrorKind::Cycle);
    assert_eq!(error.path(), "next.next");
    *a.next.borrow_mut() = None;
}

#[derive(Cerial)]
struct Links {
    nodes: Vec<Rc<RefCell<Node>>>,
}
#[derive(Cerial)]
struct Node {
    id: u32,
    links: Vec<Weak<RefCell<Node>>>,
    by_name: HashMap<String, Weak<RefCell<Node>>>,
}

#[test]
fn weak_links_before_and_after_their_targets_are_found() {
    let nodes: Vec<_> =
        (0..4).map(|id| Rc::new(RefCell::new(Node { id, links: vec![], by_name: HashMap::new() }))).collect();
    for (i, node) in nodes.iter().enumerate() {
        for other in &nodes {
            node.borrow_mut().links.push(Rc::downgrade(other));
            node.borrow_mut()
                .by_name
                .insert(other.as_ptr().addr().to_string(), Rc::downgrade(&nodes[(i + 1) % 4]));
        }
    }
    nodes[0].borrow_mut().links.push(Weak::new());
    let back: Links = cerial::deserialize(&cerial::serialize(&Links { nodes }).unwrap()).unwrap();
    for (i, node) in back.nodes.iter().enumerate() {
        let node = node.borrow();
        assert_eq!(node.id as usize, i);
        for (j, link) in node.links.iter().take(4).enumerate() {
            assert!(Rc::ptr_eq(&link.upgrade().unwrap(), &back.nodes[j]));
        }
        for link in node.by_name.values() {
            assert!(Rc::ptr_eq(&link.upgrade().unwrap(), &back.nodes[(i + 1) % 4]));
        }
    }
    assert!(back.nodes[0].borrow().links[4].upgrade().is_none());
}

// ---- objects

#[cerial::object]
trait Shape: Debug {
    fn area(&self) -> f64;
}
#[derive(Cerial, Debug)]
struct Circle {
    r: f64,
}
#[derive(Cerial, Debug)]
struct Poly {
    name: String,
    inner: Vec<Box<dyn Shape>>,
}
#[cerial::object]
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.r
    }
}
#[cerial::object]
impl Shape for Poly {
    fn area(&self) -> f64 {
        self.inner.iter().map(|s| s.area()).sum()
    }
}
#[derive(Cerial)]
struct Scene {
    shapes: Vec<Box<dyn Shape>>,
    shared: (Rc<dyn Shape>, Rc<dyn Shape>),
}

#[test]
fn trait_objects_come_back_as_what_they_were() {
    let shared: Rc<dyn Shape> = Rc::new(Circle { r: 5.0 });
    let scene = Scene {
        shapes: vec![
            Box::new(Circle { r: 1.0 }),
            Box::new(Poly { name: "p".into(), inner: vec![Box::new(Circle { r: 2.0 })] }),
        ],
        shared: (shared.clone(), shared),
    };
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode);
        let back: Scene = options.deserialize(&options.serialize(&scene).unwrap()).unwrap();
        assert_eq!(format!("{:?}", back.shapes), format!("{:?}", scene.shapes));
        assert!(Rc::ptr_eq(&back.shared.0, &back.shared.1));
        assert_eq!(back.shared.0.area(), 5.0);
    }
}

#[test]
fn deep_boxes_are_refused_at_the_limit_and_read_when_it_is_lifted() {
    let mut deep = Value::Null;
    for _ in 0..600 {
        deep = Value::Pair { a: 0, b: Box::new(deep) };
    }
    assert_eq!(cerial::serialize(&deep).unwrap_err().kind(), cerial::ErrorKind::Limit);
    let lifted = Options::new().limits(cerial::Limits::new().depth(10_000));
    let bytes = lifted.serialize(&deep).unwrap();
    assert_eq!(cerial::deserialize::<Value>(&bytes).unwrap_err().kind(), cerial::ErrorKind::Limit);
    assert_eq!(lifted.deserialize::<Value>(&bytes).unwrap(), deep);
}

/// A collection of another crate: neither `Cerial` nor of serde.
mod other_crate {
    #[derive(Debug, Default, PartialEq)]
    pub(crate) struct Bag<T>(pub(crate) Vec<T>);
    impl<'a, T> IntoIterator for &'a Bag<T> {
        type Item = &'a T;
        type IntoIter = std::slice::Iter<'a, T>;
        fn into_iter(self) -> Self::IntoIter {
            self.0.iter()
        }
    }
    impl<T> FromIterator<T> for Bag<T> {
        fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Bag<T> {
            Bag(items.into_iter().collect())
        }
    }
    #[derive(Debug, PartialEq)]
    pub(crate) struct Table<K, V>(pub(crate) Vec<(K, V)>);
    impl<'a, K, V> IntoIterator for &'a Table<K, V> {
        type Item = (&'a K, &'a V);
        type IntoIter = std::iter::Map<std::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;
        fn into_iter(self) -> Self::IntoIter {
            self.0.iter().map(|(key, value)| (key, value))
        }
    }
    impl<K, V> FromIterator<(K, V)> for Table<K, V> {
        fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Table<K, V> {
            Table(items.into_iter().collect())
        }
    }
}

#[derive(Cerial)]
struct Collections {
    #[cerial(via(Vec<_>))]
    shared: other_crate::Bag<Arc<String>>,
    #[cerial(via(BTreeMap<_, _>))]
    table: other_crate::Table<u32, Vec<Option<Arc<String>>>>,
    #[cerial(via(Vec<u8>))]
    bytes: other_crate::Bag<u8>,
}

#[test]
fn collections_of_other_crates_keep_what_is_shared() {
    let one = Arc::new("one".to_owned());
    let value = Collections {
        shared: other_crate::Bag(vec![one.clone(), one.clone()]),
        table: other_crate::Table(vec![(7, vec![None, Some(one)])]),
        bytes: other_crate::Bag(vec![1, 2, 3]),
    };
    let bytes = cerial::serialize(&value).unwrap();
    let back: Collections = cerial::deserialize(&bytes).unwrap();
    assert!(Arc::ptr_eq(&back.shared.0[0], &back.shared.0[1]));
    assert!(Arc::ptr_eq(&back.shared.0[0], back.table.0[0].1[1].as_ref().unwrap()));
    assert_eq!((back.table.0[0].0, &back.bytes), (7, &value.bytes));
    // On the wire they are a list and a map.
    let json: serde_json::Value = cerial::to_jsonable(&value).unwrap();
    assert_eq!(json["bytes"], serde_json::json!({"$bytes": "AQID"}));
}
