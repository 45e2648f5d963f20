//! Budgets that are checked before they are spent.

use std::time::Duration;

/// How much a value may cost to read or write. Every count is checked against these before memory is allocated.
///
/// The default suits files and peers of one's own; [`Limits::untrusted`] is tighter.
///
/// ```
/// use cerial::Limits;
/// let limits = Limits::new().depth(10_000).alloc_bytes(1 << 30);
/// assert_eq!(limits.max_depth(), 10_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) input_bytes: u64,
    pub(crate) alloc_bytes: u64,
    pub(crate) unbacked: u64,
    pub(crate) depth: u32,
    pub(crate) lock_wait: Duration,
}

impl Limits {
    /// The defaults: inputs up to 4 GiB, 1 GiB of memory at least and 64 bytes for each input byte at most, 2^24
    /// elements that no input byte backs, 512 nested heap edges, one second for a lock held elsewhere.
    pub const fn new() -> Limits {
        Limits {
            input_bytes: 4 << 30,
            alloc_bytes: 1 << 30,
            unbacked: 1 << 24,
            depth: 512,
            lock_wait: Duration::from_secs(1),
        }
    }

    /// For bytes from a stranger: 64 MiB of input, 256 MiB of memory, 2^16 unbacked elements, depth 128.
    pub const fn untrusted() -> Limits {
        Limits {
            input_bytes: 64 << 20,
            alloc_bytes: 256 << 20,
            unbacked: 1 << 16,
            depth: 128,
            ..Limits::new()
        }
    }

    /// Sets the largest input, in bytes.
    #[must_use]
    pub const fn input_bytes(mut self, bytes: u64) -> Limits {
        self.input_bytes = bytes;
        self
    }

    /// Sets how many bytes of memory a value that is read may take, by a lower-bound estimate charged before each
    /// allocation.
    #[must_use]
    pub const fn alloc_bytes(mut self, bytes: u64) -> Limits {
        self.alloc_bytes = bytes;
        self
    }

    /// Sets how many elements may stand in the value without a byte of input for each (`Vec<()>`).
    #[must_use]
    pub const fn unbacked_elements(mut self, elements: u64) -> Limits {
        self.unbacked = elements;
        self
    }

    /// Sets how many heap edges (box, list, map, shared pointer of something that can nest) may follow each other.
    /// Past the default the walk keeps its stack on the heap; the type's own `Drop` must cope with the depth.
    #[must_use]
    pub const fn depth(mut self, edges: u32) -> Limits {
        self.depth = edges;
        self
    }

    /// Sets how long writing waits for a lock that is held elsewhere.
    #[must_use]
    pub const fn lock_wait(mut self, wait: Duration) -> Limits {
        self.lock_wait = wait;
        self
    }

    /// The number of heap edges that may follow each other.
    pub const fn max_depth(&self) -> u32 {
        self.depth
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}
