//! Sessions: start, stop, laps, pauses, nesting, threads, the rolling window.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use suitkaise_timing::{ErrorKind, Sktimer};

const MS: Duration = Duration::from_millis(1);

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

#[test]
fn stop_returns_and_records_the_time_since_start() {
    let timer = Sktimer::new();
    assert_eq!(timer.start(), 1);
    spin(2 * MS);
    let time = timer.stop().unwrap();
    assert!(time >= 2 * MS, "{time:?}");
    assert_eq!(timer.times(), [time]);
    assert!(!timer.is_running());
}

#[test]
fn frames_nest_and_stop_ends_the_innermost() {
    let timer = Sktimer::new();
    assert_eq!(timer.start(), 1);
    spin(MS);
    assert_eq!(timer.start(), 2);
    let inner = timer.stop().unwrap();
    assert!(timer.is_running());
    let outer = timer.stop().unwrap();
    assert!(outer >= inner + MS);
    assert_eq!(timer.times(), [inner, outer]);
}

#[test]
fn lap_records_and_goes_on_from_there() {
    let timer = Sktimer::new();
    timer.start();
    spin(3 * MS);
    let first = timer.lap().unwrap();
    let second = timer.lap().unwrap();
    assert!(first >= 3 * MS);
    assert!(second < first);
    assert_eq!(timer.depth(), 1);
    timer.discard().unwrap();
    assert_eq!(timer.times(), [first, second]);
}

#[test]
fn lap_ends_a_pause() {
    let timer = Sktimer::new();
    timer.start();
    timer.pause().unwrap();
    timer.lap().unwrap();
    assert!(timer.is_running() && !timer.is_paused());
}

#[test]
fn paused_time_is_excluded_and_kept_apart() {
    let timer = Sktimer::new();
    timer.start();
    assert!(timer.pause().unwrap());
    assert!(timer.is_paused());
    spin(20 * MS);
    timer.resume().unwrap();
    let time = timer.stop().unwrap();
    assert!(timer.total_time_paused() >= 20 * MS);
    assert!(time < 20 * MS, "{time:?} includes the pause");
    assert_eq!(timer.paused_times(), [timer.total_time_paused()]);
}

#[test]
fn stop_while_paused_counts_the_pause_up_to_there() {
    let timer = Sktimer::new();
    timer.start();
    timer.pause().unwrap();
    spin(2 * MS);
    timer.stop().unwrap();
    assert!(timer.total_time_paused() >= 2 * MS);
}

#[test]
fn a_second_pause_changes_nothing_and_says_so() {
    let timer = Sktimer::new();
    timer.start();
    assert!(timer.pause().unwrap());
    spin(2 * MS);
    assert!(!timer.pause().unwrap());
    timer.stop().unwrap();
    assert!(timer.total_time_paused() >= 2 * MS);
}

#[test]
fn discard_ends_without_recording() {
    let timer = Sktimer::new();
    timer.start();
    timer.discard().unwrap();
    assert_eq!((timer.num_times(), timer.depth()), (0, 0));
}

#[test]
fn add_time_takes_seconds_and_durations() {
    let timer = Sktimer::new();
    timer.add_time(0.5).unwrap();
    timer.add_time(2).unwrap();
    timer.add_time(3 * MS).unwrap();
    assert_eq!(timer.times(), [500 * MS, Duration::from_secs(2), 3 * MS]);
}

#[test]
fn add_paused_time_keeps_the_pause_apart() {
    let timer = Sktimer::new();
    timer.add_paused_time(0.5, 2 * MS).unwrap();
    assert_eq!((timer.total_time(), timer.total_time_paused()), (500 * MS, 2 * MS));
    assert!(timer.add_paused_time(1, -1).is_err());
    assert!(timer.add_paused_time(1, Duration::MAX).is_err());
    assert_eq!(timer.num_times(), 1);
}

#[test]
fn reset_forgets_everything_but_the_window() {
    let timer = Sktimer::with_max_times(5).unwrap();
    timer.add_time(1).unwrap();
    timer.start();
    timer.reset();
    assert_eq!((timer.num_times(), timer.depth(), timer.original_start_time()), (0, 0, None));
    assert_eq!(timer.max_times(), Some(5));
    assert_eq!(timer.stop().unwrap_err().kind(), ErrorKind::NotRunning);
}

#[test]
fn reset_ends_the_running_frames_of_other_threads() {
    let timer = Sktimer::new();
    let (to_main, from_thread) = mpsc::channel();
    let (to_thread, from_main) = mpsc::channel();
    thread::scope(|s| {
        let timer = &timer;
        s.spawn(move || {
            timer.start();
            to_main.send(()).unwrap();
            from_main.recv().unwrap();
            assert!(timer.stop().is_err());
        });
        from_thread.recv().unwrap();
        timer.reset();
        to_thread.send(()).unwrap();
    });
    assert_eq!(timer.num_times(), 0);
}

#[test]
fn the_rolling_window_keeps_the_latest() {
    let timer = Sktimer::with_max_times(100).unwrap();
    for ms in 1..=1000 {
        timer.add_time(ms * MS).unwrap();
    }
    assert_eq!(timer.num_times(), 100);
    assert_eq!((timer.min(), timer.max()), (Some(901 * MS), Some(1000 * MS)));
    timer.set_max_times(2).unwrap();
    assert_eq!(timer.times(), [999 * MS, 1000 * MS]);
    timer.set_max_times(None).unwrap();
    timer.add_time(1).unwrap();
    assert_eq!(timer.num_times(), 3);
}

#[test]
fn the_rolling_window_keeps_the_latest_of_all_threads() {
    let timer = Sktimer::with_max_times(10).unwrap();
    for round in 0..3_u64 {
        thread::scope(|s| {
            s.spawn(|| {
                for n in 0..25 {
                    timer.add_time(Duration::from_nanos(round * 100 + n)).unwrap();
                }
            });
        });
    }
    assert_eq!(timer.times(), (215..225).map(Duration::from_nanos).collect::<Vec<_>>());
}

#[test]
fn each_thread_has_its_own_session() {
    let timer = Sktimer::new();
    timer.start();
    thread::scope(|s| {
        s.spawn(|| {
            assert_eq!(timer.depth(), 0);
            assert!(timer.stop().is_err());
            timer.start();
            timer.stop().unwrap();
        });
    });
    timer.stop().unwrap();
    assert_eq!(timer.num_times(), 2);
}

#[test]
fn no_measurement_of_many_threads_is_lost() {
    let timer = Sktimer::new();
    thread::scope(|s| {
        for _ in 0..8 {
            s.spawn(|| {
                for _ in 0..1001 {
                    timer.start();
                    timer.stop().unwrap();
                }
            });
        }
        for _ in 0..50 {
            let (first, second) = (timer.num_times(), timer.num_times());
            assert!(first <= second, "a reader went back from {first} to {second}");
        }
    });
    assert_eq!(timer.num_times(), 8 * 1001);
}

#[test]
fn measurements_of_threads_stand_in_the_order_in_which_they_ended() {
    let timer = Sktimer::new();
    let mut want = Vec::new();
    thread::scope(|s| {
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let (send, recv) = mpsc::channel::<u64>();
                let (done, ended) = mpsc::channel();
                let timer = &timer;
                s.spawn(move || {
                    for n in recv {
                        timer.add_time(Duration::from_nanos(n)).unwrap();
                        done.send(()).unwrap();
                    }
                });
                (send, ended)
            })
            .collect();
        // uneven shares, so that buffers fill at different times
        for n in 0..1000_u64 {
            let (send, ended) = &workers[if n % 100 == 0 { 0 } else { 1 + (n % 2) as usize }];
            send.send(n).unwrap();
            ended.recv().unwrap();
            want.push(Duration::from_nanos(n));
        }
    });
    assert_eq!(timer.times(), want);
    assert_eq!(timer.most_recent(), want.last().copied());
}

#[test]
fn threads_that_ended_leave_their_measurements() {
    let timer = Sktimer::new();
    for _ in 0..500 {
        thread::scope(|s| {
            s.spawn(|| timer.add_time(0.001).unwrap());
        });
    }
    assert_eq!(timer.num_times(), 500);
}

#[test]
fn many_timers_on_one_thread_do_not_mix() {
    let timers: Vec<_> = (0..300).map(|_| Sktimer::new()).collect();
    for (n, timer) in timers.iter().enumerate() {
        timer.start();
        timer.add_time(n as f64).unwrap();
    }
    for (n, timer) in timers.iter().enumerate() {
        assert_eq!((timer.depth(), timer.times()), (1, vec![Duration::from_secs(n as u64)]));
    }
}

#[test]
fn a_timer_may_be_static_and_notes_its_first_use() {
    static TIMER: Sktimer = Sktimer::new();
    assert_eq!(TIMER.original_start_time(), None);
    let before = SystemTime::now();
    TIMER.start();
    let first = TIMER.original_start_time().unwrap();
    TIMER.start();
    assert_eq!(TIMER.original_start_time(), Some(first));
    assert!(first >= before && first <= SystemTime::now());
    assert_eq!(TIMER.stats().original_start_time(), Some(first));
}
