//! The lifecycle of an object as one item of a pool: inline in the worker that has made it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::child::{failure, next, perform, reconnect_by_itself};
use super::config::{ProcessConfig, Section};
use super::context::Context;
use super::error::ProcessError;
use super::lifecycle::{BoxError, Skprocess};
use super::message::{Failure, OPTIONS, Place};
use crate::raw::ChildSide;

/// Ends this worker for a section that took too long, with what the parent is told.
pub(crate) type Overrun = fn(&ChildSide, &str);

/// Runs an object's whole lifecycle in this process.
///
/// A life that an error or a panic costs is followed by the next one from the state after the last finished section, as
/// in a process of its own. What ends the process ends the item: a crash, and a section that takes too long.
pub(crate) fn run_inline<P: Skprocess>(
    object: P,
    side: &ChildSide,
    overrun: Overrun,
) -> Result<P::Output, ProcessError> {
    let name = std::any::type_name::<P>();
    let config = object.config();
    if let Some(problem) = config.problem() {
        return Err(ProcessError::config(name, problem));
    }
    let watch = Watch::start(name, &config, side, overrun)
        .map_err(|error| ProcessError::config(name, &format!("no thread for its timeouts: {error}")))?;
    let keeps = config.lives > 1;
    let mut inline = Inline { began: Instant::now(), side, config, watch, saved: Vec::new() };
    let mut place = Place { section: Section::PreRun, run: 0 };
    if keeps {
        inline.saved = OPTIONS
            .serialize(&object)
            .map_err(|error| ProcessError::payload(name, "the object cannot be serialized", error))?;
    }
    let mut state = object;
    let mut lives_used = 1;
    loop {
        let lost = match inline.live(&mut state, &mut place) {
            Ok(output) => return Ok(output),
            Err(lost) => lost,
        };
        if lives_used == inline.config.lives {
            return match lost {
                // The worker tells of it, with the place in the source.
                Lost::Panic(payload) if !P::HANDLES_ERROR => resume_unwind(payload),
                lost => inline.handle(state, lost.failure(place), lives_used),
            };
        }
        lives_used += 1;
        state = OPTIONS
            .deserialize(&inline.saved)
            .map_err(|error| ProcessError::payload(name, "the object cannot be deserialized", error))?;
    }
}

/// What cost a life.
enum Lost {
    Failed(BoxError),
    Panic(Box<dyn std::any::Any + Send>),
}

impl Lost {
    fn failure(self, place: Place) -> Failure {
        match self {
            Lost::Failed(error) => failure(place, &error),
            Lost::Panic(payload) => {
                let text = payload.downcast_ref::<&str>().copied();
                let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                let said = format!("panicked: {}", text.unwrap_or("a panic payload that is no string"));
                // Its own drop may panic again.
                std::mem::forget(payload);
                Failure { place, chain: vec![said], death: None, timeout: None }
            }
        }
    }
}

struct Inline<'a> {
    began: Instant,
    side: &'a ChildSide,
    config: ProcessConfig,
    watch: Option<Watch>,
    /// The state after the last finished section, where there is more than one life.
    saved: Vec<u8>,
}

impl Inline<'_> {
    /// One life, from `place` to the result.
    fn live<P: Skprocess>(&mut self, state: &mut P, place: &mut Place) -> Result<P::Output, Lost> {
        let mut cx = Context::inline(self.side.clone(), place.run);
        let setup = Place { section: Section::Setup, run: place.run };
        self.guarded(setup, || match self.config.autoreconnect.as_ref() {
            Some(credentials) => super::child::reconnect(state, credentials),
            None => reconnect_by_itself(state),
        })?;
        loop {
            if self.ends_before(*place, &cx) {
                place.section = Section::OnFinish;
            }
            cx.run = place.run;
            let output = self.guarded(*place, || perform(state, &mut cx, place.section))?;
            if let Some(output) = output {
                return Ok(output);
            }
            *place = next(*place);
            if self.config.lives > 1 {
                self.saved = OPTIONS.serialize(state).map_err(|error| Lost::Failed(error.into()))?;
            }
        }
    }

    /// Runs a section under its timeout.
    fn guarded<T>(&self, place: Place, run: impl FnOnce() -> super::Result<T>) -> Result<T, Lost> {
        let _guard = self.watch.as_ref().and_then(|watch| watch.guard(place, &self.config));
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(done) => done.map_err(Lost::Failed),
            Err(payload) => Err(Lost::Panic(payload)),
        }
    }

    fn ends_before(&self, place: Place, cx: &Context) -> bool {
        match place.section {
            Section::PreRun => {
                cx.stop_requested()
                    || self.config.runs.is_some_and(|runs| place.run >= runs)
                    || self.config.join_in.is_some_and(|after| self.began.elapsed() >= after)
            }
            Section::Run | Section::PostRun => cx.stop_requested(),
            _ => false,
        }
    }

    /// Runs `error` on the last failure.
    fn handle<P: Skprocess>(
        &self,
        mut state: P,
        failure: Failure,
        lives_used: u32,
    ) -> Result<P::Output, ProcessError> {
        let name = std::any::type_name::<P>();
        let place = Place { section: Section::Error, run: failure.place.run };
        let error = ProcessError::failed(name, failure, lives_used);
        let mut cx = Context::inline(self.side.clone(), place.run);
        match self.guarded(place, || state.error(&mut cx, error)) {
            Ok(output) => Ok(output),
            Err(Lost::Panic(payload)) => resume_unwind(payload),
            Err(Lost::Failed(error)) => Err(match error.downcast::<ProcessError>() {
                Ok(error) => *error,
                Err(error) => ProcessError::failed(name, super::child::failure(place, &error), lives_used),
            }),
        }
    }
}

/// A thread that ends the worker when a section has used up its time.
struct Watch(Arc<Shared>);

struct Shared {
    due: Mutex<Due>,
    changed: Condvar,
}

#[derive(Default)]
struct Due {
    at: Option<(Instant, Place, Duration)>,
    over: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// `None`: no section has a timeout.
    fn start(
        name: &'static str,
        config: &ProcessConfig,
        side: &ChildSide,
        overrun: Overrun,
    ) -> std::io::Result<Option<Watch>> {
        if config.timeouts.iter().all(Option::is_none) {
            return Ok(None);
        }
        let shared = Arc::new(Shared { due: Mutex::default(), changed: Condvar::new() });
        let (watched, side) = (Arc::clone(&shared), side.clone());
        std::thread::Builder::new().name("suitkaise-watch".into()).stack_size(128 << 10).spawn(
            move || {
                let mut due = watched.lock();
                while !due.over {
                    due = match due.at {
                        None => watched.changed.wait(due).unwrap_or_else(PoisonError::into_inner),
                        Some((at, place, limit)) => {
                            let left = at.saturating_duration_since(Instant::now());
                            if left.is_zero() {
                                let section = place.section.name();
                                let said = format!(
                                    "{section} of run {} of `{name}` took longer than {limit:?}",
                                    place.run
                                );
                                return overrun(&side, &said);
                            }
                            watched.changed.wait_timeout(due, left).unwrap_or_else(PoisonError::into_inner).0
                        }
                    };
                }
            },
        )?;
        Ok(Some(Watch(shared)))
    }

    fn guard(&self, place: Place, config: &ProcessConfig) -> Option<Guard<'_>> {
        let limit = config.timeouts[place.section.index()]?;
        let at = Instant::now().checked_add(limit)?;
        self.0.lock().at = Some((at, place, limit));
        self.0.changed.notify_one();
        Some(Guard(&self.0))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.changed.notify_one();
    }
}

struct Guard<'a>(&'a Shared);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.lock().at = None;
    }
}
