//! The worst possible object: everything that can travel in one value, made from a seed, shared and cyclic, and what came
//! is compared with what was sent by what it *does*. A file a noun; `worst_possible.rs` lists them.
//!
//! `WORST_SEEDS` sets how many seeds each test takes (1,000 if not set), `WORST_SEED` where they start:
//! `WORST_SEEDS=10000 cargo test --release --all-features --test worst`.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test")]

mod build;
mod channels;
mod checks;
mod child;
mod collections;
mod cycles;
mod damage;
mod deep;
#[cfg(all(
    feature = "bytes",
    feature = "chrono",
    feature = "indexmap",
    feature = "num-bigint",
    feature = "rust_decimal",
    feature = "semver",
    feature = "smallvec"
))]
mod ecosystem;
mod files;
mod functions;
mod graph;
mod handled;
mod kit;
mod locks;
mod nested;
mod numbers;
mod objects;
mod part;
mod pool;
mod resources;
mod surroundings;
mod text;
mod trip;
mod types;
mod worst_possible;

use std::collections::BTreeSet;

use trip::{Folder, OPTIONS, seeds};
use worst_possible::WorstPossible;

suitkaise::test_support!();

#[test]
fn every_seed_comes_back_in_both_modes() {
    let folder = Folder::new();
    for seed in seeds() {
        for options in &*OPTIONS {
            let sent = WorstPossible::new(seed, &[], &folder.0);
            trip::verify(
                &sent,
                &options.serialize(&sent).unwrap_or_else(|e| panic!("seed {seed}: {e:?}")),
                options,
            );
        }
    }
}

#[test]
fn every_seed_comes_back_from_a_child_process() {
    let folder = Folder::new();
    let child = child::Verifier::start();
    for seed in seeds() {
        let options = &OPTIONS[(seed / 2 % 2) as usize];
        let sent = WorstPossible::new(seed, &[], &folder.0);
        let bytes = options.serialize(&sent).unwrap_or_else(|e| panic!("seed {seed}: {e:?}"));
        trip::verify(&sent, &child.verified(seed, &bytes), options);
    }
}

#[test]
fn a_tenth_of_the_seeds_come_back_from_json_and_from_a_tree() {
    let folder = Folder::new();
    // Sorted keys would lose the order of maps that keep one.
    let options = &OPTIONS[0].clone().json_sort_keys(false);
    for seed in seeds().step_by(10).filter(|seed| deep::length(*seed) < 1000) {
        let sent = WorstPossible::new(seed, &[], &folder.0);
        let ir = options.serialize_ir(&sent).unwrap_or_else(|e| panic!("seed {seed}: {e:?}"));
        trip::verify(&sent, &ir.to_bytes().unwrap(), options);
        let sent = WorstPossible::new(seed, &[], &folder.0);
        let json = options.to_json(&sent).unwrap_or_else(|e| panic!("seed {seed}: {e:?}"));
        let came: WorstPossible = options.from_json(&json).unwrap_or_else(|e| panic!("seed {seed}: {e:?}"));
        assert!(!json.contains(resources::CANARY), "seed {seed}: a secret is in the JSON");
        trip::verify_value(&sent, &came);
    }
}

#[test]
fn what_is_skipped_is_not_made() {
    let folder = Folder::new();
    let all: BTreeSet<_> = WorstPossible::new(1, &[], &folder.0).names().into_iter().collect();
    assert!(all.contains("resources") && all.contains("locks"), "{all:?}");
    let some = WorstPossible::new(1, &["resources", "locks"], &folder.0);
    let names: BTreeSet<_> = some.names().into_iter().collect();
    assert_eq!(names, &all - &BTreeSet::from(["resources", "locks"]));
    // The stages come in an order of the seed's.
    let orders: BTreeSet<_> =
        (0..20).map(|seed| WorstPossible::new(seed, &["resources"], &folder.0).names()).collect();
    assert!(orders.len() > 15, "{orders:?}");
}

#[test]
fn flipped_bytes_are_a_value_or_an_error() {
    damage::run();
}
