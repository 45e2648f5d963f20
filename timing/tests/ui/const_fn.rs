use suitkaise_timing::timethis;

#[timethis]
const fn fixed() {}

fn main() {}
