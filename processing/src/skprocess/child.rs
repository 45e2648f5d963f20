//! The lifecycle, as the child runs it.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use cerial::Credentials;
use zeroize::Zeroizing;

use super::config::{AutoReconnect, Section};
use super::context::{Context, unexpected};
use super::error::ProcessError;
use super::lifecycle::{BoxError, Result, Skprocess};
use super::message::{
    Begin, CHECKPOINT, CREDENTIALS, FINISHED, Failure, Finished, OPTIONS, Place, TELL, checkpoint,
};
use crate::bag;
use crate::os::image;
use crate::raw::{ChildSide, Incoming, Outcome};

/// The one entry of all jobs: the payload begins with the place of the type's own function.
pub(super) const ENTRY: &str = "suitkaise/skprocess";

crate::entry!(ENTRY, run_entry);

/// Touches what every start needs, before anybody waits for it: code pages, the list of entries, the place of the image.
pub(crate) fn warm_up() {
    let place = Place { section: Section::Setup, run: 0 };
    let said = OPTIONS.serialize(&Finished { place, next: place, nanos: 0 }).unwrap_or_default();
    let _ = OPTIONS.deserialize::<Finished>(&said);
    let _ = crate::entry::find(ENTRY);
    let _ = image::body(0);
}

fn run_entry(side: &mut ChildSide, payload: Vec<u8>) -> Outcome {
    let body = payload
        .split_first_chunk()
        .and_then(|(place, rest)| image::body(u64::from_le_bytes(*place)).map(|body| (body, rest)));
    match body {
        Some((body, rest)) => body(side, rest),
        None => Err(encode(&failure(
            Place { section: Section::Setup, run: 0 },
            &"the function of the object's type is not in this program".into(),
        ))),
    }
}

fn encode(failure: &Failure) -> Vec<u8> {
    OPTIONS.serialize(failure).unwrap_or_default()
}

pub(super) fn failure(place: Place, error: &BoxError) -> Failure {
    let mut chain = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if chain.last() != Some(&text) {
            chain.push(text);
        }
        source = cause.source();
    }
    Failure { place, chain, death: None, timeout: None }
}

/// Runs the lifecycle of a `P`: what the place in the payload leads to.
pub(super) fn run_object<P: Skprocess>(side: &mut ChildSide, payload: &[u8]) -> Outcome {
    let start = Instant::now();
    let setup = Place { section: Section::Setup, run: 0 };
    match set_up::<P>(side, payload) {
        Ok((state, begin, cx)) => Lifecycle { state, begin, cx, side: side.clone(), start }.live(),
        Err(error) => Err(encode(&failure(setup, &error))),
    }
}

fn set_up<P: Skprocess>(side: &ChildSide, payload: &[u8]) -> Result<(P, Begin, Context)> {
    let begin: Begin = OPTIONS.deserialize(payload)?;
    let state: P = bag::unpack(side.take_descriptors(), || OPTIONS.deserialize(&begin.state))?;
    let mut cx = Context::new(side.clone(), begin.place.run);
    if begin.credentials {
        let credentials = await_credentials(side, &mut cx)?;
        reconnect(&state, &credentials)?;
    } else {
        reconnect_by_itself(&state)?;
    }
    Ok((state, begin, cx))
}

fn await_credentials(side: &ChildSide, cx: &mut Context) -> Result<Credentials> {
    loop {
        match side.recv(None) {
            Incoming::Frame(frame) if frame.kind == CREDENTIALS => {
                let bytes = Zeroizing::new(frame.payload);
                return Ok(Credentials::from_frame(&bytes)?);
            }
            Incoming::Frame(frame) if frame.kind == TELL => cx.waiting.push_back(frame),
            Incoming::Frame(frame) => return Err(unexpected(frame.kind)),
            Incoming::Stop | Incoming::Closed | Incoming::TimedOut => {
                return Err("the job was stopped before its credentials came".into());
            }
        }
    }
}

/// Reconnects an object with the secrets that it finds here.
pub(super) fn reconnect_by_itself<P: Skprocess>(state: &P) -> Result {
    match state.autoreconnect() {
        None => Ok(()),
        Some(AutoReconnect::WithoutSecrets) => reconnect(state, &Credentials::new()),
        Some(AutoReconnect::Env(name)) => reconnect(state, &Credentials::from_env(&name)?),
        Some(AutoReconnect::Build(build)) => reconnect(state, &build()?),
    }
}

pub(super) fn reconnect<P: Skprocess>(state: &P, credentials: &Credentials) -> Result {
    cerial_reconnectors::reconnect_all(state, credentials).into_result().map(drop)?;
    Ok(())
}

/// Runs one section; the last one gives the result.
pub(super) fn perform<P: Skprocess>(
    state: &mut P,
    cx: &mut Context,
    section: Section,
) -> Result<Option<P::Output>> {
    match section {
        Section::Setup | Section::PreRun => state.prerun(cx).map(|()| None),
        Section::Run => state.run(cx).map(|()| None),
        Section::PostRun => state.postrun(cx).map(|()| None),
        Section::OnFinish => state.onfinish(cx).map(|()| None),
        Section::Result | Section::Error => state.result(cx).map(Some),
    }
}

struct Lifecycle<P> {
    state: P,
    begin: Begin,
    cx: Context,
    side: ChildSide,
    start: Instant,
}

impl<P: Skprocess> Lifecycle<P> {
    fn live(mut self) -> Outcome {
        if let Some(failure) = self.begin.failure.take() {
            return self.handle(failure);
        }
        let setup = Place { section: Section::Setup, run: self.begin.place.run };
        // Where a section leads is settled once, before the parent is told: its timeout is that of the section that runs.
        let mut place = self.skip(self.begin.place);
        if self.finished(setup, place, self.start.elapsed()).is_err() {
            return Err(Vec::new());
        }
        loop {
            self.cx.run = place.run;
            let began = Instant::now();
            let done = perform(&mut self.state, &mut self.cx, place.section).and_then(|output| {
                output.map(|output| OPTIONS.serialize(&output)).transpose().map_err(BoxError::from)
            });
            let next = self.skip(next(place));
            let told = done.and_then(|output| self.finished(place, next, began.elapsed()).map(|()| output));
            match told {
                Ok(Some(output)) => return Ok(output),
                Ok(None) => place = next,
                Err(error) => {
                    let failure = failure(place, &error);
                    return if self.begin.last_life { self.handle(failure) } else { Err(encode(&failure)) };
                }
            }
        }
    }

    /// The end of the loop in place of what would follow, if it ends here.
    fn skip(&self, place: Place) -> Place {
        let ends = match place.section {
            Section::PreRun => {
                self.cx.stop_requested()
                    || self.begin.runs.is_some_and(|runs| place.run >= runs)
                    || self
                        .begin
                        .join_in
                        .is_some_and(|after| self.start.elapsed() >= Duration::from_nanos(after))
            }
            Section::Run | Section::PostRun => self.cx.stop_requested(),
            _ => false,
        };
        if ends { Place { section: Section::OnFinish, ..place } } else { place }
    }

    /// Tells the parent of a finished section, with the state where the next life would begin.
    fn finished(&self, place: Place, next: Place, took: Duration) -> Result {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let said = OPTIONS.serialize(&Finished { place, next, nanos })?;
        if self.begin.checkpoints && place.section != Section::Result && place.section != Section::Setup {
            let (state, fds) = bag::pack_copy(|| OPTIONS.serialize(&self.state));
            let (state, mut length) = (state?, [0; 4]);
            let fds: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
            self.side.send_with(CHECKPOINT, &checkpoint(&mut length, &said, &state), &fds, None)?;
        } else {
            self.side.send(FINISHED, &said, None)?;
        }
        Ok(())
    }

    /// Runs `error` on the last failure.
    fn handle(mut self, failed: Failure) -> Outcome {
        let name = std::any::type_name::<P>();
        let began = Instant::now();
        let place = Place { section: Section::Error, run: failed.place.run };
        self.cx.run = failed.place.run;
        let error = ProcessError::failed(name, failed.clone(), self.begin.lives_used);
        let outcome =
            self.state.error(&mut self.cx, error).and_then(|output| Ok(OPTIONS.serialize(&output)?));
        match outcome {
            Ok(bytes) => {
                let _ = self.finished(place, place, began.elapsed());
                Ok(bytes)
            }
            // The error itself handed on, by default.
            Err(error) => Err(match error.downcast_ref::<ProcessError>().and_then(ProcessError::failure) {
                Some(failure) => encode(failure),
                None => encode(&failure(place, &error)),
            }),
        }
    }
}

pub(super) fn next(place: Place) -> Place {
    let Place { section, run } = place;
    match section {
        Section::Setup | Section::PreRun => Place { section: Section::Run, run },
        Section::Run => Place { section: Section::PostRun, run },
        Section::PostRun => Place { section: Section::PreRun, run: run + 1 },
        Section::OnFinish => Place { section: Section::Result, run },
        Section::Result | Section::Error => place,
    }
}
