//! Timers with statistics.
