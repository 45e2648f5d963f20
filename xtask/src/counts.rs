//! `cargo xtask counts [--write]`: counts the instructions of cerial's hot paths under callgrind, and holds them to the
//! accepted figures of `benches/counts.toml`.
//!
//! Instructions, unlike nanoseconds, are the same on a busy machine. Each path runs twice, once for twice as long, and the
//! difference is what counts: start, first allocation and the making of the value fall out. The memory functions of
//! glibc that depend on the processor are switched off.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Context, Error, Result};
use crate::{place, step, table};

/// By how much a count may grow, in percent of the accepted one.
const LIMIT: f64 = 3.0;
/// How often a path runs in the shorter run.
const TIMES: u64 = 20;
/// Makes glibc take the same memcpy on every processor.
const TUNABLES: &str = "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX2_Usable,-AVX_Fast_Unaligned_Load,-ERMS,\
-FSRM,-BMI2,-MOVBE,-RTM";

/// One path: its name, and its instructions per run.
struct Count {
    name: String,
    instructions: u64,
}

/// Counts all paths, and compares them with what was accepted, or accepts them.
pub(crate) fn run(write: bool) -> Result<()> {
    let program = build()?;
    let names = step_output(&mut Command::new(&program))?;
    let counts = names.lines().map(|name| count(&program, name)).collect::<Result<Vec<_>>>()?;
    if write {
        return accept(&counts);
    }
    let accepted = Accepted::read()?;
    let mut rows = vec![["path", "accepted", "now", "change"].map(str::to_owned).to_vec()];
    let mut over = Vec::new();
    for Count { name, instructions } in &counts {
        let Some(was) = accepted.of(name) else {
            return Err(Error::new(format_args!(
                "benches/counts.toml has no figure of `{name}`: add it with `cargo xtask counts --write`"
            )));
        };
        let change = (*instructions as f64 / was as f64 - 1.0) * 100.0;
        rows.push(vec![name.clone(), was.to_string(), instructions.to_string(), format!("{change:+.2}%")]);
        if change > LIMIT {
            over.push(format!(
                "`{name}` takes {change:.1}% more instructions ({was} before, {instructions} now)"
            ));
        } else if change < -LIMIT {
            println!("{name} became cheaper: keep that by `cargo xtask counts --write`");
        }
    }
    table::print(&rows);
    if over.is_empty() {
        return Ok(());
    }
    let now = rustc()?;
    let compiler = match accepted.rustc == now {
        true => String::new(),
        false => format!("; the figures are of {}, and this is {now}", accepted.rustc),
    };
    Err(Error::new(format_args!(
        "{}: the limit is {LIMIT}%{compiler}. See where they go with `callgrind_annotate` (CONTRIBUTING.md, Tests); \
         where the change is worth it, accept it with `cargo xtask counts --write` and say why in the commit",
        over.join(", ")
    )))
}

/// What `benches/counts.toml` says.
struct Accepted {
    rustc: String,
    table: toml::Table,
}

impl Accepted {
    fn read() -> Result<Accepted> {
        let path = file();
        let text = fs::read_to_string(&path).context(format_args!("read {}", path.display()))?;
        let table: toml::Table = text.parse().context(format_args!("read {}", path.display()))?;
        let rustc = table.get("rustc").and_then(toml::Value::as_str).unwrap_or("an unknown rustc").to_owned();
        Ok(Accepted { rustc, table })
    }

    fn of(&self, name: &str) -> Option<u64> {
        let figure = self.table.get("instructions")?.get(name)?.as_integer()?;
        u64::try_from(figure).ok().filter(|figure| *figure > 0)
    }
}

fn file() -> PathBuf {
    place::root().join("benches/counts.toml")
}

fn accept(counts: &[Count]) -> Result<()> {
    let mut text = String::from(
        "# Instructions per run of each path of benches/counts, as accepted: `cargo xtask counts` holds them to\n\
         # 3%, `cargo xtask counts --write` writes this file.\n",
    );
    let wrote = write!(text, "rustc = \"{}\"\n\n[instructions]\n", rustc()?);
    wrote.context("write text")?;
    for Count { name, instructions } in counts {
        text.push_str(&format!("{name} = {instructions}\n"));
    }
    print!("{text}");
    let path = file();
    fs::write(&path, text).context(format_args!("write {}", path.display()))
}

/// Builds the program that has the paths, and returns where it is.
fn build() -> Result<PathBuf> {
    let target = place::output("counts")?;
    let mut cargo = step::command("cargo");
    cargo
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(place::root().join("benches/counts/Cargo.toml"));
    // Its profile is part of the figures, and so is that there are no flags beside it.
    step::run(cargo.arg("--target-dir").arg(&target).env_remove("RUSTFLAGS").env("CARGO_INCREMENTAL", "0"))?;
    Ok(target.join("release/counts"))
}

fn rustc() -> Result<String> {
    Ok(step_output(Command::new("rustc").arg("--version"))?.trim().to_owned())
}

/// The instructions of one run of a path.
fn count(program: &Path, name: &str) -> Result<Count> {
    let (once, twice) = (collected(program, name, TIMES)?, collected(program, name, 2 * TIMES)?);
    let instructions = twice.checked_sub(once).filter(|all| *all >= TIMES).ok_or_else(|| {
        Error::new(format_args!("`{name}`: {once} instructions in {TIMES} runs, {twice} in twice as many"))
    })?;
    Ok(Count { name: name.to_owned(), instructions: instructions / TIMES })
}

/// What callgrind collects in a whole run of the program.
fn collected(program: &Path, name: &str, times: u64) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .arg(name)
        .arg(times.to_string());
    // An environment of fixed size: what lies on the stack moves addresses.
    valgrind.env_clear().env("PATH", "/usr/bin:/bin").env("GLIBC_TUNABLES", TUNABLES);
    let output = valgrind.output().context("run valgrind")?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let figure = told.lines().find_map(|line| line.split_once("Collected :"));
    match figure.and_then(|(_, figure)| figure.trim().parse().ok()).filter(|_| output.status.success()) {
        Some(figure) => Ok(figure),
        None => Err(Error::new(format_args!("valgrind {}: {}", output.status, told.trim()))),
    }
}

fn step_output(command: &mut Command) -> Result<String> {
    let output = command.output().context(format_args!("run {}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::new(format_args!("{} ended with {}: {told}", command.get_program().display(), output.status)))
}
