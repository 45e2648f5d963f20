//! Macros of suitkaise-sk.
mod analysis;
