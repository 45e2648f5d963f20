//! Project-aware paths.
