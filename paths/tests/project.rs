//! Project paths, structure and tree.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop at what is not as it must be")]

mod common;

use common::{Dir, odd_name, refused};
use suitkaise_paths::{EntryKind, PathErrorKind, Project};

fn sample() -> Dir {
    let dir = Dir::new();
    dir.file("setup.sk", "");
    dir.file(".gitignore", "*.log\n!keep.log\n/build\ntmp/\n");
    dir.file(".dockerignore", "secret.env\n");
    dir.file("src/main.rs", "");
    dir.file("src/net/mod.rs", "");
    dir.file("src/build", "");
    dir.file("src/.gitignore", "gen.rs\n");
    dir.file("src/gen.rs", "");
    dir.file("gen.rs", "");
    dir.file("a.log", "");
    dir.file("keep.log", "");
    dir.file("build/out", "");
    dir.file("tmp/x", "");
    dir.file("secret.env", "");
    dir.file(".git/HEAD", "");
    dir.dir("empty");
    dir
}

fn listed(project: Project) -> Vec<String> {
    project.strings().unwrap()
}

#[test]
fn ignore_files_have_their_real_meaning() {
    let dir = sample();
    let want = [
        ".dockerignore",
        ".gitignore",
        "empty",
        "gen.rs",
        "keep.log",
        "setup.sk",
        "src",
        "src/.gitignore",
        "src/build",
        "src/main.rs",
        "src/net",
        "src/net/mod.rs",
    ];
    assert_eq!(listed(Project::new().root(&dir.path)), want);
    let paths = Project::new().root(&dir.path).paths().unwrap();
    assert_eq!(paths.iter().map(|path| path.rp().into_owned()).collect::<Vec<_>>(), want);
    let all = listed(Project::new().root(&dir.path).use_ignore_files(false));
    assert!(all.contains(&"build/out".to_owned()) && all.contains(&"a.log".to_owned()));
    assert!(!all.iter().any(|path| path.starts_with(".git/")));
}

#[test]
fn exclude_depth_and_include_files_narrow_the_look() {
    let dir = sample();
    let base = || Project::new().root(&dir.path);
    assert_eq!(listed(base().include_files(false)), ["empty", "src", "src/net"]);
    assert_eq!(listed(base().include_files(false).depth(1)), ["empty", "src"]);
    assert_eq!(listed(base().exclude(["src/", ".*", "*.sk"])), ["empty", "gen.rs", "keep.log"]);
    assert_eq!(listed(base().exclude(["*", "!src", "!src/**"])).len(), 6);
    assert!(listed(base().depth(0)).is_empty());
}

#[test]
fn the_tree_is_drawn_with_directories_first() {
    let dir = sample();
    let name = dir.path.file_name().unwrap().to_str().unwrap();
    let tree = Project::new().root(&dir.path).exclude([".*"]).tree().unwrap();
    let want = format!(
        "{name}/\n├── empty/\n├── src/\n│   ├── net/\n│   │   └── mod.rs\n│   ├── build\n│   └── main.rs\n├── \
         gen.rs\n├── keep.log\n└── setup.sk"
    );
    assert_eq!(tree, want);
}

#[test]
fn the_structure_is_nested_under_the_roots_name() {
    let dir = sample();
    std::os::unix::fs::symlink("src", dir.path.join("link")).unwrap();
    std::fs::write(dir.path.join(odd_name()), "").unwrap();
    std::fs::write(dir.path.join("two\nlines"), "").unwrap();
    let top = Project::new().root(&dir.path).structure().unwrap();
    assert_eq!(top.name(), dir.path.file_name().unwrap());
    assert_eq!(top.get("src").unwrap().get("net").unwrap().get("mod.rs").unwrap().kind(), EntryKind::File);
    assert!(top.get("empty").unwrap().children().is_empty());
    assert_eq!(top.get("link").unwrap().kind(), EntryKind::Link);
    assert!(top.get(odd_name()).is_some());
    assert!(top.to_string().contains("two\\nlines"));
}

#[test]
fn the_programs_own_project_is_the_default() {
    let paths = Project::new().depth(2).paths().unwrap();
    assert!(paths.iter().any(|path| *path == "paths/Cargo.toml"));
    assert!(!paths.iter().any(|path| *path == "target"));
}

#[test]
fn a_missing_root_is_an_error() {
    let dir = Dir::new();
    refused(Project::new().root(dir.path.join("no")).paths(), PathErrorKind::Detection, "no such directory");
    refused(Project::new().root(dir.file("f", "")).tree(), PathErrorKind::Detection, "no such directory");
}
