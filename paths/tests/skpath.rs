//! Skpath: construction, identity, names, ids, travel.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop at what is not as it must be")]

mod common;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use common::{Dir, odd_name, refused};
use suitkaise_paths::{PathErrorKind, Skpath, SkpathState};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap()
}

#[test]
fn here_is_the_callers_file() {
    let here = Skpath::here();
    assert_eq!(here.rp(), "paths/tests/skpath.rs");
    assert_eq!(here, suitkaise_paths::caller_path());
    assert_eq!(here.parent().unwrap(), suitkaise_paths::current_dir());
    assert_eq!(suitkaise_paths::cwd().unwrap().rp(), "paths");
}

struct Local;

#[test]
fn module_path_leads_to_the_file_of_a_type() {
    assert_eq!(suitkaise_paths::module_path_of::<Local>().unwrap().rp(), "paths/tests/skpath.rs");
    assert_eq!(suitkaise_paths::module_path_of::<Dir>().unwrap().rp(), "paths/tests/common/mod.rs");
    refused(suitkaise_paths::module_path_of::<Vec<u8>>(), PathErrorKind::NotFound, "another crate");
    refused(suitkaise_paths::module_path_of::<u8>(), PathErrorKind::NotFound, "the language itself");
}

#[test]
fn text_paths_and_skpaths_make_the_same_skpath() {
    let root = workspace();
    let want = Skpath::root().unwrap() / "paths" / "Cargo.toml";
    let absolute = root.join("paths/Cargo.toml");
    assert_eq!(Skpath::try_new("Cargo.toml").unwrap(), want);
    assert_eq!(Skpath::try_new(String::from("./tests/../Cargo.toml")).unwrap(), want);
    assert_eq!(Skpath::try_new(&absolute).unwrap(), want);
    assert_eq!(Skpath::try_new(&want).unwrap(), want);
    assert_eq!("Cargo.toml".parse::<Skpath>().unwrap(), want);
    assert_eq!(Skpath::try_from(absolute.as_path()).unwrap(), want);
    assert_eq!(Skpath::from_id(&want.id()).unwrap(), want);
    assert_eq!(Skpath::from_rp("paths/Cargo.toml").unwrap(), want);
    assert_eq!(AsRef::<Path>::as_ref(&want), absolute);
    assert_eq!(want, "paths/Cargo.toml");
    assert_eq!(want, absolute);
}

#[test]
fn the_sides_of_a_path() {
    let root = workspace();
    let path = Skpath::root().unwrap() / "a" / "b.tar.gz";
    assert_eq!(path.ap(), root.join("a/b.tar.gz").to_str().unwrap());
    assert_eq!(path.platform(), path.ap());
    assert_eq!(path.rp(), "a/b.tar.gz");
    assert_eq!(path.root_path(), Some(root.as_path()));
    assert_eq!(path.root_str().unwrap(), root.to_str().unwrap());
    assert_eq!(path.id(), "YS9iLnRhci5neg");
    assert_eq!((path.name(), path.stem(), path.suffix()), ("b.tar.gz".into(), "b.tar".into(), ".gz".into()));
    assert_eq!(path.suffixes(), [".tar", ".gz"]);
    assert_eq!(path.parts().next_back().unwrap(), "b.tar.gz");
    assert!(path.contains("a"));
    assert_eq!(path.parents().count(), root.components().count() + 1);
    assert_eq!(path.with_name("c").unwrap().rp(), "a/c");
    assert_eq!(path.with_stem("c").unwrap().rp(), "a/c.gz");
    assert_eq!(path.with_suffix("txt").unwrap().rp(), "a/b.tar.txt");
    assert_eq!(path.with_suffix("").unwrap().rp(), "a/b.tar");
    assert_eq!(path.relative_to(&root).unwrap(), Path::new("a/b.tar.gz"));
    assert_eq!(Skpath::root().unwrap().rp(), ".");
    let details = path.details();
    assert_eq!((details.rp.as_str(), details.exists), ("a/b.tar.gz", false));
}

#[test]
fn outside_every_project_the_ap_is_the_identity() {
    let dir = Dir::new();
    let path = Skpath::try_new(dir.path.join("x")).unwrap();
    assert_eq!((path.rp(), path.root_path()), ("".into(), None));
    assert_eq!(SkpathState::from(&path), SkpathState::Ap(dir.path.join("x").to_str().unwrap().into()));
    assert_eq!(Skpath::from_id(&path.id()).unwrap(), path);
}

#[test]
fn equal_rps_of_two_other_projects_are_not_equal() {
    let (a, b) = (Dir::new(), Dir::new());
    for dir in [&a, &b] {
        dir.file("setup.sk", "");
        dir.file("README.md", "");
    }
    let (a, b) = (
        Skpath::try_new(a.path.join("README.md")).unwrap(),
        Skpath::try_new(b.path.join("README.md")).unwrap(),
    );
    assert_eq!((a.rp(), b.rp()), ("README.md".into(), "README.md".into()));
    assert_ne!(a, b);
    assert_eq!(HashSet::from([a.clone(), b, a.clone()]).len(), 2);
    assert_eq!(Skpath::from_id(&a.id()).unwrap(), a);
}

#[test]
fn names_that_are_not_unicode_survive_everything() {
    let dir = Dir::new();
    dir.file("setup.sk", "");
    let path = Skpath::try_new(&dir.path).unwrap() / odd_name();
    path.write_text("kept").unwrap();
    assert_eq!(path.file_name().unwrap(), odd_name());
    assert_eq!(Skpath::from_id(&path.id()).unwrap().as_path(), path.as_path());
    assert_eq!(Skpath::try_from(SkpathState::from(&path)).unwrap().as_path(), path.as_path());
    let json = serde_json::to_string(&path).unwrap();
    assert_eq!(serde_json::from_str::<Skpath>(&json).unwrap(), path);
    assert_eq!(path.with_suffix("md").unwrap().with_suffix("txt").unwrap().as_path(), path.as_path());
    let copy = path.copy_to(dir.path.join("sub/")).run().unwrap();
    assert_eq!(copy.file_name().unwrap(), odd_name());
    let moved = copy.move_to(dir.path.join("moved")).run().unwrap();
    assert_eq!(moved.read_text().unwrap(), "kept");
    let in_project = Skpath::root().unwrap() / odd_name();
    assert_eq!(Skpath::from_id(&in_project.id()).unwrap().as_path(), in_project.as_path());
    assert!(matches!(SkpathState::from(&in_project), SkpathState::RpBytes(_)));
    let seen = suitkaise_paths::Project::new().root(&dir.path).paths().unwrap();
    assert!(seen.contains(&path));
}

#[test]
fn a_path_travels_as_json_with_slashes() {
    let path = Skpath::root().unwrap() / "data" / "x.txt";
    assert_eq!(serde_json::to_string(&path).unwrap(), r#"{"rp":"data/x.txt"}"#);
    assert_eq!(serde_json::from_str::<Skpath>(r#"{"rp":"data/x.txt"}"#).unwrap(), path);
    assert_eq!(serde_json::from_str::<Skpath>(r#"{"rp":"."}"#).unwrap(), Skpath::root().unwrap());
}

#[test]
fn links_are_followed_by_construction_and_seen_by_joining() {
    let dir = Dir::new();
    let file = dir.file("real.txt", "x");
    std::os::unix::fs::symlink(&file, dir.path.join("link")).unwrap();
    assert_eq!(Skpath::try_new(dir.path.join("link")).unwrap().as_path(), file);
    let joined = Skpath::try_new(&dir.path).unwrap() / "link";
    assert!(
        joined.is_symlink() && joined.lstat().unwrap().is_symlink() && !joined.stat().unwrap().is_symlink()
    );
    assert_eq!(joined.resolve().unwrap().as_path(), file);
    joined.unlink(false).unwrap();
    assert!(file.exists());
}

#[test]
fn work_on_files_and_directories() {
    let dir = Dir::new();
    let top = Skpath::try_new(&dir.path).unwrap();
    let sub = &top / "a" / "b";
    sub.mkdir().unwrap();
    assert!(sub.is_empty().unwrap() && sub.is_dir());
    let file = &sub / "f.rs";
    file.touch().unwrap();
    file.write_bytes(b"fn").unwrap();
    assert_eq!((file.read_text().unwrap(), file.read_bytes().unwrap()), ("fn".into(), b"fn".to_vec()));
    assert_eq!(sub.iterdir().unwrap(), std::slice::from_ref(&file));
    assert_eq!(top.rglob("*.rs").unwrap(), std::slice::from_ref(&file));
    assert_eq!(top.glob("a/*").unwrap(), std::slice::from_ref(&sub));
    assert!(top.glob("*.rs").unwrap().is_empty());
    refused(file.is_empty(), PathErrorKind::NotADirectory, "f.rs");
    refused(sub.unlink(false), PathErrorKind::NotAFile, "rmdir");
    refused((&top / "no").unlink(false), PathErrorKind::NotFound, "no");
    (&top / "no").unlink(true).unwrap();
    file.unlink(false).unwrap();
    sub.rmdir().unwrap();
    assert!(!sub.exists());
}
