//! The oracles of the fuzz targets: each takes any bytes and panics where a promise is broken.
//!
//! A file an oracle; `soup` has the types that bytes are read as, `budget` holds time and memory. They stand apart from
//! the engine, so that `tests/corpus.rs` runs the same oracles over the kept inputs, on any toolchain.
//!
//! Most oracles take their input alike ([`input`]): the first byte chooses the type, the mode, and whether a good header
//! is put before the rest, so that the engine gets at the values and not only at schemas.

mod budget;
pub mod decode;
pub mod evolution;
pub mod fixpoint;
pub mod forms;
mod input;
pub mod roundtrip;
mod soup;
pub mod tree;

/// Takes an input, and panics if what it stands for does not hold.
pub type Check = fn(&[u8]);

/// Every oracle under the name of its target.
pub const ORACLES: &[(&str, Check)] = &[
    ("decode", decode::check),
    ("fixpoint", fixpoint::check),
    ("tree", tree::check),
    ("forms", forms::check),
    ("evolution", evolution::check),
    ("roundtrip", roundtrip::check),
];
