use suitkaise_timing::timethis;

#[timethis]
#[timethis]
fn work() {}

fn main() {}
