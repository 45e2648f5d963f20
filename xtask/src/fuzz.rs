//! `cargo xtask fuzz [SECONDS] [--keep]`: builds the targets of `fuzz/` and runs each for a while.
//!
//! Each starts from its kept inputs, `fuzz/corpus/NAME.hex`: one file a target, a line of hexadecimal digits an input, so
//! that a checkout is not full of thousands of tiny files. `--keep` writes them anew: the fewest of the old inputs and the
//! found ones that reach all that is reached. `tests/corpus.rs` runs them through the same oracles in every test run.
//!
//! Coverage-guided on the stable toolchain, with nothing to install: the compiler's coverage pass is switched on by
//! stable flags, and `libfuzzer-sys` brings the engine. What `cargo fuzz` would add, the address sanitizer, needs a
//! nightly toolchain.

use std::fs;
use std::path::{Path, PathBuf};
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

/// Inputs longer than this are not kept, in bytes.
const LONGEST: u64 = 512;

/// Builds all targets and runs each for `seconds`.
///
/// New inputs go to `target/fuzz/NAME`, so that a run leaves the checkout as it was unless `keep` says otherwise; a
/// crash is written to `target/fuzz` and named in the error.
pub(crate) fn run(seconds: u64, keep: bool) -> Result<()> {
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
        if keep {
            keep_corpus(&program, name, &out)?;
        }
    }
    println!("{} fuzz targets ran for {seconds} s each", names.len());
    Ok(())
}

fn run_target(program: &Path, name: &str, seconds: u64, out: &Path) -> Result<()> {
    let (found, kept) = (folder(out, name)?, unpack(name, out)?);
    println!("fuzz: {name}");
    let mut command = step::command(&program.to_string_lossy());
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg("-timeout=10")
        .arg("-print_final_stats=1")
        .arg("-verbosity=0");
    command.arg(format!("-artifact_prefix={}/{name}-", out.display())).arg(&found).arg(&kept);
    step::run(&mut command).map_err(|e| {
        Error::new(format_args!("fuzz target {name}: {e}; the input is {}/{name}-*", out.display()))
    })
}

fn folder(out: &Path, name: &str) -> Result<PathBuf> {
    let folder = out.join(name);
    fs::create_dir_all(&folder).context(format_args!("create {}", folder.display()))?;
    Ok(folder)
}

fn corpus_file(name: &str) -> PathBuf {
    place::root().join("fuzz/corpus").join(name).with_extension("hex")
}

/// Writes the kept inputs as the engine wants them, a file each. Returns the folder.
fn unpack(name: &str, out: &Path) -> Result<PathBuf> {
    let folder = folder(out, &format!("{name}-kept"))?;
    let path = corpus_file(name);
    let text = fs::read_to_string(&path).context(format_args!("read {}", path.display()))?;
    for (number, line) in text.lines().enumerate() {
        let bytes = from_hex(line).ok_or_else(|| {
            Error::new(format_args!("{}:{}: want hexadecimal digits", path.display(), number + 1))
        })?;
        let file = folder.join(number.to_string());
        fs::write(&file, bytes).context(format_args!("write {}", file.display()))?;
    }
    Ok(folder)
}

/// Lets the engine choose the inputs that are worth keeping, and packs them, short ones first.
fn keep_corpus(program: &Path, name: &str, out: &Path) -> Result<()> {
    let chosen = folder(out, &format!("{name}-chosen"))?;
    let mut command = step::command(&program.to_string_lossy());
    command.args(["-merge=1", "-verbosity=0"]).arg(format!("-max_len={LONGEST}"));
    step::run(command.arg(&chosen).args([out.join(format!("{name}-kept")), out.join(name)]))?;
    let mut inputs = Vec::new();
    for entry in fs::read_dir(&chosen).context(format_args!("read {}", chosen.display()))? {
        let path = entry.context(format_args!("read {}", chosen.display()))?.path();
        inputs.push(fs::read(&path).context(format_args!("read {}", path.display()))?);
    }
    inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let lines: String = inputs.iter().map(|input| to_hex(input) + "\n").collect();
    let path = corpus_file(name);
    println!("fuzz: {} inputs, {} bytes, are kept in {}", inputs.len(), lines.len(), path.display());
    fs::write(&path, lines).context(format_args!("write {}", path.display()))?;
    fs::remove_dir_all(&chosen).context(format_args!("remove {}", chosen.display()))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.len().is_multiple_of(2).then(|| text.as_bytes().chunks(2).map(byte).collect())?
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
