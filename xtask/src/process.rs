//! A process that an earlier run of this program started, known by pid *and* start time.
//!
//! A pid alone is a lie waiting to happen: the process may be gone and its number given to somebody else's. The start
//! time (field 22 of `/proc/PID/stat`, in clock ticks since boot) tells the two apart, and a pidfd opened before that
//! check keeps the number from being given away between the check and the signal.

use std::fs;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::error::{Context, Result};

/// A process by pid and start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its pid.
    pub(crate) pid: u32,
    /// Its start time in clock ticks since boot.
    pub(crate) started: u64,
}

impl Process {
    /// Returns the process that has `pid` now, if one has.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (state, started) = parse_stat(&stat)?;
        // A zombie has ended; only its parent has not looked yet.
        (state != 'Z' && state != 'X').then_some(Self { pid, started })
    }

    /// Tells whether this very process still runs.
    pub(crate) fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Ends the process: `gentle` first, SIGKILL if it is still there after `grace`.
    ///
    /// Does nothing if it has ended already, or if its pid belongs to another process by now.
    ///
    /// # Errors
    /// If the signal may not be sent, or if the process survives SIGKILL for five seconds.
    pub(crate) fn end(self, gentle: Signal, grace: Duration) -> Result<()> {
        let Some(fd) = self.open() else { return Ok(()) };
        for (signal, wait) in [(gentle, grace), (Signal::KILL, Duration::from_secs(5))] {
            match pidfd_send_signal(&fd, signal) {
                Ok(()) => {}
                Err(rustix::io::Errno::SRCH) => return Ok(()),
                Err(e) => return Err(e).context(format_args!("send a signal to pid {}", self.pid)),
            }
            if ended_within(&fd, wait)? {
                return Ok(());
            }
        }
        Err(crate::error::Error::new(format_args!("pid {} is still there after SIGKILL", self.pid)))
    }

    /// Opens the process, if it is still the same one.
    fn open(self) -> Option<OwnedFd> {
        let pid = Pid::from_raw(i32::try_from(self.pid).ok()?)?;
        let fd = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        self.is_alive().then_some(fd)
    }
}

/// Waits until the process ends, at most for `wait`; tells whether it did.
fn ended_within(fd: &OwnedFd, wait: Duration) -> Result<bool> {
    let timeout = Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(wait.subsec_nanos()),
    };
    let ready = poll(&mut [PollFd::new(fd, PollFlags::IN)], Some(&timeout)).context("wait for a process")?;
    Ok(ready > 0)
}

/// Returns the state and the start time of a line of `/proc/PID/stat`.
///
/// The second field is the program's name in parentheses and may hold blanks and parentheses of its own, so counting
/// starts after the *last* one.
fn parse_stat(stat: &str) -> Option<(char, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let started = fields.nth(18)?.parse().ok()?;
    Some((state, started))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn start_time_is_read_after_the_last_parenthesis() {
        let tail = "1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 50";
        assert_eq!(parse_stat(&format!("42 (a) b (c) S {tail}")), Some(('S', 98765)));
        assert_eq!(parse_stat("42 (cut off"), None);
        assert_eq!(parse_stat("42 (short) S 1 2"), None);
    }

    #[test]
    fn a_reused_pid_is_not_the_process() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let real = Process::of(child.id()).unwrap();
        let stale = Process { started: real.started - 1, ..real };
        assert!(!stale.is_alive());
        stale.end(Signal::KILL, Duration::ZERO).unwrap();
        assert!(real.is_alive(), "a stale entry must not end the process that has its pid now");
        real.end(Signal::TERM, Duration::from_secs(5)).unwrap();
        assert!(!real.is_alive(), "a zombie counts as ended");
        child.wait().unwrap();
        real.end(Signal::TERM, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_deaf_process_is_killed_after_the_grace_period() {
        let mut child = Command::new("sh").args(["-c", "trap '' TERM; exec sleep 60"]).spawn().unwrap();
        let process = Process::of(child.id()).unwrap();
        process.end(Signal::TERM, Duration::from_millis(50)).unwrap();
        assert!(!process.is_alive());
        child.wait().unwrap();
    }
}
