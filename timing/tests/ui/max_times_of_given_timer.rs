use suitkaise_timing::{Sktimer, timethis};

static TIMER: Sktimer = Sktimer::new();

#[timethis(timer = &TIMER, max_times = 5)]
fn work() {}

#[timethis(max_times = 0)]
fn none() {}

fn main() {}
