//! What travels between a pool and its workers.
//!
//! Parent to worker: `FUNCTION` makes a runner known, `TASKS` gives it items, `FORGET` drops it. Worker to parent:
//! `RESULTS`. Tasks are counted per worker, from 0, and done in that order, so that a result needs no name.
//!
//! Items stand as a length (u32) and bytes; results as a status, a length and bytes. What is larger than
//! [`INLINE`] travels alone, in a sealed memory file. All numbers are little endian.

use std::os::fd::OwnedFd;

use crate::raw::FIRST_USER_KIND;

pub(super) const FUNCTION: u8 = FIRST_USER_KIND;
pub(super) const TASKS: u8 = FIRST_USER_KIND + 1;
pub(super) const FORGET: u8 = FIRST_USER_KIND + 2;
pub(super) const RESULTS: u8 = FIRST_USER_KIND + 3;
/// The first frame: the journal's descriptor comes with it.
pub(super) const SETUP: u8 = FIRST_USER_KIND + 4;
/// The worker is set up.
pub(super) const READY: u8 = FIRST_USER_KIND + 5;
/// Worker to parent: it ends itself, since a section of the object that it runs took too long; which one.
pub(super) const OVERRUN: u8 = FIRST_USER_KIND + 6;

/// The most bytes of an item or a result that go through the socket. Two frames of this size fit its buffer, so that
/// the dispatcher never waits for a worker that does not read.
pub(super) const INLINE: usize = 32 << 10;

/// The item or result stands in a memory file, the first descriptor of the frame.
pub(super) const IN_FILE: u8 = 1;
/// The worker notes when each task begins.
pub(super) const TIMED: u8 = 2;

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The result's bytes.
    Done = 0,
    /// The function returned an error; its chain.
    Failed = 1,
    /// It panicked: place and message.
    Panicked = 2,
    /// The item cannot be read.
    Item = 3,
    /// The result cannot be written.
    Output = 4,
}

impl Status {
    pub(super) fn of(byte: u8) -> Option<Status> {
        [Status::Done, Status::Failed, Status::Panicked, Status::Item, Status::Output]
            .get(usize::from(byte))
            .copied()
    }
}

/// The head of a `TASKS` frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TasksHead {
    pub(super) run: u64,
    pub(super) count: u32,
    pub(super) flags: u8,
}

impl TasksHead {
    pub(super) const LEN: usize = 13;

    pub(super) fn encode(self) -> [u8; TasksHead::LEN] {
        let mut out = [0; TasksHead::LEN];
        out[..8].copy_from_slice(&self.run.to_le_bytes());
        out[8..12].copy_from_slice(&self.count.to_le_bytes());
        out[12] = self.flags;
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<(TasksHead, &[u8])> {
        let (run, rest) = bytes.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (flags, rest) = rest.split_first()?;
        Some((
            TasksHead { run: u64::from_le_bytes(*run), count: u32::from_le_bytes(*count), flags: *flags },
            rest,
        ))
    }
}

/// The head of a `RESULTS` frame: how long the worker was busy with what follows, and whether it stands in a file.
pub(super) fn results_head(nanos: u64, flags: u8) -> [u8; 9] {
    let mut out = [0; 9];
    out[..8].copy_from_slice(&nanos.to_le_bytes());
    out[8] = flags;
    out
}

pub(super) fn read_results_head(bytes: &[u8]) -> Option<(u64, u8)> {
    let (nanos, rest) = bytes.split_first_chunk()?;
    Some((u64::from_le_bytes(*nanos), *rest.first()?))
}

/// What stands before each result.
pub(super) const ENTRY: usize = 5;

pub(super) fn entry_head(status: Status, len: usize) -> [u8; ENTRY] {
    let [a, b, c, d] = u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes();
    [status as u8, a, b, c, d]
}

/// Splits the next result off.
pub(super) fn next_entry(bytes: &[u8], at: usize) -> Option<(Status, std::ops::Range<usize>)> {
    let head = bytes.get(at..at + ENTRY)?;
    let status = Status::of(head[0])?;
    let start = at + ENTRY;
    let end = start.checked_add(u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize)?;
    (end <= bytes.len()).then_some((status, start..end))
}

/// Bytes that came through the socket or in a file.
pub(super) enum Bytes {
    Owned(Vec<u8>),
    #[cfg(target_os = "linux")]
    Mapped(crate::os::linux::Mapping),
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Owned(bytes) => bytes,
            #[cfg(target_os = "linux")]
            Bytes::Mapped(mapping) => mapping,
        }
    }
}

/// Opens what [`to_file`] made.
pub(super) fn from_file(fd: Option<OwnedFd>) -> std::io::Result<Bytes> {
    let fd = fd.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    #[cfg(target_os = "linux")]
    return crate::os::linux::Mapping::sealed(fd).map(Bytes::Mapped);
    #[cfg(not(target_os = "linux"))]
    {
        drop(fd);
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

/// Puts bytes into a memory file; `None`: they go through the socket.
pub(super) fn to_file(bytes: &[u8]) -> std::io::Result<Option<OwnedFd>> {
    #[cfg(target_os = "linux")]
    if bytes.len() > INLINE {
        return crate::raw::sealed_memfd(c"suitkaise-task", &[bytes]).map(Some);
    }
    let _ = bytes;
    Ok(None)
}

/// The monotonic clock, which all processes share.
pub(super) fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}
