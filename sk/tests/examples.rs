//! The examples print what they say.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, missing_docs, unreachable_pub, reason = "the examples are whole programs")]

#[path = "../examples/flaky.rs"]
mod flaky;
#[path = "../examples/scores.rs"]
mod scores;

type Run = fn(&mut dyn std::io::Write, bool) -> Result<(), Box<dyn std::error::Error>>;

#[track_caller]
fn check(run: Run, want: &str) {
    let mut out = Vec::new();
    run(&mut out, true).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), want);
}

#[test]
fn flaky_prints_every_outcome() {
    check(
        flaky::run,
        "plain call: Err(ConnectionReset)
with retry: 500
  (asked 3 times so far)
not retried: entity not found
late: `price` timed out after 20ms
ordered: 400
ordered: 400
closure: 42
refused: cannot apply `retry` to `price`: 0 attempts never call it; give 1 or more
",
    );
}

#[test]
fn scores_prints_what_was_found() {
    check(
        scores::run,
        "load: No such file or directory (os error 2)
best, within a second: Some(\"ada\")
add: reads [\"games\", \"points\"], writes [\"games\", \"points\"]
best: reads [\"points\"], writes []
games: reads [\"games\"], writes []
load: reads [\"games\", \"points\"], writes [\"games\", \"points\"]
load blocks: [\"std::fs::read_to_string\"]
through the proxy: Some(\"grace\") after 2 games
  ({\"ada\": 3, \"grace\": 5})
",
    );
}
