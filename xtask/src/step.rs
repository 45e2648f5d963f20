//! A chore's step: a command line with a name, and what became of it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::error::{Context, Error, Result};
use crate::{place, table};

/// A command to run from the root of the checkout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// What it is called in the summary.
    pub(crate) name: &'static str,
    /// The program and its arguments.
    pub(crate) argv: &'static [&'static str],
    /// Variables that it gets beside the inherited ones.
    pub(crate) env: &'static [(&'static str, &'static str)],
}

/// How a step ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    name: String,
    took: Duration,
    error: Option<String>,
}

/// The steps of one chore that were run so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    outcomes: Vec<Outcome>,
}

impl Report {
    /// Runs a function as a step; its failure is noted and does not stop the chore.
    pub(crate) fn call(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        println!("== {name}");
        let begin = Instant::now();
        let error = work().err().map(|e| e.to_string());
        if let Some(error) = &error {
            eprintln!("xtask: {name}: {error}");
        }
        let passed = error.is_none();
        self.outcomes.push(Outcome { name: name.to_owned(), took: begin.elapsed(), error });
        passed
    }

    /// Runs a command as a step, with `arguments` after its own and `env` beside its own.
    pub(crate) fn step(&mut self, step: &Step, arguments: &[String], env: &[(String, String)]) -> bool {
        self.call(step.name, || {
            let Some((program, own)) = step.argv.split_first() else {
                return Err(Error::new("the step has no command"));
            };
            let mut command = command(program);
            command.args(own).args(arguments).envs(step.env.iter().copied());
            command.envs(env.iter().map(|(k, v)| (k, v)));
            println!("   {program} {} {}", own.join(" "), arguments.join(" "));
            run(&mut command)
        })
    }

    /// Prints a line per step and one for all.
    ///
    /// # Errors
    /// If a step failed.
    pub(crate) fn finish(self, chore: &str) -> Result<()> {
        let seconds = |d: Duration| format!("{:.1} s", d.as_secs_f64());
        let row = |o: &Outcome| {
            vec![o.name.clone(), if o.error.is_none() { "ok" } else { "FAILED" }.to_owned(), seconds(o.took)]
        };
        println!("\n== {chore}: summary");
        table::print(&self.outcomes.iter().map(row).collect::<Vec<_>>());
        let failed: Vec<&str> =
            self.outcomes.iter().filter(|o| o.error.is_some()).map(|o| o.name.as_str()).collect();
        let total = seconds(self.outcomes.iter().map(|o| o.took).sum());
        if failed.is_empty() {
            println!("{chore}: all {} steps passed in {total}", self.outcomes.len());
            return Ok(());
        }
        let all = self.outcomes.len();
        Err(Error::new(format_args!(
            "{chore}: {} of {all} steps FAILED in {total}: {}",
            failed.len(),
            failed.join(", ")
        )))
    }
}

/// Returns a command that runs from the root of the checkout as if a user had typed it there.
///
/// `cargo run` tells this program about its own package by variables; build scripts of others must not see them.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(place::root());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST") {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs a command to its end.
///
/// # Errors
/// If it cannot be started or does not end with 0; the error names the program and how it ended.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_owned();
    let program = Path::new(&program).display();
    let status = command.status().context(format_args!("run {program}"))?;
    if status.success() { Ok(()) } else { Err(Error::new(format_args!("{program} ended with {status}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(name: &'static str, argv: &'static [&'static str]) -> Step {
        Step { name, argv, env: &[("COLOUR", "blue")] }
    }

    #[test]
    fn one_failed_step_fails_the_chore_by_name_and_the_others_still_run() {
        let mut report = Report::default();
        assert!(!report.step(&sh("first", &["sh", "-c", "exit 4"]), &[], &[]));
        assert!(report.step(
            &sh("second", &["sh", "-c", "test $COLOUR$SIZE = bluebig"]),
            &[],
            &[("SIZE".into(), "big".into())]
        ));
        assert!(!report.step(&sh("third", &["no-such-program-here"]), &[], &[]));
        let error = report.finish("chore").unwrap_err().to_string();
        assert!(error.starts_with("chore: 2 of 3 steps FAILED in "), "{error}");
        assert!(error.ends_with(": first, third"), "{error}");
    }

    #[test]
    fn steps_that_pass_pass_the_chore() {
        let mut report = Report::default();
        assert!(report.step(&sh("only", &["true"]), &[], &[]));
        report.finish("chore").unwrap();
    }
}
