//! Resources of the operating system.

pub(crate) mod tcp;
