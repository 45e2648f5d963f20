//! What a method does, read off its syntax: which attributes it reads and writes, and which calls may block.
//!
//! Everything here is a pure function of the syntax tree and errs on one side: it may say too much, never too little.

pub(crate) use blocking::blocking_calls;
pub(crate) use effects::{Own, effects_of};

mod blocking;
mod effects;
mod names;
#[cfg(test)]
mod table;
