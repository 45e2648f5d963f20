//! Modifiers for functions and types: retry, timeout, background, rate limit, async.
