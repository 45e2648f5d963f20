//! What comes from Debian's packages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Found;
use crate::error::{Context, Result};
use crate::{place, servers};

/// Something that a package brings.
struct Item {
    name: &'static str,
    package: &'static str,
    find: fn() -> Option<PathBuf>,
}

/// Whatever stands here is used: `c++` builds the fuzzers' engine, strace counts system calls, valgrind instructions, `cc` SQLite, the servers are for the tests.
const ITEMS: &[Item] = &[
    Item { name: "git", package: "git", find: || place::on_path("git") },
    Item { name: "cc", package: "gcc", find: || place::on_path("cc") },
    Item { name: "c++", package: "g++", find: || place::on_path("c++") },
    Item { name: "pkg-config", package: "pkg-config", find: || place::on_path("pkg-config") },
    Item { name: "postgres", package: "postgresql", find: servers::postgres::programs },
    Item { name: "psql", package: "postgresql-client", find: servers::postgres::client },
    Item { name: "strace", package: "strace", find: || place::on_path("strace") },
    Item { name: "valgrind", package: "valgrind", find: || place::on_path("valgrind") },
    Item { name: "redis-server", package: "redis-server", find: || place::on_path("redis-server") },
];

/// Checks every item, and installs those that are missing in one go.
pub(super) fn items() -> impl Iterator<Item = (&'static str, Found)> {
    let present: Vec<Option<PathBuf>> = ITEMS.iter().map(|item| (item.find)()).collect();
    let missing: Vec<&str> =
        ITEMS.iter().zip(&present).filter(|(_, p)| p.is_none()).map(|(i, _)| i.package).collect();
    let outcome = if missing.is_empty() { Ok(()) } else { install(&missing) };
    let rows: Vec<_> = ITEMS
        .iter()
        .zip(present)
        .map(|(item, present)| (item.name, judge(item, present, &outcome)))
        .collect();
    rows.into_iter()
}

fn judge(item: &Item, present: Option<PathBuf>, outcome: &Result<()>) -> Found {
    if let Some(path) = present {
        return Found::Present(path.display().to_string());
    }
    match ((item.find)(), outcome) {
        (Some(path), _) => Found::Installed(path.display().to_string()),
        (None, Err(e)) => Found::Failed(e.to_string()),
        (None, Ok(())) => {
            Found::Failed(format!("package {} was installed but did not bring it", item.package))
        }
    }
}

/// Installs packages and starts none of the services that they bring.
///
/// # Errors
/// If apt fails, or if we are not root: then the error is the command that root would give.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if !rustix::process::getuid().is_root() {
        return Err(crate::error::Error::new(format_args!("not root; run as root: apt-get install {list}")));
    }
    let _quiet = NoServices::enter()?;
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn apt(args: &[&str]) -> Result<()> {
    println!("apt-get {}", args.join(" "));
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").args(args).env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    let output = command.stdin(Stdio::null()).output().context("run apt-get")?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let why =
        stderr.lines().rfind(|l| l.starts_with("E:")).or(stderr.lines().last()).unwrap_or("no reason given");
    Err(crate::error::Error::new(format_args!("apt-get {} ended with {}: {why}", args[0], output.status)))
}

/// While it lives, packages that are installed start no service.
///
/// `policy-rc.d` is where Debian's scripts ask whether they may. One that is there already is the machine owner's
/// word and stays as it is.
struct NoServices {
    ours: bool,
}

const POLICY: &str = "/usr/sbin/policy-rc.d";

impl NoServices {
    fn enter() -> Result<Self> {
        if Path::new(POLICY).exists() {
            return Ok(Self { ours: false });
        }
        let write = || {
            fs::write(
                POLICY,
                "#!/bin/sh\n# Written by `cargo xtask setup` while it installs; it removes it again.\nexit 101\n",
            )?;
            fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))
        };
        write().context(format_args!("write {POLICY}"))?;
        Ok(Self { ours: true })
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.ours
            && let Err(e) = fs::remove_file(POLICY)
        {
            eprintln!("xtask: cannot remove {POLICY}: {e}; until it is gone no package starts its service");
        }
    }
}
