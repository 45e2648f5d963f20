//! What bad input gets: a clear error, no panic.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop at what is not as it must be")]

mod common;

use common::{Dir, refused};
use std::os::unix::fs::symlink;
use suitkaise_paths::{PathErrorKind, Project, Skpath, SkpathState};

#[test]
fn a_nul_is_refused() {
    refused(Skpath::try_new("a\0b"), PathErrorKind::InvalidPath, "a\\u{0}b");
    refused(Skpath::try_from(SkpathState::Rp("a\0b".into())), PathErrorKind::InvalidPath, "NUL");
    refused(Skpath::from_rp("a\0b"), PathErrorKind::InvalidPath, "NUL");
    refused(Skpath::from_id("YQBi"), PathErrorKind::InvalidId, "NUL");
    let dir = Dir::new();
    let file = Skpath::try_new(dir.file("x", "")).unwrap();
    refused(file.copy_to("a\0b").run(), PathErrorKind::InvalidPath, "NUL");
    refused(file.with_name("a\0b"), PathErrorKind::InvalidName, "NUL");
    refused(Skpath::unresolved("a\0b").read_text(), PathErrorKind::InvalidPath, "NUL");
}

#[test]
fn a_hundred_thousand_characters_are_refused_in_a_short_message() {
    for long in ["a".repeat(100_000), "a/".repeat(50_000)] {
        refused(Skpath::try_new(&long), PathErrorKind::TooLong, "characters ..");
        let joined = Skpath::unresolved(&long);
        refused(joined.read_text(), PathErrorKind::TooLong, "read");
        assert!(!joined.exists());
        assert_eq!(Skpath::from_id(&joined.id()).unwrap(), joined);
    }
}

#[test]
fn an_empty_path_says_what_to_write() {
    refused(Skpath::try_new(""), PathErrorKind::InvalidPath, "write `.`");
    refused(Skpath::from_rp(""), PathErrorKind::InvalidPath, "not empty");
    refused(Skpath::from_id(""), PathErrorKind::InvalidId, "empty");
}

#[test]
fn a_dangling_link_is_its_target() {
    let dir = Dir::new();
    symlink("gone/target", dir.path.join("link")).unwrap();
    let path = Skpath::try_new(dir.path.join("link/x")).unwrap();
    assert_eq!(path.as_path(), dir.path.join("gone/target/x"));
    refused(path.read_text(), PathErrorKind::NotFound, "gone/target/x");
    dir.file("gone/target/x", "");
    assert_eq!(Skpath::try_new(dir.path.join("link/x")).unwrap(), path, "the same once the target is there");
}

#[test]
fn a_link_loop_is_an_error() {
    let dir = Dir::new();
    symlink(dir.path.join("b"), dir.path.join("a")).unwrap();
    symlink(dir.path.join("a"), dir.path.join("b")).unwrap();
    refused(Skpath::try_new(dir.path.join("a")), PathErrorKind::LinkLoop, "a");
    let seen = Skpath::try_new(&dir.path).unwrap() / "a";
    refused(seen.read_text(), PathErrorKind::LinkLoop, "a");
    refused(seen.copy_to(dir.path.join("c")).run(), PathErrorKind::LinkLoop, "a");
    symlink(&dir.path, dir.path.join("up")).unwrap();
    assert_eq!(Project::new().root(&dir.path).paths().unwrap().len(), 3);
    assert_eq!(Skpath::try_new(&dir.path).unwrap().rglob("*").unwrap().len(), 3);
}

#[test]
fn dots_stay_inside_where_they_must() {
    assert_eq!(Skpath::try_new("/../../..").unwrap().ap(), "/");
    assert_eq!((Skpath::try_new("/").unwrap() / "..").ap(), "/");
    let missing = Skpath::try_new("no-such/../Cargo.toml").unwrap();
    assert_eq!(missing.rp(), "paths/Cargo.toml");
    refused(Skpath::from_rp("../x"), PathErrorKind::InvalidPath, "without `..`");
    refused(Skpath::try_from(SkpathState::Rp("a/../../x".into())), PathErrorKind::InvalidPath, "..");
    refused(Skpath::try_from(SkpathState::Ap("x".into())), PathErrorKind::InvalidPath, "absolute");
    refused(Skpath::from_id("Li4veA"), PathErrorKind::InvalidId, "..");
}

#[test]
fn a_file_is_no_directory() {
    refused(Skpath::try_new("Cargo.toml/x"), PathErrorKind::NotADirectory, "Cargo.toml/x");
    refused(Skpath::try_new("Cargo.toml/"), PathErrorKind::NotADirectory, "Cargo.toml/");
}

#[test]
fn a_name_that_looks_like_an_id_is_a_name() {
    assert_eq!(Skpath::try_new("YQ").unwrap().rp(), "paths/YQ");
    refused(Skpath::from_id("not an id!"), PathErrorKind::InvalidId, "base64url");
    refused(Skpath::from_id("YQ=="), PathErrorKind::InvalidId, "padding");
}

#[test]
fn invalid_globs_are_refused() {
    let here = Skpath::try_new(".").unwrap();
    for (pattern, says) in
        [("[", "unclosed"), ("a{b", "a{b"), ("", "not empty"), ("/etc/*", "relative"), ("../*", "..")]
    {
        refused(here.glob(pattern), PathErrorKind::InvalidPattern, says);
        refused(here.rglob(pattern), PathErrorKind::InvalidPattern, says);
    }
    refused(Project::new().exclude(["a{b"]).paths(), PathErrorKind::InvalidPattern, "exclude `a{b`");
}

#[test]
fn bad_names_are_refused() {
    let path = Skpath::try_new("x").unwrap();
    for name in ["", ".", "..", "a/b", "/"] {
        refused(path.with_name(name), PathErrorKind::InvalidName, "a name is not");
    }
    refused(Skpath::try_new("/").unwrap().with_name("x"), PathErrorKind::InvalidName, "top");
    refused(path.relative_to("/etc"), PathErrorKind::InvalidPath, "not inside `/etc`");
}
