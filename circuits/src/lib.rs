//! Circuit breakers with backoff.
