//! Read, written, read and written again: the bytes no longer change.

use cerial::{Cerial, Mode};

use super::input::{Input, Oracle, options};
use super::soup;

struct Fixpoint;

impl Oracle for Fixpoint {
    fn holds<T: Cerial>(mode: Mode, value: &T, bytes: &[u8]) {
        let again = options(mode).serialize(value).expect("what was read can be written");
        assert!(again == bytes, "no fixpoint: {bytes:?} and {again:?}");
        let mut behind = b"before".to_vec();
        options(mode).serialize_into(value, &mut behind).expect("what was written can be written again");
        assert!(behind.strip_prefix(b"before") == Some(bytes), "other bytes behind a prefix");
    }
}

/// Decode, encode, decode is a fixpoint.
pub fn check(data: &[u8]) {
    let Some(input) = Input::of(data) else { return };
    soup::read::<Fixpoint>(input);
}
