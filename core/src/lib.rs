//! Serializes almost any object graph: an IR, a wire format, handlers, reconnectors.
