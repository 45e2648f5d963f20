//! The wire format stays as it is: golden files of every kind of value, and a lock on its description.
//!
//! `GOLDEN_WRITE=1 cargo test -p cerial --test golden` writes the files anew. That is right for a new case, and where
//! the version in `core/src/wire/header.rs` goes up; otherwise files out there could not be read any more.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

#[path = "golden/cases.rs"]
mod cases;

use std::sync::Once;

use cases::{Case, MODES, all, options};

/// The golden file of a case.
fn golden(case: &Case, name: &str) -> Vec<u8> {
    static WRITTEN: Once = Once::new();
    WRITTEN.call_once(|| {
        if std::env::var_os("GOLDEN_WRITE").is_some() {
            for (case, (mode, name)) in all().flat_map(|case| MODES.map(|mode| (case, mode))) {
                std::fs::write(case.file(name), (case.write)(mode)).unwrap();
            }
        }
    });
    let file = case.file(name);
    std::fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}: write it with GOLDEN_WRITE=1", file.display()))
}

#[test]
fn the_bytes_of_every_kind_of_value_are_those_of_the_golden_files() {
    for case in all() {
        for (mode, name) in MODES {
            let (bytes, golden) = ((case.write)(mode), golden(case, name));
            assert_eq!(
                bytes, golden,
                "the bytes of `{}`, {name}, changed: bump the version of the wire",
                case.name
            );
        }
    }
}

#[test]
fn golden_files_are_read_and_written_back_to_the_same_bytes() {
    for case in all() {
        for (mode, name) in MODES {
            let golden = golden(case, name);
            let again =
                (case.again)(&options(mode), &golden).unwrap_or_else(|e| panic!("{}: {e:?}", case.name));
            assert_eq!(again, golden, "`{}`, {name}", case.name);
        }
    }
}

#[test]
fn every_golden_file_has_its_case() {
    let known: Vec<_> = all().flat_map(|case| MODES.map(|(_, name)| case.file(name))).collect();
    for entry in std::fs::read_dir(known[0].parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            path.extension().is_none_or(|e| e != "bin") || known.contains(&path),
            "{}: no case",
            path.display()
        );
    }
}

/// FNV-1a of `WIRE.md`.
const DESCRIBED: u64 = 0xd096_347e_4d6d_bf7c;

#[test]
fn the_description_of_the_wire_is_the_one_that_the_golden_files_prove() {
    let page = include_bytes!("../WIRE.md");
    let hash = page.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    assert_eq!(
        hash, DESCRIBED,
        "core/WIRE.md changed: bump the version of the wire (there and in core/src/wire/header.rs) and write the golden \
         files anew, or see that the golden files still pass as they are and put {hash:#018x} here",
    );
}
