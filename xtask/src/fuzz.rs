//! `cargo xtask fuzz [SECONDS]`: builds the targets of `fuzz/` and runs each for a while.
//!
//! Coverage-guided on the stable toolchain, with nothing to install: the compiler's coverage pass is switched on by
//! stable flags, and `libfuzzer-sys` brings the engine. What `cargo fuzz` would add, the address sanitizer, needs a
//! nightly toolchain.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Context, Error, Result};
use crate::{place, step};

/// How long each target runs in `ci`.
pub(crate) const SMOKE_SECONDS: u64 = 5;

/// The flags that `cargo fuzz` gives the compiler, but for the sanitizer.
const FLAGS: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
];

/// Builds all targets and runs each for `seconds`, from its seeds in `fuzz/seeds/NAME` if there are any.
///
/// New inputs go to `target/fuzz/NAME`, so that a smoke run leaves the checkout as it was; a crash is written to
/// `target/fuzz` and named in the error.
pub(crate) fn run(seconds: u64) -> Result<()> {
    let manifest = place::root().join("fuzz/Cargo.toml");
    if !manifest.exists() {
        println!("fuzz/ has no package: no targets to run");
        return Ok(());
    }
    let names = targets(&manifest)?;
    let host = host()?;
    let out = place::output("fuzz")?;
    let mut build = step::command("cargo");
    // A --target keeps build scripts and macros, which have no fuzzing engine to link with, free of the coverage pass.
    build
        .args(["build", "--release", "--bins", "--quiet", "--target", &host, "--manifest-path"])
        .arg(&manifest);
    build.arg("--target-dir").arg(out.join("build")).env("RUSTFLAGS", FLAGS.join(" "));
    build.env("CARGO_PROFILE_RELEASE_LTO", "off");
    step::run(&mut build)?;
    for name in &names {
        let program = out.join("build").join(&host).join("release").join(name);
        run_target(&program, name, seconds, &out)?;
    }
    println!("{} fuzz targets ran for {seconds} s each", names.len());
    Ok(())
}

fn run_target(program: &Path, name: &str, seconds: u64, out: &Path) -> Result<()> {
    let corpus = out.join(name);
    fs::create_dir_all(&corpus).context(format_args!("create {}", corpus.display()))?;
    println!("fuzz: {name}");
    let mut command = step::command(&program.to_string_lossy());
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg("-timeout=10")
        .arg("-print_final_stats=1")
        .arg("-verbosity=0");
    command.arg(format!("-artifact_prefix={}/{name}-", out.display())).arg(&corpus);
    let seeds = place::root().join("fuzz/seeds").join(name);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    step::run(&mut command).map_err(|e| {
        Error::new(format_args!("fuzz target {name}: {e}; the input is {}/{name}-*", out.display()))
    })
}

/// Returns the names of the binaries of the fuzz package.
fn targets(manifest: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(manifest).context(format_args!("read {}", manifest.display()))?;
    let table: toml::Table = text.parse().context(format_args!("read {}", manifest.display()))?;
    let bins = table.get("bin").and_then(toml::Value::as_array).into_iter().flatten();
    let names: Vec<String> = bins.filter_map(|b| b.get("name")?.as_str()).map(str::to_owned).collect();
    if names.is_empty() {
        return Err(Error::new(format_args!(
            "{} lists no [[bin]]: a fuzz target is one",
            manifest.display()
        )));
    }
    Ok(names)
}

/// Returns the target triple of this machine.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("run rustc")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::new("rustc -vV does not name its host"))
}
