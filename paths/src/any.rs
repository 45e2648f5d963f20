//! What functions with `#[autopath]` take, and how they convert it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Skpath, resolve};

/// A path or none: what an `Option` parameter of an [`autopath`](crate::autopath) function takes.
///
/// Implemented for text, paths, Skpaths, `Option`s of those, and `()` for none (a bare `None` does not say of which
/// type it is none).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a path or an optional path",
    label = "want text, a path, an `Skpath`, an `Option` of those, or `()` for none"
)]
pub trait MaybePath {
    /// Returns the path, if there is one.
    fn into_maybe_path(self) -> Option<PathBuf>;
}

macro_rules! maybe_path {
    ($($given:ty),*) => {$(
        impl MaybePath for $given {
            fn into_maybe_path(self) -> Option<PathBuf> {
                let path: &Path = self.as_ref();
                Some(path.to_path_buf())
            }
        }
    )*};
}

maybe_path!(&str, String, &String, &Path, PathBuf, &PathBuf, &OsStr, OsString, &OsString, Skpath, &Skpath);

impl<P: AsRef<Path>> MaybePath for Option<P> {
    fn into_maybe_path(self) -> Option<PathBuf> {
        self.map(|path| path.as_ref().to_path_buf())
    }
}

impl MaybePath for () {
    fn into_maybe_path(self) -> Option<PathBuf> {
        None
    }
}

/// Which parameter is converted, for `#[autopath(debug)]`.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Trace {
    pub function: &'static str,
    pub parameter: &'static str,
    pub debug: bool,
}

impl Trace {
    fn say(&self, given: &Path, made: &dyn fmt::Display) {
        if self.debug {
            eprintln!("autopath: {}: {}: {given:?} -> {made}", self.function, self.parameter);
        }
    }
}

/// Converts; what cannot be resolved stays as it was written and fails where it is used.
#[doc(hidden)]
pub fn to_skpath(given: impl AsRef<Path>, trace: Trace) -> Skpath {
    let given = given.as_ref();
    let path = Skpath::try_new(given).unwrap_or_else(|error| {
        if trace.debug {
            eprintln!("autopath: {}: {}: kept as written: {error}", trace.function, trace.parameter);
        }
        Skpath::unresolved(given)
    });
    trace.say(given, &path);
    path
}

/// Converts as [`to_skpath`], without a root.
#[doc(hidden)]
pub fn to_path_buf(given: impl AsRef<Path>, trace: Trace) -> PathBuf {
    let given = given.as_ref();
    let path = resolve::resolve(given).unwrap_or_else(|_| resolve::lexical(given));
    trace.say(given, &path.display());
    path
}

/// Converts text that is a path; text that is not Unicode afterwards stays as it was given.
#[doc(hidden)]
pub fn to_string_path(given: impl AsRef<Path>, trace: Trace) -> String {
    let given = given.as_ref();
    to_path_buf(given, trace)
        .into_os_string()
        .into_string()
        .unwrap_or_else(|_| given.to_string_lossy().into_owned())
}
