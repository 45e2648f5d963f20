//! Reconnectors for live resources.
