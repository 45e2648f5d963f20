//! Pools under torture: `cargo xtask torture processing`.
#![allow(clippy::expect_used, reason = "a test program")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/torture.rs"]
mod torture;

use std::time::Duration;

use torture::{Counts, torture};

fn main() {
    suitkaise_processing::init();
    let mut args = std::env::args().skip(1);
    let (mut seconds, mut seed) = (60, 1);
    while let (Some(name), Some(value)) = (args.next(), args.next()) {
        let value = value.parse().expect("a number");
        match name.as_str() {
            "--seconds" => seconds = value,
            "--seed" => seed = value,
            other => panic!("no option `{other}`: there are --seconds and --seed"),
        }
    }
    let hung = || {
        tell(&Counts { hung: 1, ..Counts::default() });
        std::process::exit(1);
    };
    tell(&torture(10_000, Duration::from_secs(seconds), seed, hung));
}

fn tell(counts: &Counts) {
    let Counts { rounds, tasks, faults, lost, doubled, hung, leaked } = counts;
    println!(
        "TORTURE {{\"rounds\": {rounds}, \"tasks\": {tasks}, \"faults\": {faults}, \"lost\": {lost}, \
         \"doubled\": {doubled}, \"hung\": {hung}, \"leaked\": {leaked}}}"
    );
}
