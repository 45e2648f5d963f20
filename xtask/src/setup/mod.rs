//! `cargo xtask setup`: checks what the chores need and installs what is missing, one line an item.
//!
//! Made for a fresh Debian 12 with a Rust toolchain and nothing else, as root. A second run finds everything and
//! asks no registry. Without root it installs the cargo tools and says which packages to install.

mod apt;
mod tools;

use crate::error::{Error, Result};

/// What became of one item.
enum Found {
    /// It was there.
    Present(String),
    /// It was missing and is there now.
    Installed(String),
    /// It is missing still, and why.
    Failed(String),
}

impl Found {
    fn print(&self, name: &str) {
        match self {
            Self::Present(what) => println!("{name:<14} present    {what}"),
            Self::Installed(what) => println!("{name:<14} installed  {what}"),
            Self::Failed(why) => println!("{name:<14} FAILED     {why}"),
        }
    }
}

/// Checks and installs everything.
///
/// # Errors
/// If an item is missing at the end; every other item was tried.
pub(crate) fn run() -> Result<()> {
    let mut missing = Vec::new();
    for (name, found) in apt::items().chain(tools::items()) {
        found.print(name);
        if matches!(found, Found::Failed(_)) {
            missing.push(name);
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Error::new(format_args!("setup: missing {}", missing.join(", "))))
    }
}
