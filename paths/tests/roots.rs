//! Root detection. One test: the custom root and the current directory belong to the whole process.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop at what is not as it must be")]

mod common;

use std::path::Path;

use common::Dir;
use suitkaise_paths::{
    CustomRoot, PathErrorKind, Project, Skpath, SkpathState, clear_custom_root, clear_root_cache,
    custom_root, find_root, project_root, set_custom_root,
};

#[test]
fn roots() {
    kinds_go_in_order_and_the_outermost_wins();
    detection_is_cached_until_cleared();
    custom_roots_nest_and_come_back();
    a_path_travels_from_root_to_root();
    roots_that_vanish_are_errors_or_found_anew();
    a_program_outside_every_project_has_no_root();
}

fn kinds_go_in_order_and_the_outermost_wins() {
    let dir = Dir::new();
    let deep = dir.dir("a/b/c/d");
    let root = || {
        clear_root_cache();
        find_root(&deep).ok().map(|root| root.strip_prefix(&dir.path).unwrap().to_str().unwrap().to_owned())
    };
    assert_eq!(root(), None);
    dir.file("a/b/c/README.md", "");
    assert_eq!(root().unwrap(), "a/b/c");
    dir.file("a/b/c/d/.gitignore", "");
    assert_eq!(root().unwrap(), "a/b/c/d");
    dir.file("a/b/pyproject.toml", "");
    assert_eq!(root().unwrap(), "a/b");
    dir.dir("a/b/c/.git");
    assert_eq!(root().unwrap(), "a/b/c");
    dir.file("a/b/c/d/Cargo.toml", "[package]");
    assert_eq!(root().unwrap(), "a/b/c/d");
    dir.file("a/b/Cargo.toml", "[workspace]");
    assert_eq!(root().unwrap(), "a/b");
    dir.file("a/b/c/d/setup.sk", "");
    assert_eq!(root().unwrap(), "a/b/c/d");
    dir.file("a/setup.sk", "");
    assert_eq!(root().unwrap(), "a");
    let error = find_root(dir.path.join("elsewhere")).unwrap_err();
    assert!(error.to_string().contains("setup.sk"), "{error}");
}

fn detection_is_cached_until_cleared() {
    let dir = Dir::new();
    let marker = dir.file("p/setup.sk", "");
    let file = dir.file("p/src/x.rs", "");
    assert_eq!(Skpath::try_new(&file).unwrap().rp(), "src/x.rs");
    std::fs::remove_file(marker).unwrap();
    assert_eq!(Skpath::try_new(&file).unwrap().rp(), "src/x.rs");
    clear_root_cache();
    assert_eq!(Skpath::try_new(&file).unwrap().rp(), "");
}

fn custom_roots_nest_and_come_back() {
    let dir = Dir::new();
    let inner = dir.dir("inner");
    let file = dir.file("inner/x", "");
    {
        let _outer = CustomRoot::try_new(&dir.path).unwrap();
        assert_eq!(Skpath::try_new(&file).unwrap().rp(), "inner/x");
        {
            let _inner = CustomRoot::try_new(&inner).unwrap();
            assert_eq!(Skpath::try_new(&file).unwrap().rp(), "x");
            assert_eq!(Skpath::try_new(&dir.path).unwrap().rp(), "", "outside the custom root");
        }
        assert_eq!(custom_root().unwrap(), dir.path);
        assert_eq!(Skpath::root().unwrap().as_path(), dir.path);
    }
    assert_eq!(custom_root(), None);
    set_custom_root(&inner).unwrap();
    assert!(CustomRoot::try_new(dir.path.join("missing")).unwrap_err().to_string().contains("missing"));
    assert!(set_custom_root(&file).unwrap_err().to_string().contains("not a directory"));
    assert!(set_custom_root("a\0b").is_err());
    assert_eq!(custom_root().unwrap(), inner, "a refused root changes nothing");
    assert_eq!(project_root(Some("inner")).unwrap(), inner);
    assert!(project_root(Some("other")).unwrap_err().to_string().contains("`other` was expected"));
    clear_custom_root();
}

fn a_path_travels_from_root_to_root() {
    let (mac, windows) = (Dir::new(), Dir::new());
    let there = CustomRoot::try_new(&mac.path).unwrap();
    let made = Skpath::root().unwrap() / "data" / "x.txt";
    let (state, id) = (SkpathState::from(&made), made.id());
    drop(there);
    let _here = CustomRoot::try_new(&windows.path).unwrap();
    let rebuilt = Skpath::try_from(state).unwrap();
    assert_eq!(rebuilt.as_path(), windows.path.join("data/x.txt"));
    assert_eq!(rebuilt, made);
    assert_eq!(Skpath::from_id(&id).unwrap().as_path(), rebuilt.as_path());
}

fn roots_that_vanish_are_errors_or_found_anew() {
    let dir = Dir::new();
    let root = dir.dir("root");
    set_custom_root(&root).unwrap();
    std::fs::remove_dir(&root).unwrap();
    let error = Skpath::root().unwrap_err();
    assert!(error.to_string().contains("vanished"), "{error}");
    assert_eq!(Project::new().paths().unwrap_err().kind(), PathErrorKind::Detection);
    assert_eq!(Skpath::from_rp("x").unwrap_err().kind(), PathErrorKind::Detection);
    clear_custom_root();
    let marker = dir.file("p/q/setup.sk", "");
    dir.file("p/Cargo.toml", "");
    assert_eq!(find_root(dir.path.join("p/q")).unwrap(), dir.path.join("p/q"));
    std::fs::remove_file(marker).unwrap();
    std::fs::remove_dir(dir.path.join("p/q")).unwrap();
    assert_eq!(find_root(dir.path.join("p/q")).unwrap(), dir.path.join("p"));
}

fn a_program_outside_every_project_has_no_root() {
    let before = std::env::current_dir().unwrap();
    let dir = Dir::new();
    let gone = dir.dir("gone");
    std::env::set_current_dir(&gone).unwrap();
    clear_root_cache();
    // The executable may lie in a project, or not: both are an answer without a panic.
    let _ = Skpath::root();
    std::fs::remove_dir(&gone).unwrap();
    clear_root_cache();
    assert!(suitkaise_paths::cwd().is_err());
    assert!(Skpath::try_new("x").is_err());
    assert!(Skpath::unresolved("x").as_path().is_absolute());
    assert!(Skpath::here().as_path().is_absolute());
    std::env::set_current_dir(before).unwrap();
    clear_root_cache();
    assert_eq!(Skpath::root().unwrap().as_path(), Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
}
