//! Macros of suitkaise-processing.
