//! Macros of suitkaise-sk.
