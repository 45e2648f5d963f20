//! The kit's objects travel: timers, circuits and paths through bytes and in a child process.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use suitkaise::{
    BreakingCircuit, Cerial, Circuit, Context, ProcessConfig, Result, Skpath, Skprocess, Sktimer, cerial,
    skprocess,
};

suitkaise::test_support!();

#[derive(Cerial)]
struct Kit {
    timers: Vec<Sktimer>,
    circuit: Circuit,
    breaker: Option<Box<BreakingCircuit>>,
    path: Skpath,
}

fn kit() -> Kit {
    let timer = Sktimer::with_max_times(3).unwrap();
    for seconds in [1.0, 2.0, 3.0, 4.0] {
        timer.add_time(seconds).unwrap();
    }
    let circuit = Circuit::new(5);
    circuit.short();
    let breaker = BreakingCircuit::new(1);
    breaker.trip_without_sleep();
    Kit {
        timers: vec![timer],
        circuit,
        breaker: Some(Box::new(breaker)),
        path: Skpath::root().unwrap() / "src" / "lib.rs",
    }
}

fn check(kit: &Kit) -> std::result::Result<(), String> {
    let timer = &kit.timers[0];
    let mean = timer.mean();
    if (timer.num_times(), mean) != (3, Some(Duration::from_secs(3))) {
        return Err(format!("{} times, mean {mean:?}", timer.num_times()));
    }
    if kit.circuit.times_shorted() != 1 || !kit.breaker.as_ref().is_some_and(|breaker| breaker.broken()) {
        return Err("the circuits are not as they were".into());
    }
    if kit.path.rp() != "src/lib.rs" {
        return Err(format!("the path is {}", kit.path));
    }
    Ok(())
}

#[test]
fn timers_circuits_and_paths_come_back_as_they_were() {
    let bytes = cerial::serialize(&kit()).unwrap();
    check(&cerial::deserialize::<Kit>(&bytes).unwrap()).unwrap();
}

#[derive(Cerial)]
struct Carrier {
    kit: Kit,
}

#[skprocess]
impl Skprocess for Carrier {
    type Output = Kit;
    fn config(&self) -> ProcessConfig {
        ProcessConfig::new().runs(1)
    }
    fn run(&mut self, _: &mut Context) -> Result {
        Ok(check(&self.kit)?)
    }
    fn result(&mut self, _: &mut Context) -> Result<Kit> {
        Ok(std::mem::replace(&mut self.kit, kit()))
    }
}

#[test]
fn they_go_through_a_child_process_and_back() {
    check(&Carrier { kit: kit() }.start().unwrap().timeout(20.0).result().unwrap()).unwrap();
}
