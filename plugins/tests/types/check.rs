//! What every supported type is put through.

use std::path::{Path, PathBuf};

use cerial::{Cerial, Limits, Mode, Options, Via};

const MODES: [(Mode, &str); 2] = [(Mode::Portable, "portable"), (Mode::Compact, "compact")];

/// One type: its name in the table, and the run of its values.
pub struct Entry {
    pub ty: &'static str,
    pub golden: bool,
    pub run: fn(&Entry),
}

/// Entries: a name, a way, a type and values of it; then what makes two of them equal, where `==` does not.
#[macro_export]
macro_rules! entries {
    ($($ty:literal: $way:ident $t:ty = $values:expr $(, $same:expr)?;)*) => {
        pub const ENTRIES: &[$crate::check::Entry] = &[$($crate::check::Entry {
            ty: $ty,
            golden: $crate::entries!(@golden $way),
            run: |entry| $crate::entries!(@run $way entry, $t, $values $(, $same)?),
        }),*];
    };
    (@golden now) => { false };
    (@golden $way:ident) => { true };
    (@run $way:ident $entry:ident, $t:ty, $values:expr) => {
        $crate::entries!(@run $way $entry, $t, $values, |a: &$t, b: &$t| a == b)
    };
    (@run cerial $entry:ident, $t:ty, $values:expr, $same:expr) => {{
        let values: Vec<$t> = Vec::from($values);
        $crate::check::check::<$t>($entry, &values, $same)
    }};
    (@run $way:ident $entry:ident, $t:ty, $values:expr, $same:expr) => {{
        let values: Vec<$t> = Vec::from($values);
        $crate::check::handled::<$t>($entry, values, $same)
    }};
}

/// A type that has a handler.
pub fn handled<T: 'static>(entry: &Entry, values: Vec<T>, same: fn(&T, &T) -> bool) {
    let values: Vec<Via<T>> = values.into_iter().map(Via).collect();
    check(entry, &values, |a: &Via<T>, b: &Via<T>| same(&a.0, &b.0));
}

/// There and back in both modes, as a tree and as JSON, the bytes of the golden file, hostile bytes.
pub fn check<T: Cerial>(entry: &Entry, values: &Vec<T>, same: impl Fn(&T, &T) -> bool) {
    let equal = |back: &Vec<T>, by: &str| {
        assert_eq!(back.len(), values.len(), "{} {by}", entry.ty);
        for (i, (a, b)) in values.iter().zip(back).enumerate() {
            assert!(same(a, b), "{} {by}: value {i} came back another", entry.ty);
        }
    };
    for (mode, mode_name) in MODES {
        let options = Options::new().mode(mode).canonical(true).limits(Limits::untrusted());
        let bytes = options.serialize(values).unwrap_or_else(|e| panic!("{}: {e:?}", entry.ty));
        equal(&options.deserialize(&bytes).unwrap_or_else(|e| panic!("{}: {e:?}", entry.ty)), mode_name);
        if mode == Mode::Portable {
            cerial::inspect(&bytes).unwrap_or_else(|e| panic!("{}: {e:?}", entry.ty));
        }
        if entry.golden {
            compare_golden(entry, mode_name, &bytes);
        }
        hostile::<T>(entry, &options, &bytes);
    }
    let ir = cerial::serialize_ir(values).unwrap_or_else(|e| panic!("{}: {e:?}", entry.ty));
    equal(&cerial::deserialize_ir(&ir).unwrap_or_else(|e| panic!("{}: {e:?}", entry.ty)), "as a tree");
    let json = Options::new()
        .json_sort_keys(false)
        .to_json(values)
        .unwrap_or_else(|e| panic!("{}: {e:?}", entry.ty));
    equal(&cerial::from_json(&json).unwrap_or_else(|e| panic!("{}: {e:?}\n{json}", entry.ty)), "as JSON");
}

pub fn golden_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The name of a type's golden file.
pub fn golden_name(ty: &str, mode: &str) -> String {
    let slug: String =
        ty.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    format!("{}.{mode}.bin", slug.trim_matches('_').replace("__", "_"))
}

fn compare_golden(entry: &Entry, mode: &str, bytes: &[u8]) {
    let path = golden_dir().join(golden_name(entry.ty, mode));
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let golden = std::fs::read(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; write it with GOLDEN_WRITE=1", path.display()));
    assert_eq!(bytes, golden, "the bytes of `{}` changed: old files could not be read any more", entry.ty);
}

/// Every prefix and every change of one byte: a value or an error.
fn hostile<T: Cerial>(entry: &Entry, options: &Options, bytes: &[u8]) {
    for end in 0..bytes.len() {
        let result = options.deserialize::<Vec<T>>(&bytes[..end]);
        assert!(result.is_err(), "{}: a prefix of {end} of {} bytes was read", entry.ty, bytes.len());
    }
    let mut changed = bytes.to_vec();
    for at in 0..bytes.len() {
        for flip in [1, 2, 0x10, 0x40, 0x80, 0xff, bytes[at], bytes[at] ^ 0x7f] {
            changed[at] = bytes[at] ^ flip;
            if let Ok(value) = options.deserialize::<Vec<T>>(&changed) {
                // What can be read can be written.
                options.serialize(&value).unwrap_or_else(|e| panic!("{}: {e:?}", entry.ty));
            }
        }
        changed[at] = bytes[at];
    }
}
