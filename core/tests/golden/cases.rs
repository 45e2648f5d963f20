//! The table of values behind the golden files and the hostile bytes: one for each way that bytes can stand.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Wrapping};
use std::ops::{Bound, ControlFlow, Range, RangeInclusive};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cerial::{
    Auth, Cerial, Connect, Decode, Encode, Error, Extract, Handler, Live, Mode, Options, Rebuild,
    Reconnector, Result, Serde, Via,
};
use serde::{Deserialize, Serialize};

/// One value: how it is written, and how bytes are read and what was read is written again.
pub struct Case {
    pub name: &'static str,
    pub write: fn(Mode) -> Vec<u8>,
    /// Reads with these options, writes with them.
    pub again: fn(&Options, &[u8]) -> Result<Vec<u8>>,
}

pub const MODES: [(Mode, &str); 2] = [(Mode::Portable, "portable"), (Mode::Compact, "compact")];

pub fn options(mode: Mode) -> Options {
    Options::new().mode(mode).canonical(true)
}

impl Case {
    pub fn file(&self, mode: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{}.{mode}.bin", self.name))
    }
}

fn write<T: Encode>(mode: Mode, value: T) -> Vec<u8> {
    options(mode).serialize(&value).unwrap()
}

fn again<T: Cerial>(options: &Options, bytes: &[u8]) -> Result<Vec<u8>> {
    options.serialize(&options.deserialize::<T>(bytes)?)
}

fn again_borrowed<'de, T: Decode<'de>>(options: &'de Options, bytes: &'de [u8]) -> Result<Vec<u8>> {
    options.serialize(&options.deserialize_borrowed::<T>(bytes)?)
}

macro_rules! cases {
    ($($name:ident: $ty:ty = $value:expr;)*) => {
        /// All values that own what they hold.
        pub const OWNED: &[Case] = &[$(Case {
            name: stringify!($name),
            write: |mode| write::<$ty>(mode, $value),
            again: again::<$ty>,
        }),*];
    };
}

/// All values.
pub fn all() -> impl Iterator<Item = &'static Case> {
    const BORROWED: &Case = &Case {
        name: "borrowed",
        write: |mode| write(mode, borrowed()),
        again: |options, bytes| again_borrowed::<Borrowed<'_>>(options, bytes),
    };
    const BORROWED_PATHS: &Case = &Case {
        name: "borrowed_paths",
        write: |mode| {
            let odd = os(b"\xff");
            write(mode, BorrowedPaths { path: Path::new("/p"), all: vec![OsStr::new("x"), &odd] })
        },
        again: |options, bytes| again_borrowed::<BorrowedPaths<'_>>(options, bytes),
    };
    OWNED.iter().chain([BORROWED, BORROWED_PATHS])
}

cases! {
    unit: () = ();
    scalars: Scalars = Scalars::new();
    text: (String, char, Box<str>) = ("grüße".into(), '✓', "".into());
    long_text: String = "x".repeat(200);
    options: Opts = Opts {
        none: None, some: Some(7), nested: Some(Some(None)), text: Some("t".into()), no_text: None,
        results: vec![Ok(1), Err("e".into())],
    };
    enums: Vec<Value> = vec![
        Value::Null, Value::Int(-5), Value::Text("t".into()), Value::Pair { a: 1, b: Box::new(Value::Null) },
        Value::List(vec![Value::Null; 3]), Value::Map(BTreeMap::from([("k".into(), Value::Int(1))])),
    ];
    unit_enums: (Color, Vec<Color>, Ordering) = (Color::Green, vec![Color::Red, Color::Blue], Ordering::Greater);
    wide_enum: Vec<Wide> = vec![Wide::V0, Wide::V255, Wide::V256, Wide::V259];
    lists: Lists = Lists {
        bytes: vec![0, 255], floats: vec![1.5, -0.0], pairs: vec![(1, "a".into()), (2, "b".into())],
        deque: VecDeque::from([1, 2]), linked: LinkedList::from(["x".to_owned()]), units: vec![(); 3],
        array: [[1, 2], [3, 4]], texts: ["p".into(), "q".into()], empty: vec![],
    };
    maps: Maps = Maps {
        by_name: BTreeMap::from([("a".into(), vec![1]), ("b".into(), vec![])]),
        by_pair: BTreeMap::from([((-1, 'x'), None), ((1, 'y'), Some("v".into()))]),
        hashed: HashMap::from([(1, 2), (3, 4)]), set: BTreeSet::from([3, 1]), names: HashSet::from(["n".into()]),
        heap: BinaryHeap::from([Reverse(1)]),
    };
    structs: Outer = Outer {
        unit: Unit, pair: Pair(1, "p".into()), meters: Meters(2.5),
        named: Named { id: 9, tags: vec!["é".into()], size: Some(4) }, generic: Generic { items: vec![Some(1), None] },
    };
    tree: Tree = Tree { value: 1, left: Some(Box::new(Tree { value: 2, left: None, right: None })), right: None };
    std_types: StdTypes = StdTypes {
        duration: Duration::new(5, 6), range: 1..9, inclusive: 'a'..='z', bound: Bound::Excluded("b".into()),
        unbounded: Bound::Unbounded, flow: ControlFlow::Break(2), non_zero: NonZero::new(7).unwrap(),
        wrapping: Wrapping(250), none: std::marker::PhantomData,
    };
    cells: Cells = Cells {
        cell: Cell::new(1), refcell: RefCell::new(vec!["r".into()]), once: OnceCell::from(5), empty: OnceLock::new(),
        mutex: Mutex::new(Some("m".into())), rwlock: RwLock::new(3), atomic: AtomicI64::new(-1),
        flag: AtomicBool::new(true),
    };
    shared: Shared = shared();
    weak: Arc<Dir> = directory();
    weak_first: WeakFirst = weak_first();
    objects: Scene = Scene {
        shapes: vec![Box::new(Circle { r: 1.0 }), Box::new(Group { inner: vec![Box::new(Circle { r: 2.0 })] })],
        shared: { let one: Rc<dyn Shape> = Rc::new(Circle { r: 3.0 }); (one.clone(), one) },
    };
    handlers: Wallet = Wallet {
        all: vec![Via(money(1)), Via(money(2))], shared: vec![Arc::new(Mutex::new(money(3)))], direct: money(4),
        shape: Box::new(Circle { r: 0.5 }),
    };
    serde: Serde<Plain> = Serde(plain());
    serde_leaves: Leaves = Leaves { leaf: plain(), forced: plain(), again: vec![plain()] };
    system_text: SystemText = SystemText {
        paths: vec!["/srv/data".into(), PathBuf::new(), os(b"/tmp/\xff\xfe").into(), "é/ü".into()],
        boxed: Path::new("relative/../x y").into(), shared: { let one: Arc<Path> = Path::new("/s").into(); (one.clone(), one) },
        text: (os(b"\xc3("), Box::from(OsStr::new("env"))), c: vec![c"abc".into(), c"".into(), c"\xff\x01".into()],
        boxed_c: c"boxed".into(),
    };
    addresses: Addresses = addresses();
    times: Vec<SystemTime> = {
        let by = Duration::new(1_700_000_000, 123_456_789);
        vec![UNIX_EPOCH, UNIX_EPOCH + by, UNIX_EPOCH - by, UNIX_EPOCH - Duration::from_nanos(1)]
    };
    outcomes: Outcomes = outcomes();
    cyclic: Ring = ring();
    functions: Functions = Functions {
        run: double, pick: longest, all: vec![triple, double], maybe: [Some(triple), None],
    };
    live: Connections = Connections { door: Live::placeholder(Door { host: "cave".into(), port: 7 }) };
}

#[derive(Cerial)]
#[cerial(name = "golden::Scalars")]
pub struct Scalars {
    u: (u8, u16, u32, u64, u128, usize),
    i: (i8, i16, i32, i64, i128, isize),
    f: (f32, f64, f32, f64),
    flags: [bool; 2],
    letter: char,
}

impl Scalars {
    fn new() -> Scalars {
        Scalars {
            u: (u8::MAX, 2, u32::MAX, 4, u128::MAX, 6),
            i: (i8::MIN, -2, i32::MIN, -4, i128::MIN, -6),
            f: (f32::from_bits(0x7fc0_1234), -0.0, 1.5, f64::INFINITY),
            flags: [true, false],
            letter: '\u{10ffff}',
        }
    }
}

#[derive(Cerial)]
#[cerial(name = "golden::Opts")]
pub struct Opts {
    none: Option<u64>,
    some: Option<u16>,
    nested: Option<Option<Option<u8>>>,
    text: Option<String>,
    no_text: Option<String>,
    results: Vec<Result<u8, String>>,
}

#[derive(Cerial, Clone)]
#[cerial(name = "golden::Value")]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Pair { a: u8, b: Box<Value> },
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

#[derive(Cerial)]
#[cerial(name = "golden::Color")]
pub enum Color {
    Red,
    Green,
    Blue,
}

#[derive(Cerial)]
#[cerial(name = "golden::Lists")]
pub struct Lists {
    bytes: Vec<u8>,
    floats: Vec<f32>,
    pairs: Vec<(u8, String)>,
    deque: VecDeque<u16>,
    linked: LinkedList<String>,
    units: Vec<()>,
    array: [[u8; 2]; 2],
    texts: [String; 2],
    empty: Vec<Value>,
}

#[derive(Cerial)]
#[cerial(name = "golden::Maps")]
pub struct Maps {
    by_name: BTreeMap<String, Vec<u32>>,
    by_pair: BTreeMap<(i8, char), Option<String>>,
    hashed: HashMap<u8, u64>,
    set: BTreeSet<u32>,
    names: HashSet<String>,
    heap: BinaryHeap<Reverse<u8>>,
}

#[derive(Cerial)]
#[cerial(name = "golden::Unit")]
struct Unit;
#[derive(Cerial)]
#[cerial(name = "golden::Pair")]
struct Pair(u8, String);
#[derive(Cerial)]
#[cerial(transparent)]
struct Meters(f64);
#[derive(Cerial)]
#[cerial(name = "golden::Named")]
struct Named {
    id: u64,
    tags: Vec<String>,
    #[cerial(rename = "length")]
    size: Option<u32>,
}
#[derive(Cerial)]
#[cerial(name = "golden::Generic")]
struct Generic<T> {
    items: Vec<Option<T>>,
}
#[derive(Cerial)]
#[cerial(name = "golden.Outer")]
pub struct Outer {
    unit: Unit,
    pair: Pair,
    meters: Meters,
    named: Named,
    generic: Generic<u16>,
}

#[derive(Cerial)]
#[cerial(name = "golden::Tree")]
pub struct Tree {
    value: u32,
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

#[derive(Cerial)]
#[cerial(name = "golden::StdTypes")]
pub struct StdTypes {
    duration: Duration,
    range: Range<u8>,
    inclusive: RangeInclusive<char>,
    bound: Bound<String>,
    unbounded: Bound<u8>,
    flow: ControlFlow<u8, String>,
    non_zero: NonZero<u32>,
    wrapping: Wrapping<u8>,
    none: std::marker::PhantomData<fn() -> u8>,
}

/// Text of the operating system from bytes of Unix.
fn os(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[derive(Cerial)]
#[cerial(name = "golden::SystemText")]
pub struct SystemText {
    paths: Vec<PathBuf>,
    boxed: Box<Path>,
    shared: (Arc<Path>, Arc<Path>),
    text: (OsString, Box<OsStr>),
    c: Vec<CString>,
    boxed_c: Box<CStr>,
}

#[derive(Cerial)]
#[cerial(name = "golden::Addresses")]
pub struct Addresses {
    v4: Vec<Ipv4Addr>,
    v6: Ipv6Addr,
    any: BTreeMap<IpAddr, u8>,
    sockets: (SocketAddrV4, SocketAddrV6),
    all: Vec<SocketAddr>,
}

fn addresses() -> Addresses {
    let (v4, v6) = (Ipv4Addr::new(192, 0, 2, 1), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
    let (s4, s6) = (SocketAddrV4::new(v4, 80), SocketAddrV6::new(v6, 65535, 7, 9));
    Addresses {
        v4: vec![v4, Ipv4Addr::UNSPECIFIED],
        v6,
        any: BTreeMap::from([(v4.into(), 1), (v6.into(), 2)]),
        sockets: (s4, s6),
        all: vec![s4.into(), s6.into()],
    }
}

#[derive(Cerial)]
#[cerial(name = "golden::Outcomes")]
pub struct Outcomes {
    sizes: Vec<Result<u64, io::Error>>,
    kind: io::ErrorKind,
    output: Output,
    polls: Vec<Poll<u8>>,
    never: Result<u8, Infallible>,
}

fn outcomes() -> Outcomes {
    let status = ExitStatus::from_raw(3 << 8);
    Outcomes {
        sizes: vec![Ok(1), Err(io::Error::from_raw_os_error(2)), Err(io::Error::other("custom"))],
        kind: io::ErrorKind::TimedOut,
        output: Output { status, stdout: b"out".to_vec(), stderr: vec![] },
        polls: vec![Poll::Ready(1), Poll::Pending],
        never: Ok(1),
    }
}

#[derive(Cerial)]
#[cerial(name = "golden::Cells")]
pub struct Cells {
    cell: Cell<u8>,
    refcell: RefCell<Vec<String>>,
    once: OnceCell<u8>,
    empty: OnceLock<String>,
    mutex: Mutex<Option<String>>,
    rwlock: RwLock<u16>,
    atomic: AtomicI64,
    flag: AtomicBool,
}

#[derive(Cerial)]
#[cerial(name = "golden::Shared")]
pub struct Shared {
    items: Vec<Arc<Named>>,
    text: (Rc<str>, Rc<str>),
    bytes: Arc<[u8]>,
    cell: Vec<Rc<RefCell<u8>>>,
}

fn shared() -> Shared {
    let one = Arc::new(Named { id: 1, tags: vec![], size: None });
    let two = Arc::new(Named { id: 2, tags: vec!["t".into()], size: Some(2) });
    let (text, cell) = (Rc::from("shared"), Rc::new(RefCell::new(1)));
    Shared {
        items: vec![one.clone(), two, one],
        text: (Rc::clone(&text), text),
        bytes: Arc::from([1, 2, 3]),
        cell: vec![cell.clone(), cell],
    }
}

/// A cyclic graph: strong edges down, weak edges up.
#[derive(Cerial)]
#[cerial(name = "golden::Dir")]
pub struct Dir {
    name: String,
    parent: Weak<Dir>,
    children: Mutex<Vec<Arc<Dir>>>,
}

fn directory() -> Arc<Dir> {
    let dir = |name: &str, parent| Arc::new(Dir { name: name.into(), parent, children: Mutex::default() });
    let root = dir("root", Weak::new());
    for name in ["a", "b"] {
        let child = dir(name, Arc::downgrade(&root));
        let leaf = dir("leaf", Arc::downgrade(&child));
        child.children.lock().unwrap().push(leaf);
        root.children.lock().unwrap().push(child);
    }
    root
}

/// A weak edge stands before the strong one.
#[derive(Cerial)]
#[cerial(name = "golden::WeakFirst")]
pub struct WeakFirst {
    weak: (Weak<Pair>, Weak<Pair>, Weak<Pair>),
    strong: Vec<Arc<Pair>>,
}

fn weak_first() -> WeakFirst {
    let one = Arc::new(Pair(1, "one".into()));
    let gone = Arc::new(Pair(2, "gone".into()));
    WeakFirst {
        weak: (Arc::downgrade(&one), Arc::downgrade(&gone), Weak::new()),
        strong: vec![one.clone(), one],
    }
}

#[cerial::object]
pub trait Shape {
    fn area(&self) -> f64;
}
#[derive(Cerial)]
#[cerial(name = "golden::Circle")]
struct Circle {
    r: f64,
}
#[derive(Cerial)]
#[cerial(name = "golden::Group")]
struct Group {
    inner: Vec<Box<dyn Shape>>,
}
#[cerial::object]
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.r
    }
}
#[cerial::object]
impl Shape for Group {
    fn area(&self) -> f64 {
        self.inner.iter().map(|s| s.area()).sum()
    }
}
#[derive(Cerial)]
#[cerial(name = "golden::Scene")]
pub struct Scene {
    shapes: Vec<Box<dyn Shape>>,
    shared: (Rc<dyn Shape>, Rc<dyn Shape>),
}

pub mod foreign {
    pub struct Money {
        pub currency: String,
        pub cents: i64,
    }
}

fn money(cents: i64) -> foreign::Money {
    foreign::Money { currency: "EUR".into(), cents }
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
        if currency.len() > 3 {
            return Err(Error::rebuild("a currency has three letters"));
        }
        Ok(foreign::Money { currency, cents })
    }
}

#[derive(Cerial)]
#[cerial(name = "golden::Wallet")]
pub struct Wallet {
    all: Vec<Via<foreign::Money>>,
    shared: Vec<Arc<Mutex<foreign::Money>>>,
    #[cerial(with = MoneyHandler)]
    direct: foreign::Money,
    shape: Box<dyn Shape>,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Plain {
    numbers: (u8, i8, u64, i64, f32, f64, char, bool),
    text: String,
    maybe: Vec<Option<u16>>,
    kinds: Vec<PlainKind>,
    map: BTreeMap<String, i32>,
    bytes: Vec<u8>,
    unit: (),
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub enum PlainKind {
    Unit,
    Newtype(String),
    Tuple(u8, u8),
    Struct { text: String },
}

fn plain() -> Plain {
    Plain {
        numbers: (200, -100, u64::MAX, i64::MIN, 1.5, -0.0, 'é', true),
        text: "t".repeat(40),
        maybe: vec![None, Some(1000)],
        kinds: vec![
            PlainKind::Unit,
            PlainKind::Newtype("n".into()),
            PlainKind::Tuple(1, 2),
            PlainKind::Struct { text: "s".into() },
        ],
        map: BTreeMap::from([("a".into(), -1), ("b".into(), 70_000)]),
        bytes: (0..20).collect(),
        unit: (),
    }
}

#[derive(Cerial)]
#[cerial(name = "golden::Leaves")]
pub struct Leaves {
    leaf: Plain,
    #[cerial(serde)]
    forced: Plain,
    again: Vec<Plain>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Door {
    host: String,
    port: u16,
}

impl Reconnector for Door {
    type Live = ();
    const KEY: &'static str = "door::Session";
    const AUTH: Auth = Auth::None;
    fn connect(&self, _: &Connect<'_>) -> Result<()> {
        Ok(())
    }
}

#[derive(Cerial)]
#[cerial(name = "golden::Connections")]
pub struct Connections {
    door: Live<Door>,
}

cerial::plugin! { name: "golden", handlers: [MoneyHandler], reconnectors: [Door] }

#[derive(Cerial)]
#[cerial(name = "golden::Borrowed")]
pub struct Borrowed<'a> {
    id: u32,
    name: &'a str,
    data: &'a [u8],
    parts: Vec<&'a str>,
    cow: Cow<'a, str>,
    bytes: Cow<'a, [u8]>,
}

#[derive(Cerial)]
#[cerial(name = "golden::BorrowedPaths")]
pub struct BorrowedPaths<'a> {
    path: &'a Path,
    all: Vec<&'a OsStr>,
}

#[derive(Cerial)]
#[cerial(name = "golden::Ring")]
pub struct Ring {
    entry: Arc<Link>,
}

/// A link of a strong ring.
#[derive(Cerial, Default)]
#[cerial(name = "golden::Link", cyclic)]
pub struct Link {
    id: u8,
    next: Mutex<Option<Arc<Link>>>,
}

/// Breaks the ring, so that nothing leaks.
impl Drop for Ring {
    fn drop(&mut self) {
        let next = self.entry.next.lock().ok().and_then(|mut next| next.take());
        drop(next);
    }
}

fn ring() -> Ring {
    let last = Arc::new(Link { id: 2, next: Mutex::default() });
    let entry = Arc::new(Link { id: 1, next: Mutex::new(Some(last.clone())) });
    *last.next.lock().unwrap() = Some(entry.clone());
    Ring { entry }
}

#[derive(Cerial)]
#[cerial(name = "golden::Functions")]
pub struct Functions {
    run: fn(u32) -> u32,
    pick: for<'a> fn(&'a str, &'a str) -> &'a str,
    all: Vec<Run>,
    maybe: [Option<Run>; 2],
}

pub type Run = fn(u32) -> u32;

#[cerial::function(name = "golden::double")]
fn double(x: u32) -> u32 {
    x * 2
}

#[cerial::function(name = "golden::triple", version = 3)]
fn triple(x: u32) -> u32 {
    x * 3
}

#[cerial::function(name = "golden::longest")]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() < b.len() { b } else { a }
}

fn borrowed() -> Borrowed<'static> {
    let data: &[u8] = b"data";
    Borrowed { id: 7, name: "name", data, parts: vec!["a", "b"], cow: "c".into(), bytes: data.into() }
}

/// More variants than one byte can tell apart.
#[derive(Cerial)]
#[cerial(name = "golden::Wide")]
#[rustfmt::skip]
pub enum Wide {
    V0, V1, V2, V3, V4, V5, V6, V7, V8, V9, V10, V11, V12, V13, V14, V15, V16, V17, V18, V19, V20, V21, V22,
    V23, V24, V25, V26, V27, V28, V29, V30, V31, V32, V33, V34, V35, V36, V37, V38, V39, V40, V41, V42, V43,
    V44, V45, V46, V47, V48, V49, V50, V51, V52, V53, V54, V55, V56, V57, V58, V59, V60, V61, V62, V63, V64,
    V65, V66, V67, V68, V69, V70, V71, V72, V73, V74, V75, V76, V77, V78, V79, V80, V81, V82, V83, V84, V85,
    V86, V87, V88, V89, V90, V91, V92, V93, V94, V95, V96, V97, V98, V99, V100, V101, V102, V103, V104,
    V105, V106, V107, V108, V109, V110, V111, V112, V113, V114, V115, V116, V117, V118, V119, V120, V121,
    V122, V123, V124, V125, V126, V127, V128, V129, V130, V131, V132, V133, V134, V135, V136, V137, V138,
    V139, V140, V141, V142, V143, V144, V145, V146, V147, V148, V149, V150, V151, V152, V153, V154, V155,
    V156, V157, V158, V159, V160, V161, V162, V163, V164, V165, V166, V167, V168, V169, V170, V171, V172,
    V173, V174, V175, V176, V177, V178, V179, V180, V181, V182, V183, V184, V185, V186, V187, V188, V189,
    V190, V191, V192, V193, V194, V195, V196, V197, V198, V199, V200, V201, V202, V203, V204, V205, V206,
    V207, V208, V209, V210, V211, V212, V213, V214, V215, V216, V217, V218, V219, V220, V221, V222, V223,
    V224, V225, V226, V227, V228, V229, V230, V231, V232, V233, V234, V235, V236, V237, V238, V239, V240,
    V241, V242, V243, V244, V245, V246, V247, V248, V249, V250, V251, V252, V253, V254, V255, V256, V257,
    V258, V259
}
