//! `std::process::Command`: what it would start. Reading one starts nothing.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use cerial::Cerial;

use crate::states::{fine, states};

/// State of a `Command`.
#[derive(Cerial, Clone, Debug, PartialEq, Eq)]
#[cerial(name = "std::Command")]
pub struct Recipe {
    /// The program.
    pub program: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// What is changed in the environment: a value, or none where a variable is removed.
    pub envs: Vec<(OsString, Option<OsString>)>,
    /// Where it starts.
    pub dir: Option<PathBuf>,
}

states! {
    /// `Command`: its [`Recipe`]. Where its streams go, and what a system adds (user, group, `pre_exec`), cannot be
    /// asked for and stays behind; `env_clear` too.
    CommandHandler, Command as Recipe, "std::Command", recipe, |state| fine(command(state));
}

fn recipe(v: &Command) -> Recipe {
    Recipe {
        program: v.get_program().to_owned(),
        args: v.get_args().map(ToOwned::to_owned).collect(),
        envs: v.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect(),
        dir: v.get_current_dir().map(ToOwned::to_owned),
    }
}

fn command(state: Recipe) -> Command {
    let mut command = Command::new(state.program);
    command.args(state.args);
    for (name, value) in state.envs {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(dir) = state.dir {
        command.current_dir(dir);
    }
    command
}
