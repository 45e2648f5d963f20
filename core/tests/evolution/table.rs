//! Every way in which a type may change, as a table: two versions of one type, a value of the older one, and what the
//! newer one makes of it.

use std::any::type_name;
use std::fmt::Debug;

use cerial::{Cerial, ErrorKind, Mode, Options};

use crate::wraps::{
    AtRoot, Deep, InArray, InBox, InCell, InGeneric, InLinkedList, InList, InLock, InMap, InOption, InRc,
    InTuple, InVariant, Wrap,
};

/// What the newer version makes of a value of the older one.
enum Want<New> {
    Reads(New),
    /// The kind of the error, the place in the value, and what the message names.
    Refuses(ErrorKind, &'static str, &'static [&'static str]),
}
use Want::{Reads, Refuses};

/// Tries one change in every place.
#[track_caller]
fn try_everywhere<Old, New>(old: impl Fn() -> Old, want: Want<New>)
where
    Old: Cerial + 'static,
    New: Cerial + PartialEq + Debug + 'static,
{
    macro_rules! places {
        ($($place:ident)*) => { $(try_in::<$place, Old, New>(old(), &want);)* };
    }
    places!(AtRoot InList InLinkedList InTuple InArray InOption InBox InMap InRc InLock InCell InGeneric InVariant Deep);
}

#[track_caller]
fn try_in<W: Wrap, Old: Cerial + 'static, New: Cerial + PartialEq + Debug + 'static>(
    old: Old,
    want: &Want<New>,
) {
    let place = type_name::<W>();
    let wrapped = W::wrap(old);
    let bytes = cerial::serialize(&wrapped).unwrap();
    let ir = cerial::inspect(&bytes).unwrap();
    let results = [
        ("bytes", cerial::deserialize::<W::Of<New>>(&bytes)),
        ("tree", cerial::deserialize_ir(&ir)),
        ("stream", cerial::from_reader(&bytes[..])),
    ];
    for (form, result) in results {
        match (result.map(W::unwrap), want) {
            (Ok(new), Reads(want)) => assert_eq!(&new, want, "{form}, {place}"),
            (Err(error), Refuses(kind, at, names)) => {
                assert_eq!(error.kind(), *kind, "{form}, {place}: {error}");
                for name in *names {
                    assert!(
                        error.to_string().contains(name),
                        "{form}, {place}: {error} does not name {name}"
                    );
                }
                let path = [W::PATH, at].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
                assert_eq!(error.path(), path.join(".").replace(".[", "["), "{form}, {place}: {error}");
            }
            (Ok(new), Refuses(..)) => panic!("{form}, {place}: {new:?} was read"),
            (Err(error), Reads(_)) => panic!("{form}, {place}: {error:?}"),
        }
    }
    // Compact bytes are for one build: another shape is refused, the same one is read.
    let compact = Options::new().mode(Mode::Compact);
    let result = compact.deserialize::<W::Of<New>>(&compact.serialize(&wrapped).unwrap()).map(W::unwrap);
    match result {
        Ok(new) => assert!(matches!(want, Reads(want) if *want == new), "compact, {place}: {new:?}"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::TypeMismatch, "compact, {place}: {error}"),
    }
}

/// Two versions of a type, under one name on the wire, and what becomes of values.
macro_rules! change {
    ($test:ident: $old:item => $new:item $($value:expr => $want:expr;)+) => {
        mod $test {
            #[allow(unused_imports, reason = "some types need them")]
            use std::{collections::*, rc::Rc};
            pub(super) mod old {
                #[allow(unused_imports, reason = "some types need them")]
                use super::*;
                #[derive(cerial::Cerial, Clone, Debug, PartialEq)]
                #[cerial(name = "t::T")]
                #[allow(dead_code, reason = "not every variant is written")]
                $old
            }
            pub(super) mod new {
                #[allow(unused_imports, reason = "some types need them")]
                use super::*;
                #[derive(cerial::Cerial, Clone, Debug, PartialEq)]
                #[cerial(name = "t::T")]
                #[allow(dead_code, reason = "not every variant is read")]
                $new
            }
        }
        #[test]
        fn $test() {
            #[allow(unused_imports, reason = "as above")]
            use {$test::{new, old}, std::collections::*, std::rc::Rc};
            $(try_everywhere::<old::T, new::T>(|| $value, $want);)+
        }
    };
}

fn seven() -> u8 {
    7
}

// ---- fields

change! { a_field_is_added_with_the_default_of_its_type:
    pub struct T { pub a: u8 } =>
    pub struct T { pub a: u8, #[cerial(default)] pub b: Vec<String> }
    old::T { a: 1 } => Reads(new::T { a: 1, b: vec![] });
}
change! { a_field_is_added_with_a_default_of_its_own:
    pub struct T { pub a: String } =>
    pub struct T { #[cerial(default = crate::table::seven)] pub b: u8, pub a: String }
    old::T { a: "x".into() } => Reads(new::T { a: "x".into(), b: 7 });
}
change! { an_optional_field_is_added:
    pub struct T { pub a: u8 } =>
    pub struct T { pub b: Option<String>, pub a: u8, pub c: Option<Box<T>> }
    old::T { a: 1 } => Reads(new::T { a: 1, b: None, c: None });
}
change! { a_field_without_a_default_is_missed_by_name:
    pub struct T { pub a: u8 } =>
    pub struct T { pub a: u8, pub needed: u8 }
    old::T { a: 1 } => Refuses(ErrorKind::MissingField, "", &["`t::T`", "`needed`"]);
}
change! { fields_of_every_kind_are_removed:
    pub struct T { pub a: String, pub b: Vec<Vec<u16>>, pub c: BTreeMap<u8, String>, pub d: Option<Box<T>>,
        pub e: (u8, String), pub f: [u8; 3], pub g: Rc<str>, pub h: Result<u8, String>, pub kept: i8 } =>
    pub struct T { pub kept: i8 }
    old::T { a: "x".into(), b: vec![vec![1], vec![]], c: BTreeMap::from([(1, "y".into())]), d: None,
        e: (1, "z".into()), f: [1; 3], g: "g".into(), h: Err("h".into()), kept: -1 }
        => Reads(new::T { kept: -1 });
}
change! { all_fields_are_removed:
    pub struct T { pub a: String } =>
    pub struct T {}
    old::T { a: "x".into() } => Reads(new::T {});
}
change! { fields_are_reordered:
    pub struct T { pub a: u8, pub b: String, pub c: u64, pub d: Vec<u8> } =>
    pub struct T { pub d: Vec<u8>, pub c: u64, pub a: u8, pub b: String }
    old::T { a: 1, b: "b".into(), c: 3, d: vec![4] } => Reads(new::T { a: 1, b: "b".into(), c: 3, d: vec![4] });
}
change! { a_field_is_renamed_with_an_alias:
    pub struct T { pub title: String, pub n: u8 } =>
    pub struct T { #[cerial(alias = "label", alias = "title")] pub name: String, pub n: u8 }
    old::T { title: "x".into(), n: 1 } => Reads(new::T { name: "x".into(), n: 1 });
}
change! { a_field_is_renamed_in_the_source_alone:
    pub struct T { pub title: String } =>
    pub struct T { #[cerial(rename = "title")] pub name: String }
    old::T { title: "x".into() } => Reads(new::T { name: "x".into() });
}
change! { a_field_renamed_without_an_alias_is_missed_by_name:
    pub struct T { pub title: String } =>
    pub struct T { pub name: String }
    old::T { title: "x".into() } => Refuses(ErrorKind::MissingField, "", &["`t::T`", "`name`"]);
}
change! { names_go_before_aliases:
    pub struct T { pub a: u8, pub b: u8 } =>
    pub struct T { #[cerial(alias = "a")] pub b: u8 }
    old::T { a: 1, b: 2 } => Reads(new::T { b: 2 });
}
change! { a_field_is_skipped_from_now_on:
    pub struct T { pub a: u8, pub cache: String } =>
    pub struct T { pub a: u8, #[cerial(skip)] pub cache: String }
    old::T { a: 1, cache: "x".into() } => Reads(new::T { a: 1, cache: String::new() });
}
change! { a_field_becomes_optional:
    pub struct T { pub a: String, pub b: u8 } =>
    pub struct T { pub a: Option<String>, pub b: Option<u16> }
    old::T { a: "x".into(), b: 1 } => Reads(new::T { a: Some("x".into()), b: Some(1) });
}
change! { an_optional_field_does_not_become_a_plain_one:
    pub struct T { pub a: Option<u8> } =>
    pub struct T { pub a: u8 }
    old::T { a: Some(1) } => Refuses(ErrorKind::TypeMismatch, "a", &["want `u8`", "got `option<u8>`"]);
    old::T { a: None } => Refuses(ErrorKind::TypeMismatch, "a", &["want `u8`", "got `option<u8>`"]);
}
change! { a_field_is_boxed_and_unboxed:
    pub struct T { pub a: u8, pub b: Box<[String; 2]> } =>
    pub struct T { pub a: Box<u8>, pub b: [String; 2] }
    old::T { a: 1, b: Box::new(["x".into(), "y".into()]) } => Reads(new::T { a: Box::new(1), b: ["x".into(), "y".into()] });
}
change! { fields_of_a_tuple_are_added_at_the_end:
    pub struct T(pub u8, pub String); =>
    pub struct T(pub u8, pub String, pub Option<u8>, #[cerial(default)] pub u8);
    old::T(1, "x".into()) => Reads(new::T(1, "x".into(), None, 0));
}
change! { the_last_fields_of_a_tuple_are_removed:
    pub struct T(pub u8, pub String, pub Vec<u8>); =>
    pub struct T(pub u8);
    old::T(1, "x".into(), vec![]) => Reads(new::T(1));
}
change! { a_tuple_misses_a_field_by_its_place:
    pub struct T(pub u8); =>
    pub struct T(pub u8, pub u8);
    old::T(1) => Refuses(ErrorKind::MissingField, "", &["`t::T`", "1"]);
}
change! { places_do_not_become_names:
    pub struct T(pub u8); =>
    pub struct T { pub a: u8 }
    old::T(1) => Refuses(ErrorKind::TypeMismatch, "", &["`t::T`", "names on one side only"]);
}
change! { a_unit_struct_gets_fields:
    pub struct T; =>
    pub struct T { #[cerial(default)] pub a: u8, pub b: Option<u8> }
    old::T => Reads(new::T { a: 0, b: None });
}

// ---- numbers

change! { integers_are_widened:
    pub struct T { pub a: u8, pub b: i8, pub c: u16, pub d: u64, pub e: i64, pub f: u32, pub g: Vec<u8>, pub h: usize } =>
    pub struct T { pub a: u16, pub b: i128, pub c: i32, pub d: u128, pub e: i128, pub f: i64, pub g: Vec<u32>, pub h: u128 }
    old::T { a: 255, b: -128, c: 65_535, d: u64::MAX, e: i64::MIN, f: u32::MAX, g: vec![0, 255], h: 5 }
        => Reads(new::T { a: 255, b: -128, c: 65_535, d: u64::MAX.into(), e: i64::MIN.into(), f: u32::MAX.into(),
            g: vec![0, 255], h: 5 });
}
change! { integers_are_narrowed_where_they_fit:
    pub struct T { pub a: u64, pub b: i32, pub list: Vec<i64> } =>
    pub struct T { pub a: u8, pub b: u8, pub list: Vec<u8> }
    old::T { a: 255, b: 0, list: vec![1, 2] } => Reads(new::T { a: 255, b: 0, list: vec![1, 2] });
    old::T { a: 256, b: 0, list: vec![] } => Refuses(ErrorKind::TypeMismatch, "a", &["256 does not fit `u8`"]);
    old::T { a: 0, b: -1, list: vec![] } => Refuses(ErrorKind::TypeMismatch, "b", &["-1 does not fit `u8`"]);
    old::T { a: 0, b: 0, list: vec![1, 300] }
        => Refuses(ErrorKind::TypeMismatch, "list[1]", &["300 does not fit `u8`"]);
}
change! { floats_are_widened:
    pub struct T { pub a: f32, pub b: Vec<f32> } =>
    pub struct T { pub a: f64, pub b: Vec<f64> }
    old::T { a: 0.1, b: vec![-0.0, f32::INFINITY] }
        => Reads(new::T { a: f64::from(0.1_f32), b: vec![-0.0, f64::INFINITY] });
}
change! { floats_are_not_narrowed:
    pub struct T { pub a: f64 } =>
    pub struct T { pub a: f32 }
    old::T { a: 0.5 } => Refuses(ErrorKind::TypeMismatch, "a", &["want `f32`", "got `f64`"]);
}
change! { numbers_do_not_become_text:
    pub struct T { pub a: u8 } =>
    pub struct T { pub a: String }
    old::T { a: 1 } => Refuses(ErrorKind::TypeMismatch, "a", &["want `text`", "got `u8`"]);
}
change! { flags_do_not_become_numbers:
    pub struct T { pub a: bool } =>
    pub struct T { pub a: u8 }
    old::T { a: true } => Refuses(ErrorKind::TypeMismatch, "a", &["want `u8`", "got `bool`"]);
}

// ---- variants

change! { variants_are_added_and_reordered:
    pub enum T { A, B(u8), C { x: String } } =>
    pub enum T { New, C { x: String }, Newer(String), A, B(u8) }
    old::T::A => Reads(new::T::A);
    old::T::B(1) => Reads(new::T::B(1));
    old::T::C { x: "x".into() } => Reads(new::T::C { x: "x".into() });
}
change! { a_variant_that_is_not_used_is_removed:
    pub enum T { A, Gone(String), B } =>
    pub enum T { B, A }
    old::T::B => Reads(new::T::B);
    old::T::Gone("x".into()) => Refuses(ErrorKind::TypeMismatch, "", &["`t::T` has no variant `Gone`"]);
}
change! { a_variant_is_renamed_with_an_alias:
    pub enum T { A { x: u8 }, B } =>
    pub enum T { #[cerial(alias = "A")] Alpha { x: u16 }, #[cerial(rename = "B")] Beta }
    old::T::A { x: 1 } => Reads(new::T::Alpha { x: 1 });
    old::T::B => Reads(new::T::Beta);
}
change! { a_variant_gets_data:
    pub enum T { A, B(u8), C { x: u8 } } =>
    pub enum T { A { x: Option<u8> }, B(u8, #[cerial(default)] String), C { x: u8, #[cerial(default)] y: u8 } }
    old::T::A => Reads(new::T::A { x: None });
    old::T::B(1) => Reads(new::T::B(1, String::new()));
    old::T::C { x: 1 } => Reads(new::T::C { x: 1, y: 0 });
}
change! { a_variant_that_misses_a_field_names_it:
    pub enum T { A, B { x: u8 } } =>
    pub enum T { A { needed: u8 }, B { y: u8 } }
    old::T::A => Refuses(ErrorKind::MissingField, "A", &["`t::T::A`", "`needed`"]);
    old::T::B { x: 1 } => Refuses(ErrorKind::MissingField, "B", &["`t::T::B`", "`y`"]);
}
change! { a_variant_loses_its_data:
    pub enum T { A(String), B { x: Vec<u8> }, C } =>
    pub enum T { A, B, C }
    old::T::A("x".into()) => Reads(new::T::A);
    old::T::B { x: vec![1] } => Reads(new::T::B);
    old::T::C => Reads(new::T::C);
}
change! { the_field_of_a_variant_changes:
    pub enum T { A { x: u8, y: Vec<(u8, u8)> } } =>
    pub enum T { A { y: Vec<(u16, i32)>, x: Option<u64> } }
    old::T::A { x: 1, y: vec![(1, 2)] } => Reads(new::T::A { x: Some(1), y: vec![(1, 2)] });
}
change! { a_struct_does_not_become_an_enum:
    pub struct T { pub a: u8 } =>
    pub enum T { A(u8) }
    old::T { a: 1 } => Refuses(ErrorKind::TypeMismatch, "", &["`t::T`"]);
}

// ---- containers

change! { a_list_changes_its_container:
    pub struct T { pub a: Vec<u8>, pub b: VecDeque<String>, pub c: BTreeSet<u16>, pub d: (u8, u8) } =>
    pub struct T { pub a: VecDeque<u16>, pub b: Vec<String>, pub c: Vec<u16>, pub d: [u8; 2] }
    old::T { a: vec![1], b: VecDeque::from(["x".to_owned()]), c: BTreeSet::from([2, 1]), d: (3, 4) }
        => Reads(new::T { a: VecDeque::from([1]), b: vec!["x".into()], c: vec![1, 2], d: [3, 4] });
}
change! { a_map_changes_its_container_keys_and_values:
    pub struct T { pub a: HashMap<u8, u8>, pub b: BTreeMap<String, Vec<u8>> } =>
    pub struct T { pub a: BTreeMap<i64, Option<u32>>, pub b: HashMap<String, Vec<i16>> }
    old::T { a: HashMap::from([(1, 2)]), b: BTreeMap::from([("x".into(), vec![1])]) }
        => Reads(new::T { a: BTreeMap::from([(1, Some(2))]), b: HashMap::from([("x".into(), vec![1])]) });
}
change! { an_array_of_another_length_is_refused:
    pub struct T { pub a: [u16; 3] } =>
    pub struct T { pub a: [u16; 2] }
    old::T { a: [1, 2, 3] } => Refuses(ErrorKind::TypeMismatch, "a", &["got 3 elements"]);
}
change! { a_list_does_not_become_a_map:
    pub struct T { pub a: Vec<(u8, u8)> } =>
    pub struct T { pub a: BTreeMap<u8, u8> }
    old::T { a: vec![(1, 2)] } => Refuses(ErrorKind::TypeMismatch, "a", &["map<u8, u8>", "list<(u8, u8)>"]);
}
change! { what_is_shared_stays_shared:
    pub struct T { pub gone: Rc<String>, pub a: Rc<String>, pub b: Vec<Rc<String>> } =>
    pub struct T { pub b: VecDeque<Rc<String>>, pub a: Rc<String>, pub c: Option<Rc<String>> }
    { let one = Rc::new("x".to_owned()); old::T { gone: one.clone(), a: one.clone(), b: vec![one] } }
        => Reads({ let one = Rc::new("x".to_owned()); new::T { b: [one.clone()].into(), a: one, c: None } });
}
change! { a_recursive_type_changes_all_the_way_down:
    pub struct T { pub id: u8, pub below: Vec<T>, pub gone: String } =>
    pub struct T { pub below: Vec<T>, pub id: u32, #[cerial(default = crate::table::seven)] pub added: u8 }
    old::T { id: 1, gone: "x".into(), below: vec![old::T { id: 2, gone: "y".into(), below: vec![] }] }
        => Reads(new::T { id: 1, added: 7, below: vec![new::T { id: 2, added: 7, below: vec![] }] });
}
