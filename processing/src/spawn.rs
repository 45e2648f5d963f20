//! How a child is started, and the handshake as the parent sees it.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use rustix::process::Signal;

use crate::channel::{Channel, End, Got};
use crate::child::{Child, Shared};
use crate::deadline::Deadline;
use crate::death::Cause;
use crate::error::StartError;
use crate::frame::kind;
use crate::handshake::{Hello, MAX_DEPTH, Nonce, Ticket, VERSION};
use crate::os::{self, Launched, Plan, Role, Stream, build_id::build_id, fds};
use crate::streams::{Forward, Tail};
use crate::{fleet, init, oom, testing};

/// What a standard stream of a child is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stdio {
    /// What the child writes appears where the parent's own output does. stdout is the very same descriptor; stderr is
    /// passed on through a pipe as it comes, and its last 8 KiB are kept for the error that tells of a death.
    Inherit,
    /// The very same descriptor, for stderr too: a terminal stays a terminal, but errors show no last lines.
    Direct,
    /// Nothing is shown. stderr's last 8 KiB are still kept for errors.
    Null,
    /// Kept in memory as a whole, shown nowhere.
    Capture,
}

/// The settings of a start.
///
/// # Examples
/// ```no_run
/// use std::time::Duration;
/// use suitkaise_processing::raw::{Event, Limits, Spawn};
///
/// let child = Spawn::new().start()?;
/// child.begin("example/shout", b"hello", &Limits::default(), None)?;
/// match child.recv(Some(Duration::from_secs(5))) {
///     Event::Done(bytes) => println!("{}", String::from_utf8_lossy(&bytes)),
///     other => println!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spawn {
    program: Option<PathBuf>,
    inherit_stdin: bool,
    stdout: Stdio,
    stderr: Stdio,
    timeout: Duration,
    clear_env: bool,
    env: Vec<(OsString, OsString)>,
}

impl Default for Spawn {
    fn default() -> Self {
        Self {
            program: None,
            inherit_stdin: false,
            stdout: Stdio::Inherit,
            stderr: Stdio::Inherit,
            timeout: Duration::from_secs(10),
            clear_env: false,
            env: Vec::new(),
        }
    }
}

impl Spawn {
    /// stdin null, stdout and stderr inherited, the parent's environment, 10 s for the start.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the child the parent's stdin. It then stays in the parent's process group, or the terminal would stop it;
    /// so Ctrl-C reaches it directly, and programs it started are not killed with it.
    #[must_use]
    pub fn inherit_stdin(mut self, on: bool) -> Self {
        self.inherit_stdin = on;
        self
    }

    /// Where stdout goes.
    #[must_use]
    pub fn stdout(mut self, to: Stdio) -> Self {
        self.stdout = to;
        self
    }

    /// Where stderr goes.
    #[must_use]
    pub fn stderr(mut self, to: Stdio) -> Self {
        self.stderr = to;
        self
    }

    /// How long the child may take to greet.
    #[must_use]
    pub fn start_timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Starts the child with an empty environment, but for what [`env`](Self::env) adds.
    #[must_use]
    pub fn env_clear(mut self) -> Self {
        self.clear_env = true;
        self
    }

    /// Sets a variable of the child's environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Starts another program than this one; it is refused unless it is the same build.
    #[doc(hidden)]
    #[must_use]
    pub fn program(mut self, path: impl Into<PathBuf>) -> Self {
        self.program = Some(path.into());
        self
    }

    /// Starts a child and waits for its greeting. It then waits for [`Child::begin`].
    ///
    /// # Blocking
    /// For about a millisecond; for the start timeout at most.
    ///
    /// # Errors
    /// [`StartErrorKind`](crate::raw::StartErrorKind) lists the ways. No process is left in any of them.
    pub fn start(&self) -> Result<Child, StartError> {
        let deadline = Deadline::within(self.timeout);
        let Some(settings) = init::settings() else {
            return Err(not_initialized());
        };
        let depth = init::depth() + 1;
        if depth > MAX_DEPTH {
            return Err(StartError::too_deep(MAX_DEPTH));
        }
        oom::note();
        let ticket = Ticket { nonce: Nonce::new(), depth };
        let (shared, late) = self.launch(ticket).map_err(StartError::launch)?;
        let child = Child(shared);
        fleet::add(&child.0, &settings).map_err(StartError::launch)?;
        if !late.is_empty() {
            let (roles, late): (Vec<_>, Vec<_>) =
                late.iter().map(|(role, fd)| (*role as u8, fd.as_fd())).unzip();
            // A child that died meanwhile is found by the wait for its greeting.
            let _ = child.0.send(kind::FDS, &[&roles], &late, deadline);
        }
        self.greet(&child, ticket, deadline)?;
        Ok(child)
    }

    fn launch(&self, ticket: Ticket) -> io::Result<Started> {
        #[cfg(target_os = "linux")]
        os::linux::tell_loaded();
        let (control, child_control) = fds::socket_pair()?;
        let (lifeline, child_lifeline) = fds::socket_pair()?;
        let (stdout, mut child_stdout) = stream(self.stdout, self.stdout == Stdio::Capture)?;
        let (stderr, child_stderr) = stream(self.stderr, self.stderr != Stdio::Direct)?;
        let mut real_stdout = None;
        let mut args: Vec<OsString> = std::env::args_os().take(1).collect();
        if let (Some(helper), None) = (testing::helper(), &self.program) {
            args.extend(["--exact", &helper, "--nocapture", "--test-threads=1"].map(OsString::from));
            // What libtest says of its own is nobody's output: the stream follows once the helper runs.
            real_stdout = match std::mem::replace(&mut child_stdout, Stream::Null) {
                Stream::Null => None,
                Stream::Inherit => Some(fds::copy(io::stdout())?),
                Stream::Pipe(fd) => Some(fd),
            };
        }
        let mut env: Vec<_> = if self.clear_env { Vec::new() } else { std::env::vars_os().collect() };
        env.retain(|(name, _)| {
            name != crate::handshake::VARIABLE && !self.env.iter().any(|(own, _)| own == name)
        });
        env.extend(self.env.iter().cloned());
        let plan = Plan {
            program: self.program.clone(),
            args,
            env,
            ticket,
            inherit_stdin: self.inherit_stdin,
            stdout: child_stdout,
            stderr: child_stderr,
            control: child_control,
            lifeline: child_lifeline,
        };
        let Launched { process, mut late } = os::backend().launch(plan)?;
        late.extend(real_stdout.map(|fd| (Role::Stdout, fd)));
        let mut shared = Shared {
            process,
            channel: Channel::new(control),
            lifeline,
            stdout: None,
            stderr: None,
            stderr_captured: self.stderr == Stdio::Capture,
            state: Mutex::default(),
            killed: AtomicBool::new(false),
            begun: AtomicBool::new(false),
            death: OnceLock::new(),
        };
        let follow = |pipe: Option<_>, to: Stdio| {
            let forward = if to == Stdio::Inherit { Forward::Stderr } else { Forward::Nowhere };
            pipe.map(|pipe| Tail::follow(pipe, forward, to == Stdio::Capture)).transpose()
        };
        match follow(stdout, self.stdout).and_then(|out| Ok((out, follow(stderr, self.stderr)?))) {
            Ok((stdout, stderr)) => {
                shared.stdout = stdout;
                shared.stderr = stderr;
                Ok((Arc::new(shared), late))
            }
            Err(error) => {
                shared.kill(Signal::KILL);
                Err(error)
            }
        }
    }

    /// Waits on {socket, end of the process, deadline} for the greeting.
    fn greet(&self, child: &Child, ticket: Ticket, deadline: Deadline) -> Result<(), StartError> {
        let shared = &child.0;
        let mut loaded = false;
        let kill = || {
            shared.kill(Signal::KILL);
            shared.end_of_process(Deadline::within(Duration::from_secs(1))).map(|death| (*death).clone())
        };
        loop {
            let got = shared.channel.recv(deadline, Some(shared.process.exit_fd()));
            match got {
                Ok(Got::Frame(frame)) => match frame.kind {
                    kind::LOADED => loaded = true,
                    kind::NO_INIT => {
                        return Err(StartError::child_init("its `main` went on to start children", kill()));
                    }
                    kind::HELLO => return check(&frame.payload, child, ticket).inspect_err(|_| drop(kill())),
                    other => {
                        return Err(StartError::protocol(
                            format!("a frame of kind {other} came first"),
                            kill(),
                        ));
                    }
                },
                Ok(Got::TimedOut) if loaded => {
                    let seen = format!("it was loaded, but said nothing within {:?}", self.timeout);
                    return Err(StartError::child_init(seen, kill()));
                }
                Ok(Got::TimedOut) => return Err(StartError::timeout(self.timeout, kill())),
                Ok(Got::Woken | Got::End(End::Closed)) => {
                    let Some(death) = shared.end_of_process(deadline) else {
                        return Err(StartError::protocol("it closed its control socket", kill()));
                    };
                    let death = (*death).clone();
                    return Err(match death.cause {
                        Cause::Exited(0) => {
                            StartError::child_init("its `main` ended with code 0", Some(death))
                        }
                        _ => StartError::died(death),
                    });
                }
                Ok(Got::End(End::Protocol(said))) => return Err(StartError::protocol(said, kill())),
                Err(error) => return Err(StartError::protocol(format!("cannot wait: {error}"), kill())),
            }
        }
    }
}

fn check(hello: &[u8], child: &Child, ticket: Ticket) -> Result<(), StartError> {
    let hello = Hello::decode(hello).ok_or_else(|| StartError::protocol("a greeting cut short", None))?;
    if hello.build != build_id() {
        return Err(StartError::other_build(build_id(), &hello.build));
    }
    if hello.version != VERSION || hello.nonce != ticket.nonce {
        return Err(StartError::protocol("a greeting that was not meant for this start", None));
    }
    // In a pid namespace of its own a process may know itself under another number; anything else is a stranger.
    if hello.pid != child.pid() && hello.pid != 1 {
        return Err(StartError::protocol(
            format!("process {} greeted for process {}", hello.pid, child.pid()),
            None,
        ));
    }
    Ok(())
}

/// `init` was not called here. If this process is itself a child, its parent is told, since it waits for a greeting.
fn not_initialized() -> StartError {
    if let Some((_, passed)) = Ticket::from_environment()
        && let Some(inherited) = fds::adopt(passed.control, passed.lifeline, passed.socket_id)
    {
        let channel = Channel::new(inherited.control);
        let _ = channel.send(kind::NO_INIT, &[], &[], Deadline::within(Duration::from_secs(1)), None);
        // The parent ends this process as it reads that; until then its end of the socket stays open.
        std::mem::forget(channel);
    }
    StartError::parent_init()
}

/// A child that was not greeted yet, and what follows over its control socket.
type Started = (Arc<Shared>, Vec<(Role, OwnedFd)>);

/// The parent's and the child's end of a standard stream.
fn stream(to: Stdio, piped: bool) -> io::Result<(Option<OwnedFd>, Stream)> {
    if piped {
        let (reader, writer) = fds::pipe()?;
        return Ok((Some(reader), Stream::Pipe(writer)));
    }
    Ok((None, if to == Stdio::Null { Stream::Null } else { Stream::Inherit }))
}
