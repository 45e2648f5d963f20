//! `cargo xtask torture NAME [--seconds N] [--seed S]`: runs a crash test and writes down what it lost.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::steps::{Program, TORTURES};
use crate::{bench, place};

/// What must be zero at the end.
const BAD: [&str; 4] = ["lost", "doubled", "hung", "leaked"];

/// The command line.
#[derive(Debug)]
pub(crate) struct Options {
    name: String,
    seconds: u64,
    seed: u64,
}

impl Options {
    /// Reads `NAME [--seconds N] [--seed S]`; 60 seconds and a seed from the clock are the defaults.
    pub(crate) fn parse(mut args: lexopt::Parser) -> Result<Self> {
        let clock =
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |d| u64::from(d.subsec_nanos()) | 1);
        let (mut name, mut seconds, mut seed) = (None, 60, clock);
        while let Some(arg) = args.next().map_err(Error::usage)? {
            match arg {
                lexopt::Arg::Long("seconds") => seconds = value(&mut args, "--seconds")?,
                lexopt::Arg::Long("seed") => seed = value(&mut args, "--seed")?,
                lexopt::Arg::Value(v) if name.is_none() => name = Some(v.to_string_lossy().into_owned()),
                other => return Err(Error::usage(other.unexpected())),
            }
        }
        let name = name.ok_or_else(|| Error::usage("torture: want a name"))?;
        Ok(Self { name, seconds, seed })
    }
}

fn value(args: &mut lexopt::Parser, option: &str) -> Result<u64> {
    let text = args.value().map_err(Error::usage)?;
    crate::number(option, &text.to_string_lossy())
}

/// Runs the crash test.
///
/// # Errors
/// If it fails, or if anything was lost, doubled, hung or leaked; the error names the seed that shows it again.
pub(crate) fn run(options: Options) -> Result<()> {
    let Options { name, seconds, seed } = options;
    let program = find(&name)?;
    println!("== torture {name}: {seconds} s, seed {seed}");
    let arguments = ["--seconds".to_owned(), seconds.to_string(), "--seed".to_owned(), seed.to_string()];
    let mut lines = bench::lines(program, "TORTURE ", &arguments)?;
    let (Some(Value::Object(result)), true) = (lines.pop(), lines.is_empty()) else {
        return Err(Error::new(format_args!("torture {name} did not print one TORTURE line with an object")));
    };
    let entry = judge(result, seconds, seed)?;
    let file = place::output("torture")?.join(format!("{name}.json"));
    bench::write(&file, &Value::Object(entry.clone()))?;
    println!("{}\nwritten to {}", Value::Object(entry.clone()), file.display());
    if entry["pass"] == true {
        return Ok(());
    }
    Err(Error::new(format_args!(
        "torture {name} failed; again: cargo xtask torture {name} --seconds {seconds} --seed {seed}"
    )))
}

fn find(name: &str) -> Result<&'static Program> {
    let names: Vec<&str> = TORTURES.iter().map(|t| t.name).collect();
    TORTURES.iter().find(|t| t.name == name).ok_or_else(|| {
        let known = if names.is_empty() {
            "there are none yet".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        Error::usage(format_args!("no torture `{name}`; {known} (they are listed in xtask/src/steps.rs)"))
    })
}

/// Checks the counts and adds the seed, the time and the verdict.
fn judge(mut result: Map<String, Value>, seconds: u64, seed: u64) -> Result<Map<String, Value>> {
    for field in ["rounds", "faults"].iter().chain(&BAD) {
        if result.get(*field).and_then(Value::as_u64).is_none() {
            return Err(Error::new(format_args!("the TORTURE line has no count `{field}`")));
        }
    }
    let clean = BAD.iter().all(|field| result[*field] == json!(0));
    // A run that did nothing proves nothing.
    let pass = clean && result["rounds"] != json!(0) && result["faults"] != json!(0);
    result.extend([
        ("seconds".to_owned(), json!(seconds)),
        ("seed".to_owned(), json!(seed)),
        ("pass".to_owned(), json!(pass)),
    ]);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &str, count: Value, want: Option<bool>) {
        let mut result =
            json!({ "rounds": 10, "faults": 5, "lost": 0, "doubled": 0, "hung": 0, "leaked": 0 });
        result[field] = count;
        let Value::Object(result) = result else { unreachable!() };
        let judged = judge(result, 1, 7).ok();
        assert_eq!(judged.map(|j| j["pass"] == true && j["seed"] == 7), want);
    }

    #[test]
    fn one_bad_count_fails_and_so_does_a_run_that_did_nothing() {
        check("rounds", json!(10), Some(true));
        for field in BAD {
            check(field, json!(1), Some(false));
            check(field, Value::Null, None);
        }
        check("rounds", json!(0), Some(false));
        check("faults", json!(0), Some(false));
    }

    #[test]
    fn the_command_line_is_read() {
        let parse = |args: &[&str]| Options::parse(lexopt::Parser::from_args(args));
        let options = parse(&["share", "--seconds", "5", "--seed=9"]).unwrap();
        assert_eq!((options.name.as_str(), options.seconds, options.seed), ("share", 5, 9));
        assert_eq!(parse(&["share"]).unwrap().seconds, 60);
        for bad in [&[][..], &["a", "b"], &["a", "--seconds", "soon"], &["a", "--fast"]] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
