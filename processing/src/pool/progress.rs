//! How far a run is.

use std::sync::Arc;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Items whose result was taken.
    pub done: u64,
    /// Items in all, where the input knows.
    pub total: Option<u64>,
    /// Whether nothing more will come.
    pub finished: bool,
}

pub(super) type Callback = Arc<dyn Fn(Progress) + Send + Sync>;

/// Tells a callback now and then.
pub(super) struct Watch {
    tell: Callback,
    now: Progress,
    told: u64,
}

impl Watch {
    pub(super) fn new(tell: Callback, (low, high): (usize, Option<usize>)) -> Watch {
        let total = high.filter(|high| *high == low).map(|total| total as u64);
        Watch { tell, now: Progress { done: 0, total, finished: false }, told: 0 }
    }

    /// A result was taken. Told for each of the first hundred, then for each percent of what was done.
    pub(super) fn step(&mut self) {
        self.now.done += 1;
        if self.now.done - self.told > self.told / 100 || Some(self.now.done) == self.now.total {
            self.told = self.now.done;
            (self.tell)(self.now);
        }
    }

    pub(super) fn finish(&mut self) {
        self.now.finished = true;
        (self.tell)(self.now);
    }
}

/// A bar on the terminal; nothing is drawn where stderr is no terminal.
#[cfg(feature = "progress")]
pub(super) fn bar() -> Callback {
    use std::sync::OnceLock;

    use indicatif::{ProgressBar, ProgressStyle};

    let bar = OnceLock::new();
    Arc::new(move |now: Progress| {
        let bar = bar.get_or_init(|| match now.total {
            Some(total) => {
                let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {per_sec} {eta}");
                ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            }
            None => ProgressBar::new_spinner(),
        });
        bar.set_position(now.done);
        if now.finished {
            bar.finish();
        }
    })
}
