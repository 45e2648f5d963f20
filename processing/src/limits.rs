//! Limits and switches that a child puts on itself before its entry runs.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use rustix::process::{Resource, Rlimit, getpriority_process, setpriority_process, setrlimit};

/// What a child may use. The default limits nothing.
///
/// # Examples
/// ```
/// use suitkaise_processing::raw::Limits;
///
/// let mut limits = Limits::default();
/// limits.memory_bytes = Some(512 << 20);
/// limits.nice = Some(5);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Address space (`RLIMIT_AS`), in bytes. An allocation beyond it ends the child as [`OutOfMemory`].
    ///
    /// [`OutOfMemory`]: crate::raw::Cause::OutOfMemory
    pub memory_bytes: Option<u64>,
    /// Processor time (`RLIMIT_CPU`), in seconds; then SIGXCPU.
    pub cpu_seconds: Option<u64>,
    /// Open descriptors (`RLIMIT_NOFILE`).
    pub open_files: Option<u64>,
    /// Added to the scheduling priority; positive is nicer.
    pub nice: Option<i32>,
    /// The working directory.
    pub directory: Option<PathBuf>,
    /// No program started from the child gains rights from its file (Linux).
    pub no_new_privileges: bool,
    /// A network namespace of its own without a way out (Linux; needs the right to make one).
    pub network_off: bool,
}

const NETWORK_NEEDS: &str = "it needs CAP_SYS_ADMIN, or user namespaces that are open to all";

impl Limits {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let numbers = [
            self.memory_bytes,
            self.cpu_seconds,
            self.open_files,
            self.nice.map(|n| i64::from(n).cast_unsigned()),
        ];
        for number in numbers {
            out.push(u8::from(number.is_some()));
            out.extend(number.unwrap_or(0).to_le_bytes());
        }
        out.push(u8::from(self.no_new_privileges) | u8::from(self.network_off) << 1);
        out.extend(self.directory.iter().flat_map(|path| path.as_os_str().as_bytes()));
        out
    }

    pub(crate) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut number = || -> Option<Option<u64>> {
            let (set, rest) = bytes.split_first()?;
            let (value, rest) = rest.split_first_chunk()?;
            bytes = rest;
            Some((*set == 1).then(|| u64::from_le_bytes(*value)))
        };
        let (memory_bytes, cpu_seconds, open_files, nice) = (number()?, number()?, number()?, number()?);
        let (switches, directory) = bytes.split_first()?;
        Some(Self {
            memory_bytes,
            cpu_seconds,
            open_files,
            nice: nice.and_then(|n| i32::try_from(n.cast_signed()).ok()),
            directory: (!directory.is_empty()).then(|| OsString::from_vec(directory.to_vec()).into()),
            no_new_privileges: switches & 1 != 0,
            network_off: switches & 2 != 0,
        })
    }

    /// Applies them to this process; the error says which could not be.
    pub(crate) fn apply(&self) -> Result<(), String> {
        if let Some(path) = &self.directory {
            std::env::set_current_dir(path)
                .map_err(|error| format!("cannot enter the directory {}: {error}", path.display()))?;
        }
        if let Some(nice) = self.nice {
            let now = getpriority_process(None).unwrap_or(0);
            setpriority_process(None, now.saturating_add(nice))
                .map_err(|error| format!("cannot set nice {nice}: {error}"))?;
        }
        if self.network_off {
            network_off().map_err(|error| format!("cannot cut the network off: {error}; {NETWORK_NEEDS}"))?;
        }
        if self.no_new_privileges {
            no_new_privileges().map_err(|error| format!("cannot give up new privileges: {error}"))?;
        }
        let limits = [
            // The hard limit is SIGKILL without a word; the soft one is SIGXCPU, which the error can name.
            (Resource::Cpu, self.cpu_seconds, 1, "processor seconds"),
            (Resource::Nofile, self.open_files, 0, "open files"),
            (Resource::As, self.memory_bytes, 0, "bytes of memory"),
        ];
        for (resource, limit, more, name) in limits {
            if let Some(limit) = limit {
                setrlimit(
                    resource,
                    Rlimit { current: Some(limit), maximum: Some(limit.saturating_add(more)) },
                )
                .map_err(|error| format!("cannot limit the child to {limit} {name}: {error}"))?;
            }
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
use crate::os::linux::{network_off, no_new_privileges};

#[cfg(not(target_os = "linux"))]
fn network_off() -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn no_new_privileges() -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_back() {
        let all = Limits {
            memory_bytes: Some(1),
            cpu_seconds: Some(2),
            open_files: Some(3),
            nice: Some(-4),
            directory: Some("/tmp".into()),
            no_new_privileges: true,
            network_off: true,
        };
        for limits in [Limits::default(), all] {
            let bytes = limits.encode();
            assert_eq!(Limits::decode(&bytes), Some(limits));
            assert_eq!(Limits::decode(&bytes[..20]), None);
        }
    }
}
