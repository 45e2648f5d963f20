//! Functions travel by name, with their signature and version.
#![allow(missing_docs, clippy::unwrap_used, clippy::type_complexity, reason = "a test")]
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::sync::Arc;

use cerial::{Cerial, ErrorKind, Mode, Options, Registry};

#[cerial::function]
fn double(x: u32) -> u32 {
    x * 2
}

#[cerial::function(version = 3)]
pub(crate) fn triple(x: u32) -> u32 {
    x * 3
}

/// The same code as `double`: the linker may not make one function of the two.
#[cerial::function(name = "acme.twice")]
fn twice(x: u32) -> u32 {
    x * 2
}

#[cerial::function]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() < b.len() { b } else { a }
}

#[cerial::function]
fn shout(words: &[String]) -> Result<String, std::fmt::Error> {
    Ok(words.join(" ").to_uppercase())
}

fn unmarked(x: u32) -> u32 {
    x + 1
}

#[derive(Cerial, Clone, Debug)]
struct Step {
    run: fn(u32) -> u32,
    pick: for<'a> fn(&'a str, &'a str) -> &'a str,
    join: Option<fn(&[String]) -> Result<String, std::fmt::Error>>,
    all: Vec<fn(u32) -> u32>,
    pair: [fn(u32) -> u32; 2],
    named: BTreeMap<String, Arc<fn(&str, &str) -> usize>>,
}

#[derive(Cerial, Clone, Copy, Debug, PartialEq)]
struct Generic<T> {
    value: T,
}

fn step() -> Step {
    Step {
        run: triple,
        pick: longest,
        join: Some(shout),
        all: vec![double, twice, triple],
        pair: [twice, double],
        named: BTreeMap::new(),
    }
}

#[derive(Cerial, Debug)]
struct One {
    run: fn(u32) -> u32,
}

#[test]
fn functions_come_back_by_name_in_both_modes() {
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode);
        let back: Step = options.deserialize(&options.serialize(&step()).unwrap()).unwrap();
        assert_eq!((back.run)(5), 15);
        assert_eq!((back.pick)("ab", "abc"), "abc");
        assert_eq!((back.join.unwrap())(&["a".into(), "b".into()]).unwrap(), "A B");
        assert_eq!(back.all.iter().map(|f| f(1)).collect::<Vec<_>>(), [2, 2, 3]);
        assert_eq!(back.all[1] as usize, twice as fn(u32) -> u32 as usize);
    }
}

#[test]
fn functions_of_the_same_code_keep_their_names() {
    let text = cerial::to_json(&vec![double as fn(u32) -> u32, twice]).unwrap();
    assert!(text.contains("functions::double") && text.contains("acme.twice"), "{text}");
}

#[test]
fn a_function_is_cerial_as_a_generic_argument() {
    let generic = Generic { value: Some(triple as fn(u32) -> u32) };
    let back: Generic<Option<fn(u32) -> u32>> =
        cerial::deserialize(&cerial::serialize(&generic).unwrap()).unwrap();
    assert_eq!((back.value.unwrap())(2), 6);
}

#[test]
fn a_function_takes_fifty_to_a_hundred_bytes() {
    let bytes = cerial::serialize(&One { run: triple }).unwrap();
    assert!((50..=100).contains(&bytes.len()), "{} bytes", bytes.len());
}

#[test]
fn an_unmarked_function_is_refused_with_what_to_do() {
    let error = cerial::serialize(&One { run: unmarked }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unknown);
    assert_eq!(
        error.to_string(),
        "`functions::One`: a function of type `fn(u32) -> u32` is not registered at `run`"
    );
    assert!(error.help().unwrap().contains("#[cerial::function]"), "{error:?}");
}

/// A function of the name and signature of one in this program, or not, as bytes have it.
#[track_caller]
fn read(json: &str) -> cerial::Error {
    cerial::from_json::<One>(&format!("{{\"run\": {{\"$function\": {json}}}}}")).unwrap_err()
}

#[test]
fn an_unknown_name_lists_the_near_ones() {
    let error = read(r#"{"name": "functions::tripel", "signature": "fn(u32) -> u32", "version": 3}"#);
    assert_eq!(error.kind(), ErrorKind::Unknown);
    assert!(
        error.to_string().contains("no function `functions::tripel` (near: functions::triple)"),
        "{error}"
    );
}

#[test]
fn a_name_of_another_signature_is_an_error_naming_both() {
    // In the bytes.
    let error = read(r#"{"name": "functions::triple", "signature": "fn(u64) -> u64", "version": 3}"#);
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    let want = "`functions::triple` is a `fn(u32) -> u32` here, it was written as a `fn(u64) -> u64`";
    assert!(error.to_string().contains(want), "{error}");
    // In the program.
    let name =
        "{\"name\": \"functions::longest\", \"signature\": \"fn(&str, &str) -> &str\", \"version\": 0}";
    let error = read(name);
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    let want = "want a `fn(u32) -> u32`, but `functions::longest` is a `fn(&str, &str) -> &str`";
    assert!(error.to_string().contains(want), "{error}");
}

#[test]
fn another_version_is_an_error_naming_both() {
    let error = read(r#"{"name": "functions::triple", "signature": "fn(u32) -> u32", "version": 2}"#);
    assert_eq!(error.kind(), ErrorKind::TypeMismatch);
    assert!(error.to_string().contains("is version 3 here, it was written as version 2"), "{error}");
}

#[test]
fn json_and_inspection_show_name_signature_and_version() {
    let text = cerial::to_json(&One { run: triple }).unwrap();
    assert_eq!((cerial::from_json::<One>(&text).unwrap().run)(3), 9);
    let ir = cerial::inspect(&cerial::serialize(&One { run: triple }).unwrap()).unwrap();
    assert!(ir.to_string().contains("fn functions::triple: fn(u32) -> u32 (version 3)"), "{ir}");
    assert_eq!(ir.to_bytes().unwrap(), cerial::serialize(&One { run: triple }).unwrap());
}

mod other {
    #[cerial::function(name = "acme.twice_again")]
    pub(crate) fn again(x: u32) -> u32 {
        x * 4
    }
    pub(crate) mod deep {
        #[cerial::function(name = "acme.twice_again")]
        pub(crate) fn again(x: u32) -> u32 {
            x * 5
        }
    }
}

#[test]
fn two_functions_of_one_name_poison_it_and_are_both_named() {
    for function in [other::again as fn(u32) -> u32, other::deep::again] {
        let error = cerial::serialize(&One { run: function }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Duplicate);
        let text = error.to_string();
        assert!(text.contains("two functions claim `acme.twice_again`"), "{text}");
        assert!(
            text.contains("`functions::other::again` of cerial") && text.contains("deep::again"),
            "{text}"
        );
    }
    assert!(cerial::serialize(&One { run: triple }).is_ok());
}

mod by_hand {
    cerial::plugin! { name: "acme", handlers: [], reconnectors: [], functions: [super::double, super::other::deep::again] }
}

#[test]
fn a_plugins_list_registers_functions_too() {
    let mut builder = Registry::empty();
    by_hand::register(&mut builder);
    let registry = builder.build();
    assert_eq!(registry.function_names(), ["acme.twice_again", "functions::double"]);
    let options = Options::new().with_registry(Arc::new(registry));
    assert_eq!(
        (options.deserialize::<One>(&options.serialize(&One { run: double }).unwrap()).unwrap().run)(2),
        4
    );
    assert_eq!(options.serialize(&One { run: triple }).unwrap_err().kind(), ErrorKind::Unknown);
}

#[derive(Cerial)]
struct Boxed {
    f: Box<dyn Fn(u32) -> u32>,
}

#[test]
fn a_boxed_closure_says_what_to_hold_instead() {
    let error = cerial::serialize(&Boxed { f: Box::new(|x| x) }).unwrap_err();
    assert_eq!(error.path(), "f");
    assert!(error.help().unwrap().contains("`cerial::Code` or `closure!`"), "{error:?}");
    assert_eq!(cerial::preflight::<Boxed>().unwrap_err().help(), error.help());
}
