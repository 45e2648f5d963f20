//! `serialize(v) == encode(serialize_ir(v))`, and what can be done with a tree can be done with any.

use cerial::{Cerial, Mode};

use super::input::{Input, Oracle, options};
use super::soup;

struct SameBytes;

impl Oracle for SameBytes {
    fn holds<T: Cerial>(_: Mode, value: &T, _: &[u8]) {
        let portable = options(Mode::Portable);
        let bytes = portable.serialize(value).expect("what was read can be written");
        let ir = portable.serialize_ir(value).expect("what can be written has a tree");
        assert!(ir.to_bytes().expect("a tree can be written") == bytes, "other bytes from the tree: {ir}");
        let back: T = portable.deserialize_ir(&ir).expect("a value's tree can be read as the value");
        assert!(portable.serialize(&back).expect("it can be written") == bytes, "another value from {ir}");
    }
}

/// A value and its tree give the same bytes; any bytes that have a tree are written from it as they were.
pub fn check(data: &[u8]) {
    let Some(input) = Input::of(data) else { return };
    soup::read::<SameBytes>(input);
    let Ok(ir) = input.strict().inspect(input.bytes) else { return };
    let bytes = ir.to_bytes().expect("a tree that was read can be written");
    let again = input.strict().inspect(&bytes).expect("what a tree wrote can be inspected");
    assert!(again.to_bytes().expect("it can be written") == bytes, "no fixpoint: {ir}");
    assert!(!ir.to_string().is_empty() && !ir.schema().to_string().is_empty());
    let json = cerial::ir_to_json(&ir).expect("any tree has a JSON form");
    serde_json::from_str::<serde::de::IgnoredAny>(&json).expect("the JSON form is JSON");
}
