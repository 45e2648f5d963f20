//! Serialize live objects, run them in other processes, reconnect what was live.
