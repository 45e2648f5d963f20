//! The one error of a modified call, and the two causes that are the modifiers' own.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Says why a modified call gave no value.
///
/// It is one word wide. The function's own error stays inside: [`downcast_ref`](Error::downcast_ref) and
/// [`downcast`](Error::downcast) give it back, `Display` prints it as it is, and `source()` goes on behind it.
///
/// # Examples
///
/// ```
/// use suitkaise_sk::{sk, Kind};
///
/// let parse = sk(|s: String| s.parse::<u8>()).retry(2).delay(0.0);
/// let error = parse.call("300".into()).unwrap_err();
/// assert_eq!(error.kind(), Kind::Function);
/// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
/// ```
pub struct Error(Box<Repr>);

enum Repr {
    Timeout(FunctionTimeoutError),
    Modifier(SkModifierError),
    Function(Box<dyn StdError + Send + Sync>),
    Panicked { function: String, message: String },
}

/// What kind of [`Error`] it is, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The limit set by `timeout` passed; see [`FunctionTimeoutError`].
    Timeout,
    /// A modifier was given a value it cannot work with; see [`SkModifierError`]. The function did not run.
    Modifier,
    /// The function itself returned an error, in its last attempt.
    Function,
    /// The function panicked in the background.
    Panicked,
}

impl Error {
    /// Gives the kind.
    pub fn kind(&self) -> Kind {
        match &*self.0 {
            Repr::Timeout(_) => Kind::Timeout,
            Repr::Modifier(_) => Kind::Modifier,
            Repr::Function(_) => Kind::Function,
            Repr::Panicked { .. } => Kind::Panicked,
        }
    }

    /// Gives the function and the limit, if it timed out.
    pub fn as_timeout(&self) -> Option<&FunctionTimeoutError> {
        if let Repr::Timeout(error) = &*self.0 { Some(error) } else { None }
    }

    /// Gives the modifier's complaint, if there is one.
    pub fn as_modifier(&self) -> Option<&SkModifierError> {
        if let Repr::Modifier(error) = &*self.0 { Some(error) } else { None }
    }

    /// Borrows the function's own error, if it is an `E`.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        if let Repr::Function(error) = &*self.0 { error.downcast_ref() } else { None }
    }

    /// Takes the function's own error out.
    ///
    /// # Errors
    ///
    /// Gives `self` back if the cause is another one, or the error another type.
    pub fn downcast<E: StdError + 'static>(self) -> Result<E, Error> {
        match *self.0 {
            Repr::Function(error) => {
                error.downcast().map(|e| *e).map_err(|e| Error(Box::new(Repr::Function(e))))
            }
            other => Err(Error(Box::new(other))),
        }
    }

    #[cold]
    pub(crate) fn function(error: impl Failure) -> Error {
        Error(Box::new(Repr::Function(error.into_boxed())))
    }

    #[cold]
    pub(crate) fn panicked(function: &str, payload: &(dyn std::any::Any + Send)) -> Error {
        let message = payload
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a payload that is no text".to_owned());
        Error(Box::new(Repr::Panicked { function: function.to_owned(), message }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Repr::Timeout(error) => error.fmt(f),
            Repr::Modifier(error) => error.fmt(f),
            Repr::Function(error) => error.fmt(f),
            Repr::Panicked { function, message } => {
                write!(f, "`{function}` panicked in the background: {message}")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Repr::Timeout(error) => error.fmt(f),
            Repr::Modifier(error) => error.fmt(f),
            Repr::Function(error) => error.fmt(f),
            Repr::Panicked { .. } => write!(f, "Panicked({self})"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if let Repr::Function(error) = &*self.0 { error.source() } else { None }
    }
}

impl From<FunctionTimeoutError> for Error {
    fn from(error: FunctionTimeoutError) -> Error {
        Error(Box::new(Repr::Timeout(error)))
    }
}

impl From<SkModifierError> for Error {
    fn from(error: SkModifierError) -> Error {
        Error(Box::new(Repr::Modifier(error)))
    }
}

/// A call did not return within the limit that `timeout` set.
///
/// The call is not stopped by it: a thread cannot be ended from outside, so it runs on and its result is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionTimeoutError {
    function: String,
    limit: Duration,
}

impl FunctionTimeoutError {
    pub(crate) fn new(function: &str, limit: Duration) -> Self {
        FunctionTimeoutError { function: function.to_owned(), limit }
    }

    /// Names the function.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// Gives the limit that passed.
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for FunctionTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` timed out after {:?}", self.function, self.limit)
    }
}

impl StdError for FunctionTimeoutError {}

/// A modifier cannot be applied: a value out of range, or a function that it does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkModifierError {
    function: String,
    modifier: &'static str,
    message: String,
}

impl SkModifierError {
    #[cold]
    pub(crate) fn new(function: &str, modifier: &'static str, message: impl Into<String>) -> Self {
        SkModifierError { function: function.to_owned(), modifier, message: message.into() }
    }

    /// Names the function.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// Names the modifier, as it is written in code.
    pub fn modifier(&self) -> &'static str {
        self.modifier
    }
}

impl fmt::Display for SkModifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot apply `{}` to `{}`: {}", self.modifier, self.function, self.message)
    }
}

impl StdError for SkModifierError {}

/// The error types that a modified function may return.
///
/// Whatever turns into `Box<dyn Error + Send + Sync>` has it: every error type that is `Send + Sync + 'static`,
/// boxed errors, and `String`.
#[diagnostic::on_unimplemented(
    message = "a modified function cannot fail with `{Self}`",
    label = "`{Self}` does not turn into `Box<dyn Error + Send + Sync>`",
    note = "implement `std::error::Error` for it, or map the error before the modifiers see it"
)]
pub trait Failure: 'static {
    /// Boxes it.
    fn into_boxed(self) -> Box<dyn StdError + Send + Sync>;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn StdError + Send + Sync>> + 'static> Failure for E {
    fn into_boxed(self) -> Box<dyn StdError + Send + Sync> {
        self.into()
    }
}
