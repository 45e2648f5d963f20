use suitkaise_timing::timethis;

#[timethis(threshold = -0.5)]
fn work() {}

#[timethis(threshold = "5ms")]
fn text() {}

fn main() {}
