//! JSON reads naturally, and every value comes back from it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::rc::{Rc, Weak};

use cerial::{Cerial, ErrorKind, Limits, Options, Serde, from_json, to_json, to_jsonable};

#[track_caller]
fn check<T: Cerial + PartialEq + Debug>(value: T, want: &str) {
    let json = Options::new().json_indent(0).to_json(&value).unwrap();
    assert_eq!(json, want);
    assert_eq!(from_json::<T>(&json).unwrap(), value);
    // The pretty form and the JSON value say the same.
    assert_eq!(from_json::<T>(&to_json(&value).unwrap()).unwrap(), value);
    assert_eq!(to_jsonable(&value).unwrap(), serde_json::from_str::<serde_json::Value>(want).unwrap());
}

#[track_caller]
fn refused<T: Cerial>(json: &str, kind: ErrorKind, parts: &[&str]) {
    let Err(error) = from_json::<T>(json) else { panic!("it was read") };
    assert_eq!(error.kind(), kind, "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[derive(Cerial, Debug, PartialEq, Clone)]
#[cerial(name = "t::Point")]
struct Point {
    x: f64,
    y: Option<i32>,
}
#[derive(Cerial, Debug, PartialEq, Clone)]
struct Unit;
#[derive(Cerial, Debug, PartialEq, Clone)]
struct Id(u64);
#[derive(Cerial, Debug, PartialEq, Clone)]
struct Data(Vec<u8>);
#[derive(Cerial, Debug, PartialEq, Clone)]
struct Pair(u8, String);
#[derive(Cerial, Debug, PartialEq, Clone)]
#[cerial(name = "t::Event")]
enum Event {
    Start,
    At(Point),
    Both(u8, bool),
    Named { who: String },
    None(),
}

#[test]
fn plain_types_look_natural() {
    check(Point { x: 1.5, y: Some(-2) }, r#"{"x":1.5,"y":-2}"#);
    check(Point { x: 1.0, y: None }, r#"{"x":1.0,"y":null}"#);
    check((Unit, Id(5), Pair(1, "b".into())), r#"[null,5,[1,"b"]]"#);
    check(
        vec![
            Event::Start,
            Event::At(Point { x: 0.0, y: None }),
            Event::Both(1, true),
            Event::Named { who: "w".into() },
            Event::None(),
        ],
        r#"["Start",{"At":{"x":0.0,"y":null}},{"Both":[1,true]},{"Named":{"who":"w"}},{"None":[]}]"#,
    );
    check(BTreeMap::from([("b".to_owned(), 1_u8), ("a".into(), 2)]), r#"{"a":2,"b":1}"#);
    check(('é', "line\n\"q\"".to_owned(), true, ()), r#"["é","line\n\"q\"",true,null]"#);
    check(Box::new(RefCell::new(5_u8)), "5");
}

#[test]
fn numbers_keep_their_value() {
    check((u64::MAX, i64::MIN, 5_u128, -5_i128), r#"[18446744073709551615,-9223372036854775808,5,-5]"#);
    check(
        (u128::MAX, i128::MIN),
        r#"[{"$int":"340282366920938463463374607431768211455"},{"$int":"-170141183460469231731687303715884105728"}]"#,
    );
    check(
        (0.1_f32, 0.1_f64, -0.0_f64, 1e300_f64, f32::MIN_POSITIVE),
        r#"[0.1,0.1,-0.0,1e+300,1.1754944e-38]"#,
    );
    check(-6.5137102493433e303_f64, "-6.5137102493433e+303");
    let mut bits = 1_u64;
    for _ in 0..20_000 {
        bits = bits.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let pair = (f64::from_bits(bits), f32::from_bits((bits >> 20) as u32));
        let back: (f64, f32) = from_json(&to_json(&pair).unwrap()).unwrap();
        assert_eq!((back.0.to_bits(), back.1.to_bits()), (pair.0.to_bits(), pair.1.to_bits()), "{pair:?}");
    }
    check((f64::INFINITY, f32::NEG_INFINITY), r#"[{"$float":"inf"},{"$float":"-inf"}]"#);
    for bits in [f64::NAN.to_bits(), 0x7ff8_0000_0000_0123] {
        let back: f64 = from_json(&to_json(&f64::from_bits(bits)).unwrap()).unwrap();
        assert_eq!(back.to_bits(), bits);
    }
    let back: f32 = from_json(&to_json(&f32::from_bits(0xffc0_0001)).unwrap()).unwrap();
    assert_eq!(back.to_bits(), 0xffc0_0001);
    let back: Serde<f32> = from_json(&to_json(&Serde(f32::from_bits(0xffc0_0001))).unwrap()).unwrap();
    assert_eq!(back.0.to_bits(), 0xffc0_0001);
    refused::<f64>(r#"{"$float":"nan:1"}"#, ErrorKind::Malformed, &["no float"]);
    refused::<f64>(r#"{"$float":"nan:ffc00001"}"#, ErrorKind::Malformed, &["32 bits"]);
}

#[test]
fn bytes_are_base64() {
    check(vec![1_u8, 2, 255], r#"{"$bytes":"AQL/"}"#);
    check(
        (Data(vec![1]), [0_u8; 2], Some(vec![0_u8])),
        r#"[{"$bytes":"AQ=="},{"$bytes":"AAA="},{"$bytes":"AA=="}]"#,
    );
    assert_eq!(from_json::<Vec<u8>>("[1, 2, 3]").unwrap(), [1, 2, 3]);
}

#[test]
fn what_is_missing_inside_what_is_there_is_told_apart() {
    check(
        vec![None, Some(None), Some(Some(None)), Some(Some(Some(1_u8)))],
        r#"[null,{"$some":null},{"$some":{"$some":null}},1]"#,
    );
    check((Some(()), None::<()>, Some(Unit)), r#"[{"$some":null},null,{"$some":null}]"#);
}

#[test]
fn maps_of_other_keys_are_pairs() {
    check(BTreeMap::from([(1_u8, 'a'), (2, 'b')]), r#"{"$map":[[1,"a"],[2,"b"]]}"#);
    check(BTreeMap::from([((1_u8, true), Some(0_u8))]), r#"{"$map":[[[1,true],0]]}"#);
    check(Some(BTreeMap::from([(-1_i8, ())])), r#"{"$map":[[-1,null]]}"#);
}

#[test]
fn a_key_that_looks_like_a_marker_is_escaped() {
    check(
        BTreeMap::from([("$bytes".to_owned(), 1_u8), ("$$x".into(), 2), ("$".into(), 3), ("a$".into(), 4)]),
        r#"{"$$":3,"$$$x":2,"$$bytes":1,"a$":4}"#,
    );
    check(Some(BTreeMap::from([("$some".to_owned(), 1_u8)])), r#"{"$$some":1}"#);
    check(Serde(serde_json::json!({"$ref": {"$id": [1]}})), r#"{"$$ref":{"$$id":[1]}}"#);
    refused::<BTreeMap<String, u8>>(r#"{"$odd": 1}"#, ErrorKind::Malformed, &["unknown marker `$odd`"]);
}

#[test]
fn shared_objects_are_written_once() {
    let text = Rc::new("s".to_owned());
    let json = Options::new()
        .json_indent(0)
        .to_json(&(text.clone(), vec![text.clone()], Rc::downgrade(&text)))
        .unwrap();
    assert_eq!(json, r#"[{"$id":0,"$value":"s"},[{"$ref":0}],{"$weak":0}]"#);
    let (a, b, c): (Rc<String>, Vec<Rc<String>>, Weak<String>) = from_json(&json).unwrap();
    assert!(Rc::ptr_eq(&a, &b[0]) && Rc::ptr_eq(&a, &c.upgrade().unwrap()));
    // The value may stand at any of the pointers, or at a pointer of its own without an id.
    let (a, b, c): (Rc<String>, Vec<Rc<String>>, Weak<String>) =
        from_json(r#"[{"$ref":9},["t",{"$id":9,"$value":"s"}],{"$weak":null}]"#).unwrap();
    assert!(Rc::ptr_eq(&a, &b[1]) && *b[0] == "t" && c.upgrade().is_none());
    refused::<Rc<u8>>(r#"{"$ref":1}"#, ErrorKind::Malformed, &["object 1"]);
    refused::<Rc<u8>>(r#"{"$id":1}"#, ErrorKind::Malformed, &["$value"]);
}

#[derive(Cerial)]
struct Dir {
    parent: RefCell<Weak<Dir>>,
    entries: RefCell<HashMap<String, Rc<Dir>>>,
}

#[test]
fn cycles_come_back_closed_whatever_the_order_of_the_keys() {
    let dir = || Rc::new(Dir { parent: RefCell::default(), entries: RefCell::default() });
    let (root, shared) = (dir(), dir());
    for name in ["a", "b", "c", "d"] {
        root.entries.borrow_mut().insert(name.into(), shared.clone());
    }
    *shared.parent.borrow_mut() = Rc::downgrade(&root);
    let back: Rc<Dir> = from_json(&to_json(&root).unwrap()).unwrap();
    let entries = back.entries.borrow();
    assert!(["b", "c", "d"].iter().all(|name| Rc::ptr_eq(&entries["a"], &entries[*name])));
    assert!(Rc::ptr_eq(&entries["a"].parent.borrow().upgrade().unwrap(), &back));
}

#[derive(serde::Serialize, serde::Deserialize, Debug, PartialEq, Clone)]
enum Bridged {
    Unit,
    New(Option<u8>),
    Tuple(u8, char),
    Struct { bytes: Vec<u8>, map: BTreeMap<i32, Option<Option<u8>>> },
}

#[test]
fn values_of_serde_look_natural() {
    check(
        Serde(serde_json::json!({"a": [1, -2, 3.5, null, true], "b": {"c": "d"}})),
        r#"{"a":[1,-2,3.5,null,true],"b":{"c":"d"}}"#,
    );
    check(
        Serde(vec![
            Bridged::Unit,
            Bridged::New(Some(1)),
            Bridged::New(None),
            Bridged::Tuple(1, 'x'),
            Bridged::Struct { bytes: vec![1], map: BTreeMap::from([(-1, Some(None)), (2, Some(Some(1)))]) },
        ]),
        concat!(
            r#"["Unit",{"New":1},{"New":null},{"Tuple":[1,"x"]},{"Struct":{"bytes":[1],"#,
            r#""map":{"$map":[[-1,{"$some":null}],[2,1]]}}}]"#
        ),
    );
    check(
        Serde((u128::MAX, f64::INFINITY)),
        r#"[{"$int":"340282366920938463463374607431768211455"},{"$float":"inf"}]"#,
    );
}

struct Foreign(u32);
struct ForeignHandler;
impl cerial::Handler for ForeignHandler {
    type Value = Foreign;
    type State = (String, Vec<u8>);
    const KEY: &'static str = "tests::Foreign";
    fn extract(value: &Foreign, _: &mut cerial::Extract) -> cerial::Result<Self::State> {
        Ok(("n".into(), vec![value.0 as u8]))
    }
    fn rebuild(state: Self::State, _: &mut cerial::Rebuild) -> cerial::Result<Foreign> {
        Ok(Foreign(state.1[0].into()))
    }
}
cerial::plugin! { name: "tests", handlers: [ForeignHandler], reconnectors: [] }

#[derive(Cerial)]
struct Holder {
    one: Foreign,
    many: Vec<Foreign>,
    #[cerial(serde)]
    bridged: Bridged,
}

#[test]
fn handled_values_name_their_handler() {
    let value = Holder { one: Foreign(1), many: vec![Foreign(2)], bridged: Bridged::Unit };
    let json = Options::new().json_indent(0).to_json(&value).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"bridged":"Unit","many":[{"$handler":"tests::Foreign","$state":["n",{"$bytes":"Ag=="}]}],"#,
            r#""one":{"$handler":"tests::Foreign","$state":["n",{"$bytes":"AQ=="}]}}"#
        )
    );
    let back: Holder = from_json(&json).unwrap();
    assert_eq!((back.one.0, back.many[0].0, back.bridged), (1, 2, Bridged::Unit));
    let other = json.replace("tests::Foreign", "tests::Foreing");
    refused::<Holder>(&other, ErrorKind::Unknown, &["tests::Foreing", "near: tests::Foreign"]);
}

#[test]
fn text_is_indented_by_two_with_sorted_keys_unless_told() {
    let value = BTreeMap::from([("a".to_owned(), vec![1_u8 as u16]), ("b".into(), vec![])]);
    assert_eq!(to_json(&value).unwrap(), "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}");
    assert_eq!(Options::new().json_indent(4).to_json(&Id(1)).unwrap(), "1");
    #[derive(Cerial)]
    struct Unsorted {
        z: u8,
        a: u8,
    }
    let options = Options::new().json_indent(0).json_sort_keys(false);
    assert_eq!(options.to_json(&Unsorted { z: 1, a: 2 }).unwrap(), r#"{"z":1,"a":2}"#);
    assert_eq!(Options::new().json_indent(0).to_json(&Unsorted { z: 1, a: 2 }).unwrap(), r#"{"a":2,"z":1}"#);
}

#[test]
fn json_by_hand_is_read_by_name() {
    assert_eq!(from_json::<Point>(r#"{"x": 2, "unknown": [1]}"#).unwrap(), Point { x: 2.0, y: None });
    refused::<Point>(r#"{"y": 2}"#, ErrorKind::MissingField, &["`t::Point`", "`x`"]);
    refused::<Vec<Point>>(
        r#"[{"x": "two"}]"#,
        ErrorKind::TypeMismatch,
        &["want `f64`, got text", "at `[0].x`"],
    );
    refused::<u8>("256", ErrorKind::TypeMismatch, &["256 does not fit `u8`"]);
    refused::<Event>(r#""Stop""#, ErrorKind::TypeMismatch, &["`t::Event` has no variant `Stop`"]);
    refused::<Point>(r#"{"x": 1, "x": 2}"#, ErrorKind::Malformed, &["the key `x` stands twice"]);
    refused::<Point>(r#"{"x": 1"#, ErrorKind::Truncated, &["not JSON"]);
    refused::<u8>("1 2", ErrorKind::Malformed, &["not JSON"]);
}

#[derive(Cerial)]
struct Chain {
    next: Option<Box<Chain>>,
}

#[test]
fn deep_values_come_back_and_deeper_text_is_refused() {
    let chain = (0..400).fold(Chain { next: None }, |chain, _| Chain { next: Some(Box::new(chain)) });
    let mut back: Chain = from_json(&to_json(&chain).unwrap()).unwrap();
    let mut depth = 0;
    while let Some(next) = back.next {
        depth += 1;
        back = *next;
    }
    assert_eq!(depth, 400);
    refused::<Serde<serde_json::Value>>(&"[".repeat(100_000), ErrorKind::Limit, &["nested too deep"]);
}

#[test]
fn memory_is_budgeted() {
    let options = Options::new().limits(Limits::new().alloc_bytes(10_000));
    let json = format!("[{}1]", "1,".repeat(1000));
    assert_eq!(options.from_json::<Vec<u32>>(&json).unwrap_err().kind(), ErrorKind::Limit);
}

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Lamp {
    name: String,
    watts: Option<u8>,
}

impl cerial::Reconnector for Lamp {
    type Live = String;
    const KEY: &'static str = "lamp::Light";
    const AUTH: cerial::Auth = cerial::Auth::None;
    fn connect(&self, _: &cerial::Connect<'_>) -> cerial::Result<String> {
        Ok(self.name.clone())
    }
}

#[cerial::object]
trait Animal {
    fn sound(&self) -> String;
}
#[derive(Cerial)]
#[cerial(name = "t::Dog")]
struct Dog {
    name: String,
}
#[cerial::object]
impl Animal for Dog {
    fn sound(&self) -> String {
        format!("{} barks", self.name)
    }
}

#[derive(Cerial)]
struct House {
    lamps: Vec<cerial::Live<Lamp>>,
    pet: Box<dyn Animal>,
    shared: Vec<Rc<dyn Animal>>,
}

fn house() -> House {
    let lamp = cerial::Live::placeholder(Lamp { name: "genie".into(), watts: None });
    let rex: Rc<dyn Animal> = Rc::new(Dog { name: "rex".into() });
    House { lamps: vec![lamp], pet: Box::new(Dog { name: "bo".into() }), shared: vec![rex.clone(), rex] }
}

#[test]
fn live_resources_and_trait_objects_name_what_they_are() {
    let json = Options::new().json_indent(0).to_json(&house()).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"lamps":[{"$live":{"carried":null,"key":"lamp::Light","recipe":{"name":"genie","watts":null},"version":1}}],"#,
            r#""pet":{"$type":"t::Dog","$value":{"name":"bo"}},"#,
            r#""shared":[{"$id":0,"$value":{"$type":"t::Dog","$value":{"name":"rex"}}},{"$ref":0}]}"#
        )
    );
    let back: House = from_json(&json).unwrap();
    assert_eq!(*back.lamps[0].get().unwrap(), "genie");
    assert_eq!(back.pet.sound(), "bo barks");
    assert!(Rc::ptr_eq(&back.shared[0], &back.shared[1]));
    refused::<House>(&json.replace("t::Dog", "t::Cat"), ErrorKind::Unknown, &["`t::Cat`"]);
}

#[test]
fn bytes_read_without_their_types_give_the_same_json() {
    let bytes = cerial::serialize(&house()).unwrap();
    let ir = cerial::inspect(&bytes).unwrap();
    assert_eq!(ir.to_bytes().unwrap(), bytes);
    assert_eq!(cerial::ir_to_json(&ir).unwrap(), to_json(&house()).unwrap());
    assert!(ir.to_string().contains("live lamp::Light"), "{ir}");
}

#[test]
fn damaged_text_is_an_error_and_never_a_panic() {
    let json = Options::new().json_indent(0).to_json(&house()).unwrap();
    let pieces = [
        "\"$ref\"",
        "\"$id\"",
        "{",
        "}",
        "[",
        "null",
        "1",
        "-1.5",
        "\"$map\"",
        ":",
        ",",
        "\"$some\"",
        "99999999999",
    ];
    for at in (0..json.len()).filter(|at| json.is_char_boundary(*at)) {
        let _ = from_json::<House>(&json[..at]);
        for piece in pieces {
            for end in [at, at + 1, at + 5] {
                if json.is_char_boundary(end.min(json.len())) {
                    let _ = from_json::<House>(&format!(
                        "{}{piece}{}",
                        &json[..at],
                        &json[end.min(json.len())..]
                    ));
                }
            }
        }
    }
}
