//! A histogram drawn with characters.

use std::fmt;
use std::time::Duration;

use crate::human;

/// A picture of how measurements are spread, for a terminal. Printing it draws it.
///
/// Ten rows of equal width between the shortest and the longest time, each with its lower edge, a bar and a count;
/// [`rows`](Histogram::rows) and [`width`](Histogram::width) change the size.
///
/// ```
/// let timer = suitkaise_timing::Sktimer::new();
/// for ms in [10, 10, 10, 20, 40] {
///     timer.add_time(std::time::Duration::from_millis(ms))?;
/// }
/// let picture = timer.histogram().rows(3).width(12).to_string();
/// assert_eq!(picture, "\
/// 10ms ┤████████████ 3
/// 20ms ┤████ 1
/// 30ms ┤████ 1
/// 40ms ┘
/// ");
/// # Ok::<(), suitkaise_timing::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Histogram {
    times: Vec<u64>,
    rows: usize,
    width: usize,
}

impl Histogram {
    pub(crate) fn new(times: Vec<u64>) -> Histogram {
        Histogram { times, rows: 10, width: 40 }
    }

    /// Draws this many rows, from 1 to 100; a number outside is moved to the nearer end.
    pub fn rows(mut self, rows: usize) -> Histogram {
        self.rows = rows.clamp(1, 100);
        self
    }

    /// Makes the longest bar this many columns wide, from 1 to 200; a number outside is moved to the nearer end.
    pub fn width(mut self, columns: usize) -> Histogram {
        self.width = columns.clamp(1, 200);
        self
    }

    /// The lower edge and the number of measurements of each row; the last row includes its upper edge. Empty if there
    /// are no measurements; one row if all are equal.
    pub fn counts(&self) -> Vec<(Duration, usize)> {
        let Some((low, high)) = self.range() else { return Vec::new() };
        let span = u128::from(high - low);
        let rows = if span == 0 { 1 } else { self.rows };
        let mut counts = vec![0; rows];
        for time in &self.times {
            let row = (u128::from(time - low) * rows as u128).checked_div(span).unwrap_or(0);
            counts[(row as usize).min(rows - 1)] += 1;
        }
        let edge = |row: usize| Duration::from_nanos(low + (span * row as u128 / rows as u128) as u64);
        counts.into_iter().enumerate().map(|(row, count)| (edge(row), count)).collect()
    }

    fn range(&self) -> Option<(u64, u64)> {
        Some((*self.times.iter().min()?, *self.times.iter().max()?))
    }

    /// A bar in eighths of a column; a count above zero shows at least one eighth.
    fn bar(&self, count: usize, largest: usize) -> String {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let eighths = (count * self.width * 8).checked_div(largest).unwrap_or(0).max(usize::from(count > 0));
        "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
    }
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((_, high)) = self.range() else { return writeln!(f, "no measurements") };
        let rows = self.counts();
        let end = human::short(Duration::from_nanos(high));
        let labels: Vec<String> = rows.iter().map(|(edge, _)| human::short(*edge)).collect();
        let wide = labels.iter().chain([&end]).map(|l| l.chars().count()).max().unwrap_or(0);
        let largest = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
        for (label, (_, count)) in labels.iter().zip(&rows) {
            writeln!(f, "{label:>wide$} ┤{} {count}", self.bar(*count, largest))?;
        }
        writeln!(f, "{end:>wide$} ┘")
    }
}
