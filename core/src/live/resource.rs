//! A recipe beside its connection.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::failure::{panicked, prefixed, scrubbed};
use super::reconnector::connect;
use super::slot::{LiveGuard, Slot, State};
use super::{Auth, Connect, ReconnectPolicy, Reconnector, Secret, recipe};
use crate::error::{Error, ErrorKind, Result};

/// A live resource: the recipe, and the connection that was made from it, or its absence.
///
/// Serializing it writes the recipe (refreshed from the connection); deserializing gives a placeholder, which
/// [`Live::reconnect`] or [`reconnect_all`](crate::reconnect_all) fills. A resource that needs no secret connects by
/// itself at the first [`Live::get`].
///
/// `Debug` prints the key and the recipe, never the connection: many drivers print their password.
pub struct Live<R: Reconnector> {
    pub(super) recipe: R,
    pub(super) slot: Slot<R::Live>,
    pub(super) policy: Arc<ReconnectPolicy>,
    /// Which resource it is one of several handles on; 0 for none.
    group: AtomicU64,
}

impl<R: Reconnector> Live<R> {
    /// Connects a recipe.
    ///
    /// # Errors
    /// An error of [`ErrorKind::Connect`]; [`Error::failure`] says which.
    ///
    /// # Blocking
    /// Until the resource answers, thirty seconds at most where the driver keeps deadlines.
    pub fn open<'s>(recipe: R, secret: impl Into<Option<&'s Secret>>) -> Result<Live<R>> {
        let live = Live::placeholder(recipe);
        live.reconnect(secret)?;
        Ok(live)
    }

    /// Connects what a URL names. The secret is split off it at once.
    ///
    /// # Errors
    /// A URL of another kind, which the message does not show; as [`Live::open`].
    pub fn from_url(url: &str) -> Result<Live<R>> {
        let (recipe, secret) = R::from_url(url)?;
        Live::open(recipe, secret.as_ref())
    }

    /// Takes a connection whose driver can be asked how it was built.
    ///
    /// # Errors
    /// Where it cannot be asked: use [`Live::connected`].
    pub fn adopt(mut live: R::Live) -> Result<Live<R>> {
        Ok(Live::connected(R::adopt(&mut live)?, live))
    }

    /// Puts a recipe beside the connection that was made from it.
    pub fn connected(recipe: R, live: R::Live) -> Live<R> {
        Live::new(recipe, Some(live), None)
    }

    /// A recipe without a connection.
    pub fn placeholder(recipe: R) -> Live<R> {
        Live::new(recipe, None, None)
    }

    pub(super) fn new(recipe: R, live: Option<R::Live>, carried: Option<Vec<u8>>) -> Live<R> {
        Live { recipe, slot: Slot::new(live, carried), policy: Arc::default(), group: AtomicU64::new(0) }
    }

    pub(super) fn in_group(self, group: u64) -> Live<R> {
        self.group.store(group, Ordering::Relaxed);
        self
    }

    pub(super) fn group(&self) -> u64 {
        self.group.load(Ordering::Relaxed)
    }

    /// Sets what reconnecting may touch. A `Live` that was read has the policy of the reading
    /// [`Options`](crate::Options).
    #[must_use]
    pub fn under(mut self, policy: ReconnectPolicy) -> Live<R> {
        self.policy = Arc::new(policy);
        self
    }

    pub(super) fn under_shared(mut self, policy: Option<&Arc<ReconnectPolicy>>) -> Live<R> {
        if let Some(policy) = policy {
            self.policy = policy.clone();
        }
        self
    }

    /// The recipe, as it was when the connection was made.
    pub fn recipe(&self) -> &R {
        &self.recipe
    }

    /// The connection, for this thread alone until the guard is dropped.
    ///
    /// # Errors
    /// [`ErrorKind::NotConnected`] where it is a placeholder that needs a secret, with the reason of the last
    /// failure; those of connecting where it needs none; [`ErrorKind::Unwritable`] where this thread holds a guard
    /// of it already.
    ///
    /// # Blocking
    /// While another thread holds the guard, without a deadline.
    pub fn get(&self) -> Result<LiveGuard<'_, R::Live>> {
        let mut guard = self.slot.lock()?;
        if guard.state().live.is_none() {
            self.connect_unasked(guard.state())?;
        }
        Ok(guard)
    }

    /// The connection.
    ///
    /// # Errors
    /// As [`Live::get`].
    pub fn get_mut(&mut self) -> Result<&mut R::Live> {
        if self.slot.get_mut().live.is_none() {
            let mut guard = self.slot.lock()?;
            self.connect_unasked(guard.state())?;
        }
        let recipe = &self.recipe;
        self.slot.get_mut().live.as_mut().ok_or_else(|| not_connected(recipe, None))
    }

    /// Connects a resource that needs no secret.
    fn connect_unasked(&self, state: &mut State<R::Live>) -> Result<()> {
        if R::AUTH != Auth::None {
            return Err(not_connected(&self.recipe, state.why.as_deref()));
        }
        let live = self.make(state.carried.as_deref(), None)?;
        self.fill(state, live);
        Ok(())
    }

    /// Whether there is a connection and it works, as far as can be told without a round trip.
    pub fn is_alive(&self) -> bool {
        super::any::AnyLive::status(self) == super::any::Status::Live
    }

    /// Connects anew. A connection that is there is replaced once the new one stands; what it alone holds (an
    /// in-memory database) moves over.
    ///
    /// # Errors
    /// As [`Live::open`]; the old connection then stays.
    ///
    /// # Blocking
    /// As [`Live::open`].
    pub fn reconnect<'s>(&self, secret: impl Into<Option<&'s Secret>>) -> Result<()> {
        let mut guard = self.slot.lock()?;
        let state = guard.state();
        let old = match alive(&self.recipe, state) {
            Some(live) => self.recipe.carry(live)?,
            None => None,
        };
        match self.make(old.as_deref().or(state.carried.as_deref()), secret.into()) {
            Ok(live) => {
                self.fill(state, live);
                Ok(())
            }
            Err(error) => {
                state.why = Some(error.to_string());
                Err(error)
            }
        }
    }

    /// Closes the connection and keeps the recipe, refreshed, and what the connection alone holds.
    ///
    /// # Errors
    /// What must not be lost in silence: an open transaction. The connection then stays.
    pub fn disconnect(&mut self) -> Result<()> {
        let state = self.slot.get_mut();
        let Some(live) = &mut state.live else { return Ok(()) };
        if self.recipe.is_alive(live) {
            let mut recipe = self.recipe.clone();
            recipe.observe(live)?;
            state.carried = recipe.carry(live)?;
            self.recipe = recipe;
        }
        state.live = None;
        Ok(())
    }

    /// A second handle on the same resource, for drivers whose connections can be cloned (pools). Both travel as one:
    /// reconnected, they are handles on one resource again.
    ///
    /// # Errors
    /// A placeholder; a driver whose connections cannot be shared.
    pub fn share(&self) -> Result<Live<R>> {
        let guard = self.get()?;
        let Some(second) = self.recipe.share(&guard) else {
            return Err(Error::other(format!("a `{}` cannot be shared: open a second one", R::KEY)));
        };
        let fresh = RandomState::new().build_hasher().finish() | 1;
        let group = match self.group.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh,
            Err(group) => group,
        };
        let shared = Live::connected(self.recipe.clone(), second).in_group(group);
        Ok(shared.under_shared(Some(&self.policy)))
    }

    pub(super) fn fill(&self, state: &mut State<R::Live>, live: R::Live) {
        *state = State { live: Some(live), carried: None, why: None };
    }

    fn make(&self, carried: Option<&[u8]>, secret: Option<&Secret>) -> Result<R::Live> {
        recipe::check(&self.recipe)?;
        self.policy.permits(&self.recipe.reach())?;
        if R::AUTH == Auth::Required && secret.is_none() {
            return Err(Error::secret_missing(format!("{} needs a secret", name(&self.recipe)))
                .with_help("give one: `reconnect(&secret)`, or `reconnect_all` with credentials"));
        }
        let cx = Connect::new().secret_of(secret).under(&self.policy);
        let secrets: Vec<&Secret> = secret.into_iter().collect();
        let error = match catch_unwind(AssertUnwindSafe(|| connect(&self.recipe, carried, &cx))) {
            Ok(Ok(live)) => return Ok(live),
            Ok(Err(error)) => scrubbed(&error, &secrets),
            Err(panic) => panicked(&*panic, &secrets),
        };
        Err(prefixed(&name(&self.recipe), &error))
    }

    /// The recipe as the connection is now, and what travels beside it.
    pub(super) fn snapshot(&self, wait: Duration) -> Result<(R, Option<Vec<u8>>)> {
        recipe::check(&self.recipe)?;
        let start = Instant::now();
        let mut guard = loop {
            match self.slot.try_lock() {
                Some(guard) => break guard,
                None if start.elapsed() < wait => std::thread::park_timeout(Duration::from_micros(50)),
                None => {
                    return Err(Error::new(
                        ErrorKind::Unwritable,
                        format!("the connection of {} is in use, waited {wait:?} for it", name(&self.recipe)),
                    )
                    .with_help("drop the guard that `get` gave, or wait longer with `Limits::lock_wait`"));
                }
            }
        };
        let mut recipe = self.recipe.clone();
        let state = guard.state();
        match alive(&self.recipe, state) {
            Some(live) => {
                recipe.observe(live)?;
                let carried = recipe.carry(live)?;
                Ok((recipe, carried))
            }
            None => Ok((recipe, state.carried.clone())),
        }
    }
}

/// The connection, if it works.
fn alive<'a, R: Reconnector>(recipe: &R, state: &'a mut State<R::Live>) -> Option<&'a mut R::Live> {
    state.live.as_mut().and_then(|live| if recipe.is_alive(live) { Some(live) } else { None })
}

/// `postgres::Client svc@db:5432/app`, for messages.
pub(super) fn name<R: Reconnector>(recipe: &R) -> String {
    match recipe.place() {
        place if place.is_empty() => format!("`{}`", R::KEY),
        place => format!("`{}` {place}", R::KEY),
    }
}

#[cold]
fn not_connected<R: Reconnector>(recipe: &R, why: Option<&str>) -> Error {
    let why = why.map(|why| format!(" (the last attempt: {why})")).unwrap_or_default();
    Error::new(ErrorKind::NotConnected, format!("{} is a placeholder{why}", name(recipe))).with_help(
        "call `reconnect(&secret)` on it, or `reconnect_all(&value, &credentials)` on what holds it",
    )
}

impl<R: Reconnector> fmt::Debug for Live<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_alive() { "live" } else { "placeholder" };
        f.debug_struct("Live")
            .field("key", &R::KEY)
            .field("state", &format_args!("{state}"))
            .field("recipe", &self.recipe)
            .finish()
    }
}
