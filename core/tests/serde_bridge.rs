//! Values that only serde knows go through the bridge and come back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use cerial::{ErrorKind, Limits, Mode, Options, Serde};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[track_caller]
fn trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T) {
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode);
        let bytes = options.serialize(&Serde(&value)).unwrap();
        let back: Serde<T> = options.deserialize(&bytes).unwrap();
        assert_eq!(back.0, value);
    }
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Unit;
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Newtype(Vec<u8>);
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Pair(u8, String);

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum Plain {
    Unit,
    Newtype(String),
    List(Vec<u32>),
    Tuple(u8, i8),
    Struct { a: Option<Box<Plain>>, b: char },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    Point { x: f64, y: f64 },
    List(Vec<Untagged>),
    Plain(Plain),
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Internal {
    Start { id: u64 },
    Stop,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    One(u8),
    Two(u8, u8),
    Three { z: bool },
    Four,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Flat {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    maybe: Option<u8>,
    #[serde(flatten)]
    rest: BTreeMap<String, Untagged>,
}

#[test]
fn scalars_come_back_at_every_width() {
    trip((0_u8, 63_u8, 64_u8, 255_u8, 256_u16, 65536_u32, u64::MAX, u128::MAX));
    trip((-1_i8, i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN, i128::MAX, 5_i128));
    trip((1.5_f32, f64::MIN_POSITIVE, f64::INFINITY, -0.0_f64, 'é', true, ()));
    trip(("".to_owned(), "x".repeat(31), "y".repeat(32), "z".repeat(1000)));
}

#[test]
fn compounds_come_back() {
    trip(Unit);
    trip(Newtype(vec![1, 2, 3]));
    trip(Pair(1, "b".into()));
    trip((None::<u8>, Some(4), Some(Some(5)), Some(None::<u8>)));
    trip((0..100).map(|i| Pair(i, i.to_string())).collect::<Vec<_>>());
    trip(HashMap::from([(1, "a".to_owned()), (-2, "b".into())]));
}

#[test]
fn enums_come_back_in_every_tagging() {
    trip(vec![
        Plain::Unit,
        Plain::Newtype("n".into()),
        Plain::List(vec![1, 2]),
        Plain::Tuple(1, -1),
        Plain::Struct { a: Some(Box::new(Plain::Unit)), b: 'x' },
        Plain::Struct { a: None, b: 'y' },
    ]);
    trip(vec![
        Untagged::Number(-5),
        Untagged::Text("t".into()),
        Untagged::Point { x: 1.0, y: 2.0 },
        Untagged::List(vec![Untagged::Number(1), Untagged::List(vec![])]),
        Untagged::Plain(Plain::Tuple(3, 4)),
        Untagged::Plain(Plain::Struct { a: None, b: 'u' }),
    ]);
    trip(vec![Internal::Start { id: 7 }, Internal::Stop]);
    trip(vec![Adjacent::One(1), Adjacent::Two(1, 2), Adjacent::Three { z: true }, Adjacent::Four]);
}

#[test]
fn flattened_maps_come_back() {
    let rest =
        BTreeMap::from([("a".to_owned(), Untagged::Number(1)), ("b".to_owned(), Untagged::Text("x".into()))]);
    trip(vec![
        Flat { name: "n".into(), maybe: None, rest },
        Flat { name: "m".into(), maybe: Some(1), rest: BTreeMap::new() },
    ]);
}

#[test]
fn dynamic_tables_come_back() {
    trip(serde_json::json!({"a": [1, -2, 3.5, null, true], "b": {"c": "d", "big": u64::MAX}}));
    trip("name = 'x'\ndate = 1979-05-27T07:32:00Z\n[t]\nv = [1, 2.5]".parse::<toml::Table>().unwrap());
}

#[test]
fn the_form_is_not_human_readable() {
    trip(IpAddr::from([127, 0, 0, 1]));
    let bytes = cerial::serialize(&Serde(IpAddr::from([1, 2, 3, 4]))).unwrap();
    assert!(!bytes.windows(7).any(|w| w == b"1.2.3.4"));
}

#[test]
fn trait_objects_of_erased_serde_can_be_written() {
    let value: Box<dyn erased_serde::Serialize> = Box::new(Pair(5, "dyn".into()));
    let bytes = cerial::serialize(&Serde(&value)).unwrap();
    assert_eq!(cerial::deserialize::<Serde<Pair>>(&bytes).unwrap().0, Pair(5, "dyn".into()));
}

#[test]
fn a_name_stands_once_in_a_serde_value() {
    #[derive(Serialize)]
    struct Row {
        remarkable: u8,
    }
    let rows: Vec<Row> = (0..50).map(|remarkable| Row { remarkable }).collect();
    let bytes = cerial::serialize(&Serde(&rows)).unwrap();
    assert_eq!(bytes.windows(10).filter(|w| w == b"remarkable").count(), 1);
}

#[test]
fn a_count_that_serde_was_told_wrongly_is_put_right() {
    struct Liar;
    impl Serialize for Liar {
        fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeSeq;
            let mut seq = s.serialize_seq(Some(1))?;
            (0..20).try_for_each(|i| seq.serialize_element(&i))?;
            seq.end()
        }
    }
    let bytes = cerial::serialize(&Serde(&Liar)).unwrap();
    assert_eq!(cerial::deserialize::<Serde<Vec<u32>>>(&bytes).unwrap().0, (0..20).collect::<Vec<_>>());
}

#[test]
fn a_value_borrows_from_the_bytes() {
    let bytes = cerial::serialize(&Serde(&"borrowed")).unwrap();
    let back: Serde<&str> = cerial::deserialize_borrowed(&bytes).unwrap();
    assert_eq!(back.0, "borrowed");
}

#[test]
fn errors_name_the_place() {
    #[derive(Serialize)]
    struct Outer {
        items: Vec<Option<&'static str>>,
    }
    #[derive(Deserialize, Serialize, Debug)]
    struct Other {
        items: Vec<Option<u32>>,
    }
    let bytes = cerial::serialize(&Serde(Outer { items: vec![None, Some("x")] })).unwrap();
    let error = cerial::deserialize::<Serde<Other>>(&bytes).unwrap_err();
    assert_eq!(error.path(), "items[1]");
}

#[test]
fn depth_is_limited_in_both_directions() {
    #[derive(Serialize, Deserialize, Debug)]
    struct Chain(Option<Box<Chain>>);
    let deep = (0..2000).fold(Chain(None), |chain, _| Chain(Some(Box::new(chain))));
    assert_eq!(cerial::serialize(&Serde(&deep)).unwrap_err().kind(), ErrorKind::Limit);
    let bytes = Options::new().limits(Limits::new().depth(5000)).serialize(&Serde(&deep)).unwrap();
    assert_eq!(cerial::deserialize::<Serde<Chain>>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
    // A type that asks for an option for ever, of a value that is none.
    let five = cerial::serialize(&Serde(5)).unwrap();
    assert_eq!(cerial::deserialize::<Serde<Chain>>(&five).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn what_may_be_written_may_be_read_up_to_the_last_level() {
    let list = |depth| (0..depth).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
    trip(list(512));
    assert_eq!(cerial::serialize(&Serde(list(513))).unwrap_err().kind(), ErrorKind::Limit);
    trip((0..511).fold(serde_json::json!({}), |inner, _| serde_json::json!({ "a": inner })));
}

#[test]
fn damaged_bytes_are_errors() {
    let value = serde_json::json!({"a": [1, -2, 3.5, null, true], "b": {"c": "d"}});
    let bytes = cerial::serialize(&Serde(&value)).unwrap();
    for end in 0..bytes.len() {
        assert!(cerial::deserialize::<Serde<serde_json::Value>>(&bytes[..end]).is_err());
    }
    for at in 0..bytes.len() {
        for byte in [0, 1, 0x7f, 0x80, 0x97, 0xff] {
            let mut bad = bytes.clone();
            bad[at] = byte;
            let _ = cerial::deserialize::<Serde<serde_json::Value>>(&bad);
            let _ = cerial::deserialize::<Serde<Untagged>>(&bad);
        }
    }
}
