//! Bytes are inspected without their types, and hostile bytes and schemas are errors.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::rc::Rc;

use cerial::schema::{Body, Field, Fields, Kind, SchemaBuilder, Variant};
use cerial::{Cerial, Encode, ErrorKind, Limits, Mode, Options, Result, Serde, Shape, Writer, inspect};

#[derive(Cerial)]
#[cerial(name = "t::App")]
struct App {
    name: String,
    jobs: Vec<Job>,
    by_key: BTreeMap<String, u8>,
    shared: (Rc<u8>, Rc<u8>),
    raw: Vec<u8>,
}
#[derive(Cerial)]
#[cerial(name = "t::Job")]
enum Job {
    Idle,
    Run { pid: u32, note: Option<char> },
    Pair(u8, f32),
}

fn app() -> App {
    let shared = Rc::new(5);
    App {
        name: "a".into(),
        jobs: vec![Job::Idle, Job::Run { pid: 4, note: Some('x') }, Job::Pair(1, 0.5)],
        by_key: BTreeMap::from([("k".into(), 1)]),
        shared: (shared.clone(), shared),
        raw: vec![0xab, 1],
    }
}

#[test]
fn a_tree_prints_as_rust_would_write_it() {
    let ir = inspect(&cerial::serialize(&app()).unwrap()).unwrap();
    let want = r#"t::App {
    name: "a",
    jobs: [
        t::Job::Idle,
        t::Job::Run {
            pid: 4,
            note: Some('x'),
        },
        t::Job::Pair(
            1,
            0.5,
        ),
    ],
    by_key: {
        "k": 1,
    },
    shared: (
        #0 5,
        -> #0,
    ),
    raw: 2 bytes ab01,
}"#;
    assert_eq!(ir.to_string(), want);
}

#[test]
fn a_schema_prints_as_rust_would_declare_it() {
    let ir = inspect(&cerial::serialize(&app()).unwrap()).unwrap();
    let want = "struct t::App {
    name: text,
    jobs: list<t::Job>,
    by_key: map<text, u8>,
    shared: (shared<u8>, shared<u8>),
    raw: bytes,
}
enum t::Job {
    Idle,
    Run {
        pid: u32,
        note: option<char>,
    },
    Pair(u8, f32),
}
root: t::App";
    assert_eq!(ir.schema().to_string(), want);
}

#[test]
fn compact_bytes_do_not_describe_themselves() {
    let bytes = Options::new().mode(Mode::Compact).serialize(&app()).unwrap();
    let error = inspect(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
}

#[test]
fn cut_and_damaged_bytes_are_errors() {
    let value = (app(), Serde(serde_json::json!({"a": [1, {"b": null}]})));
    let bytes = cerial::serialize(&value).unwrap();
    let tight = Options::new().limits(Limits::untrusted());
    for end in 0..bytes.len() {
        assert!(tight.inspect(&bytes[..end]).is_err(), "{end}");
    }
    for at in 5..bytes.len() {
        for byte in [0, 1, 2, 0x20, 0x7f, 0x80, 0xff] {
            let mut bad = bytes.clone();
            bad[at] = byte;
            if let Ok(ir) = tight.inspect(&bad) {
                // What is read can be written, shown and told in JSON.
                let again = ir.to_bytes().unwrap();
                assert_eq!(inspect(&again).unwrap(), ir);
                let _ = (ir.to_string(), ir.schema().to_string());
                cerial::ir_to_json(&ir).unwrap();
                let _ = tight.deserialize::<(App, Serde<serde_json::Value>)>(&bad);
            } else {
                let _ = tight.deserialize::<(App, Serde<serde_json::Value>)>(&bad);
            }
        }
    }
}

#[test]
fn random_bytes_are_errors() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    let tight = Options::new().limits(Limits::untrusted().alloc_bytes(1 << 20));
    for _ in 0..20_000 {
        let mut bytes = vec![0xce, b'r', b'l', 1, 0];
        let n = usize::from(next() % 60);
        bytes.extend((0..n).map(|_| if next() % 2 == 0 { next() % 48 } else { next() }));
        if let Ok(ir) = tight.inspect(&bytes) {
            ir.to_bytes().unwrap();
            cerial::ir_to_json(&ir).unwrap();
        }
    }
}

/// A value of which only the schema is made, and a few bytes.
struct Hostile<const CASE: usize>;

impl<const CASE: usize> Encode for Hostile<CASE> {
    fn shape() -> Shape {
        Shape::HEAP
    }
    fn schema(b: &mut SchemaBuilder) -> Kind {
        let field = |kind| Field::new("f", kind);
        match CASE {
            // A type that holds itself in place.
            0 => b.define::<Level<0>>("t::Loop", &[], |_| {
                Body::Struct(Fields::Named(vec![field(Kind::Option(Box::new(Kind::Type(0))))]))
            }),
            // Each level holds the next one twice: 2^48 bytes.
            1 => doubled::<0>(b, Kind::U8),
            // 2^48 values of no bytes.
            2 => doubled::<0>(b, Kind::Unit),
            // Arrays of arrays.
            3 => (0..4).fold(Kind::U64, |kind, _| Kind::Array(Box::new(kind), u32::MAX)),
            4 => Kind::Array(Box::new(Kind::Unit), u32::MAX),
            5 => Kind::Seq(Box::new(Kind::Unit)),
            6 => Kind::Seq(Box::new(Kind::Array(Box::new(Kind::Unit), u32::MAX))),
            // A list of itself, as deep as the bytes go.
            7 => b.define::<Level<1>>("t::List", &[], |_| {
                Body::Struct(Fields::Named(vec![field(Kind::Seq(Box::new(Kind::Type(0))))]))
            }),
            // A variant whose fields have no size that can be.
            8 => b.define::<Level<2>>("t::Enum", &[], |_| {
                Body::Enum(vec![Variant {
                    name: "V".into(),
                    aliases: &[],
                    fields: Fields::Tuple(vec![field(Kind::Array(Box::new(Kind::U64), u32::MAX))]),
                }])
            }),
            // A box of itself takes no bytes.
            _ => b.define::<Level<3>>("t::Box", &[], |_| {
                Body::Struct(Fields::Named(vec![field(Kind::Boxed(Box::new(Kind::Type(0))))]))
            }),
        }
    }
    fn head(&self, _: &mut [u8]) {}
    fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
        match CASE {
            5 | 6 => w.raw(&[0xff, 0xff, 0xff, 0xff, 0x0f]),
            7 => w.raw(&[1; 5000]),
            _ => {}
        }
        Ok(())
    }
}

struct Level<const N: usize>;

fn doubled<const N: usize>(b: &mut SchemaBuilder, last: Kind) -> Kind {
    macro_rules! levels {
        ($($n:literal)*) => {{
            let mut kind = last;
            $(
                let inner = kind;
                kind = b.define::<Level<{ $n }>>(concat!("t::L", $n), &[], |_| {
                    Body::Struct(Fields::Tuple(vec![Field::new("", inner.clone()), Field::new("", inner)]))
                });
            )*
            kind
        }};
    }
    levels!(10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44
        45 46 47 48 49 50 51 52 53 54 55 56 57)
}

#[track_caller]
fn refused<const CASE: usize>(kind: ErrorKind) {
    let bytes = cerial::serialize(&Hostile::<CASE>).unwrap();
    let error = Options::new().limits(Limits::untrusted()).inspect(&bytes).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
}

#[test]
fn hostile_schemas_are_refused_before_memory_is_spent() {
    refused::<0>(ErrorKind::Malformed);
    refused::<1>(ErrorKind::Limit);
    refused::<2>(ErrorKind::Limit);
    refused::<3>(ErrorKind::Limit);
    refused::<4>(ErrorKind::Limit);
    refused::<5>(ErrorKind::Limit);
    refused::<6>(ErrorKind::Limit);
    refused::<7>(ErrorKind::Limit);
    refused::<8>(ErrorKind::Limit);
    refused::<9>(ErrorKind::Limit);
}

#[test]
fn map_keys_name_the_place_of_an_error() {
    #[derive(Cerial)]
    struct Cells {
        by_name: BTreeMap<String, std::cell::RefCell<u8>>,
        by_number: BTreeMap<i32, std::cell::RefCell<u8>>,
    }
    let cells = Cells {
        by_name: BTreeMap::from([("a".to_owned(), std::cell::RefCell::new(1))]),
        by_number: BTreeMap::from([(-7, std::cell::RefCell::new(1))]),
    };
    let borrowed = cells.by_name["a"].borrow_mut();
    assert_eq!(cerial::serialize(&cells).unwrap_err().path(), "by_name[a]");
    drop(borrowed);
    let _borrowed = cells.by_number[&-7].borrow_mut();
    assert_eq!(cerial::serialize(&cells).unwrap_err().path(), "by_number[-7]");
}

#[test]
fn an_object_that_goes_the_way_of_serde_is_refused() {
    // The schema is an object; count 0 is serde's way, which only leaves have.
    let error = inspect(&[0xce, b'r', b'l', 1, 0, 2, 0, 17, 0, 12]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
}

/// Bytes of a program whose types, handlers and functions are not in this one.
fn of_another_program() -> impl Iterator<Item = (String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.to_string_lossy().ends_with(".portable.bin"));
    files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
}

#[test]
fn bytes_of_types_that_are_not_in_the_program_have_a_tree_and_json() {
    let mut files = 0;
    for (name, bytes) in of_another_program() {
        let ir = inspect(&bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(ir.to_bytes().unwrap(), bytes, "{name}");
        assert!(!ir.to_string().is_empty() && !ir.schema().to_string().is_empty(), "{name}");
        let json: serde_json::Value = serde_json::from_str(&cerial::ir_to_json(&ir).unwrap()).unwrap();
        assert_eq!(json, cerial::ir_to_jsonable(&ir).unwrap(), "{name}");
        files += 1;
    }
    assert!(files > 20, "only {files} files");
}

#[test]
fn json_of_types_that_are_not_in_the_program_names_all_that_it_holds() {
    let json = |wanted: &str| {
        let (_, bytes) = of_another_program().find(|(name, _)| name == wanted).unwrap();
        cerial::ir_to_jsonable(&inspect(&bytes).unwrap()).unwrap()
    };
    let euro = |cents: i8| serde_json::json!({"$handler": "foreign::Money", "$state": ["EUR", cents]});
    let wallet = json("handlers.portable.bin");
    assert_eq!(wallet["all"], serde_json::json!([euro(1), euro(2)]));
    assert_eq!(wallet["direct"], serde_json::json!(["EUR", 4]));
    assert_eq!(wallet["shape"], serde_json::json!({"$type": "golden::Circle", "$value": {"r": 0.5}}));
    let live = json("live.portable.bin");
    assert_eq!(live["door"]["$live"]["recipe"], serde_json::json!({"host": "cave", "port": 7}));
    let root = json("weak.portable.bin");
    assert_eq!(root["$value"]["children"][0]["$value"]["parent"], serde_json::json!({"$weak": 0}));
    // Read back, it lacks only the types.
    let error = cerial::deserialize::<App>(&of_another_program().next().unwrap().1).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TypeMismatch, "{error}");
}
