//! Resources of the operating system.

#[cfg(feature = "file")]
pub(crate) mod file;
#[cfg(feature = "tcp")]
pub(crate) mod tcp;
#[cfg(feature = "tempfile")]
pub(crate) mod temp_file;
