//! Children that are started ahead of time.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::StartError;
use crate::raw::{Child, Spawn};

static SPARES: Spares = Spares {
    state: Mutex::new(State { want: 0, ready: Vec::new(), running: false, tired: false }),
    taken: Condvar::new(),
};

struct Spares {
    state: Mutex<State>,
    taken: Condvar,
}

struct State {
    want: usize,
    ready: Vec<Spare>,
    /// Whether the thread that starts the next ones runs.
    running: bool,
    /// Whether the last start failed: the next one waits until a spare is asked for again.
    tired: bool,
}

struct Spare {
    child: Child,
    world: World,
}

/// What a child takes over from its parent as it starts.
#[derive(PartialEq, Eq)]
struct World {
    environment: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
}

impl World {
    fn now() -> World {
        World { environment: std::env::vars_os().collect(), directory: std::env::current_dir().ok() }
    }
}

/// Keeps so many processes started and waiting, for objects that start later: the start then costs a fifth of a
/// millisecond in place of one or more. A process that was taken is replaced in the background. 0, the default, ends them.
///
/// They serve objects whose output and environment are the parent's ([`Stdio::Inherit`](crate::Stdio::Inherit)); limits are
/// put on when one is taken. One that waits while the parent's environment or directory changes is thrown away. A waiting
/// process uses no processor time and about a megabyte.
///
/// # Blocking
/// Until the first ones are started: a millisecond or two for each.
///
/// # Errors
/// As the start of an object; those that were started until then are kept.
///
/// # Examples
/// ```no_run
/// suitkaise_processing::init(); // the first line of `main`
/// suitkaise_processing::keep_warm(2)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn keep_warm(count: usize) -> Result<(), StartError> {
    let ended: Vec<_> = {
        let mut state = SPARES.lock();
        state.want = count;
        let keep = state.ready.len().min(count);
        state.ready.split_off(keep)
    };
    drop(ended);
    while SPARES.lock().lacks() {
        let spare = start()?;
        SPARES.lock().ready.push(spare);
    }
    Ok(())
}

/// A spare for a start with these settings, if one waits.
pub(crate) fn take(spawn: &Spawn) -> Option<Child> {
    let mut state = SPARES.lock();
    if state.want == 0 || *spawn != Spawn::new() {
        return None;
    }
    let now = World::now();
    let mut stale = Vec::new();
    let found = loop {
        match state.ready.pop() {
            Some(spare) if spare.child.is_alive() && spare.world == now => break Some(spare.child),
            Some(spare) => stale.push(spare),
            None => break None,
        }
    };
    state.tired = false;
    if !state.running {
        let thread = std::thread::Builder::new().name("suitkaise-spares".into()).stack_size(256 << 10);
        state.running = thread.spawn(refill).is_ok();
    }
    drop(state);
    SPARES.taken.notify_one();
    found
}

/// How long the next spare waits after one was taken: whoever took it gets the processor first.
const AFTER: Duration = Duration::from_millis(5);

fn refill() {
    let mut state = SPARES.lock();
    loop {
        if state.tired || !state.lacks() {
            state = SPARES.taken.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let waited = SPARES.taken.wait_timeout_while(state, AFTER, |state| state.lacks());
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        if !state.lacks() {
            continue;
        }
        drop(state);
        let started = start();
        state = SPARES.lock();
        match started {
            Ok(spare) => state.ready.push(spare),
            Err(_) => state.tired = true,
        }
    }
}

fn start() -> Result<Spare, StartError> {
    let world = World::now();
    let child = Spawn::new().start()?;
    // What `env::set_var` did in between would be in the one and not in the other.
    if world != World::now() {
        return Err(StartError::launch(io::ErrorKind::Interrupted.into()));
    }
    Ok(Spare { child, world })
}

impl State {
    fn lacks(&self) -> bool {
        self.ready.len() < self.want
    }
}

impl Spares {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
