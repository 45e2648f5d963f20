//! The book and the pages at the root: every chapter is listed, every link leads somewhere, every file that is named is
//! there.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn chapters() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("docs/src")).expect("the book is there");
    let mut chapters: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    chapters.sort();
    chapters
}

/// The lines outside of code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// The targets of `[text](target)` in a page; a link may break over two lines.
fn links(text: &str) -> Vec<String> {
    let text: String = prose(text).collect::<Vec<_>>().join(" ");
    let mut links = Vec::new();
    for (at, _) in text.match_indices("](") {
        let rest = &text[at + 2..];
        links.push(rest[..rest.find(')').unwrap_or(0)].to_owned());
    }
    links
}

/// The anchors of a page's headings, as mdBook and the forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter_map(|line| line.strip_prefix('#'));
    headings
        .map(|heading| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn the_summary_lists_every_chapter_and_no_other() {
    let listed: BTreeSet<String> = links(&read(&root().join("docs/src/SUMMARY.md"))).into_iter().collect();
    let there: BTreeSet<String> = chapters()
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "SUMMARY.md")
        .collect();
    assert_eq!(listed, there);
}

#[test]
fn every_link_leads_to_a_page_and_a_heading() {
    let mut pages = chapters();
    pages.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    for page in pages {
        let text = read(&page);
        for link in links(&text).iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            assert!(target.exists(), "{}: there is no {link}", page.display());
            if !anchor.is_empty() {
                let known = anchors(&read(&target));
                assert!(known.contains(anchor), "{}: no heading {link}, there are {known:?}", page.display());
            }
        }
    }
}

#[test]
fn every_file_that_the_architecture_names_is_there() {
    let root = root();
    let text = read(&root.join("ARCHITECTURE.md"));
    let named = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('/') && !name.contains([' ', '(', '>']));
    let mut seen = 0;
    for name in named {
        // A part of a crate may be named from the room that the sentence is about: `wire/buffer.rs` in core.
        let rooms = ["", "core/src", "processing/src"];
        assert!(
            rooms.iter().any(|room| root.join(room).join(name).exists()),
            "ARCHITECTURE.md: there is no {name}"
        );
        seen += 1;
    }
    assert!(seen > 10, "only {seen} files are named");
}
