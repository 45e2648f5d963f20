//! A short round of `cargo xtask torture processing`, in a process of its own: what it holds is counted.

mod common;
#[path = "common/torture.rs"]
mod torture;

use std::time::Duration;

suitkaise_processing::test_support!();

#[test]
fn tortured_pools_lose_nothing_double_nothing_and_leave_nothing() {
    let hung = || {
        eprintln!("a round hangs");
        std::process::exit(1);
    };
    let counts = torture::torture(1000, Duration::from_secs(2), 20_261_121, hung);
    assert!(counts.rounds > 1 && counts.faults > 0, "{counts:?}");
    assert_eq!((counts.lost, counts.doubled, counts.hung, counts.leaked), (0, 0, 0, 0), "{counts:?}");
}
