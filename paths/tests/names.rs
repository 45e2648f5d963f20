//! File names: valid ones, and made ones.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop at what is not as it must be")]

mod common;

use common::refused;
use proptest::prelude::*;
use suitkaise_paths::{PathErrorKind, Streamline, is_valid_filename, streamline_path, streamline_path_quick};

#[test]
fn valid_names_are_valid_everywhere() {
    for name in ["a", ".env", "日本語.txt", "a b", "con1.txt", "COM", "COM10", "console", "a.b.c"] {
        assert!(is_valid_filename(name), "{name:?}");
    }
    for name in
        ["", "  ", ".", "..", "a/b", "a\\b", "a:b", "a*", "a?", "a\"", "<", ">", "|", "a\0", "a\tb", "a\n"]
    {
        assert!(!is_valid_filename(name), "{name:?}");
    }
    for name in [
        "a.",
        "a ",
        "CON",
        "con.txt",
        "nul",
        "Aux.tar.gz",
        "PRN",
        "com1",
        "LPT9.log",
        "com¹",
        &"a".repeat(256),
    ] {
        assert!(!is_valid_filename(name), "{name:?}");
    }
}

#[test]
fn the_defaults_of_streamline() {
    for (given, want) in [
        ("  a b.txt ", "a b.txt"),
        ("a/b\\c:d", "a_b_c_d"),
        ("Ünï.TXT", "Ünï.TXT"),
        ("x...", "x"),
        ("con.txt", "con_.txt"),
        ("", "_"),
        ("...", "_"),
        ("a\nb", "a_b"),
    ] {
        assert_eq!(streamline_path(given), want, "{given:?}");
    }
    assert_eq!(streamline_path_quick("Ünï code.TXT"), "_n__code.TXT");
}

#[test]
fn every_option_of_streamline() {
    let check = |options: Streamline, given, want: &str| assert_eq!(options.apply(given).unwrap(), want);
    check(Streamline::new().max_len(4), "report.txt", "repo.txt");
    check(Streamline::new().max_len(2), "日本語.txt", "日本.txt");
    check(Streamline::new().replacement_char('-'), "a/b", "a-b");
    check(Streamline::new().lowercase(true), "ABC.Txt", "abc.txt");
    check(Streamline::new().strip_whitespace(false), " a", " a");
    check(Streamline::new().chars_to_replace("ab"), "abc", "__c");
    check(Streamline::new().allow_unicode(false), "é", "_");
}

#[test]
fn options_that_cannot_make_a_name_are_refused() {
    for c in ['/', '\0', '.', ' ', ':'] {
        refused(Streamline::new().replacement_char(c).apply("a"), PathErrorKind::InvalidName, "take `_`");
    }
    refused(
        Streamline::new().replacement_char('é').allow_unicode(false).apply("a"),
        PathErrorKind::InvalidName,
        "ASCII",
    );
    refused(Streamline::new().max_len(0).apply("a"), PathErrorKind::InvalidName, "`max_len` is 0");
}

proptest! {
    #[test]
    fn a_streamlined_name_is_always_valid(text in "\\PC{0,40}|[a-zA-Z0-9. /]{0,12}|(CON|nul|com1)[. a-z]{0,5}", max in 1_usize..12) {
        prop_assert!(is_valid_filename(&streamline_path(&text)), "{:?}", streamline_path(&text));
        prop_assert!(is_valid_filename(&streamline_path_quick(&text)));
        let short = Streamline::new().max_len(max).strip_whitespace(false).apply(&text).unwrap();
        prop_assert!(is_valid_filename(&short), "{short:?}");
        let stem = std::path::Path::new(&short).file_stem().unwrap().to_str().unwrap();
        prop_assert!(stem.chars().count() <= max, "{short:?}");
    }
}
