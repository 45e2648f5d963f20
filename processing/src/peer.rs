//! How values travel between the processes of one program.

use cerial::{Limits, Mode, Options};

use crate::os::image;

/// Compact bytes: both ends are one build. Peers trust each other with memory; depth stays limited on both sides alike.
/// Functions travel by their place: these options read only what the handshake's other side sent.
pub(crate) static OPTIONS: Options = Options::new()
    .mode(Mode::Compact)
    .limits(Limits::new().input_bytes(u64::MAX).alloc_bytes(u64::MAX).unbacked_elements(u64::MAX))
    .with_places(&image::PLACES);
