//! Strong cycles, and graphs that are deep: linear, on a small stack, and safe to drop.
#![allow(missing_docs, clippy::unwrap_used, clippy::type_complexity, reason = "a test")]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, RwLock};

use cerial::{Cerial, ErrorKind, Limits, Mode, Options};

/// Closed by its own `Default`.
#[derive(Cerial, Debug, Default)]
#[cerial(cyclic)]
struct Node {
    name: String,
    next: RefCell<Option<Rc<Node>>>,
    all: RefCell<Vec<Rc<Node>>>,
    back: RefCell<Weak<Node>>,
}

fn node(name: &str) -> Rc<Node> {
    Rc::new(Node { name: name.to_owned(), ..Node::default() })
}

fn next(node: &Rc<Node>) -> Rc<Node> {
    node.next.borrow().clone().unwrap()
}

#[track_caller]
fn trip<T: Cerial>(value: &T) -> T {
    let compact = Options::new().mode(Mode::Compact);
    let bytes = compact.serialize(value).unwrap();
    let back: T = compact.deserialize(&bytes).unwrap();
    assert_eq!(compact.serialize(&back).unwrap(), bytes, "the same graph makes the same bytes");
    let portable = cerial::serialize(value).unwrap();
    assert_eq!(cerial::inspect(&portable).unwrap().to_bytes().unwrap(), portable);
    cerial::from_json::<T>(&cerial::to_json(value).unwrap()).unwrap();
    cerial::deserialize(&portable).unwrap()
}

#[test]
fn an_object_that_points_at_itself_comes_back_so() {
    let one = node("one");
    *one.next.borrow_mut() = Some(one.clone());
    let back = trip(&one);
    assert!(Rc::ptr_eq(&back, &next(&back)));
    assert_eq!((&*back.name, Rc::strong_count(&back)), ("one", 2));
    *back.next.borrow_mut() = None;
    *one.next.borrow_mut() = None;
}

#[test]
fn a_ring_comes_back_closed_from_every_place() {
    let nodes = ["a", "b", "c"].map(node);
    for i in 0..3 {
        *nodes[i].next.borrow_mut() = Some(nodes[(i + 1) % 3].clone());
        nodes[i].all.borrow_mut().extend(nodes.iter().cloned());
        *nodes[i].back.borrow_mut() = Rc::downgrade(&nodes[(i + 2) % 3]);
    }
    let back = trip(&nodes[1]);
    let (c, a) = (next(&back), next(&next(&back)));
    assert_eq!([&*back.name, &*c.name, &*a.name], ["b", "c", "a"]);
    assert!(Rc::ptr_eq(&next(&a), &back));
    for (node, before) in [(&back, &a), (&c, &back), (&a, &c)] {
        assert!(Rc::ptr_eq(&node.back.borrow().upgrade().unwrap(), before));
        for (own, other) in node.all.borrow().iter().zip([&a, &back, &c]) {
            assert!(Rc::ptr_eq(own, other));
        }
    }
    for node in nodes.iter().chain([&back, &c, &a]) {
        node.next.take();
        node.all.take();
    }
}

#[derive(Cerial, Debug, Default)]
#[cerial(cyclic)]
struct Account {
    owner: Option<Arc<Mutex<Account>>>,
    shared: HashMap<String, Arc<Mutex<Account>>>,
    log: BTreeMap<u32, Arc<RwLock<Vec<Arc<Mutex<Account>>>>>>,
}

#[test]
fn locks_and_maps_close_cycles_too() {
    let account = Arc::new(Mutex::new(Account::default()));
    let log = Arc::new(RwLock::new(vec![account.clone(), account.clone()]));
    {
        let mut inner = account.lock().unwrap();
        inner.owner = Some(account.clone());
        inner.shared.insert("me".into(), account.clone());
        inner.log.insert(7, log);
    }
    let back: Arc<Mutex<Account>> = cerial::deserialize(&cerial::serialize(&ByArc(account.clone())).unwrap())
        .map(|by: ByArc| by.0)
        .unwrap();
    let inner = std::mem::take(&mut *back.lock().unwrap());
    assert!(Arc::ptr_eq(&back, &inner.owner.unwrap()));
    assert!(Arc::ptr_eq(&back, &inner.shared["me"]));
    assert!(Arc::ptr_eq(&back, &inner.log[&7].read().unwrap()[1]));
    std::mem::take(&mut *account.lock().unwrap());
}

/// While the account is written its lock is held by the writer, and is not taken again.
#[derive(Cerial)]
struct ByArc(Arc<Mutex<Account>>);

#[derive(Cerial)]
struct Plain {
    next: RefCell<Option<Rc<Plain>>>,
}

#[test]
fn a_cycle_without_a_placeholder_is_refused_when_it_is_written() {
    let plain = Rc::new(Plain { next: RefCell::default() });
    *plain.next.borrow_mut() = Some(plain.clone());
    let error = cerial::serialize(&vec![plain.clone()]).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Cycle, "[0].next"));
    assert!(error.help().unwrap().contains("#[cerial(cyclic)]"), "{error:?}");
    plain.next.take();
}

#[derive(Cerial, Debug, Default)]
#[cerial(cyclic)]
struct Keyed {
    keys: RefCell<HashSet<ByAddress>>,
}

#[derive(Cerial, Debug)]
struct ByAddress(Rc<Keyed>);
impl PartialEq for ByAddress {
    fn eq(&self, other: &ByAddress) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
impl Eq for ByAddress {}
impl std::hash::Hash for ByAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Rc::as_ptr(&self.0).hash(state);
    }
}

#[test]
fn a_key_meets_no_placeholder() {
    let keyed = Rc::new(Keyed::default());
    keyed.keys.borrow_mut().insert(ByAddress(keyed.clone()));
    let error = cerial::serialize(&keyed).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Cycle, "keys[0].0"));
    keyed.keys.take();
}

thread_local! {
    static LIVING: Cell<i64> = const { Cell::new(0) };
}

/// Counts how many of it live on this thread.
#[derive(Cerial, Debug)]
#[cerial(state = u8)]
struct Tally(u8);

impl From<&Tally> for u8 {
    fn from(tally: &Tally) -> u8 {
        tally.0
    }
}
impl From<u8> for Tally {
    fn from(state: u8) -> Tally {
        LIVING.set(LIVING.get() + 1);
        Tally(state)
    }
}
impl Default for Tally {
    fn default() -> Tally {
        Tally::from(0)
    }
}
impl Drop for Tally {
    fn drop(&mut self) {
        LIVING.set(LIVING.get() - 1);
    }
}

#[derive(Cerial, Debug, Default)]
#[cerial(cyclic)]
struct Counted {
    tally: Tally,
    all: RefCell<Vec<Rc<Counted>>>,
}

#[test]
fn bytes_that_fail_midway_leave_no_cycle_behind() {
    let hub = Rc::new(Counted::default());
    for id in 0..10 {
        let one = Rc::new(Counted { tally: Tally::from(id), all: RefCell::default() });
        one.all.borrow_mut().extend([hub.clone(), one.clone()]);
        hub.all.borrow_mut().push(one);
    }
    let open = |hub: Rc<Counted>| hub.all.take().iter().for_each(|one| drop(one.all.take()));
    let bytes = cerial::serialize(&(hub.clone(), "end".to_owned())).unwrap();
    open(hub);
    assert_eq!(LIVING.get(), 0);
    for end in 0..bytes.len() {
        cerial::deserialize::<(Rc<Counted>, String)>(&bytes[..end]).unwrap_err();
        assert_eq!(LIVING.get(), 0, "cut at {end}");
    }
    let (hub, end): (Rc<Counted>, String) = cerial::deserialize(&bytes).unwrap();
    assert_eq!((LIVING.get(), &*end), (11, "end"));
    assert!(hub.all.borrow().iter().all(|one| Rc::ptr_eq(&one.all.borrow()[0], &hub)));
    open(hub);
    assert_eq!(LIVING.get(), 0);
}

#[derive(Cerial)]
struct TwoWays {
    plain: Rc<Vec<u8>>,
    other: Rc<[u8]>,
}

#[test]
fn one_object_behind_two_types_of_pointers_is_refused_when_it_is_written() {
    #[cerial::object]
    trait Named {}
    #[derive(Cerial)]
    struct One(String);
    #[cerial::object]
    impl Named for One {}
    let one = Rc::new(One("x".into()));
    let named: Rc<dyn Named> = one.clone();
    let error = cerial::serialize(&(one, named)).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Unwritable, "[1]"));
    // Pointers to different objects of different types are fine.
    let back = trip(&TwoWays { plain: Rc::new(vec![1]), other: Rc::from([2_u8]) });
    assert_eq!((back.plain[0], back.other[0]), (1, 2));
}

// -- depth ----------------------------------------------------------------------------------------------------------

fn lifted() -> Options {
    Options::new().mode(Mode::Compact).limits(Limits::new().depth(u32::MAX).alloc_bytes(u64::MAX))
}

/// Runs on a thread with a stack of 256 KiB.
fn on_a_small_stack(f: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 << 10).spawn(f).unwrap().join().unwrap();
}

/// A chain by this pointer; it takes itself apart in a loop.
macro_rules! chain {
    ($name:ident, $ptr:ident, $into:expr) => {
        #[derive(Cerial)]
        struct $name {
            id: u32,
            next: Option<$ptr<$name>>,
        }
        impl Drop for $name {
            fn drop(&mut self) {
                let mut next = self.next.take();
                while let Some(link) = next {
                    let Some(mut link) = $into(link) else { break };
                    next = link.next.take();
                }
            }
        }
        impl $name {
            fn of(n: u32) -> $name {
                let mut chain = $name { id: n - 1, next: None };
                for id in (0..n - 1).rev() {
                    chain = $name { id, next: Some($ptr::new(chain)) };
                }
                chain
            }
            fn check(&self, n: u32) {
                let (mut at, mut id) = (self, 0);
                while let Some(next) = &at.next {
                    assert_eq!(at.id, id);
                    (at, id) = (&**next, id + 1);
                }
                assert_eq!((at.id, id), (n - 1, n - 1));
            }
        }
    };
}
chain!(ByBox, Box, |link: Box<ByBox>| Some(*link));
chain!(ByRc, Rc, Rc::into_inner);
chain!(ByShared, Arc, Arc::into_inner);

const LONG: u32 = 1_000_000;

#[test]
fn a_chain_of_a_million_boxes_travels_on_a_small_stack() {
    on_a_small_stack(|| {
        let chain = ByBox::of(LONG);
        lifted().deserialize::<ByBox>(&lifted().serialize(&chain).unwrap()).unwrap().check(LONG);
    });
}

#[test]
fn a_chain_of_a_million_rcs_travels_on_a_small_stack() {
    on_a_small_stack(|| {
        let chain = ByRc::of(LONG);
        lifted().deserialize::<ByRc>(&lifted().serialize(&chain).unwrap()).unwrap().check(LONG);
    });
}

#[test]
fn a_chain_of_a_million_arcs_travels_on_a_small_stack() {
    on_a_small_stack(|| {
        let chain = ByShared::of(LONG);
        lifted().deserialize::<ByShared>(&lifted().serialize(&chain).unwrap()).unwrap().check(LONG);
    });
}

/// A link of a ring: it takes the chain behind it apart in a loop.
#[derive(Cerial, Default)]
#[cerial(cyclic)]
struct Link {
    id: u32,
    next: RefCell<Option<Rc<Link>>>,
    first: RefCell<Weak<Link>>,
}
impl Drop for Link {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(link) = next.and_then(Rc::into_inner) {
            next = link.next.take();
        }
    }
}

const RING: u32 = 100_000;

/// A chain of links, whose last one is returned too.
fn links() -> (Rc<Link>, Rc<Link>) {
    let link = |id, next| Rc::new(Link { id, next: RefCell::new(next), first: RefCell::default() });
    let last = link(RING - 1, None);
    let first = (0..RING - 1).rev().fold(last.clone(), |next, id| link(id, Some(next)));
    (first, last)
}

fn last_of(first: &Rc<Link>) -> Rc<Link> {
    let mut at = first.clone();
    for id in 0..RING - 1 {
        assert_eq!(at.id, id);
        let next = at.next.borrow().clone().unwrap();
        at = next;
    }
    at
}

#[test]
fn a_ring_of_a_hundred_thousand_closed_by_a_weak_travels_on_a_small_stack() {
    on_a_small_stack(|| {
        let (first, last) = links();
        *last.first.borrow_mut() = Rc::downgrade(&first);
        let back: Rc<Link> = lifted().deserialize(&lifted().serialize(&first).unwrap()).unwrap();
        assert!(Rc::ptr_eq(&last_of(&back).first.borrow().upgrade().unwrap(), &back));
    });
}

#[test]
fn a_strong_ring_of_a_hundred_thousand_travels_on_a_small_stack() {
    on_a_small_stack(|| {
        let (first, last) = links();
        *last.next.borrow_mut() = Some(first.clone());
        let back: Rc<Link> = lifted().deserialize(&lifted().serialize(&first).unwrap()).unwrap();
        let end = last_of(&back);
        assert!(Rc::ptr_eq(&next_of(&end), &back));
        last.next.take();
        end.next.take();
    });
}

fn next_of(link: &Link) -> Rc<Link> {
    link.next.borrow().clone().unwrap()
}

/// A chain that is dropped as std does it.
#[derive(Cerial, Debug)]
struct Naive {
    next: Option<Arc<Naive>>,
}

#[test]
fn a_chain_told_from_its_end_is_as_deep_as_it_drops() {
    // Each is written two edges deep, but who drops the first drops them all.
    let mut chain: Vec<Arc<Naive>> = Vec::new();
    for _ in 0..100_000 {
        let next = chain.last().cloned();
        chain.push(Arc::new(Naive { next }));
    }
    let error = cerial::serialize(&chain).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Limit, "[511].next"));
    // The same from a writer that knows no such limit.
    let bytes = lifted().mode(Mode::Portable).serialize(&chain).unwrap();
    let error = cerial::deserialize::<Vec<Arc<Naive>>>(&bytes).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Limit, "[511].next"));
    let back: Vec<Arc<Naive>> =
        cerial::deserialize(&cerial::serialize(&chain[..511].to_vec()).unwrap()).unwrap();
    assert!(Arc::ptr_eq(back[510].next.as_ref().unwrap(), &back[509]));
    for mut chain in [chain, back] {
        while chain.pop().is_some() {}
    }
}

#[derive(Cerial)]
enum Deep {
    End,
    Box(Box<Deep>),
    Map(BTreeMap<String, Deep>),
    Hash(HashMap<u8, Deep>),
    Vec(Vec<(String, Deep)>),
    Mutex(Arc<Mutex<Deep>>),
    Dyn(Box<dyn Deeper>),
}

#[cerial::object]
trait Deeper: Send {}
#[derive(Cerial)]
struct Holder {
    inner: Deep,
    text: String,
}
#[cerial::object]
impl Deeper for Holder {}

#[test]
fn what_is_read_at_the_default_depth_is_dropped_on_a_default_stack() {
    let wraps: [fn(Deep) -> Deep; 6] = [
        |inner| Deep::Box(Box::new(inner)),
        |inner| Deep::Map(BTreeMap::from([("k".into(), inner)])),
        |inner| Deep::Hash(HashMap::from([(1, inner)])),
        |inner| Deep::Vec(vec![("k".into(), inner)]),
        |inner| Deep::Mutex(Arc::new(Mutex::new(inner))),
        |inner| Deep::Dyn(Box::new(Holder { inner, text: "t".into() })),
    ];
    for wrap in wraps {
        // std's default for threads; what a main thread has is more.
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            let deep = (0..512).fold(Deep::End, |inner, _| wrap(inner));
            let back: Deep = cerial::deserialize(&cerial::serialize(&deep).unwrap()).unwrap();
            drop(back);
            let deeper = wrap(deep);
            assert_eq!(cerial::serialize(&deeper).unwrap_err().kind(), ErrorKind::Limit);
        });
        thread.unwrap().join().unwrap();
    }
}
