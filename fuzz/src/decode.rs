//! Any bytes, read as any of many types: a value or an error, within the budgets of time, memory and depth.

use cerial::{Cerial, Mode};

use super::budget::held;
use super::input::{Input, Oracle};
use super::soup::{self, Borrowed};

struct Anything;

impl Oracle for Anything {
    fn holds<T: Cerial>(_: Mode, _: &T, bytes: &[u8]) {
        assert!(!bytes.is_empty(), "a value without a header");
    }
}

/// Reads the input as a value, as a borrowing value, as a tree and as JSON.
pub fn check(data: &[u8]) {
    let Some(input) = Input::of(data) else { return };
    soup::read::<Anything>(input);
    let (strict, bytes) = (input.strict(), input.bytes);
    // No value may be read with something behind it.
    let longer = [bytes, &[0]].concat();
    if held(bytes, || strict.deserialize_borrowed::<Borrowed<'_>>(bytes).is_ok()) {
        assert!(strict.deserialize_borrowed::<Borrowed<'_>>(&longer).is_err(), "a tail was accepted");
    }
    if held(bytes, || strict.inspect(bytes).is_ok()) {
        assert!(strict.inspect(&longer).is_err(), "bytes are left behind the tree");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let value = held(bytes, || strict.from_json::<soup::Value>(text));
        assert!(value.is_err() || strict.from_json::<soup::Value>(&format!("{text} 0")).is_err());
    }
}
