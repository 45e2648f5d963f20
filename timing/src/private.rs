//! What the code made by `#[timethis]` calls. Not public API.

use std::borrow::Borrow;
use std::time::Instant;

pub use crate::global::GlobalTimer;
use crate::sample::Frame;
use crate::{Seconds, Sktimer};

/// A section that is recorded only if it is finished: nothing else (an `Err`, a panic, a dropped future) leaves a trace.
#[derive(Debug)]
pub struct Section<'t> {
    timer: &'t Sktimer,
    frame: Frame,
}

impl<'t> Section<'t> {
    pub fn begin(timer: &'t Sktimer) -> Section<'t> {
        timer.note_start();
        Section { timer, frame: Frame::begin() }
    }

    #[track_caller]
    pub fn finish(self, threshold: impl Seconds) {
        let sample = self.frame.sample(Instant::now());
        let threshold = match threshold.checked("threshold") {
            Ok(threshold) => crate::sample::nanos(threshold),
            Err(error) => {
                log::error!("{error}; recorded all the same");
                0
            }
        };
        if sample.time >= threshold {
            self.timer.record(sample);
        }
    }
}

/// `&(EXPR)` as a timer, whether EXPR is a timer, a reference to one or an `Arc`.
pub fn timer<T: Borrow<Sktimer>>(timer: &T) -> &Sktimer {
    timer.borrow()
}

/// Calls it once: makes the closure `FnOnce`, so that its body may give captured things away.
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// `module_function_timer`.
pub fn function_name(module: &str, function: &str) -> String {
    format!("{}_{function}_timer", module.replace("::", "_"))
}

/// `module_Type_method_timer`, from `std::any::type_name`.
pub fn method_name(module: &str, type_name: &str, method: &str) -> String {
    let plain = type_name.split('<').next().unwrap_or_default();
    let plain = plain.rsplit("::").next().unwrap_or_default();
    let plain = plain.trim_start_matches('&').trim_start_matches("dyn ");
    format!("{}_{plain}_{method}_timer", module.replace("::", "_"))
}

/// The window of a global timer; a refused one is logged and leaves the timer without.
pub fn set_window(timer: &Sktimer, max_times: usize) {
    if let Err(error) = timer.set_max_times(max_times) {
        log::error!("{error}");
    }
}

/// Whether a function's value is an `Err`. A `Result` finds the inherent method, everything else the trait's.
#[derive(Debug)]
pub struct Outcome<'a, T>(pub &'a T);

impl<T, E> Outcome<'_, Result<T, E>> {
    pub fn failed(&self) -> bool {
        self.0.is_err()
    }
}

pub trait NeverFailed {
    fn failed(&self) -> bool {
        false
    }
}

impl<T> NeverFailed for Outcome<'_, T> {}
