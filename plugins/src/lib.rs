//! Handlers for std and ecosystem types.
