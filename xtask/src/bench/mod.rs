//! `cargo xtask bench NAME|all`: runs a bench program, holds its figures against the bars, writes them down.
//!
//! The program prints a line `BENCH {json}` per figure with `row`, `unit`, `ours`, `peer` and `peer_name` (the last two
//! may be null); everything else that it prints is passed on. `target/bench/NAME.json` gets a list of the same with
//! `ratio` (ours / peer), `bar`, `bar_kind`, `source` and `pass` (null where nobody set a bar). `cargo xtask bench
//! chapter` makes the book's chapter of these files.

mod bars;
mod chapter;
mod row;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::bench::bars::{Bar, Judged};
use crate::bench::row::Row;
use crate::error::{Context, Error, Result};
use crate::steps::{BENCHES, Program};
use crate::{place, step, table};

/// Runs one bench, or all of them.
///
/// # Errors
/// If a bench fails, or if a figure misses its bar, or if a bar stands for a figure that was not measured.
pub(crate) fn run(name: &str) -> Result<()> {
    if name == "chapter" {
        return chapter::write();
    }
    let chosen: Vec<&Program> = BENCHES.iter().filter(|b| name == "all" || b.name == name).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = BENCHES.iter().map(|b| b.name).collect();
        return Err(Error::usage(format_args!(
            "no bench `{name}`; there are {}, `all`, and `chapter`",
            names.join(", ")
        )));
    }
    let bars = bars::load(&place::root().join("benches/bars.toml"))?;
    let mut failed = Vec::new();
    for program in chosen {
        if let Err(e) = one(program, &bars) {
            eprintln!("xtask: {e}");
            failed.push(program.name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Error::new(format_args!("bench: failed: {}", failed.join(", "))))
    }
}

fn one(program: &Program, bars: &[Bar]) -> Result<()> {
    println!("== bench {}", program.name);
    let rows = lines(program, "BENCH ", &[])?.iter().map(Row::parse).collect::<Result<Vec<_>>>()?;
    if rows.is_empty() {
        return Err(Error::new(format_args!("bench {} printed no BENCH line", program.name)));
    }
    let judged = bars::judge(program.name, &rows, bars)?;
    let heading = ["row", "unit", "ours", "peer", "peer name", "ratio", "ops/s", "us/op", "bar", "pass"];
    let mut cells = vec![heading.map(str::to_owned).to_vec()];
    cells.extend(judged.iter().map(Judged::cells));
    table::print(&cells);
    let file = place::output("bench")?.join(format!("{}.json", program.name));
    write(&file, &Value::Array(judged.iter().map(Judged::json).collect()))?;
    println!("written to {}", file.display());
    let barred = judged.iter().filter(|j| j.pass.is_some()).count();
    let missed: Vec<&Judged<'_>> = judged.iter().filter(|j| j.pass == Some(false)).collect();
    println!("\n{} of {barred} bars are reached", barred - missed.len());
    if missed.is_empty() {
        return Ok(());
    }
    let mut cells = vec![heading.map(str::to_owned).to_vec()];
    cells.extend(missed.iter().map(|j| j.cells()));
    table::print(&cells);
    Err(Error::new(format_args!("bench {}: {} rows miss their bar", program.name, missed.len())))
}

/// Runs a program and returns the JSON of its lines that begin with `prefix`; the others are printed.
pub(crate) fn lines(program: &Program, prefix: &str, arguments: &[String]) -> Result<Vec<Value>> {
    let Some((name, own)) = program.argv.split_first() else {
        return Err(Error::new(format_args!("{} has no command", program.name)));
    };
    let mut command = step::command(name);
    let mut child = command
        .args(own)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .context(format_args!("start {} ({name})", program.name))?;
    let mut found = Vec::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        let line = line.context(format_args!("read what {} prints", program.name))?;
        match line.strip_prefix(prefix) {
            Some(text) => {
                found.push(serde_json::from_str(text).context(format_args!("read the line `{line}`"))?)
            }
            None => println!("{line}"),
        }
    }
    let status = child.wait().context(format_args!("wait for {}", program.name))?;
    if status.success() {
        Ok(found)
    } else {
        Err(Error::new(format_args!("{} ended with {status}", program.name)))
    }
}

/// Writes a result file.
pub(crate) fn write(file: &std::path::Path, value: &Value) -> Result<()> {
    fs::write(file, format!("{value:#}\n")).context(format_args!("write {}", file.display()))
}

/// Returns a figure as JSON; a figure that is not there is null.
fn number(figure: Option<f64>) -> Value {
    figure.map_or(Value::Null, |f| json!(f))
}
