//! One thread per job: takes what the child says, ends what takes too long, begins the next life.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use cerial::Credentials;

use super::child::ENTRY;
use super::config::{ProcessConfig, Section};
use super::error::{ProcessError, ProcessErrorKind};
use super::inbox::Inbox;
use super::message::{
    Begin, CHECKPOINT, CREDENTIALS, FINISHED, Failure, Finished, OPTIONS, Place, TELL, split_checkpoint,
};
use super::timers::Timers;
use crate::deadline::Deadline;
use crate::raw::{Child, Death, Event, Frame, Spawn};
use crate::spares;

/// What a job is made of.
pub(super) struct Order {
    pub(super) name: &'static str,
    pub(super) place: u64,
    pub(super) handles_error: bool,
    pub(super) credentials: Option<Credentials>,
    pub(super) config: ProcessConfig,
    pub(super) state: Vec<u8>,
    /// What travels beside the state.
    pub(super) fds: Vec<OwnedFd>,
}

/// What the handle and the supervisor share.
pub(super) struct Shared {
    name: &'static str,
    pub(super) timers: Timers,
    pub(super) inbox: Inbox,
    state: Mutex<State>,
    /// The job has ended, or another life has begun.
    ended: Condvar,
}

struct State {
    child: Option<Arc<Child>>,
    place: Place,
    stopped: bool,
    killed: bool,
    outcome: Option<Result<Arc<Vec<u8>>, ProcessError>>,
    /// Who awaits the outcome.
    wakers: Vec<Waker>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn child(&self) -> Option<Arc<Child>> {
        self.lock().child.clone()
    }

    /// The child of the life after this one, once it is there. `None`: there is none, or the time is up.
    pub(super) fn child_after(&self, old: &Arc<Child>, deadline: Deadline) -> Option<Arc<Child>> {
        let mut state = self.lock();
        loop {
            match &state.child {
                _ if state.outcome.is_some() => return None,
                Some(child) if !Arc::ptr_eq(child, old) => return Some(Arc::clone(child)),
                _ => {}
            }
            state = match deadline.left() {
                None => self.ended.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return None,
                Some(left) => self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }

    pub(super) fn current_run(&self) -> u64 {
        self.lock().place.run
    }

    pub(super) fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        if let Some(child) = &state.child {
            child.stop();
        }
    }

    pub(super) fn kill(&self) {
        let mut state = self.lock();
        state.killed = true;
        if let Some(child) = &state.child {
            child.kill();
        }
        drop(state);
        // Or the supervisor would not see the end.
        self.inbox.unbind();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.lock().outcome.is_some()
    }

    pub(super) fn wait(&self, timeout: Option<Duration>) -> bool {
        let deadline = Deadline::after(timeout);
        let _everything = self.inbox.unbounded();
        let mut state = self.lock();
        while state.outcome.is_none() {
            state = match deadline.left() {
                None => self.ended.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return false,
                Some(left) => self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        true
    }

    /// As [`wait`](Self::wait); from the first call on, messages are kept without bound.
    pub(super) fn poll_wait(&self, cx: &Context<'_>) -> Poll<()> {
        self.inbox.unbind();
        let mut state = self.lock();
        if state.outcome.is_some() {
            return Poll::Ready(());
        }
        if !state.wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.wakers.push(cx.waker().clone());
        }
        Poll::Pending
    }

    pub(super) fn outcome(&self) -> Result<Arc<Vec<u8>>, ProcessError> {
        match &self.lock().outcome {
            Some(outcome) => outcome.clone(),
            None => {
                Err(ProcessError::plain(ProcessErrorKind::ResultTimeout, self.name, "the process runs on"))
            }
        }
    }
}

/// Starts the first life, and the thread that sees to the others.
pub(super) fn supervise(order: Order) -> Result<Arc<Shared>, ProcessError> {
    let place = Place { section: Section::PreRun, run: 0 };
    let shared = Arc::new(Shared {
        name: order.name,
        timers: Timers::default(),
        inbox: Inbox::default(),
        state: Mutex::new(State {
            child: None,
            place,
            stopped: false,
            killed: false,
            outcome: None,
            wakers: Vec::new(),
        }),
        ended: Condvar::new(),
    });
    let began = Instant::now();
    let mut supervisor =
        Supervisor { place, resume: place, lives_used: 1, began, full_run: Duration::ZERO, order, shared };
    let child = supervisor.begin_life(None)?;
    if supervisor.order.config.lives == 1 && !supervisor.order.handles_error {
        // So that the end of the child is heard at the other ends of its pipes.
        supervisor.order.fds.clear();
    }
    let shared = Arc::clone(&supervisor.shared);
    std::thread::Builder::new()
        .name("suitkaise-job".into())
        .stack_size(256 << 10)
        .spawn(move || supervisor.watch(child))
        .map_err(|error| {
            let why = format!("no thread for the supervisor: {error}");
            ProcessError::plain(ProcessErrorKind::Start, shared.name, why)
        })?;
    Ok(shared)
}

struct Supervisor {
    order: Order,
    shared: Arc<Shared>,
    /// Where the present life is.
    place: Place,
    /// Where the next life begins: behind the last finished section.
    resume: Place,
    lives_used: u32,
    began: Instant,
    full_run: Duration,
}

/// How a life ended.
enum End {
    Output(Vec<u8>),
    /// The section failed and said so.
    Failed(Failure),
    Died(Arc<Death>),
    TimedOut(Duration, Arc<Death>),
}

impl Supervisor {
    fn begin_life(&mut self, failure: Option<Failure>) -> Result<Arc<Child>, ProcessError> {
        let name = self.order.name;
        let config = &self.order.config;
        let left = config.join_in.map(|after| after.saturating_sub(self.began.elapsed()));
        let section = if failure.is_some() { Section::Error } else { Section::Setup };
        self.place = Place { section, run: self.resume.run };
        let begin = Begin {
            place: self.resume,
            runs: config.runs,
            join_in: left.map(|left| u64::try_from(left.as_nanos()).unwrap_or(u64::MAX)),
            checkpoints: config.lives > 1 || self.order.handles_error,
            last_life: self.lives_used >= config.lives,
            lives_used: self.lives_used,
            credentials: self.order.credentials.is_some(),
            failure,
            state: std::mem::take(&mut self.order.state),
        };
        let credentials = self.order.credentials.as_ref().map(Credentials::to_frame).transpose();
        let credentials = credentials
            .map_err(|error| ProcessError::payload(name, "the credentials cannot travel", error))?;
        let bytes = OPTIONS.serialize(&begin);
        self.order.state = begin.state;
        let bytes =
            bytes.map_err(|error| ProcessError::payload(name, "the object cannot be serialized", error))?;
        let spawn =
            Spawn::new().stdout(config.stdout).stderr(config.stderr).inherit_stdin(config.inherit_stdin);
        let spawn = config.sandbox.prepare(spawn);
        let child = spares::take(&spawn).map_or_else(|| spawn.start(), Ok);
        let child = child.map_err(|error| ProcessError::start(name, error))?;
        let place = self.order.place.to_le_bytes();
        let fds: Vec<_> = self.order.fds.iter().map(AsFd::as_fd).collect();
        let sent = child.begin_with(ENTRY, &[&place, &bytes], &fds, config.sandbox.limits(), None);
        let sent = sent.and_then(|()| {
            let Some(credentials) = &credentials else { return Ok(()) };
            child.send(CREDENTIALS, credentials, None)
        });
        // A child that is gone already is seen by `watch`.
        drop(sent);
        let child = Arc::new(child);
        let mut state = self.shared.lock();
        state.child = Some(Arc::clone(&child));
        state.place = self.place;
        if state.stopped {
            child.stop();
        }
        if state.killed {
            child.kill();
        }
        drop(state);
        self.shared.ended.notify_all();
        Ok(child)
    }

    fn watch(mut self, mut child: Arc<Child>) {
        let outcome = loop {
            let end = self.live(&child);
            let section = self.place;
            let failure = match end {
                End::Output(bytes) => break Ok(bytes),
                End::Failed(failure) => failure,
                End::Died(death) => died_in(section, &death, None),
                End::TimedOut(limit, death) => died_in(section, &death, Some(limit)),
            };
            let error = ProcessError::failed(self.order.name, failure, self.lives_used);
            // By the job's handle, or by `stop_all`.
            let killed = self.shared.lock().killed || error.kind() == ProcessErrorKind::Killed;
            let error_ran =
                section.section == Section::Error || matches!(error.section(), Some(Section::Error));
            let failure = if killed || error_ran {
                break Err(error);
            } else if self.lives_used < self.order.config.lives {
                self.lives_used += 1;
                self.full_run = Duration::ZERO;
                None
            } else if self.order.handles_error && error.death().is_some() {
                error.failure().cloned()
            } else {
                break Err(error);
            };
            match self.begin_life(failure) {
                Ok(next) => child = next,
                Err(error) => break Err(error),
            }
        };
        let mut state = self.shared.lock();
        state.outcome = Some(outcome.map(Arc::new));
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        // Who hears that no message will come finds the outcome there.
        self.shared.inbox.close();
        self.shared.ended.notify_all();
        wakers.into_iter().for_each(Waker::wake);
        // The outcome is there; the process that gave it exits by itself, or is ended.
        if !child.wait(Some(self.order.config.grace)) {
            child.kill();
        }
    }

    /// One life, to its end.
    fn live(&mut self, child: &Child) -> End {
        let mut since = Instant::now();
        loop {
            let limit = self.order.config.timeouts[self.place.section.index()];
            let left = limit.map(|limit| limit.saturating_sub(since.elapsed()));
            match child.recv(left) {
                Event::Frame(frame) => {
                    if self.take(frame, limit.map(|limit| since + limit)) {
                        since = Instant::now();
                    }
                }
                Event::Done(bytes) => return End::Output(bytes),
                Event::Failed(bytes) => {
                    return match OPTIONS.deserialize(&bytes) {
                        Ok(failure) => End::Failed(failure),
                        Err(error) => End::Failed(Failure {
                            place: self.place,
                            chain: vec![format!("the child's error cannot be read: {error}")],
                            death: None,
                            timeout: None,
                        }),
                    };
                }
                Event::Died(death) => return End::Died(death),
                Event::TimedOut => {
                    if let Some(limit) = limit {
                        return End::TimedOut(limit, child.end(self.order.config.grace));
                    }
                }
            }
        }
    }

    /// Takes a frame; `true` where a new section begins with it.
    fn take(&mut self, frame: Frame, deadline: Option<Instant>) -> bool {
        match frame.kind {
            TELL => {
                let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
                self.shared.inbox.push(frame, Deadline::after(left));
                false
            }
            FINISHED => {
                self.finished(&frame.payload);
                true
            }
            CHECKPOINT => {
                if let Some((said, state)) = split_checkpoint(&frame.payload) {
                    // Both or neither: a place without its state would run a section twice, or lose it.
                    self.order.state = state.to_vec();
                    self.order.fds = frame.fds;
                    self.finished(said);
                }
                true
            }
            _ => false,
        }
    }

    fn finished(&mut self, said: &[u8]) {
        // A frame that cannot be read is our own bug; the section then counts as not finished.
        let Ok(Finished { place, next, nanos }) = OPTIONS.deserialize(said) else { return };
        let took = Duration::from_nanos(nanos);
        let timers = &self.shared.timers;
        timers.record(place.section, took);
        match place.section {
            Section::PreRun => self.full_run = took,
            Section::Run => self.full_run += took,
            Section::PostRun => {
                // As in `record`: never negative.
                let _ = timers.full_run.add_time(self.full_run + took);
            }
            _ => {}
        }
        (self.place, self.resume) = (next, next);
        self.shared.lock().place = next;
    }
}

/// A death as the failure of the section it happened in.
fn died_in(place: Place, death: &Death, timeout: Option<Duration>) -> Failure {
    let timeout = timeout.map(|limit| u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX));
    Failure { place, chain: vec![death.to_string()], death: Some(death.clone()), timeout }
}
