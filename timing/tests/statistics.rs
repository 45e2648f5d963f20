//! Statistics, snapshots, and how they print.

use std::time::Duration;

use proptest::prelude::*;
use suitkaise_timing::Sktimer;

const MS: Duration = Duration::from_millis(1);

fn timer(ms: &[u64]) -> Sktimer {
    let timer = Sktimer::new();
    for n in ms {
        timer.add_time(Duration::from_millis(*n)).expect("not negative");
    }
    timer
}

#[test]
fn every_statistic_of_a_known_series() {
    let t = timer(&[40, 10, 30, 20, 10]);
    assert_eq!(t.num_times(), 5);
    assert_eq!((t.most_recent(), t.result(), t.most_recent_index()), (Some(10 * MS), Some(10 * MS), Some(4)));
    assert_eq!((t.total_time(), t.total_time_paused()), (110 * MS, Duration::ZERO));
    assert_eq!((t.mean(), t.median()), (Some(22 * MS), Some(20 * MS)));
    assert_eq!((t.min(), t.fastest_time(), t.fastest_index()), (Some(10 * MS), Some(10 * MS), Some(1)));
    assert_eq!((t.max(), t.slowest_time(), t.slowest_index()), (Some(40 * MS), Some(40 * MS), Some(0)));
    // (18² + 12² + 8² + 2² + 12²) / 4 = 170 ms²
    assert!((t.variance().unwrap() - 170e-6).abs() < 1e-12);
    assert!((t.stdev().unwrap().as_secs_f64() - 170e-6_f64.sqrt()).abs() < 1e-9);
}

#[test]
fn an_empty_timer_answers_none_and_zero() {
    let t = Sktimer::new();
    assert_eq!((t.num_times(), t.total_time(), t.total_time_paused()), (0, Duration::ZERO, Duration::ZERO));
    assert_eq!((t.mean(), t.median(), t.min(), t.max(), t.stdev()), (None, None, None, None, None));
    assert_eq!((t.most_recent(), t.result(), t.fastest_time(), t.slowest_time()), (None, None, None, None));
    assert_eq!((t.most_recent_index(), t.fastest_index(), t.slowest_index()), (None, None, None));
    assert_eq!((t.variance(), t.percentile(50.0).unwrap(), t.get_time(0)), (None, None, None));
    assert_eq!(t.to_string(), "n=0");
    assert_eq!(t.histogram().to_string(), "no measurements\n");
}

#[test]
fn spread_needs_two_measurements() {
    assert_eq!((timer(&[5]).variance(), timer(&[5]).stdev()), (None, None));
    assert_eq!((timer(&[5, 5]).variance(), timer(&[5, 5]).stdev()), (Some(0.0), Some(Duration::ZERO)));
}

#[test]
fn variance_of_long_times_with_a_small_spread_keeps_its_digits() {
    let t = Sktimer::new();
    let year = Duration::from_secs(365 * 24 * 3600);
    for ns in [0, 1000, 2000] {
        t.add_time(year + Duration::from_nanos(ns)).unwrap();
    }
    assert!((t.stdev().unwrap().as_secs_f64() - 1e-6).abs() < 1e-9, "{:?}", t.stdev());
}

#[test]
fn percentile_interpolates_between_ranks() {
    let t = timer(&[10, 20, 30, 40]);
    for (p, want) in [(0.0, 10_000), (25.0, 17_500), (50.0, 25_000), (95.0, 38_500), (100.0, 40_000)] {
        assert_eq!(t.percentile(p).unwrap(), Some(Duration::from_micros(want)), "p{p}");
    }
}

#[test]
fn answers_that_are_kept_are_given_up_at_the_next_change() {
    let t = timer(&[10, 30]);
    for p in 0..=20 {
        t.percentile(f64::from(p) * 5.0).unwrap();
    }
    assert_eq!(
        (t.median(), t.percentile(50.0).unwrap(), t.mean()),
        (Some(20 * MS), Some(20 * MS), Some(20 * MS))
    );
    t.add_time(50 * MS).unwrap();
    assert_eq!((t.median(), t.mean(), t.max()), (Some(30 * MS), Some(30 * MS), Some(50 * MS)));
    t.set_max_times(1).unwrap();
    assert_eq!((t.median(), t.mean(), t.min()), (Some(50 * MS), Some(50 * MS), Some(50 * MS)));
    t.reset();
    assert_eq!((t.median(), t.mean(), t.min()), (None, None, None));
}

#[test]
fn get_time_counts_negative_indices_from_the_end() {
    let t = timer(&[1, 2, 3]);
    let got = [0, 2, 3, -1, -3, -4, isize::MAX, isize::MIN].map(|i| t.get_time(i));
    assert_eq!(got, [Some(MS), Some(3 * MS), None, Some(3 * MS), Some(MS), None, None, None]);
}

#[test]
fn a_snapshot_does_not_change_with_its_timer() {
    let t = timer(&[1, 2]);
    let stats = t.stats();
    t.add_time(100).unwrap();
    t.set_max_times(1).unwrap();
    assert_eq!((stats.num_times(), stats.max()), (2, Some(2 * MS)));
    assert_eq!(stats.times().collect::<Vec<_>>(), [MS, 2 * MS]);
    assert_eq!(stats.clone(), stats);
    assert_ne!(t.get_statistics(), stats);
}

#[test]
fn stats_go_to_json_that_a_parser_reads() {
    let t = timer(&[250, 750]);
    t.start();
    t.pause().unwrap();
    t.stop().unwrap();
    t.set_max_times(2).unwrap();
    let json: serde_json::Value = serde_json::from_str(&t.stats().to_json()).unwrap();
    assert_eq!(json["num_times"], 2);
    assert_eq!(json["times"][0], 0.75);
    assert_eq!(json["slowest_index"], 0);
    assert!(json["total_time_paused"].as_f64().unwrap() > 0.0);
    assert!(json["original_start_time"].as_f64().unwrap() > 1.5e9);

    let empty: serde_json::Value = serde_json::from_str(&Sktimer::new().stats().to_json()).unwrap();
    assert!(empty["mean"].is_null() && empty["original_start_time"].is_null());
    assert_eq!(empty["times"], serde_json::json!([]));
}

#[test]
fn stats_go_to_csv_a_row_per_measurement() {
    assert_eq!(timer(&[250, 1500]).stats().to_csv(), "index,seconds,paused_seconds\n0,0.25,0.0\n1,1.5,0.0\n");
}

#[test]
fn display_is_one_line() {
    assert_eq!(timer(&[1, 1, 1, 5]).to_string(), "n=4 mean=2ms p50=1ms p95=4.4ms min=1ms max=5ms");
    assert_eq!(format!("{:?}", timer(&[1])), "Sktimer(n=1 mean=1ms p50=1ms p95=1ms min=1ms max=1ms)");
}

#[test]
fn a_histogram_of_equal_times_has_one_row() {
    assert_eq!(timer(&[3, 3]).histogram().width(4).to_string(), "3ms ┤████ 2\n3ms ┘\n");
}

#[test]
fn a_histogram_of_any_size_is_drawn_within_its_limits() {
    let text = timer(&[1, 2]).histogram().rows(0).width(usize::MAX).to_string();
    assert_eq!(text.lines().count(), 2);
    assert!(text.lines().all(|l| l.chars().count() < 220));
}

proptest! {
    #[test]
    fn statistics_agree_with_the_textbook(times in prop::collection::vec(0_u64..10_000_000_000, 1..300), p in 0.0..=100.0_f64) {
        let t = Sktimer::new();
        for n in &times {
            t.add_time(Duration::from_nanos(*n)).unwrap();
        }
        let n = times.len() as f64;
        let mean = times.iter().sum::<u64>() as f64 / n;
        prop_assert!((t.mean().unwrap().as_nanos() as f64 - mean).abs() <= 1.0);
        if times.len() > 1 {
            let variance = times.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0) * 1e-18;
            prop_assert!((t.variance().unwrap() - variance).abs() <= variance * 1e-9 + 1e-24);
        }
        let mut sorted = times.clone();
        sorted.sort_unstable();
        let rank = p / 100.0 * (n - 1.0);
        let (low, high) = (sorted[rank.floor() as usize] as f64, sorted[rank.ceil() as usize] as f64);
        let want = low + (high - low) * rank.fract();
        prop_assert!((t.percentile(p).unwrap().unwrap().as_nanos() as f64 - want).abs() <= 1.0);
        let drawn: usize = t.histogram().counts().iter().map(|(_, count)| count).sum();
        prop_assert_eq!(drawn, times.len());
    }
}
