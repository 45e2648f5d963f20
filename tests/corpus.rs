//! The kept inputs of the fuzz targets, through the same oracles, on any toolchain.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[path = "../fuzz/src/lib.rs"]
mod oracles;

use std::path::Path;

/// The inputs of a target: a line of hexadecimal digits each.
fn inputs(target: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(format!("{target}.hex"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    text.lines().map(|line| line.as_bytes().chunks(2).map(byte).collect()).collect()
}

#[test]
fn every_kept_input_holds() {
    for (target, check) in oracles::ORACLES {
        let inputs = inputs(target);
        assert!(inputs.len() > 20, "only {} inputs are kept for {target}", inputs.len());
        for input in inputs {
            let shown = input.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let result = std::panic::catch_unwind(|| check(&input));
            assert!(result.is_ok(), "{target} does not hold for {shown}");
        }
    }
}

#[test]
fn every_target_has_an_oracle_and_kept_inputs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    let mut oracles: Vec<_> = oracles::ORACLES.iter().map(|(name, _)| (*name).to_owned()).collect();
    oracles.sort();
    assert_eq!(names("fuzz_targets"), oracles);
    assert_eq!(names("corpus"), oracles);
}
