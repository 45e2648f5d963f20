//! The trait of a recipe that can connect.

use std::any::TypeId;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Auth, Connect, Reach, Secret};
use crate::error::{Error, ErrorKind, Result};

/// A recipe: everything that is needed to connect a resource again, but no secret.
///
/// The recipe is what travels, so it must not be able to hold a secret: give it no field for one, and put anything
/// that came in a URL through a splitter. Where a field's name looks like a secret's (`password`, `token`, ..), the
/// first use of the type fails and says so.
///
/// ```
/// use cerial::{Auth, Connect, Error, Live, Reconnector, Result, Secret};
/// use serde::{Deserialize, Serialize};
///
/// pub struct Session { user: String }              // of some driver
///
/// #[derive(Clone, Debug, Serialize, Deserialize)]
/// pub struct Door { host: String, user: String }
///
/// impl Reconnector for Door {
///     type Live = Session;
///     const KEY: &'static str = "door::Session";
///     const AUTH: Auth = Auth::Required;
///     fn connect(&self, cx: &Connect<'_>) -> Result<Session> {
///         match cx.password() {
///             Some("sesame") => Ok(Session { user: self.user.clone() }),
///             _ => Err(Error::rejected("the door stays shut")),
///         }
///     }
///     fn place(&self) -> String { format!("{}@{}", self.user, self.host) }
/// }
/// cerial::plugin! { name: "door", handlers: [], reconnectors: [Door] }
///
/// # fn main() -> Result<()> {
/// let door = Live::open(Door { host: "cave".into(), user: "ali".into() }, &Secret::from("sesame"))?;
/// assert_eq!(door.get()?.user, "ali");
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a recipe that can connect",
    note = "`Live<R>` wants the recipe (`Live<Sqlite>`), not the driver's type; implement `cerial::Reconnector` for a serde struct of your own"
)]
pub trait Reconnector: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static {
    /// What connecting gives: the driver's own type.
    type Live: Send + 'static;

    /// The name in bytes, credentials and reports: the Rust path of what the user holds, `crate::Type`.
    const KEY: &'static str;

    /// Other names under which bytes and credentials may know it.
    const ALIASES: &'static [&'static str] = &[];

    /// Whether it takes a secret.
    const AUTH: Auth = Auth::Optional;

    /// The parts of a secret that it can use; plain text always counts as `password`.
    const SECRET_PARTS: &'static [&'static str] = &["password"];

    /// Connects.
    ///
    /// # Errors
    /// [`Error::rejected`], [`Error::unreachable`], [`Error::timed_out`], .. with the driver's words: only
    /// unreachable resources are tried again. The text is scrubbed of the secret afterwards.
    fn connect(&self, cx: &Connect<'_>) -> Result<Self::Live>;

    /// Where it is, for reports: `svc@db.internal:5432/app`. Must hold no secret.
    fn place(&self) -> String {
        String::new()
    }

    /// What connecting touches, for the policy.
    fn reach(&self) -> Reach {
        Reach::Other
    }

    /// Refreshes the recipe from the connection before it is written (current database, session settings).
    ///
    /// # Errors
    /// What must not be lost in silence: an open transaction. A connection that is dead is no error: the recipe stays
    /// as it is.
    fn observe(&mut self, live: &mut Self::Live) -> Result<()> {
        let _ = live;
        Ok(())
    }

    /// Proves that the secret is good, for clients that do not talk when they are made.
    ///
    /// # Errors
    /// As [`Reconnector::connect`].
    fn probe(&self, live: &mut Self::Live, cx: &Connect<'_>) -> Result<()> {
        let _ = (live, cx);
        Ok(())
    }

    /// Whether a connection still works, as far as can be told without a round trip.
    fn is_alive(&self, live: &mut Self::Live) -> bool {
        let _ = live;
        true
    }

    /// Makes a recipe from a connection, where the driver can be asked how it was built.
    ///
    /// # Errors
    /// Where it cannot be asked: that is the default.
    fn adopt(live: &mut Self::Live) -> Result<Self> {
        let _ = live;
        Err(Error::new(ErrorKind::Other, format!("a `{}` cannot be asked how it was connected", Self::KEY))
            .with_help("use `Live::open(recipe, secret)`, or `Live::connected(recipe, connection)`"))
    }

    /// Makes a recipe from a URL, and splits the secret off it at once.
    ///
    /// # Errors
    /// A URL of another kind. The message never shows the URL.
    fn from_url(url: &str) -> Result<(Self, Option<Secret>)> {
        let _ = url;
        Err(Error::other(format!("a `{}` is not named by a URL", Self::KEY)))
    }

    /// Takes data along that lives in the connection alone (an in-memory database).
    ///
    /// # Errors
    /// Data that cannot be taken in its present state.
    fn carry(&self, live: &mut Self::Live) -> Result<Option<Vec<u8>>> {
        let _ = live;
        Ok(None)
    }

    /// Puts such data into a new connection. It may come from a stranger: check it.
    ///
    /// # Errors
    /// Data that makes no sense.
    fn restore(&self, live: &mut Self::Live, state: &[u8]) -> Result<()> {
        let _ = (live, state);
        Err(Error::rebuild(format!("a `{}` carries no state", Self::KEY)))
    }

    /// A second handle on the same resource, where the driver's type can be cloned (a pool).
    fn share(&self, live: &Self::Live) -> Option<Self::Live> {
        let _ = live;
        None
    }
}

/// Connects, proves the secret and puts the carried state in.
pub(super) fn connect<R: Reconnector>(
    recipe: &R,
    carried: Option<&[u8]>,
    cx: &Connect<'_>,
) -> Result<R::Live> {
    let mut live = recipe.connect(cx)?;
    recipe.probe(&mut live, cx)?;
    if let Some(state) = carried {
        recipe.restore(&mut live, state)?;
    }
    Ok(live)
}

/// A key as it is compared: without case, `_`, and the difference between `::` and `.`.
pub(crate) fn normal_key(key: &str) -> String {
    key.replace("::", ".").chars().filter(|&c| c != '_').flat_map(char::to_lowercase).collect()
}

/// A reconnector in the registry.
pub(crate) struct ReconnectorEntry {
    pub(crate) key: &'static str,
    pub(crate) recipe: TypeId,
    pub(crate) origin: String,
    pub(crate) poison: Option<String>,
}

impl ReconnectorEntry {
    pub(crate) fn of<R: Reconnector>(origin: String) -> ReconnectorEntry {
        ReconnectorEntry { key: R::KEY, recipe: TypeId::of::<R>(), origin, poison: None }
    }
}
