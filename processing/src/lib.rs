//! Objects with a lifecycle in child processes.
