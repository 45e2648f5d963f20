//! Macros of suitkaise-paths.
