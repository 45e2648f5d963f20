//! The chores of the project: `cargo xtask setup | servers | test | ci | bench | counts | torture`.
//!
//! One file a command. A chore is a list of [`step::Step`]s, which are data (`steps.rs`), run one after the other
//! with one summary line each; what is more than a command line stands in the file of its command.
//!
//! It is the first thing that a fresh machine compiles, so it has few dependencies and knows no crate of the
//! workspace: it sees them through `cargo metadata` and the programs that they build.

#![forbid(unsafe_code)]

mod bench;
mod ci;
mod counts;
mod error;
mod fuzz;
mod layers;
mod metadata;
mod place;
mod process;
mod servers;
mod setup;
mod step;
mod steps;
mod supported;
mod table;
mod test;
mod torture;

use std::process::ExitCode;

use crate::error::{Error, Result};

const HELP: &str = "\
cargo xtask COMMAND

  setup                       check what the chores need and install what is missing (as root, by apt and cargo)
  servers start|stop|status   test servers: PostgreSQL and Redis, on loopback ports of their own
  servers env                 print what tests read, as `export ..` lines: eval \"$(cargo xtask servers env)\"
  test [MODULE]               setup, servers, every test and doctest; MODULE (timing, core, ..) limits to one
  ci                          formatting, lints, layers, tests, docs, benches, fuzz targets, licences
  fuzz [SECONDS] [--keep]     build every fuzz target and run each for SECONDS (default 5); --keep adds what they found
                              to fuzz/corpus
  supported                   write plugins/SUPPORTED.md from the tables that its tests run
  counts [--write]            count the instructions of cerial's hot paths and hold them to benches/counts.toml; --write
                              accepts them
  layers                      check that dependencies between the crates only go down
  bench NAME|all              run a bench, hold it against benches/bars.toml, write target/bench/NAME.json
  bench chapter               write docs/src/performance.md from target/bench/*.json
  torture NAME [--seconds N] [--seed S]
                              run a crash test, write target/torture/NAME.json
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("xtask: {e}");
            ExitCode::from(e.code())
        }
    }
}

fn run() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let Some(command) = word(&mut args)? else {
        print!("{HELP}");
        return Ok(());
    };
    match command.as_str() {
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        "setup" => last(args).and_then(|()| setup::run()),
        "servers" => {
            let action =
                word(&mut args)?.ok_or_else(|| Error::usage("servers: want start, stop, status or env"))?;
            last(args)?;
            match action.as_str() {
                "start" => servers::start(),
                "stop" => servers::stop(),
                "status" => servers::status(),
                "env" => servers::env(),
                other => Err(Error::usage(format!("servers: unknown action `{other}`"))),
            }
        }
        "test" => {
            let module = word(&mut args)?;
            last(args)?;
            test::run(module.as_deref())
        }
        "ci" => last(args).and_then(|()| ci::run()),
        "fuzz" => {
            let (mut seconds, mut keep) = (fuzz::SMOKE_SECONDS, false);
            while let Some(arg) = args.next().map_err(Error::usage)? {
                match arg {
                    lexopt::Arg::Long("keep") => keep = true,
                    lexopt::Arg::Value(value) => seconds = number("fuzz", &value.to_string_lossy())?,
                    other => return Err(Error::usage(other.unexpected())),
                }
            }
            fuzz::run(seconds, keep)
        }
        "counts" => {
            let mut write = false;
            while let Some(arg) = args.next().map_err(Error::usage)? {
                match arg {
                    lexopt::Arg::Long("write") => write = true,
                    other => return Err(Error::usage(other.unexpected())),
                }
            }
            counts::run(write)
        }
        "supported" => last(args).and_then(|()| supported::run()),
        "layers" => last(args).and_then(|()| layers::run()),
        "bench" => {
            let name = word(&mut args)?.ok_or_else(|| Error::usage("bench: want a name, or `all`"))?;
            last(args)?;
            bench::run(&name)
        }
        "torture" => torture::run(torture::Options::parse(args)?),
        other => Err(Error::usage(format!("unknown command `{other}`; `cargo xtask help` lists them"))),
    }
}

/// Returns the next argument, which must not be an option other than `--help`.
fn word(args: &mut lexopt::Parser) -> Result<Option<String>> {
    match args.next().map_err(Error::usage)? {
        None => Ok(None),
        Some(lexopt::Arg::Value(v)) => Ok(Some(v.to_string_lossy().into_owned())),
        Some(lexopt::Arg::Short('h') | lexopt::Arg::Long("help")) => Ok(Some("help".to_owned())),
        Some(other) => Err(Error::usage(other.unexpected())),
    }
}

/// Refuses arguments that no command asked for.
fn last(mut args: lexopt::Parser) -> Result<()> {
    match args.next().map_err(Error::usage)? {
        None => Ok(()),
        Some(other) => Err(Error::usage(other.unexpected())),
    }
}

fn number(what: &str, text: &str) -> Result<u64> {
    text.parse().map_err(|_| Error::usage(format!("{what}: want a whole number, got `{text}`")))
}
