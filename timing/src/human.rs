//! Durations for people: three digits and a unit.

use std::time::Duration;

/// `1.23ms`, `45.6µs`, `2m03s`, `1h02m`.
pub(crate) fn short(time: Duration) -> String {
    let nanos = time.as_nanos();
    if nanos < 1000 {
        return format!("{nanos}ns");
    }
    // what would be rounded up to 1000 is written in the next unit
    for (unit, name) in [(1e3, "µs"), (1e6, "ms"), (1e9, "s")] {
        let value = nanos as f64 / unit;
        let limit = if name == "s" { 59.95 } else { 999.5 };
        if value < limit {
            return format!("{}{name}", three_digits(value));
        }
    }
    let secs = time.as_secs_f64().round() as u64;
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours == 0 { format!("{minutes}m{secs:02}s") } else { format!("{hours}h{minutes:02}m") }
}

fn three_digits(value: f64) -> String {
    let digits = if value < 9.995 {
        2
    } else if value < 99.95 {
        1
    } else {
        0
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_a_unit() {
        for (nanos, want) in [
            (0, "0ns"),
            (999, "999ns"),
            (1_000, "1µs"),
            (1_234, "1.23µs"),
            (999_900, "1ms"),
            (45_600_000, "45.6ms"),
            (123_400_000, "123ms"),
            (2_000_000_000, "2s"),
            (59_990_000_000, "1m00s"),
            (123_000_000_000, "2m03s"),
            (3_720_000_000_000, "1h02m"),
        ] {
            assert_eq!(short(Duration::from_nanos(nanos)), want);
        }
    }
}
