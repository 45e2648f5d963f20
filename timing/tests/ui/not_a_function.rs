use suitkaise_timing::timethis;

#[timethis]
struct Work;

fn main() {}
