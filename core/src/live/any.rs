//! A live resource whose recipe's type is not known: what the plan sees of it.

use std::any::Any;

use super::reconnector::connect;
use super::resource::Live;
use super::{Auth, Connect, Reach, ReconnectPolicy, Reconnector};
use crate::error::{Error, ErrorKind, Result};

/// A connection whose type only its slot knows.
pub(super) type AnyConnection = Box<dyn Any + Send>;

/// Connects, away from the value: on any thread, as often as it takes.
pub(super) type ConnectFn = Box<dyn FnMut(&Connect<'_>) -> Result<AnyConnection> + Send>;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Live,
    Placeholder,
}

/// What the plan sees of a live resource.
pub(crate) trait AnyLive {
    fn key(&self) -> &str;
    fn aliases(&self) -> &'static [&'static str];
    fn auth(&self) -> Auth;
    fn secret_parts(&self) -> &'static [&'static str];
    fn place(&self) -> String;
    fn reach(&self) -> Reach;
    fn policy(&self) -> &ReconnectPolicy;
    fn status(&self) -> Status;
    /// Which resource it is one of several handles on; 0 for none.
    fn group(&self) -> u64;
    /// None where no reconnector is known.
    fn connect_fn(&self) -> Option<ConnectFn>;
    /// Puts a connection in.
    fn install(&self, made: AnyConnection) -> Result<()>;
    /// A second handle on the connection that is in there.
    fn second(&self) -> Option<AnyConnection>;
    /// Remembers why it stays a placeholder.
    fn note(&self, why: &str);
}

impl<R: Reconnector> AnyLive for Live<R> {
    fn key(&self) -> &str {
        R::KEY
    }
    fn aliases(&self) -> &'static [&'static str] {
        R::ALIASES
    }
    fn auth(&self) -> Auth {
        R::AUTH
    }
    fn secret_parts(&self) -> &'static [&'static str] {
        R::SECRET_PARTS
    }
    fn place(&self) -> String {
        self.recipe.place()
    }
    fn reach(&self) -> Reach {
        self.recipe.reach()
    }
    fn policy(&self) -> &ReconnectPolicy {
        &self.policy
    }
    fn status(&self) -> Status {
        // Who holds the lock uses a connection.
        let Some(mut guard) = self.slot.try_lock() else { return Status::Live };
        let alive = guard.state().live.as_mut().is_some_and(|live| self.recipe.is_alive(live));
        if alive { Status::Live } else { Status::Placeholder }
    }
    fn group(&self) -> u64 {
        self.group()
    }
    fn connect_fn(&self) -> Option<ConnectFn> {
        let recipe = self.recipe.clone();
        let carried = self.slot.try_lock().and_then(|mut guard| guard.state().carried.clone());
        Some(Box::new(move |cx| {
            connect(&recipe, carried.as_deref(), cx).map(|live| Box::new(live) as AnyConnection)
        }))
    }
    fn install(&self, made: AnyConnection) -> Result<()> {
        let Ok(made) = made.downcast::<R::Live>() else {
            return Err(Error::new(
                ErrorKind::Connect,
                "another resource stands here now: the value was changed meanwhile",
            ));
        };
        let Some(mut guard) = self.slot.try_lock() else {
            return Err(Error::new(
                ErrorKind::Connect,
                "the resource was connected and used by another thread meanwhile",
            ));
        };
        self.fill(guard.state(), *made);
        Ok(())
    }
    fn second(&self) -> Option<AnyConnection> {
        let mut guard = self.slot.try_lock()?;
        let live = guard.state().live.as_ref()?;
        self.recipe.share(live).map(|live| Box::new(live) as AnyConnection)
    }
    fn note(&self, why: &str) {
        if let Some(mut guard) = self.slot.try_lock() {
            guard.state().why = Some(why.to_owned());
        }
    }
}
