//! Macros of suitkaise-timing.
