//! Any Unix: std's `Command`, sockets and pipes, one waiting thread per child.
//!
//! The control socket is the child's stdin, since that is the one descriptor std passes without a window in which
//! another thread's child inherits it; the lifeline, and the user's stdin where it is inherited, follow over the socket.
//! No shared memory, no pidfd. It is checked on Linux alone. macOS needs `SO_NOSIGPIPE` where `MSG_NOSIGNAL` stands in
//! `channel.rs` and `child.rs`; Windows another socket pair, another wait and a job instead of the process group.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::deadline::Deadline;
use crate::handshake::{Passed, VARIABLE};
use crate::os::process::Watch;
use crate::os::{Backend, Launched, Plan, Process, Role, Stream, fds, poll};

const STACK: usize = 256 << 10;

/// The back end.
#[derive(Debug)]
pub(crate) struct Portable;

impl Backend for Portable {
    fn launch(&self, plan: Plan) -> io::Result<Launched> {
        let passed = Passed { control: 0, lifeline: None, socket_id: fds::socket_id(&plan.control)? };
        let own_group = !plan.inherit_stdin;
        let program = match plan.program {
            Some(path) => path,
            None if Path::new("/proc/self/exe").exists() => "/proc/self/exe".into(),
            None => std::env::current_exe()?,
        };
        let mut late = vec![(Role::Lifeline, plan.lifeline)];
        if plan.inherit_stdin {
            late.push((Role::Stdin, fds::copy(io::stdin())?));
        }
        let (ended, ends) = fds::pipe()?;

        let mut command = Command::new(program);
        let mut args = plan.args.into_iter();
        if let Some(name) = args.next() {
            command.arg0(name);
        }
        command
            .args(args)
            .env_clear()
            .envs(plan.env)
            .env(VARIABLE, plan.ticket.text(&passed))
            .stdin(Stdio::from(plan.control))
            .stdout(stdio(plan.stdout))
            .stderr(stdio(plan.stderr));
        if own_group {
            command.process_group(0);
        }
        let (told, tells) = std::sync::mpsc::channel::<Arc<Process>>();
        // The waiter starts first: a child that cannot be waited for must not run.
        std::thread::Builder::new().name("suitkaise-waiter".into()).stack_size(STACK).spawn(move || {
            if let Ok(process) = tells.recv() {
                wait(&process);
            }
            drop(ends);
        })?;
        let child = command.spawn()?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("the child has no pid"))?;
        let process = Arc::new(Process::new(pid, own_group, Watch::Pipe(ended)));
        let _ = told.send(Arc::clone(&process));
        Ok(Launched { process, late })
    }

    fn watch(&self, fd: OwnedFd, mut ready: Box<dyn FnMut(&OwnedFd) -> bool + Send>) -> io::Result<()> {
        use std::os::fd::AsFd;
        std::thread::Builder::new().name("suitkaise-stream".into()).stack_size(STACK).spawn(move || {
            while poll::ready(&mut [poll::input(fd.as_fd())], Deadline::NEVER).is_ok() && ready(&fd) {}
        })?;
        Ok(())
    }
}

fn stdio(stream: Stream) -> Stdio {
    match stream {
        Stream::Inherit => Stdio::inherit(),
        Stream::Null => Stdio::null(),
        Stream::Pipe(fd) => Stdio::from(fd),
    }
}

/// Blocks until the process ended, without reaping it, then lets it be collected.
fn wait(process: &Process) {
    let Some(pid) = i32::try_from(process.pid()).ok().and_then(Pid::from_raw) else {
        return;
    };
    // Somebody else may have collected it in between: then the pid is no child of ours any more.
    while let Err(Errno::INTR) = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {}
    process.collect();
}
