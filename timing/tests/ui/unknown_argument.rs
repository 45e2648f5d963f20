use suitkaise_timing::timethis;

#[timethis(treshold = 0.5)]
fn work() {}

#[timethis(threshold)]
fn other() {}

fn main() {}
