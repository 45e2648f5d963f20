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

/// The walk is our own, the rules are not: over trees and rules by chance, both see the same files.
#[test]
fn the_walk_sees_what_the_ignore_crate_sees() {
    const NAMES: &[&str] = &["a", "b", "c.log", "d.rs", "build", "tmp", "x y", ".hidden"];
    const RULES: &[&str] = &[
        "*.log", "!c.log", "build/", "/a", "tmp", "a/b", "**/d.rs", "!/build", "b/**", "x\\ y", "# no", "[",
        "!tmp",
    ];
    let mut seed = 7_u64;
    let mut pick = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    for round in 0..60 {
        let dir = Dir::new();
        dir.file("setup.sk", "");
        let mut dirs = vec![String::new()];
        for _ in 0..40 {
            let name = format!("{}{}", dirs[pick(dirs.len())], NAMES[pick(NAMES.len())]);
            if dir.path.join(&name).exists() {
                continue;
            }
            if pick(2) == 0 {
                dir.dir(&name);
                dirs.push(name + "/");
            } else {
                dir.file(&name, "");
            }
        }
        dir.file(".dockerignore", RULES[pick(RULES.len())]);
        dir.dir(".git/info");
        for _ in 0..6 {
            let kinds = [".gitignore", ".ignore", ".dockerignore", ".git/info/exclude"];
            let file = format!("{}{}", dirs[pick(dirs.len())], kinds[pick(4)]);
            let rules: Vec<_> = (0..=pick(4)).map(|_| RULES[pick(RULES.len())]).collect();
            dir.file(&file, &rules.join("\n"));
        }
        let mut builder = ignore::WalkBuilder::new(&dir.path);
        builder.standard_filters(false).ignore(true).git_ignore(true).git_exclude(true).require_git(false);
        builder.add_custom_ignore_filename(".dockerignore").filter_entry(|entry| entry.file_name() != ".git");
        let mut want: Vec<_> = builder
            .build()
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| *path != dir.path)
            .collect();
        want.sort();
        let got = Project::new().root(&dir.path).paths().unwrap();
        let mut sorted: Vec<_> = got.iter().map(|path| path.as_path().to_path_buf()).collect();
        sorted.sort();
        assert_eq!(sorted, want, "round {round}");
        // in order: each directory's names ascend, and it stands right before what it holds
        let parts =
            |path: &std::path::Path| path.components().map(|c| c.as_os_str().to_owned()).collect::<Vec<_>>();
        assert!(
            got.windows(2).all(|pair| parts(pair[0].as_path()) < parts(pair[1].as_path())),
            "round {round}"
        );
    }
}

#[test]
fn a_wide_tree_is_walked_by_many_threads_in_order() {
    let dir = Dir::new();
    for d in 0..200 {
        dir.file(&format!("{:03}/{}/file", d, d % 7), "");
    }
    let listed = listed(Project::new().root(&dir.path));
    let mut sorted = listed.clone();
    sorted.sort();
    assert_eq!((listed.len(), listed), (600, sorted));
}

#[cfg(unix)]
#[test]
fn a_further_working_tree_has_the_exclusions_of_its_repository() {
    let dir = Dir::new();
    dir.file("main/.git/info/exclude", "private\n");
    dir.file("main/.git/worktrees/two/commondir", "../..\n");
    let two = dir.dir("two");
    dir.file("two/.git", &format!("gitdir: {}\n", dir.path.join("main/.git/worktrees/two").display()));
    dir.file("two/private", "");
    dir.file("two/public", "");
    assert_eq!(listed(Project::new().root(two)), ["public"]);
}
