//! The examples of cerial, as a user runs them: what they print.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::process::Command;

/// Runs an example; returns what it prints, and what it prints beside.
fn run(name: &str, args: &[&str]) -> (String, String) {
    let test = std::env::current_exe().expect("a test has a file");
    let target = test.parent().and_then(Path::parent).expect("the test is in deps/");
    let output = Command::new(target.join("examples").join(name)).args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_notebook_comes_back_with_what_it_shares() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes").to_string_lossy().into_owned();
    let (text, _) = run("notebook", &[&file]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "work/carrying things [rust, todo]",
            "  pack the *suitkaise*",
            "work/weights [rust]",
            "  book=1.5 lamp=2",
            "lookups: 7",
        ]
    );
    assert!(lines[5].ends_with(" bytes of a shared<notebook::Folder>"), "{text}");
    assert_eq!(lines[6..], ["the first title, from JSON: \"carrying things\""]);
    let (again, walk) = run("notebook", &["--verbose", &file]);
    assert_eq!(again, text);
    assert!(walk.contains("highlight") && walk.contains("regex::Regex"), "{walk}");
}

#[test]
fn settings_of_an_older_version_are_read_by_the_newer_one() {
    let (text, _) = run("versions", &[]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "Settings { name: \"demo\", host: \"localhost\", port: 8080, colors: [Crimson, Grey(40, 0)], theme: None }",
            "Settings { name: \"by hand\", host: \"localhost\", port: 81, colors: [Crimson, Rgb([1, 2, 3])], theme: None }",
            "refused: `demo.Settings`: `demo.Settings` needs the field `owner`, which is missing",
        ]
    );
    let (told, _) = run("versions", &["--verbose"]);
    assert!(told.starts_with("struct demo.Settings {\n    title: text,\n    port: u16,"), "{told}");
    assert!(told.ends_with(&text), "{told}");
}
