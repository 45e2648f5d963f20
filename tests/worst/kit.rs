//! The kit's own objects: timers, circuits, paths.

use std::time::Duration;

use suitkaise::{BreakingCircuit, Cerial, Circuit, Skpath, Sktimer, TimerState};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
pub struct Kit {
    timers: Vec<Sktimer>,
    window: Sktimer,
    circuit: Circuit,
    breaker: Box<BreakingCircuit>,
    whole: Option<BreakingCircuit>,
    path: Skpath,
    outside: Skpath,
}

impl Noun for Kit {
    const NAME: &'static str = "kit";

    fn new(cx: &mut Build) -> Kit {
        let timers = cx.some(3, |cx| {
            let state = TimerState {
                times: cx.some(6, |cx| cx.rng.u64(..1 << 40)),
                original_start_time: Some(cx.rng.i64(..).into()),
                ..TimerState::default()
            };
            Sktimer::try_from(state).expect("a state")
        });
        let window = Sktimer::with_max_times(3).expect("a window");
        for _ in 0..9 {
            window.add_paused_time(1.0 + cx.rng.f64(), 0.5).expect("a time");
        }
        let circuit = Circuit::new(9).backoff_factor(1.5);
        for _ in 0..cx.rng.u8(..8) {
            circuit.short_without_sleep();
        }
        let breaker = BreakingCircuit::new(1).sleep_time_after_trip(0.25).backoff_factor(2.0);
        breaker.trip_without_sleep();
        Kit {
            timers,
            window,
            circuit,
            breaker: Box::new(breaker),
            whole: cx.rng.bool().then(|| BreakingCircuit::new(3)),
            path: Skpath::root().expect("a root") / "tests" / "worst" / "kit.rs",
            outside: Skpath::try_from("/etc/hosts").expect("a path"),
        }
    }

    fn verify(&self, came: &Kit, checks: &mut Checks<'_>) {
        checks.same("timers", came.timers.len(), self.timers.len());
        for (came, sent) in came.timers.iter().zip(&self.timers) {
            checks.same("stats", came.stats(), sent.stats());
            checks.that("is not running", !came.is_running());
        }
        checks.same("window", (came.window.num_times(), came.window.max_times()), (3, Some(3)));
        checks.same("paused", came.window.total_time_paused(), self.window.total_time_paused());
        came.window.add_time(5.0).expect("a time");
        checks.same("window moves", came.window.times()[1], self.window.times()[2]);
        checks.same("window's new time", came.window.most_recent(), Some(Duration::from_secs(5)));
        checks.same("shorts", came.circuit.times_shorted(), self.circuit.times_shorted());
        checks.same("shorts to trip", came.circuit.num_shorts_to_trip(), 9);
        // So many more, and it trips.
        let left = 9 - self.circuit.times_shorted();
        let trips = (0..left).filter(|_| came.circuit.short_without_sleep().is_some()).count();
        checks.same("trips", (trips, came.circuit.total_trips()), (1, self.circuit.total_trips() + 1));
        checks.that("breaker is broken", came.breaker.broken());
        checks.same("sleep", came.breaker.current_sleep_time(), self.breaker.current_sleep_time());
        came.breaker.reset();
        checks.that("breaker is whole again", !came.breaker.broken());
        checks.same(
            "whole",
            came.whole.as_ref().map(BreakingCircuit::broken),
            self.whole.as_ref().map(|_| false),
        );
        checks.same("path", &*came.path.rp(), "tests/worst/kit.rs");
        checks.that("path leads here", came.path.exists());
        checks.same("outside", came.outside.ap(), self.outside.ap());
    }
}
part!(Kit);
