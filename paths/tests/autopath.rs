//! `#[autopath]`: who may call, and what the body gets.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop at what is not as it must be")]

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use suitkaise_paths::{Skpath, autopath};

#[autopath]
fn rp(path: Skpath) -> String {
    path.rp().into_owned()
}

#[test]
fn an_skpath_parameter_takes_every_kind_of_path() {
    let skpath = Skpath::try_new("x").unwrap();
    let owned = PathBuf::from("x");
    for got in [
        rp("x"),
        rp(String::from("x")),
        rp(String::from("x").as_str()),
        rp(Path::new("x")),
        rp(PathBuf::from("x")),
        rp(&owned),
        rp(&skpath),
        rp(skpath),
    ] {
        assert_eq!(got, "paths/x");
    }
}

#[expect(clippy::too_many_arguments, reason = "one of each type")]
#[autopath]
fn mixed(
    mut first: PathBuf,
    many: Vec<PathBuf>,
    set: HashSet<Skpath>,
    sorted: BTreeSet<PathBuf>,
    slice: &[Skpath],
    borrowed: &Path,
    pair: (Skpath, PathBuf),
    label: String,
    count: usize,
) -> (PathBuf, usize) {
    first.push("end");
    assert!(many.iter().chain(&sorted).all(|path| path.is_absolute()));
    assert!(set.iter().chain(slice).all(|path| path.rp().starts_with("paths/")));
    assert!(borrowed.is_absolute() && pair.1.is_absolute() && !pair.0.rp().is_empty());
    assert_eq!(label, "not a path", "text is left alone");
    (first, many.len() + set.len() + sorted.len() + slice.len() + count)
}

#[test]
fn each_parameter_is_converted_by_its_type() {
    let strings = vec!["a".to_owned(), "b".to_owned()];
    let got =
        mixed("d", strings, ["x", "./x"], [Path::new("q")], ["z"], "b", ("l", "r"), "not a path".into(), 10);
    assert_eq!(got, (std::env::current_dir().unwrap().join("d/end"), 15));
}

#[autopath(only(text, all))]
fn chosen(text: String, all: Vec<String>, other: &str, untouched: PathBuf) -> (String, Vec<String>, PathBuf) {
    assert_eq!(other, "x");
    (text, all, untouched)
}

#[test]
fn only_names_what_is_converted() {
    let here = std::env::current_dir().unwrap();
    let here = here.to_str().unwrap();
    let (text, all, untouched) = chosen("a", ["b"], "x", PathBuf::from("c"));
    assert_eq!((text, all), (format!("{here}/a"), vec![format!("{here}/b")]));
    assert_eq!(untouched, Path::new("c"));
}

#[autopath]
fn optional(path: Option<Skpath>, list: Option<Vec<PathBuf>>) -> (Option<String>, usize) {
    (path.map(|path| path.rp().into_owned()), list.map_or(0, |list| list.len()))
}

#[autopath(use_caller)]
fn from_caller(path: Option<Skpath>) -> String {
    path.unwrap().rp().into_owned()
}

#[test]
fn an_option_takes_a_path_an_option_or_nothing() {
    let x = Some("paths/x".to_owned());
    assert_eq!(optional("x", None::<[&str; 0]>), (x.clone(), 0));
    assert_eq!(optional(Some("x"), Some(["a", "b"])), (x.clone(), 2));
    assert_eq!(optional(Some(PathBuf::from("x")), None::<[&str; 0]>).0, x);
    assert_eq!(optional((), None::<[&str; 0]>).0, None);
    assert_eq!(optional(None::<&str>, None::<[&str; 0]>).0, None);
    assert_eq!(from_caller(()), "paths/tests/autopath.rs");
    assert_eq!(from_caller("x"), "paths/x");
}

struct Store {
    root: PathBuf,
}

impl Store {
    #[autopath(debug)]
    fn add(&mut self, path: &Skpath, #[allow(unused_variables)] note: &str) -> &Path {
        self.root.push(path.name().as_ref());
        &self.root
    }
}

#[autopath]
async fn later<T: Default>(path: PathBuf) -> (PathBuf, T) {
    (path, T::default())
}

#[test]
fn methods_generics_and_async_functions_work() {
    let mut store = Store { root: "r".into() };
    assert_eq!(store.add("a/b", "note"), Path::new("r/b"));
    let mut future = Box::pin(later::<u8>("x"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready((path, 0)) = future.as_mut().poll(&mut context) else { panic!("not ready") };
    assert!(path.is_absolute());
}

#[test]
fn what_cannot_be_resolved_stays_as_written() {
    assert_eq!(rp("a\0b"), "paths/a\0b");
}

#[test]
fn messages_point_at_the_users_words() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
