//! Portable bytes, compact bytes and JSON hold the same value.

use cerial::{Cerial, Mode};

use super::input::{Input, Oracle, options};
use super::soup;

struct SameValue;

impl Oracle for SameValue {
    fn holds<T: Cerial>(_: Mode, value: &T, _: &[u8]) {
        let (portable, compact) = (options(Mode::Portable), options(Mode::Compact));
        let want = portable.serialize(value).expect("what was read can be written");
        let short = compact.serialize(value).expect("what can be written is written in both modes");
        let back: T = compact.deserialize(&short).expect("compact bytes can be read");
        assert!(
            portable.serialize(&back).expect("it can be written") == want,
            "compact bytes lost something"
        );
        let json = portable.to_json(value).expect("any value has a JSON form");
        assert!(
            cerial::ir_to_json(&cerial::inspect(&want).expect("portable bytes can be inspected"))
                .expect("any tree has a JSON form")
                == json,
            "the tree tells another JSON: {json}"
        );
        let back: T = portable.from_json(&json).unwrap_or_else(|e| panic!("cannot read {json}: {e:?}"));
        assert!(portable.serialize(&back).expect("it can be written") == want, "JSON lost something: {json}");
    }
}

/// A value is the same in every form.
pub fn check(data: &[u8]) {
    let Some(input) = Input::of(data) else { return };
    soup::read::<SameValue>(input);
}
