//! Derive macros of cerial.
