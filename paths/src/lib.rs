//! Project-aware paths.
//!
//! A path has two sides. Where the file lies on *this* machine is its **ap**, the absolute path. Which file of the
//! *project* it is is its **rp**, the path relative to the project's root, with `/` on every system. The rp is the
//! same in every check-out; so an [`Skpath`] is compared, hashed, named by an [id](Skpath::id) and sent to other
//! machines by its rp, and opened by its ap. A path outside the project has no rp and goes by its ap.
//!
//! The root is found, not configured: up from the path, by `setup.sk`, `Cargo.toml`, `.git` and other
//! [indicators](find_root); [`CustomRoot`] overrides it for a while.
//!
//! ```
//! use suitkaise_paths::Skpath;
//!
//! let manifest = Skpath::root()? / "paths" / "Cargo.toml";
//! assert_eq!(manifest.rp(), "paths/Cargo.toml");
//! assert_eq!(Skpath::from_id(&manifest.id())?, manifest);
//!
//! let here = Skpath::here(); // the file this line stands in
//! assert!(here.is_file() || here.rp().ends_with(".rs"));
//! # Ok::<(), suitkaise_paths::PathError>(())
//! ```
//!
//! What touches the disk says so by returning a `Result` or by its name (`exists`, `is_file`, ..). Names that are not
//! Unicode survive every operation: only the `str` views ([`Skpath::rp`], [`Skpath::ap`], ..) show them with a
//! replacement character; [`AsRef<Path>`], ids, equality and travel are exact.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "macros")]
pub use suitkaise_paths_derive::autopath;

pub use crate::any::MaybePath;
pub use crate::caller::{caller_path, current_dir, cwd};
pub use crate::detection::PathDetectionError;
pub use crate::error::{PathError, PathErrorKind};
pub use crate::filename::is_valid_filename;
pub use crate::module::module_path_of;
pub use crate::project::{Project, project_paths, project_structure, project_tree};
pub use crate::root::{
    CustomRoot, clear_custom_root, clear_root_cache, custom_root, find_root, project_root, set_custom_root,
};
pub use crate::skpath::{Skpath, SkpathDetails};
pub use crate::state::SkpathState;
pub use crate::streamline::{Streamline, streamline_path, streamline_path_quick};
pub use crate::structure::{EntryKind, ProjectEntry};
pub use crate::transfer::{CopyTo, MoveTo};

mod any;
mod bytes;
mod caller;
mod detection;
mod error;
mod filename;
mod id;
mod module;
mod project;
mod resolve;
mod root;
mod rules;
mod skpath;
mod state;
mod streamline;
mod structure;
mod transfer;
mod walk;

/// What the code that `#[autopath]` writes calls; no part of the public interface.
#[doc(hidden)]
pub mod __private0 {
    pub use crate::any::{Trace, to_path_buf, to_skpath, to_string_path};
    pub use crate::caller::caller_path;
    pub use crate::{MaybePath, Skpath};
}

/// The chapter of the book, so that its code is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/src/paths.md")]
struct Chapter;
