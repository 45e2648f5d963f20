//! `cargo xtask servers`: PostgreSQL and Redis for the tests, each on a free loopback port of its own.
//!
//! What runs is written to `target/servers/state.json` (mode 0600: it holds the passwords, which are new at every
//! start). Servers are ended by pid and start time, never by name, so another server on the machine is never touched.
//! A state file whose processes are gone, by a crash or a reboot, counts as "not running".

pub(crate) mod postgres;
mod redis;
mod secret;
mod server;
mod state;

use std::fs::{self, File};

use crate::error::{Context, Result};
use crate::place;
pub(crate) use crate::servers::server::Lifetime;
use crate::servers::server::Running;
use crate::servers::state::State;

/// Starts the servers and leaves them running; does nothing if they run already.
pub(crate) fn start() -> Result<()> {
    let (state, fresh) = ensure(Lifetime::Detached)?;
    println!("servers {}", if fresh { "started" } else { "were already running" });
    print_rows(&state);
    println!("for tests: eval \"$(cargo xtask servers env)\"");
    Ok(())
}

/// Ends the servers and removes their data.
pub(crate) fn stop() -> Result<()> {
    let _lock = lock()?;
    let Some(state) = State::load()? else {
        println!("no servers are running");
        return Ok(());
    };
    for server in &state.servers {
        let was = if server.process.is_alive() { "stopped" } else { "had ended already" };
        server.stop()?;
        println!("{:<10} {was} (pid {})", server.name, server.process.pid);
    }
    State::remove()
}

/// Prints what runs where.
///
/// # Errors
/// If a server is not running.
pub(crate) fn status() -> Result<()> {
    match State::load()? {
        Some(state) => {
            print_rows(&state);
            if state.is_up() { Ok(()) } else { Err(crate::error::Error::new("a server has ended")) }
        }
        None => Err(crate::error::Error::new("no servers are running; `cargo xtask servers start`")),
    }
}

/// Prints the environment of the tests as shell commands.
pub(crate) fn env() -> Result<()> {
    match State::load()?.filter(State::is_up) {
        Some(state) => {
            for (name, value) in state.env {
                // The values are letters, digits, dots and underscores, so a pair of quotes is all the care they need.
                println!("export {name}='{value}'");
            }
            Ok(())
        }
        None => Err(crate::error::Error::new("no servers are running; `cargo xtask servers start`")),
    }
}

/// The servers of one chore, ended with it when they were started for it.
pub(crate) struct Guard {
    state: State,
    fresh: bool,
}

impl Guard {
    /// Starts the servers for this process alone, or borrows those that run already.
    ///
    /// The kernel ends servers that were started here when this process dies, however it dies.
    pub(crate) fn up() -> Result<Self> {
        let (state, fresh) = ensure(Lifetime::Bound)?;
        Ok(Self { state, fresh })
    }

    /// Returns the environment that tells tests where the servers are.
    pub(crate) fn env(&self) -> &[(String, String)] {
        &self.state.env
    }

    /// Ends the servers, unless they ran before.
    pub(crate) fn down(mut self) -> Result<()> {
        if std::mem::take(&mut self.fresh) { stop() } else { Ok(()) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.fresh
            && let Err(e) = stop()
        {
            eprintln!("xtask: {e}");
        }
    }
}

/// Returns the running servers, started if need be, and whether they were.
fn ensure(lifetime: Lifetime) -> Result<(State, bool)> {
    let _lock = lock()?;
    if let Some(state) = State::load()? {
        if state.is_up() {
            return Ok((state, false));
        }
        // Left behind by a run that was killed, or half of it has died: away with the rest.
        state.servers.iter().try_for_each(Running::stop)?;
        State::remove()?;
    }
    let mut state = State::default();
    let started = postgres::start(&mut state, lifetime).and_then(|()| redis::start(&mut state, lifetime));
    match started {
        Ok(()) => Ok((state, true)),
        Err(e) => {
            for server in &state.servers {
                server.stop()?;
            }
            State::remove()?;
            Err(e)
        }
    }
}

/// Keeps a second start or stop of this checkout waiting until this one is through.
fn lock() -> Result<File> {
    let path = place::output("servers")?.join("lock");
    let file = File::create(&path).context(format_args!("open {}", path.display()))?;
    file.lock().context(format_args!("lock {}", path.display()))?;
    Ok(file)
}

fn print_rows(state: &State) {
    for server in &state.servers {
        let alive = if server.process.is_alive() { "running" } else { "ended" };
        println!(
            "{:<10} {alive}, 127.0.0.1:{}, pid {}, data in {}",
            server.name,
            server.port,
            server.process.pid,
            server.data.display()
        );
    }
}

/// Removes a folder and what is in it, if it is there.
fn remove_dir(dir: &std::path::Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(e).context(format_args!("remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}
