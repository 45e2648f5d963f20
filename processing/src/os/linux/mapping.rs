//! Mapped memory: sealed files to read from, and the journal that a worker leaves behind.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ops::Deref;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{
    FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals, memfd_create,
};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

struct Region {
    start: NonNull<c_void>,
    len: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread; `Region` gives out no access by itself.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

impl Region {
    fn map(fd: impl AsFd, len: usize, protection: ProtFlags, flags: MapFlags) -> io::Result<Region> {
        // SAFETY: a null hint lets the kernel choose a place where nothing is mapped.
        let start = unsafe { mmap(std::ptr::null_mut(), len, protection, flags, fd, 0) }?;
        let start = NonNull::new(start).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Region { start, len })
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: mapped by `map` with this length, and every borrow of it ends with `self`.
        let _ = unsafe { munmap(self.start.as_ptr(), self.len) };
    }
}

/// The contents of a sealed memory file, without a copy.
pub(crate) struct Mapping(Option<Region>);

impl Mapping {
    /// Maps a file that [`sealed_memfd`](super::sealed_memfd) made.
    pub(crate) fn sealed(fd: OwnedFd) -> io::Result<Mapping> {
        let seals = fcntl_get_seals(&fd)?;
        if !seals.contains(SealFlags::WRITE | SealFlags::SHRINK) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the memory file is not sealed"));
        }
        let file = File::from(fd);
        let len = usize::try_from(file.metadata()?.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        if len == 0 {
            return Ok(Mapping(None));
        }
        Region::map(&file, len, ProtFlags::READ, MapFlags::PRIVATE).map(|region| Mapping(Some(region)))
    }
}

impl Deref for Mapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let Some(region) = &self.0 else { return &[] };
        // SAFETY:
        // - the region is mapped readable over its whole length, which is the file's; the file cannot shrink: sealed.
        // - no byte of it can change: the seal forbids writing, also through mappings.
        unsafe { std::slice::from_raw_parts(region.start.as_ptr().cast(), region.len) }
    }
}

/// Makes a sealed memory file of so many bytes that `fill` writes where they are; they are zero before.
pub(crate) fn filled_memfd(len: usize, fill: impl FnOnce(&mut [u8])) -> io::Result<OwnedFd> {
    let file = memfd_create(c"suitkaise-bytes", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    if len > 0 {
        // Taken now: a full memory is an error here, and no SIGBUS in `fill`.
        fallocate(&file, FallocateFlags::empty(), 0, len as u64)?;
        fcntl_add_seals(&file, SealFlags::GROW | SealFlags::SHRINK)?;
        let region = Region::map(&file, len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)?;
        // SAFETY:
        // - the region is mapped readable and writable over its whole length, which the file has: it cannot shrink.
        // - nobody else has the file or a mapping of it: it was made above and goes out when `region` is gone.
        fill(unsafe { std::slice::from_raw_parts_mut(region.start.as_ptr().cast(), region.len) });
    }
    fcntl_add_seals(&file, SealFlags::GROW | SealFlags::SHRINK | SealFlags::WRITE | SealFlags::SEAL)?;
    Ok(file)
}

/// Memory that a worker writes and its parent reads once the worker is dead: how many tasks it began, when it began
/// the last one, and entries of bytes up to a published length.
pub(crate) struct Journal(Region);

const HEADER: usize = 64;
const SIZE: usize = 256 << 10;
const STARTED: usize = 0;
const STARTED_AT: usize = 1;
const LEN: usize = 2;

impl Journal {
    /// The most bytes that can stand in it.
    pub(crate) const ROOM: usize = SIZE - HEADER;

    /// Makes an empty one, and the file by which a worker opens it.
    pub(crate) fn create() -> io::Result<(Journal, OwnedFd)> {
        let file = memfd_create(c"suitkaise-journal", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        // Taken now: a full memory is an error here, and no SIGBUS later.
        fallocate(&file, FallocateFlags::empty(), 0, SIZE as u64)?;
        fcntl_add_seals(&file, SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
        let region = Region::map(&file, SIZE, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)?;
        Ok((Journal(region), file))
    }

    /// Opens the one that the parent made.
    pub(crate) fn open(fd: OwnedFd) -> io::Result<Journal> {
        let file = File::from(fd);
        if file.metadata()?.len() != SIZE as u64 || !fcntl_get_seals(&file)?.contains(SealFlags::SHRINK) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the file is no journal"));
        }
        Region::map(&file, SIZE, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED).map(Journal)
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        // SAFETY:
        // - `index` is one of the three constants, so that the word is inside the header of the region.
        // - a page is aligned for it, and the word is accessed by atomic operations alone, in both processes.
        unsafe { self.0.start.cast::<AtomicU64>().add(index).as_ref() }
    }

    /// Notes that a task begins.
    pub(crate) fn begin(&self, started: u64, at: Option<u64>) {
        if let Some(at) = at {
            self.word(STARTED_AT).store(at, Ordering::Relaxed);
        }
        self.word(STARTED).store(started, Ordering::Release);
    }

    /// How many tasks began.
    pub(crate) fn started(&self) -> u64 {
        self.word(STARTED).load(Ordering::Acquire)
    }

    /// When the last one began, if that is noted.
    pub(crate) fn started_at(&self) -> u64 {
        self.word(STARTED_AT).load(Ordering::Relaxed)
    }

    /// Adds an entry of two parts; `false`: no room. For the worker, from one thread.
    pub(crate) fn append(&self, head: &[u8], body: &[u8]) -> bool {
        let at = usize::try_from(self.word(LEN).load(Ordering::Relaxed)).unwrap_or(Journal::ROOM);
        let len = head.len() + body.len();
        if len > Journal::ROOM.saturating_sub(at) {
            return false;
        }
        for (at, part) in [(at, head), (at + head.len(), body)] {
            // SAFETY:
            // - `at..at + part.len()` is inside the region behind the header: checked above.
            // - nobody reads it: it is behind the published length, and the parent reads only when we are dead.
            // - `part` is memory of this process, so that the two do not overlap.
            unsafe {
                let to = self.0.start.cast::<u8>().add(HEADER + at);
                to.copy_from_nonoverlapping(NonNull::from(part).cast(), part.len());
            }
        }
        self.word(LEN).store((at + len) as u64, Ordering::Release);
        true
    }

    /// Forgets all entries. For the worker.
    pub(crate) fn clear(&self) {
        self.word(LEN).store(0, Ordering::Release);
    }

    /// A copy of the entries. For the parent, once the worker is dead.
    pub(crate) fn entries(&self) -> Vec<u8> {
        let len = usize::try_from(self.word(LEN).load(Ordering::Acquire)).unwrap_or(0).min(Journal::ROOM);
        let mut out = vec![0; len];
        // SAFETY:
        // - the source is inside the region, whose file cannot shrink: sealed.
        // - its writer is dead; bytes that a fork of it still changed would be wrong bytes, read once, into a copy.
        // - `out` is memory of this process of that length.
        unsafe {
            self.0
                .start
                .cast::<u8>()
                .add(HEADER)
                .copy_to_nonoverlapping(NonNull::from(&mut out[..]).cast(), len)
        };
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_read_by_its_other_end() {
        let (parent, fd) = Journal::create().expect("memory");
        let worker = Journal::open(fd).expect("a journal");
        worker.begin(1, Some(7));
        assert!(worker.append(b"ab", b"cd"));
        assert!(!worker.append(&[], &[0; Journal::ROOM]));
        assert_eq!((parent.started(), parent.started_at(), parent.entries()), (1, 7, b"abcd".to_vec()));
        worker.clear();
        assert!(parent.entries().is_empty());
    }

    #[test]
    fn a_filled_file_has_what_was_written_and_is_sealed() {
        let file = filled_memfd(3, |bytes| bytes[1] = 7).expect("memory");
        assert_eq!(&Mapping::sealed(file).expect("sealed")[..], [0, 7, 0]);
        assert!(Mapping::sealed(filled_memfd(0, |_| {}).expect("memory")).expect("sealed").is_empty());
    }

    #[test]
    fn only_sealed_files_are_mapped() {
        let sealed = super::super::sealed_memfd(c"test", &[b"ab"]).expect("memory");
        assert_eq!(&Mapping::sealed(sealed).expect("mapped")[..], b"ab");
        let open = memfd_create(c"test", MemfdFlags::CLOEXEC).expect("memory");
        assert!(Mapping::sealed(open).is_err());
    }
}
