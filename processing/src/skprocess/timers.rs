//! One timer per section.

use std::time::Duration;

use suitkaise_timing::Sktimer;

use super::config::Section;

/// How long the finished sections took. Lives in the parent, filled while the child runs; failed sections are not
/// recorded.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Timers {
    /// Reading the object in the child and reconnecting it.
    pub setup: Sktimer,
    /// `prerun`
    pub prerun: Sktimer,
    /// `run`
    pub run: Sktimer,
    /// `postrun`
    pub postrun: Sktimer,
    /// `onfinish`
    pub onfinish: Sktimer,
    /// `result`
    pub result: Sktimer,
    /// `error`
    pub error: Sktimer,
    /// `prerun`, `run` and `postrun` of each run together.
    pub full_run: Sktimer,
}

impl Timers {
    pub(super) fn of(&self, section: Section) -> &Sktimer {
        match section {
            Section::Setup => &self.setup,
            Section::PreRun => &self.prerun,
            Section::Run => &self.run,
            Section::PostRun => &self.postrun,
            Section::OnFinish => &self.onfinish,
            Section::Result => &self.result,
            Section::Error => &self.error,
        }
    }

    pub(super) fn record(&self, section: Section, took: Duration) {
        // A section's time is never negative, so the timer takes it.
        let _ = self.of(section).add_time(took);
    }
}
