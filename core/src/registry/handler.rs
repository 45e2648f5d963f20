//! Handlers: how a type that is nobody's `Cerial` is taken apart and put together.

use std::any::TypeId;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::codec::Static;
use crate::encode::{Cerial, Encode};
use crate::error::{Error, ErrorKind, Result};
use crate::wire::{Reader, Writer};

/// Takes a foreign value apart into a state that can travel, and puts it together again.
///
/// ```
/// use cerial::{Error, Extract, Handler, Rebuild, Result};
///
/// pub struct Money { currency: String, cents: i64 }   // a type of some other crate
///
/// pub struct MoneyHandler;
/// impl Handler for MoneyHandler {
///     type Value = Money;
///     type State = (String, i64);
///     const KEY: &'static str = "acme::Money";
///     fn extract(m: &Money, _: &mut Extract) -> Result<Self::State> { Ok((m.currency.clone(), m.cents)) }
///     fn rebuild((currency, cents): Self::State, _: &mut Rebuild) -> Result<Money> { Ok(Money { currency, cents }) }
/// }
/// cerial::plugin! { name: "acme", handlers: [MoneyHandler], reconnectors: [] }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "does not implement `cerial::Handler`",
    note = "`#[cerial(with = H)]` wants the handler `H`, not the type that it handles"
)]
pub trait Handler: 'static {
    /// The type that is handled.
    type Value: 'static;
    /// What travels in its place.
    type State: Cerial;
    /// The name on the wire: the Rust path of the type, `crate::Type`.
    const KEY: &'static str;
    /// Other names under which older bytes may know it.
    const ALIASES: &'static [&'static str] = &[];

    /// Takes a value apart.
    ///
    /// # Errors
    /// [`Error::extract`] where the value cannot travel in its present state.
    fn extract(value: &Self::Value, cx: &mut Extract) -> Result<Self::State>;

    /// Puts a value together.
    ///
    /// # Errors
    /// [`Error::rebuild`] where the state makes no value. The state may come from a stranger: check it.
    fn rebuild(state: Self::State, cx: &mut Rebuild) -> Result<Self::Value>;
}

/// What a handler may know while it takes a value apart.
#[derive(Debug)]
#[non_exhaustive]
pub struct Extract {}

/// What a handler may know while it puts a value together.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rebuild {
    /// Of the memory budget.
    left: u64,
}

impl Rebuild {
    /// Charges memory to the budget, before it is spent: for values that are larger than their states.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where the budget does not cover it.
    pub fn charge(&mut self, bytes: usize) -> Result<()> {
        self.left = crate::wire::charge(self.left, bytes)?;
        Ok(())
    }
}

/// A handler's functions, free of its type.
pub(crate) struct HandlerFns<T> {
    pub(crate) write: fn(&T, &mut Writer<'_>) -> Result<()>,
    pub(crate) read: fn(&mut Reader<'_>) -> Result<T>,
}

impl<T: 'static> HandlerFns<T> {
    pub(crate) fn of<H: Handler<Value = T>>() -> HandlerFns<T> {
        HandlerFns { write: write_by::<H>, read: read_by::<H> }
    }
}

/// Takes a value apart and writes its state.
pub(crate) fn write_by<H: Handler>(value: &H::Value, w: &mut Writer<'_>) -> Result<()> {
    let state =
        guard(ErrorKind::Extract, || H::extract(value, &mut Extract {})).map_err(|e| e.in_handler(H::KEY))?;
    let nests = <H::State as Encode>::shape().nests;
    w.eager(nests, |w| w.transient(nests, |w| w.value(Static::<H::State>::NEW, &state)))
}

/// Reads a state and puts the value together.
pub(crate) fn read_by<H: Handler>(r: &mut Reader<'_>) -> Result<H::Value> {
    let nests = <H::State as Encode>::shape().nests;
    let state = r.eager(nests, |r| r.value(Static::<H::State>::NEW))?;
    let mut cx = Rebuild { left: r.alloc_left() };
    let value = guard(ErrorKind::Rebuild, || H::rebuild(state, &mut cx)).map_err(|e| e.in_handler(H::KEY))?;
    r.set_alloc_left(cx.left);
    Ok(value)
}

/// Turns a panic of foreign code into an error.
pub(crate) fn guard<R>(kind: ErrorKind, f: impl FnOnce() -> Result<R>) -> Result<R> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => result,
        Err(panic) => {
            let message = panic
                .downcast_ref::<&str>()
                .map(|s| (*s).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".to_owned());
            Err(Error::new(kind, format!("panicked: {message}")))
        }
    }
}

/// A foreign value in a place that asks for a `Cerial` type, such as a generic argument: goes by its handler.
///
/// ```
/// # use cerial::Via;
/// struct Foreign;
/// let boxed: Vec<Via<Foreign>> = vec![Via(Foreign)];
/// # let _ = boxed;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Via<T>(pub T);

impl<T> std::ops::Deref for Via<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Via<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Via<T> {
    fn from(value: T) -> Via<T> {
        Via(value)
    }
}

/// Which handler type this is, to tell a second registration of one from a conflict.
pub(crate) fn identity<H: Handler>() -> TypeId {
    TypeId::of::<H>()
}
