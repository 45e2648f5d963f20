//! Every supported type, by one table: there and back in both modes, as a tree and as JSON, golden bytes, hostile bytes.
//!
//! `GOLDEN_WRITE=1` writes the golden files anew: only where the format's version changes, or a case is new.
//! `SUPPORTED_WRITE=1` (`cargo xtask supported`) writes the page anew.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test")]

mod check;
mod foreign_values;
mod page;
mod std_values;
mod table;
mod time_values;

use std::collections::BTreeSet;

use check::{Entry, golden_dir, golden_name};
use table::{FAMILIES, Way};

fn entries() -> impl Iterator<Item = &'static Entry> {
    std_values::ENTRIES.iter().chain(foreign_values::ENTRIES).chain(time_values::ENTRIES)
}

#[test]
fn every_supported_type_comes_back_and_no_bytes_break_it() {
    let failed: Vec<_> = entries()
        .filter(|entry| std::panic::catch_unwind(|| (entry.run)(entry)).is_err())
        .map(|entry| entry.ty)
        .collect();
    assert!(failed.is_empty(), "failed: {failed:?}");
}

#[test]
fn every_handler_has_its_entry() {
    let known: BTreeSet<_> = entries().map(|entry| entry.ty).collect();
    let without: Vec<_> =
        cerial::Registry::global().handler_keys().into_iter().filter(|key| !known.contains(key)).collect();
    assert!(without.is_empty(), "handlers without values in this test: {without:?}");
}

#[test]
fn every_golden_file_has_its_entry() {
    let known: BTreeSet<_> = entries()
        .filter(|entry| entry.golden)
        .flat_map(|entry| ["portable", "compact"].map(|mode| golden_name(entry.ty, mode)))
        .collect();
    for file in std::fs::read_dir(golden_dir()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name}: no entry");
    }
}

#[test]
fn the_table_names_every_entry_and_no_other() {
    let told: Vec<_> = FAMILIES.iter().flat_map(|(_, rows)| *rows).collect();
    let names: BTreeSet<_> = told.iter().map(|row| row.ty).collect();
    assert_eq!(names.len(), told.len(), "a type stands twice");
    assert_eq!(names, entries().map(|entry| entry.ty).collect());
    let keys: BTreeSet<_> = cerial::Registry::global().handler_keys().into_iter().collect();
    let handled: BTreeSet<_> = told.iter().filter(|row| row.way == Way::Handler).map(|row| row.ty).collect();
    assert_eq!(handled, keys, "the table's handlers and the registry's");
}

#[test]
fn the_page_is_the_one_that_the_table_makes() {
    if std::env::var_os("SUPPORTED_WRITE").is_some() {
        std::fs::write(page::file(), page::page()).unwrap();
    }
    let there = std::fs::read_to_string(page::file()).unwrap_or_default();
    assert!(there == page::page(), "plugins/SUPPORTED.md is not up to date: `cargo xtask supported`");
}
