//! One server: started as a child, watched until it is ready, ended by pid.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::error::{Context, Error, Result};
use crate::process::Process;

/// How long a server may take from its start until it answers.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How long a server may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// How long a server lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Until `servers stop`.
    Detached,
    /// At most as long as this process.
    Bound,
}

/// A server that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    /// What it is: `postgres` or `redis`.
    pub(crate) name: String,
    /// The process that listens.
    pub(crate) process: Process,
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    /// Its folder, removed when it is stopped.
    pub(crate) data: PathBuf,
}

impl Running {
    /// Ends the server if it runs, and removes its data.
    pub(crate) fn stop(&self) -> Result<()> {
        // For PostgreSQL SIGINT is the fast shutdown, where SIGTERM would wait for every client to leave.
        let gentle = if self.name == "postgres" { Signal::INT } else { Signal::TERM };
        self.process.end(gentle, GRACE)?;
        super::remove_dir(&self.data)
    }
}

/// A server process that is not ready yet.
pub(crate) struct Starting {
    child: Child,
    log: PathBuf,
    name: &'static str,
    deadline: Instant,
}

impl Starting {
    /// Starts `argv` with its output in `log` and `input` on its stdin.
    ///
    /// The process gets a group of its own, so that a Ctrl-C meant for the tests does not reach it. A bound one asks
    /// the kernel for SIGINT when this process ends (both servers take it as "shut down now"): no exit path, not even
    /// `kill -9`, leaves a server behind.
    pub(crate) fn spawn(
        name: &'static str,
        argv: &[String],
        user: Option<&str>,
        lifetime: Lifetime,
        log: &Path,
        input: &str,
    ) -> Result<Self> {
        let mut command = as_user(user, (lifetime == Lifetime::Bound).then_some("INT"));
        let out = File::create(log).context(format_args!("create {}", log.display()))?;
        let err = out.try_clone().context("share a log file")?;
        command.args(argv).current_dir(log.parent().unwrap_or(Path::new("/")));
        command.stdin(Stdio::piped()).stdout(out).stderr(err).process_group(0);
        let mut child = command.spawn().context(format_args!("start {name}"))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A server that ended before it read its input says why in its log: `wait_ready` shows that.
            let _ = stdin.write_all(input.as_bytes());
        }
        Ok(Self { child, log: log.to_path_buf(), name, deadline: Instant::now() + READY_WITHIN })
    }

    /// Returns the process, to be noted down before anything else can go wrong.
    pub(crate) fn process(&self) -> Result<Process> {
        Process::of(self.child.id()).ok_or_else(|| self.failed("ended at once"))
    }

    /// Waits until `ready` says yes.
    ///
    /// # Errors
    /// If the server ends first or is not ready within a minute; the error shows the end of its log.
    pub(crate) fn wait_ready(&mut self, mut ready: impl FnMut() -> bool) -> Result<()> {
        loop {
            if let Some(status) = self.child.try_wait().context(format_args!("wait for {}", self.name))? {
                return Err(self.failed(format_args!("ended with {status}")));
            }
            if ready() {
                return Ok(());
            }
            if Instant::now() > self.deadline {
                return Err(self.failed(format_args!("was not ready within {} s", READY_WITHIN.as_secs())));
            }
            // Neither server can tell a stranger that it is ready: it has to be asked.
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Makes an error that shows the last lines of the log.
    pub(crate) fn failed(&self, what: impl std::fmt::Display) -> Error {
        Error::new(format_args!(
            "{} {what}; the end of {}:\n{}",
            self.name,
            self.log.display(),
            tail(&self.log)
        ))
    }
}

/// Returns a command that runs what is added to it as `user` and, with `death`, gets that signal when we end.
pub(crate) fn as_user(user: Option<&str>, death: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = user {
        command.args([format!("--reuid={user}"), format!("--regid={user}"), "--init-groups".to_owned()]);
        command.env_remove("HOME");
    }
    if let Some(signal) = death {
        command.args(["--pdeathsig", signal]);
    }
    command.arg("--");
    command
}

/// Returns a port of the loopback device that nobody listens on.
///
/// It is free when this returns and may be taken a moment later; the server then says so in its log and ends, which is
/// the error of the start.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.port())
}

/// Returns the last lines of a log, indented.
fn tail(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(15);
    if lines.is_empty() {
        return "  (empty)".to_owned();
    }
    lines[from..].iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn a_server_that_ends_at_once_is_an_error_with_its_log() {
        let dir = scratch("ends");
        let argv = ["sh", "-c", "echo no such file: pg.conf >&2; exit 3"].map(str::to_owned);
        let mut server =
            Starting::spawn("postgres", &argv, None, Lifetime::Bound, &dir.join("log"), "").unwrap();
        let error = server.wait_ready(|| false).unwrap_err().to_string();
        assert!(error.contains("postgres ended with exit status: 3"), "{error}");
        assert!(error.contains("  no such file: pg.conf"), "{error}");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn only_the_end_of_a_log_is_shown() {
        let dir = scratch("tail");
        let log = dir.join("log");
        assert_eq!(tail(&log), "  (empty)");
        fs::write(&log, (0..40).map(|i| format!("line {i}\n")).collect::<String>()).unwrap();
        assert!(tail(&log).starts_with("  line 25\n") && tail(&log).ends_with("  line 39"));
        fs::remove_dir_all(dir).unwrap();
    }
}
