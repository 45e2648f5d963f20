//! Whether a process has begun to end.

use rustix::process::Pid;

/// The kernel's flag of a process that is being taken down: set before its descriptors are closed.
const EXITING: u64 = 4;

/// Whether a process that is not reaped yet has begun to end. `false` where /proc is not there.
pub(crate) fn is_exiting(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    stat.is_ok_and(|stat| says_exiting(&stat))
}

/// Reads the state and the flags behind the name, which may hold anything.
fn says_exiting(stat: &str) -> bool {
    let Some((_, rest)) = stat.rsplit_once(')') else { return false };
    let mut fields = rest.split_ascii_whitespace();
    let gone = matches!(fields.next(), Some("Z" | "X" | "x"));
    let flags = fields.nth(5).and_then(|flags| flags.parse::<u64>().ok());
    gone || flags.is_some_and(|flags| flags & EXITING != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_is_found_behind_any_name() {
        assert!(!says_exiting("7 (a) b) S 1 7 7 0 -1 4194304 0"));
        assert!(says_exiting("7 (a) b) R 1 7 7 0 -1 4194308 0"));
        assert!(says_exiting("7 (a) Z 1 7 7 0 -1 4194304 0"));
        assert!(!says_exiting("nothing"));
    }

    #[test]
    fn this_process_lives() {
        assert!(!is_exiting(rustix::process::getpid()));
    }
}
