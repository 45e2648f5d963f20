//! The chores of the project: `cargo xtask setup | servers | test | ci | bench`.
fn main() {}
