//! The book's chapter on performance, made from `target/bench/*.json`.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;

use serde_json::Value;

use crate::error::{Context, Result};
use crate::place;
use crate::steps::BENCHES;

const INTRODUCTION: &str = "\
# Performance

<!-- Written by `cargo xtask bench chapter` from target/bench/*.json: change the benches, not this page. -->

Every figure here comes from one run of the command that stands above its table, on the machine that built this page:
measure on yours before you rely on one. Contenders take turns in one process; a figure is the lower quartile of its
turns. *Ratio* is ours divided by the other's: below 1 ours is faster, or smaller. A *bar* is what the project wants of a
row; a row that misses its bar says so.
";

/// Writes `docs/src/performance.md` from the results that are there; of the others it says that they are not.
///
/// # Errors
/// If a result is not what `cargo xtask bench` writes, or if the chapter cannot be written.
pub(super) fn write() -> Result<()> {
    let mut text = INTRODUCTION.to_owned();
    for bench in BENCHES {
        let file = place::output("bench")?.join(format!("{}.json", bench.name));
        match fs::read_to_string(&file) {
            Ok(json) => {
                let rows: Vec<Value> =
                    serde_json::from_str(&json).context(format_args!("read {}", file.display()))?;
                text.push_str(&section(bench.name, &rows));
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let name = bench.name;
                text.push_str(&format!(
                    "\n## {name}\n\n`cargo xtask bench {name}` was not run for this page.\n"
                ));
            }
            Err(e) => return Err(e).context(format_args!("read {}", file.display())),
        }
    }
    let chapter = place::root().join("docs/src/performance.md");
    fs::write(&chapter, text).context(format_args!("write {}", chapter.display()))?;
    println!("written: {}", chapter.display());
    Ok(())
}

/// One bench: its command, how many bars it reaches, and its rows.
fn section(name: &str, rows: &[Value]) -> String {
    let judged = rows.iter().filter(|row| row["pass"].is_boolean()).count();
    let passed = rows.iter().filter(|row| row["pass"] == true).count();
    let mut out = format!(
        "\n## {name}\n\n`cargo xtask bench {name}`: {passed} of {judged} bars are reached.\n\n\
         | row | unit | ours | other | who | ratio | bar | |\n|---|---|--:|--:|---|--:|---|---|\n"
    );
    for row in rows {
        let figure = |field: &str| row[field].as_f64().map_or_else(|| "-".to_owned(), super::bars::short);
        let word = |field: &str| row[field].as_str().unwrap_or("-").to_owned();
        let bar = match row["bar"].as_f64() {
            Some(limit) => format!("{} {limit}", word("bar_kind").replace('_', " ")),
            None => "-".to_owned(),
        };
        let verdict = match (&row["pass"], &row["ours"]) {
            (Value::Bool(true), _) => "reached",
            (Value::Bool(false), Value::Null) => "not measured",
            (Value::Bool(false), _) => "**missed**",
            _ => "",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {bar} | {verdict} |",
            word("row"),
            word("unit"),
            figure("ours"),
            figure("peer"),
            word("peer_name"),
            figure("ratio"),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_section_names_its_command_and_says_what_is_missed() {
        let rows = [
            json!({ "row": "a", "unit": "ns", "ours": 1.0, "peer": 2.0, "peer_name": "b", "ratio": 0.5, "bar": 1.0,
                "bar_kind": "ratio_at_most", "pass": true }),
            json!({ "row": "c", "unit": "ns", "ours": 9.0, "bar": 5.0, "bar_kind": "at_most", "pass": false }),
            json!({ "row": "d", "unit": null, "ours": null, "bar": 5.0, "bar_kind": "at_most", "pass": false }),
            json!({ "row": "e", "unit": "ns", "ours": 1.0, "pass": null }),
        ];
        let text = section("core", &rows);
        assert!(text.contains("`cargo xtask bench core`: 1 of 3 bars are reached"), "{text}");
        assert!(
            text.contains("| a | ns | 1.000 | 2.000 | b | 0.500 | ratio at most 1 | reached |"),
            "{text}"
        );
        assert!(text.contains("| c | ns | 9.000 | - | - | - | at most 5 | **missed** |"), "{text}");
        assert!(text.contains("| d | - | - | - | - | - | at most 5 | not measured |"), "{text}");
        assert!(text.contains("| e | ns | 1.000 | - | - | - | - |  |"), "{text}");
    }
}
