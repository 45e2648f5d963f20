//! One test per attack: bytes made by hand to make a reader spend, loop, recurse or confuse.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use cerial::{Cerial, Error, ErrorKind, Limits, Mode, Options, Serde};

use crate::cases::{Shape, Wallet};
use crate::{held, tight};

/// A count as the wire has it.
fn count(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

/// A count, and as many bytes.
fn text(bytes: &[u8]) -> Vec<u8> {
    [&count(bytes.len() as u64), bytes].concat()
}

/// Portable bytes with this schema and this value.
fn portable(schema: &[u8], value: &[u8]) -> Vec<u8> {
    [&[0xce, b'r', b'l', 1, 0], &text(schema)[..], value].concat()
}

/// The type's own portable header, then this value.
fn of<T: Cerial>(good: &T, value: &[u8]) -> Vec<u8> {
    let bytes = cerial::serialize(good).unwrap();
    let schema = match bytes[5] {
        short @ ..0x80 => 6 + usize::from(short),
        low => 7 + usize::from(low & 0x7f) + (usize::from(bytes[6]) << 7),
    };
    [&bytes[..schema], value].concat()
}

#[track_caller]
fn refused<T: Cerial>(what: &str, bytes: &[u8]) -> Error {
    let options = tight(Mode::Portable);
    let (result, _) = held(what, 2 * bytes.len(), || options.deserialize::<T>(bytes));
    match result {
        Ok(_) => panic!("{what}: was read"),
        Err(error) => error,
    }
}

#[track_caller]
fn refused_as<T: Cerial>(what: &str, kind: ErrorKind, bytes: &[u8]) -> Error {
    let error = refused::<T>(what, bytes);
    assert_eq!(error.kind(), kind, "{what}: {error:?}");
    error
}

/// Reads that may succeed, within the budgets.
#[track_caller]
fn survives<T: Cerial>(what: &str, bytes: &[u8]) {
    let options = tight(Mode::Portable);
    let (result, _) = held(what, 2 * bytes.len(), || options.deserialize::<T>(bytes));
    drop(result);
}

const HUGE: [u64; 6] = [1 << 20, 1 << 31, u32::MAX as u64, 1 << 40, i64::MAX as u64, u64::MAX];

#[derive(Cerial, Debug)]
struct Holder<T> {
    list: T,
}

#[test]
fn length_bombs_are_refused_before_memory_is_spent() {
    for huge in HUGE {
        let n = count(huge);
        let error = refused::<Holder<Vec<u64>>>("u64", &of(&Holder { list: vec![0_u64] }, &n));
        assert_eq!(error.path(), "list");
        refused::<Holder<Vec<String>>>("strings", &of(&Holder { list: vec![String::new()] }, &n));
        refused::<String>("text", &of(&String::new(), &n));
        refused::<Vec<u8>>("bytes", &of(&vec![0_u8], &n));
        refused::<HashMap<u8, u8>>("map", &of(&HashMap::from([(0_u8, 0_u8)]), &n));
        refused::<Vec<[[u8; 64]; 64]>>("wide", &of(&vec![[[0_u8; 64]; 64]], &n));
        for tag in [0x8f, 0x90, 0x93, 0x94, 0x95] {
            let value = [&[tag], &n[..]].concat();
            refused::<Serde<serde_json::Value>>("serde", &of(&Serde(serde_json::Value::Null), &value));
        }
    }
}

#[test]
fn a_length_that_the_input_backs_still_stays_within_the_memory() {
    // One byte of input for each element, and far more memory for each.
    let n = 500_000;
    let value = [count(n), vec![0; n as usize]].concat();
    let refused_by_memory = |error: Error| assert_eq!(error.kind(), ErrorKind::Limit, "{error:?}");
    refused_by_memory(refused::<Vec<String>>("strings", &of(&vec![String::new()], &value)));
    refused_by_memory(refused::<Vec<Vec<Vec<u8>>>>("lists", &of(&vec![vec![vec![0_u8]]], &value)));
    refused_by_memory(refused::<LinkedList<u8>>("nodes", &of(&LinkedList::from([0_u8]), &value)));
    refused_by_memory(refused::<Vec<HashMap<u8, u8>>>(
        "tables",
        &of(&vec![HashMap::from([(0_u8, 0_u8)])], &value),
    ));
}

#[test]
fn small_collections_are_charged_for_their_tables_and_nodes() {
    let each = |item: &[u8]| {
        let n = 60_000_u64;
        [count(n), item.repeat(n as usize)].concat()
    };
    survives::<Vec<BTreeMap<u8, u8>>>("trees", &of(&vec![BTreeMap::from([(0_u8, 0_u8)])], &each(&[1, 7, 7])));
    survives::<Vec<BTreeMap<u8, String>>>(
        "trees",
        &of(&vec![BTreeMap::from([(0_u8, String::new())])], &each(&[1, 7, 0])),
    );
    survives::<Vec<BTreeSet<u32>>>("sets", &of(&vec![BTreeSet::from([0_u32])], &each(&[1, 7, 0, 0, 0])));
    survives::<Vec<HashMap<u8, String>>>(
        "tables",
        &of(&vec![HashMap::from([(0_u8, String::new())])], &each(&[1, 7, 0])),
    );
    survives::<Vec<HashSet<u8>>>("sets", &of(&vec![HashSet::from([0_u8])], &each(&[1, 7])));
    survives::<Vec<Box<[u64; 40]>>>("boxes", &of(&vec![Box::new([0_u64; 40])], &each(&[0; 320])[..900_000]));
    survives::<Vec<Option<Box<Wide>>>>("boxes", &of(&vec![Some(Box::new(Wide::None))], &each(&[1, 0])));
    survives::<Vec<Box<Wide>>>("boxes", &of(&vec![Box::new(Wide::None)], &each(&[0])));
    survives::<Vec<Arc<Wide>>>("arcs", &{
        let ids: Vec<u8> = (0..20_000_u64).flat_map(|id| [count(id << 1 | 1), vec![0]].concat()).collect();
        of(&vec![Arc::new(Wide::None)], &[count(20_000), ids].concat())
    });
    survives::<Vec<Arc<str>>>("texts", &{
        let ids: Vec<u8> =
            (0..20_000_u64).flat_map(|id| [count(id << 1 | 1), text(&[b'x'; 100])].concat()).collect();
        of(&vec![Arc::<str>::from("")], &[count(20_000), ids].concat())
    });
    survives::<Vec<Rc<()>>>("units", &{
        let ids: Vec<u8> = (0..60_000_u64).flat_map(|id| count(id << 1 | 1)).collect();
        of(&vec![Rc::new(())], &[count(60_000), ids].concat())
    });
    survives::<Vec<Weak<u8>>>("weak", &{
        let ids: Vec<u8> = (0..60_000_u64).flat_map(|id| count(id + 1)).collect();
        of(&vec![Weak::<u8>::new()], &[count(60_000), ids].concat())
    });
    survives::<Vec<Rc<[u64]>>>("slices", &{
        let body = [count(1000), vec![0; 8000]].concat();
        let ids: Vec<u8> = (0..100_u64).flat_map(|id| [count(id << 1 | 1), body.clone()].concat()).collect();
        of(&vec![Rc::<[u64]>::from([0])], &[count(100), ids].concat())
    });
}

/// One byte of input, half a kilobyte of memory.
#[derive(Cerial)]
#[expect(clippy::large_enum_variant, reason = "that is the attack")]
enum Wide {
    None,
    Full(Box<[u8; 8]>, [u64; 60]),
}

#[derive(Cerial, Debug)]
struct Chain {
    next: Option<Box<Chain>>,
}

#[derive(Cerial, Debug)]
enum Nest {
    List(Vec<Nest>),
}

#[test]
fn depth_bombs_are_refused_at_the_limit() {
    let deep = 100_000;
    let error = refused_as::<Chain>("boxes", ErrorKind::Limit, &of(&Chain { next: None }, &vec![1; deep]));
    assert!(error.path().starts_with("next.next."), "{}", error.path());
    refused_as::<Nest>("lists", ErrorKind::Limit, &of(&Nest::List(vec![]), &[0, 1].repeat(deep)));
    for tag in [0x71_u8, 0x92] {
        let null = Serde(serde_json::Value::Null);
        refused_as::<Serde<serde_json::Value>>("serde", ErrorKind::Limit, &of(&null, &vec![tag; deep]));
    }
    #[derive(Cerial)]
    struct Link(Option<Rc<Link>>);
    let links: Vec<u8> = (0..deep as u64).flat_map(|id| [vec![1], count(id << 1 | 1)].concat()).collect();
    refused_as::<Link>("shared", ErrorKind::Limit, &of(&Link(None), &links));
}

#[test]
fn values_of_no_bytes_are_limited_in_number() {
    for huge in HUGE {
        refused_as::<Vec<()>>("units", ErrorKind::Limit, &of(&vec![()], &count(huge)));
        refused_as::<Vec<Box<()>>>("boxes", ErrorKind::Limit, &of(&vec![Box::new(())], &count(huge)));
        refused_as::<LinkedList<()>>("nodes", ErrorKind::Limit, &of(&LinkedList::from([()]), &count(huge)));
        refused_as::<HashSet<()>>("set", ErrorKind::Limit, &of(&HashSet::from([()]), &count(huge)));
    }
    // The limit is for the whole value, not for each list.
    let lists = [count(30), count(60_000).repeat(30)].concat();
    refused_as::<Vec<Vec<()>>>("lists of units", ErrorKind::Limit, &of(&vec![vec![()]], &lists));
    survives::<LinkedList<()>>("nodes", &of(&LinkedList::from([()]), &count(60_000)));
}

#[test]
fn references_are_checked() {
    let good = vec![Arc::new(1_u8)];
    let object = |n: u64| of(&good, &[count(1), count(n)].concat());
    let error = refused::<Vec<Arc<u8>>>("no such object", &object(0));
    assert_eq!(error.path(), "[0]");
    refused_as::<Vec<Arc<u8>>>("no such object", ErrorKind::Malformed, &object(u64::MAX - 1));
    refused_as::<Vec<Arc<u8>>>("before its turn", ErrorKind::Malformed, &object(7));
    refused_as::<Vec<Arc<u8>>>("before its turn", ErrorKind::Malformed, &object(u64::MAX));
    let twice = of(&good, &[2, 1, 5, 1, 5]);
    refused_as::<Vec<Arc<u8>>>("two bodies", ErrorKind::Malformed, &twice);
    let weak = vec![Weak::<u8>::new()];
    refused_as::<Vec<Weak<u8>>>("before its turn", ErrorKind::Malformed, &of(&weak, &[1, 9]));
    // An id that only weak edges know is an object that is gone.
    let (result, _) = held("weak", 64, || cerial::deserialize::<Vec<Weak<u8>>>(&of(&weak, &[2, 1, 1])));
    assert!(result.unwrap().iter().all(|weak| weak.upgrade().is_none()));
}

#[test]
fn an_object_cannot_be_taken_for_another_type() {
    let good = (vec![Arc::new(1_u8)], vec![Arc::new(String::new())], vec![std::sync::Weak::<u32>::new()]);
    type Three = (Vec<Arc<u8>>, Vec<Arc<String>>, Vec<std::sync::Weak<u32>>);
    let error = refused_as::<Three>("strong", ErrorKind::TypeMismatch, &of(&good, &[1, 1, 5, 1, 0, 0]));
    assert_eq!(error.path(), "[1][0]");
    let error = refused_as::<Three>("weak", ErrorKind::TypeMismatch, &of(&good, &[1, 1, 5, 0, 1, 1]));
    assert_eq!(error.path(), "[2][0]");
    // A weak edge that waits for one type, and an object of another: it stays dead.
    let waits = (vec![std::sync::Weak::<u32>::new()], vec![Arc::new(1_u8)]);
    let bytes = of(&waits, &[1, 1, 1, 1, 5]);
    type Two = (Vec<std::sync::Weak<u32>>, Vec<Arc<u8>>);
    let (weak, strong) = cerial::deserialize::<Two>(&bytes).unwrap();
    assert!(weak[0].upgrade().is_none());
    assert_eq!(*strong[0], 5);
}

#[test]
fn an_object_under_construction_is_not_handed_out() {
    #[derive(Cerial)]
    struct Link(Vec<Rc<Link>>);
    let good = vec![Rc::new(Link(vec![]))];
    let error = refused_as::<Vec<Rc<Link>>>("itself", ErrorKind::Cycle, &of(&good, &[1, 1, 1, 0]));
    assert_eq!(error.path(), "[0].0[0]");
    refused_as::<Vec<Rc<Link>>>("its parent", ErrorKind::Cycle, &of(&good, &[1, 1, 1, 3, 1, 0]));
}

#[test]
fn names_are_checked() {
    let good = cerial::serialize(&trip_wallet()).unwrap();
    // The key of the handler, changed: unknown, with the place and the near names.
    let at = good.windows(14).position(|w| w == b"foreign::Money").unwrap();
    let mut bytes = good.clone();
    bytes[at + 13] = b'a';
    let error = refused_as::<Wallet>("no handler", ErrorKind::Unknown, &bytes);
    assert_eq!(error.path(), "all[0]");
    assert!(error.to_string().contains("foreign::Money"), "{error}");
    // Its first use by a number that was not given.
    let mut bytes = good;
    let tag = at - 2;
    assert_eq!(bytes[tag], 1);
    bytes[tag] = 2;
    refused_as::<Wallet>("no name", ErrorKind::Malformed, &bytes);
    let shapes: Vec<Box<dyn Shape>> = Vec::new();
    refused::<Vec<Box<dyn Shape>>>(
        "no type",
        &of(&shapes, &[&[1, 1][..], &text(b"no::Type"), &text(&[0, 0])].concat()),
    );
    refused::<Vec<Box<dyn Shape>>>("serde's way", &of(&shapes, &[1, 0]));
}

#[test]
fn a_number_of_a_handler_is_no_type_behind_a_trait() {
    let good = cerial::serialize(&trip_wallet()).unwrap();
    let at = good.windows(14).position(|w| w == b"golden::Circle").unwrap() - 2;
    assert_eq!(good[at], 1, "a new name");
    let bytes = [&good[..at], &[2], &good[at + 16..]].concat();
    let error = refused_as::<Wallet>("the number of `foreign::Money`", ErrorKind::Malformed, &bytes);
    assert!(error.to_string().contains("was met as a handler"), "{error}");
}

#[test]
fn a_name_in_the_bytes_does_not_break_the_line() {
    let shapes: Vec<Box<dyn Shape>> = Vec::new();
    let name = "a\n\x1b[2Jb\r\n\u{202e}c\u{7f}";
    let bytes = of(&shapes, &[&[1, 1][..], &text(name.as_bytes()), &text(&[0, 0])].concat());
    let error = refused_as::<Vec<Box<dyn Shape>>>("no type", ErrorKind::Unknown, &bytes);
    assert!(error.to_string().contains(r"`a \u{1b}[2Jb  \u{202e}c\u{7f}`"), "{error}");
    assert!(!format!("{error}{error:?}").contains(['\x1b', '\r', '\u{202e}']));
    let mut schema = vec![1];
    schema.extend([text(name.as_bytes()), vec![9, 0, 37, 0]].concat());
    let error = refused::<u8>("an unknown body", &portable(&schema, &[0]));
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
}

fn trip_wallet() -> Wallet {
    let bytes =
        std::fs::read(crate::cases::all().find(|c| c.name == "handlers").unwrap().file("portable")).unwrap();
    cerial::deserialize(&bytes).unwrap()
}

#[test]
fn a_schema_of_unknown_parts_is_refused() {
    for (what, schema) in [
        ("an unknown kind", vec![0, 31]),
        ("a kind far off", [&[0][..], &count(1 << 40)].concat()),
        ("an unknown body", vec![1, 1, b'a', 2, 0, 0]),
        ("an unknown style", vec![1, 1, b'a', 0, 3, 0]),
        ("a type that is not there", vec![0, 37, 0]),
        ("nothing", vec![]),
        ("bytes behind it", vec![0, 0, 0]),
        ("a name that is not UTF-8", vec![1, 1, 0xff, 0, 0, 37, 0]),
        ("types without end", count(u64::MAX)),
    ] {
        refused::<u8>(what, &portable(&schema, &[0; 16]));
    }
}

#[test]
fn a_schema_of_a_hundred_thousand_fields_stays_within_the_budget() {
    // A struct of n fields `x: u8`.
    let n = 100_000_u64;
    let schema = [vec![1, 1, b's', 0, 2], count(n), [1, b'x', 2].repeat(n as usize), vec![37, 0]].concat();
    survives::<Holder<u8>>("fields", &portable(&schema, &vec![0; n as usize]));
    // As many types, each of the next.
    let types: Vec<u8> =
        (0..n).flat_map(|i| [vec![1, b't', 0, 1, 1, 37], count((i + 1).min(n - 1))].concat()).collect();
    survives::<Holder<u8>>("types", &portable(&[count(n), types, vec![37, 0]].concat(), &[]));
    // As many variants.
    let schema = [vec![1, 1, b'e', 1], count(n), [1, b'v', 0].repeat(n as usize), vec![37, 0]].concat();
    survives::<Holder<u8>>("variants", &portable(&schema, &[0]));
}

#[test]
fn a_schema_that_holds_itself_without_an_edge_is_refused() {
    // struct a { f: a }
    refused::<u8>("itself", &portable(&[1, 1, b'a', 0, 1, 1, 37, 0, 37, 0], &[0; 64]));
    // struct a { f: b }, struct b { f: (a, u8) }
    refused::<u8>(
        "each other",
        &portable(&[2, 1, b'a', 0, 1, 1, 37, 1, 1, b'b', 0, 1, 1, 36, 2, 37, 0, 2, 37, 0], &[0; 64]),
    );
    // struct a { f: option<a> }, struct a { f: [a; 3] }
    refused::<u8>("option", &portable(&[1, 1, b'a', 0, 1, 1, 32, 37, 0, 37, 0], &[1; 64]));
    refused::<u8>("array", &portable(&[1, 1, b'a', 0, 1, 1, 34, 37, 0, 3, 37, 0], &[0; 64]));
}

#[test]
fn a_schema_that_doubles_with_each_type_is_refused_in_time() {
    // struct t0 { a: t1, b: t1 }, struct t1 { a: t2, b: t2 }, .. 60 of them: 2^60 fields from a few hundred bytes.
    for last in [2_u8, 0] {
        let n = 60_u8;
        let mut schema = count(u64::from(n));
        for i in 0..n - 1 {
            schema.extend([1, b't', 0, 1, 2, 37, i + 1, 37, i + 1]);
        }
        schema.extend([1, b't', 0, 1, 1, last, 37, 0]);
        survives::<Holder<u8>>("doubling", &portable(&schema, &[0; 64]));
        // [[[..; 2^32]; 2^32]; 2^32] of nothing and of bytes.
        let nested = [vec![0], vec![34; 8], vec![last], count(u64::from(u32::MAX)).repeat(8)].concat();
        survives::<Holder<u8>>("arrays", &portable(&nested, &[0; 64]));
        // list<[(), 2^32]>
        let list = [vec![0, 33, 34, last], count(u64::from(u32::MAX))].concat();
        survives::<Vec<Vec<()>>>("list of arrays", &portable(&list, &[vec![3], vec![0; 64]].concat()));
    }
}

#[test]
fn kinds_that_nest_without_end_are_refused() {
    for tag in [32_u8, 33, 38, 39, 40] {
        refused::<u8>("kinds", &portable(&[vec![0], vec![tag; 100_000], vec![2]].concat(), &[0]));
    }
    refused::<u8>("tuples", &portable(&[vec![0], [36, 1].repeat(100_000), vec![2]].concat(), &[0]));
}

#[test]
fn values_of_an_older_shape_stay_within_the_same_budget() {
    // Each element grows on the way through the tree, and the tree is paid from the same purse as the value.
    let old = cerial::serialize(&vec![7_u16; 200_000]).unwrap();
    survives::<Vec<u64>>("widened", &old);
    let old = cerial::serialize(&vec![(7_u8, String::new()); 50_000]).unwrap();
    survives::<Vec<(u16, String)>>("widened", &old);
    // Many names, each with a schema that is not ours: one purse for all of their values.
    let value = [&[1][..], &text(b"EU")].concat();
    let one = [&[1][..], &text(b"foreign::Money"), &text(&[0, 36, 2, 15, 7]), &value].concat();
    let many = [count(20_000), one.clone(), [&[2], &value[..]].concat().repeat(19_999)].concat();
    let good: Vec<cerial::Via<crate::cases::foreign::Money>> = Vec::new();
    survives::<Vec<cerial::Via<crate::cases::foreign::Money>>>("handlers", &of(&good, &many));
    let (result, _) = held("handler", 1 << 10, || {
        cerial::deserialize::<Vec<cerial::Via<crate::cases::foreign::Money>>>(&of(
            &good,
            &[vec![1], one].concat(),
        ))
    });
    assert_eq!(result.unwrap()[0].cents, 1);
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    for bad in
        [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"0123456789abcde\x80", b"\xc0\x80"]
    {
        let error = refused_as::<Holder<String>>(
            "text",
            ErrorKind::Malformed,
            &of(&Holder { list: String::new() }, &text(bad)),
        );
        assert_eq!(error.path(), "list");
        let value = [&[0x40 + bad.len() as u8], bad].concat();
        refused::<Serde<String>>("serde", &of(&Serde(String::new()), &value));
    }
    refused::<char>("a surrogate", &of(&'a', &0xd800_u32.to_le_bytes()));
    refused::<bool>("neither", &of(&true, &[2]));
    refused::<Option<u8>>("neither", &of(&Some(1_u8), &[2, 0]));
}

#[test]
fn counts_that_are_not_in_their_shortest_form_are_refused() {
    for bad in [
        &[0x80, 0][..],
        &[0x81, 0x80, 0],
        &[0xff; 10],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
    ] {
        refused_as::<Vec<u8>>("count", ErrorKind::Malformed, &of(&vec![0_u8], bad));
    }
}

#[test]
fn bytes_behind_the_value_are_refused() {
    let mut bytes = cerial::serialize(&7_u32).unwrap();
    bytes.push(0);
    refused_as::<u32>("trailing", ErrorKind::Trailing, &bytes);
    let options = Options::new().mode(Mode::Compact);
    let mut bytes = options.serialize(&"x".to_owned()).unwrap();
    bytes.push(0);
    refused_as::<String>("trailing", ErrorKind::Trailing, &bytes);
}

#[test]
fn other_versions_and_formats_are_told_apart() {
    let mut bytes = cerial::serialize(&7_u32).unwrap();
    bytes[3] = 2;
    let error = refused_as::<u32>("newer", ErrorKind::NewerVersion, &bytes);
    assert!(error.help().unwrap().contains("update"), "{error:?}");
    bytes[3] = 0;
    refused_as::<u32>("version 0", ErrorKind::Malformed, &bytes);
    bytes[3] = 1;
    bytes[4] = 2;
    refused_as::<u32>("mode 2", ErrorKind::Malformed, &bytes);
    let message = |bytes: &[u8]| refused_as::<u32>("foreign", ErrorKind::Malformed, bytes).to_string();
    assert!(message(b"{\"a\": 1}").contains("JSON"));
    assert!(message(b"[1, 2]").contains("JSON"));
    assert!(message(b"\x80\x04\x95\x0c\0\0\0").contains("pickle"));
    assert!(message(b"\x7fELF").contains("not of this format"));
    assert!(message(b"PK\x03\x04").contains("not of this format"));
    refused_as::<u32>("nothing", ErrorKind::Truncated, b"");
    refused_as::<u32>("almost nothing", ErrorKind::Truncated, b"\xcer");
}

#[test]
fn compact_bytes_of_another_type_are_refused() {
    let options = Options::new().mode(Mode::Compact);
    let bytes = options.serialize(&(1_u8, 2_u8)).unwrap();
    refused_as::<u16>("type", ErrorKind::TypeMismatch, &bytes);
}

#[test]
fn an_input_over_the_limit_is_refused_unread() {
    let options = Options::new().limits(Limits::untrusted().input_bytes(1000));
    let bytes = cerial::serialize(&vec![0_u8; 1000]).unwrap();
    assert_eq!(options.deserialize::<Vec<u8>>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(options.from_reader::<Vec<u8>>(&bytes[..]).unwrap_err().kind(), ErrorKind::Limit);
    // A stream without end is cut at the limit.
    let (result, _) = held("endless", 64 << 10, || options.from_reader::<Vec<u8>>(std::io::repeat(0xce)));
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn a_function_by_its_place_is_refused_by_every_door() {
    type Run = fn(u32) -> u32;
    #[cerial::function(name = "hostile::run")]
    fn run(x: u32) -> u32 {
        x
    }
    // Whatever the place is: nothing at all, or the address of a function of the right type.
    for place in [0, 1, run as Run as usize as u64, u64::MAX] {
        let value = [&[0][..], &place.to_le_bytes(), &place.to_le_bytes()].concat();
        let bytes = of(&(run as Run), &value);
        let error = refused_as::<Run>("place", ErrorKind::Malformed, &bytes);
        assert!(error.help().unwrap().contains("#[cerial::function]"), "{error:?}");
        assert_eq!(cerial::inspect(&bytes).unwrap_err().kind(), ErrorKind::Malformed);
        // Compact bytes too: the mode alone opens nothing.
        let compact = Options::new().mode(Mode::Compact);
        let header = compact.serialize(&(run as Run)).unwrap()[..13].to_vec();
        let error = compact.deserialize::<Run>(&[header, value].concat()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
    refused_as::<Run>("form 2", ErrorKind::Malformed, &of(&(run as Run), &[2, 0, 0, 0]));
    refused_as::<Run>("cut", ErrorKind::Truncated, &of(&(run as Run), &[0, 1, 2]));
    let unknown = [&[1][..], &text(b"hostile::system"), &text(b"fn(u32) -> u32"), &[0]].concat();
    refused_as::<Run>("unknown", ErrorKind::Unknown, &of(&(run as Run), &unknown));
    let other = [&[1][..], &text(b"hostile::run"), &text(b"fn(u64) -> u64"), &[0]].concat();
    refused_as::<Run>("signature", ErrorKind::TypeMismatch, &of(&(run as Run), &other));
}
