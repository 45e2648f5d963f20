//! How values travel between the processes of one program.

use cerial::{Limits, Mode, Options};

/// Compact bytes: both ends are one build. Peers trust each other with memory; depth stays limited on both sides alike.
pub(crate) static OPTIONS: Options = Options::new()
    .mode(Mode::Compact)
    .limits(Limits::new().input_bytes(u64::MAX).alloc_bytes(u64::MAX).unbacked_elements(u64::MAX));
