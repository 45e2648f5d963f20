//! Every handler: there and back in both modes, the bytes of a golden file, and hostile bytes.
//!
//! `GOLDEN_WRITE=1` writes the golden files anew: only where the format's version changes, or a case is new.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fmt::Debug;
use std::path::Path;
use std::sync::{Condvar, Once};
use std::time::{Duration, Instant};

use cerial::{Limits, Mode, Options, Via};
use cerial_plugins::{Pattern, PatternOptions};
use regex::{Regex, RegexSet, bytes};
use url::Url;
use uuid::Uuid;

const MODES: [(Mode, &str); 2] = [(Mode::Portable, "portable"), (Mode::Compact, "compact")];

/// There and back, the golden file, hostile bytes; `same` is what makes two values equal.
#[track_caller]
fn check_by<T: Debug + 'static>(name: &str, values: Vec<T>, golden: bool, same: impl Fn(&T, &T) -> bool) {
    let values: Vec<Via<T>> = values.into_iter().map(Via).collect();
    for (mode, mode_name) in MODES {
        let options = Options::new().mode(mode).limits(Limits::untrusted());
        let bytes = options.serialize(&values).unwrap();
        let back: Vec<Via<T>> = options.deserialize(&bytes).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(back.len(), values.len());
        for (a, b) in values.iter().zip(&back) {
            assert!(same(a, b), "{name}: {a:?} came back as {b:?}");
        }
        if golden {
            compare_golden(&format!("{name}.{mode_name}"), &bytes);
        }
        hostile::<T>(&options, &bytes);
    }
}

#[track_caller]
fn check<T: Debug + PartialEq + 'static>(name: &str, values: Vec<T>) {
    check_by(name, values, true, |a, b| a == b);
}

#[track_caller]
fn compare_golden(name: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.bin"));
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let golden = std::fs::read(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; write it with GOLDEN_WRITE=1", path.display()));
    assert_eq!(bytes, golden, "the bytes of `{name}` changed: old files could not be read any more");
}

/// Every prefix and every change of one byte: a value or an error.
fn hostile<T: 'static>(options: &Options, bytes: &[u8]) {
    for end in 0..bytes.len() {
        let result = options.deserialize::<Vec<Via<T>>>(&bytes[..end]);
        assert!(result.is_err(), "a prefix of {end} of {} bytes was read", bytes.len());
    }
    let mut changed = bytes.to_vec();
    for at in 0..bytes.len() {
        for flip in [1, 2, 0x10, 0x40, 0x80, 0xff, bytes[at], bytes[at] ^ 0x7f] {
            changed[at] = bytes[at] ^ flip;
            if let Ok(value) = options.deserialize::<Vec<Via<T>>>(&changed) {
                // What can be read can be written.
                options.serialize(&value).unwrap();
            }
        }
        changed[at] = bytes[at];
    }
}

#[test]
fn instants_keep_their_distance_to_now() {
    let now = Instant::now();
    let near = |a: &Instant, b: &Instant| a.max(b).duration_since(*a.min(b)) < Duration::from_secs(10);
    let hour = Duration::from_secs(3600);
    check_by("instant", vec![now, now + hour, now - Duration::from_millis(5)], false, near);
}

#[test]
fn what_threads_wait_on_comes_back_without_them() {
    check_by("condvar", vec![Condvar::new()], true, |_, _| true);
    let done = Once::new();
    done.call_once(|| {});
    check_by("once", vec![done, Once::new()], true, |a, b| a.is_completed() == b.is_completed());
}

#[test]
fn standard_streams_are_the_readers_own() {
    check_by("stdin", vec![std::io::stdin()], true, |_, _| true);
    check_by("stdout", vec![std::io::stdout()], true, |_, _| true);
    check_by("stderr", vec![std::io::stderr()], true, |_, _| true);
}

#[test]
fn regexes_come_back_compiled() {
    let patterns = ["a+b", "(?i)^x{2,3}$", ""];
    check_by("regex", patterns.map(|p| Regex::new(p).unwrap()).into(), true, |a, b| {
        a.as_str() == b.as_str() && a.is_match("aab") == b.is_match("aab")
    });
    check_by("regex_set", vec![RegexSet::new(patterns).unwrap()], true, |a, b| {
        a.patterns() == b.patterns() && a.is_match("xX") == b.is_match("xX")
    });
    let patterns = [r"(?-u)\xff", "a"];
    check_by("bytes_regex", patterns.map(|p| bytes::Regex::new(p).unwrap()).into(), true, |a, b| {
        a.as_str() == b.as_str() && a.is_match(b"\xff") == b.is_match(b"\xff")
    });
    check_by("bytes_regex_set", vec![bytes::RegexSet::new(patterns).unwrap()], true, |a, b| {
        a.patterns() == b.patterns()
    });
}

#[test]
fn a_pattern_keeps_the_options_of_its_builder() {
    let mut options = PatternOptions::default();
    options.case_insensitive = true;
    options.ignore_whitespace = true;
    options.line_terminator = 0;
    let pattern = Pattern::new("a b # c", options).unwrap();
    check_by("pattern", vec![pattern], true, |a, b| {
        a.as_str() == b.as_str() && a.options() == b.options() && a.is_match("AB") && b.is_match("AB")
    });
}

#[test]
fn urls_and_uuids_come_back() {
    check(
        "url",
        vec![Url::parse("https://example.org:8443/a?b=c#d").unwrap(), Url::parse("mailto:a@b").unwrap()],
    );
    check("uuid", vec![Uuid::nil(), Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef)]);
}

#[test]
fn a_pattern_that_compiles_to_more_than_the_budget_is_refused() {
    // Each is a few bytes of input and megabytes of memory.
    let bombs: Vec<Via<Regex>> = (0..200).map(|_| Via(Regex::new(r"\w{20}\w{20}").unwrap())).collect();
    let bytes = cerial::serialize(&bombs).unwrap();
    let limits = Limits::untrusted().alloc_bytes(64 << 20);
    let error = Options::new().limits(limits).deserialize::<Vec<Via<Regex>>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), cerial::ErrorKind::Limit);
    assert_eq!(error.handler(), Some("regex::Regex"));
    assert!(error.path().starts_with('['), "{error}");
}

#[test]
fn a_state_that_makes_no_value_is_an_error_with_its_place() {
    #[derive(cerial::Cerial)]
    #[cerial(transparent)]
    struct As(#[cerial(with = Lying)] String);
    struct Lying;
    impl cerial::Handler for Lying {
        type Value = String;
        type State = String;
        const KEY: &'static str = "test::Lying";
        fn extract(v: &String, _: &mut cerial::Extract) -> cerial::Result<String> {
            Ok(v.clone())
        }
        fn rebuild(s: String, _: &mut cerial::Rebuild) -> cerial::Result<String> {
            Ok(s)
        }
    }
    #[derive(cerial::Cerial)]
    struct Back {
        #[cerial(with = cerial_plugins::RegexHandler)]
        pattern: Regex,
    }
    let options = Options::new();
    let mut bytes = options.serialize(&Back { pattern: Regex::new("a+b+c").unwrap() }).unwrap();
    let lie = options.serialize(&As("a+(+c".into())).unwrap();
    // The value stands behind the schema: its last six bytes are the state.
    let at = bytes.len() - 6;
    bytes[at..].copy_from_slice(&lie[lie.len() - 6..]);
    let error = options.deserialize::<Back>(&bytes).err().unwrap();
    assert_eq!((error.path().as_str(), error.handler()), ("pattern", Some("regex::Regex")));
}
