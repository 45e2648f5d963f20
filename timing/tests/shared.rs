//! A timer that several processes share: what is known about its methods, and that they work from afar.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

#[path = "../../sk/tests/common/mirror.rs"]
mod mirror;

use std::time::Duration;

use mirror::Mirror;
use suitkaise_sk::{Caller, Shareable};
use suitkaise_timing::{ErrorKind, RunningState, Sktimer, SktimerProxy, TimerState};

type Proxy<'a> = SktimerProxy<mirror::Way<'a, Sktimer>>;

fn proxy(mirror: &Mirror, process: u64) -> Proxy<'_> {
    mirror.proxy::<Sktimer>(process)
}

/// The plan's table. Its `_sessions` are our `sessions`, its `_paused_durations` our `paused_times`.
const METHODS: &[(&str, &[&str], &[&str])] = &[
    ("start", &[], &["sessions", "original_start_time"]),
    ("stop", &["sessions"], &["times", "paused_times"]),
    ("lap", &["sessions"], &["times", "paused_times"]),
    ("pause", &["sessions"], &["sessions"]),
    ("resume", &["sessions"], &["sessions"]),
    ("add_time", &[], &["times", "paused_times"]),
    ("reset", &[], &["times", "sessions", "paused_times", "original_start_time"]),
    ("discard", &["sessions"], &[]),
    ("get_time", &["times"], &[]),
    ("percentile", &["times"], &[]),
    ("get_statistics", &["times", "original_start_time", "paused_times"], &[]),
    ("get_stats", &["times", "original_start_time", "paused_times"], &[]),
];
const PROPERTIES: &[(&str, &str)] = &[
    ("num_times", "times"),
    ("most_recent", "times"),
    ("result", "times"),
    ("most_recent_index", "times"),
    ("total_time", "times"),
    ("total_time_paused", "paused_times"),
    ("mean", "times"),
    ("median", "times"),
    ("slowest_index", "times"),
    ("fastest_index", "times"),
    ("slowest_time", "times"),
    ("fastest_time", "times"),
    ("min", "times"),
    ("max", "times"),
    ("stdev", "times"),
    ("variance", "times"),
];

#[test]
fn the_metadata_covers_every_row_of_the_plans_table() {
    for (name, reads, writes) in METHODS {
        let row = Sktimer::META.method(name).unwrap_or_else(|| panic!("no row for {name}"));
        assert!(row.shared, "{name}");
        for attribute in *reads {
            assert!(row.may_read(attribute), "{name} reads {attribute}: {row:?}");
        }
        for attribute in *writes {
            assert!(row.may_write(attribute), "{name} writes {attribute}: {row:?}");
        }
    }
    for (name, attribute) in PROPERTIES {
        let row = Sktimer::META.method(name).unwrap_or_else(|| panic!("no row for {name}"));
        assert!(row.shared && row.getter && row.writes.is_empty(), "{row:?}");
        assert_eq!(row.reads, [*attribute], "{name}");
    }
}

#[test]
fn the_metadata_knows_the_attributes_by_name_and_no_method_twice() {
    let names = ["max_times", "original_start_time", "paused_times", "sessions", "times"];
    assert_eq!(Sktimer::META.attributes(), names);
    let mut methods: Vec<_> = Sktimer::META.methods().map(|m| m.name).collect();
    let all = methods.len();
    methods.sort_unstable();
    methods.dedup();
    assert_eq!(methods.len(), all);
    for method in Sktimer::META.methods() {
        assert_eq!(Sktimer::META.at(method.index), Some(method));
        assert!(method.shared, "{} cannot be called from another process", method.name);
    }
}

#[test]
fn clocks_are_read_in_the_calling_process() {
    let mirror = Mirror::new(&Sktimer::new());
    let timer = proxy(&mirror, 1);
    timer.start().unwrap();
    timer.pause().unwrap().unwrap();
    timer.resume().unwrap().unwrap();
    let lap = timer.lap().unwrap().unwrap();
    let last = timer.stop().unwrap().unwrap();
    assert_eq!(timer.times().unwrap(), [lap, last]);
    // the same calls, made again much later: nothing of what they give depends on when they are carried out
    let mut again = Sktimer::new();
    mirror.replay(&mut again);
    assert_eq!(again.times(), [lap, last]);
    assert_eq!(again.original_start_time(), timer.original_start_time().unwrap());
    assert_eq!(again.paused_times(), timer.paused_times().unwrap());
}

#[test]
fn sessions_belong_to_a_process_and_a_thread() {
    let mirror = Mirror::new(&Sktimer::new());
    let (one, other) = (proxy(&mirror, 1), proxy(&mirror, 2));
    assert_eq!((one.start().unwrap(), one.start().unwrap(), other.start().unwrap()), (1, 2, 1));
    std::thread::scope(|s| {
        s.spawn(|| {
            assert!(!one.is_running().unwrap());
            assert_eq!(one.stop().unwrap().unwrap_err().kind(), ErrorKind::NotRunning);
            assert_eq!(one.start().unwrap(), 1);
            one.discard().unwrap().unwrap();
        });
    });
    assert!(other.pause().unwrap().unwrap() && other.is_paused().unwrap());
    assert!(!one.is_paused().unwrap());
    one.stop().unwrap().unwrap();
    assert_eq!((one.depth().unwrap(), other.depth().unwrap()), (1, 1));
    one.stop().unwrap().unwrap();
    other.stop().unwrap().unwrap();
    assert_eq!(one.num_times().unwrap(), 3);
}

#[test]
fn sessions_of_a_process_that_is_gone_are_discarded() {
    let mirror = Mirror::new(&Sktimer::new());
    let (gone, stays) = (proxy(&mirror, 1), proxy(&mirror, 2));
    gone.start().unwrap();
    stays.start().unwrap();
    mirror.change(|timer: &mut Sktimer| timer.process_ended(1));
    assert_eq!((gone.depth().unwrap(), stays.depth().unwrap()), (0, 1));
    assert_eq!(gone.num_times().unwrap(), 0);
}

#[test]
fn misuse_is_the_callers_error_at_the_callers_place() {
    let mirror = Mirror::new(&Sktimer::new());
    let timer = proxy(&mirror, 1);
    let errors = [
        timer.stop().unwrap().unwrap_err(),
        timer.lap().unwrap().unwrap_err(),
        timer.pause().unwrap().unwrap_err(),
        timer.resume().unwrap().unwrap_err(),
        timer.discard().unwrap().unwrap_err(),
        timer.add_time(-1.0).unwrap().unwrap_err(),
        timer.percentile(101.0).unwrap().unwrap_err(),
        timer.set_max_times(0).unwrap().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.location().file(), "timing/tests/shared.rs", "{error}");
    }
    timer.start().unwrap();
    assert_eq!(timer.resume().unwrap().unwrap_err().kind(), ErrorKind::NotPaused);
}

#[test]
fn statistics_are_asked_from_afar() {
    let mirror = Mirror::new(&Sktimer::new());
    let timer = proxy(&mirror, 1);
    timer.set_max_times(3).unwrap().unwrap();
    for seconds in [9.0, 1.0, 2.0, 3.0] {
        timer.add_time(seconds).unwrap().unwrap();
    }
    timer.add_paused_time(2.0, 0.5).unwrap().unwrap();
    assert_eq!(timer.max_times().unwrap(), Some(3));
    assert_eq!(timer.percentile(50.0).unwrap().unwrap(), Some(Duration::from_secs(2)));
    assert_eq!(timer.get_time(-1).unwrap(), Some(Duration::from_secs(2)));
    assert_eq!(timer.total_time_paused().unwrap(), Duration::from_millis(500));
    let local: Sktimer = mirror.object();
    let stats = timer.stats().unwrap();
    assert_eq!(stats, local.stats());
    assert_eq!(timer.histogram().unwrap().to_string(), local.histogram().to_string());
    timer.reset().unwrap();
    assert_eq!((timer.num_times().unwrap(), timer.original_start_time().unwrap()), (0, None));
}

#[test]
fn a_clock_that_steps_back_measures_nothing() {
    let running = RunningState {
        process: 1,
        thread: Caller::new(1).thread,
        started: u64::MAX,
        paused_at: Some(u64::MAX),
        paused: u64::MAX,
    };
    let timer = Sktimer::try_from(TimerState { running: vec![running; 2], ..TimerState::default() }).unwrap();
    let mirror = Mirror::new(&timer);
    let timer = proxy(&mirror, 1);
    assert_eq!(timer.stop().unwrap().unwrap(), Duration::ZERO);
    timer.resume().unwrap().unwrap();
    assert_eq!(timer.lap().unwrap().unwrap(), Duration::ZERO);
    assert!(timer.stop().unwrap().unwrap() < Duration::from_secs(60));
}
