//! Paths, and text in the form of the operating system or of C.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use cerial::{Cerial, Error, Extract, Handler, Rebuild, Result};

/// Text of an operating system: as text where it is Unicode, as that system's units otherwise.
#[derive(Cerial, Clone, Debug, PartialEq, Eq)]
#[cerial(name = "std::OsText")]
pub enum OsText {
    /// It is Unicode: every system can read it.
    Text(String),
    /// Bytes of a Unix system that are not UTF-8.
    Unix(Vec<u8>),
    /// 16-bit units of Windows that are not UTF-16.
    Windows(Vec<u16>),
}

impl From<&OsStr> for OsText {
    fn from(text: &OsStr) -> OsText {
        match text.to_str() {
            Some(text) => OsText::Text(text.to_owned()),
            None => foreign(text),
        }
    }
}

#[cfg(unix)]
fn foreign(text: &OsStr) -> OsText {
    OsText::Unix(std::os::unix::ffi::OsStrExt::as_bytes(text).to_vec())
}

#[cfg(windows)]
fn foreign(text: &OsStr) -> OsText {
    OsText::Windows(std::os::windows::ffi::OsStrExt::encode_wide(text).collect())
}

#[cfg(not(any(unix, windows)))]
fn foreign(text: &OsStr) -> OsText {
    OsText::Text(text.to_string_lossy().into_owned())
}

impl OsText {
    /// The text on this system.
    ///
    /// # Errors
    /// Text that is not Unicode and comes from another family of systems.
    pub fn into_os(self) -> Result<OsString> {
        match self {
            OsText::Text(text) => Ok(text.into()),
            #[cfg(unix)]
            OsText::Unix(bytes) => Ok(std::os::unix::ffi::OsStringExt::from_vec(bytes)),
            #[cfg(windows)]
            OsText::Windows(units) => Ok(std::os::windows::ffi::OsStringExt::from_wide(&units)),
            #[cfg(not(unix))]
            OsText::Unix(_) => Err(elsewhere("Unix")),
            #[cfg(not(windows))]
            OsText::Windows(_) => Err(elsewhere("Windows")),
        }
    }
}

fn elsewhere(system: &str) -> Error {
    Error::rebuild(format!("text of {system} that is not Unicode has no form on this system"))
}

/// A handler whose state is [`OsText`].
macro_rules! os_text {
    ($($(#[$doc:meta])* $handler:ident, $value:ty, $key:literal, $rebuild:expr;)*) => {$(
        $(#[$doc])*
        pub struct $handler;
        impl Handler for $handler {
            type Value = $value;
            type State = OsText;
            const KEY: &'static str = $key;
            fn extract(value: &$value, _: &mut Extract) -> Result<OsText> {
                Ok(OsText::from(AsRef::<OsStr>::as_ref(&**value)))
            }
            fn rebuild(state: OsText, _: &mut Rebuild) -> Result<$value> {
                state.into_os().map($rebuild)
            }
        }
    )*};
}

os_text! {
    /// `PathBuf`: [`OsText`], exact even where the path is not Unicode.
    PathBufHandler, PathBuf, "std::PathBuf", PathBuf::from;
    /// `Box<Path>`: as `PathBuf`.
    BoxPathHandler, Box<Path>, "std::Box<Path>", |text| PathBuf::from(text).into();
    /// `OsString`: [`OsText`].
    OsStringHandler, OsString, "std::OsString", |text| text;
    /// `Box<OsStr>`: as `OsString`.
    BoxOsStrHandler, Box<OsStr>, "std::Box<OsStr>", OsString::into_boxed_os_str;
}

/// `CString`: its bytes without the closing zero.
pub struct CStringHandler;
impl Handler for CStringHandler {
    type Value = CString;
    type State = Vec<u8>;
    const KEY: &'static str = "std::CString";
    fn extract(value: &CString, _: &mut Extract) -> Result<Vec<u8>> {
        Ok(value.as_bytes().to_vec())
    }
    fn rebuild(state: Vec<u8>, _: &mut Rebuild) -> Result<CString> {
        CString::new(state).map_err(Error::rebuild)
    }
}

/// `Box<CStr>`: as `CString`.
pub struct BoxCStrHandler;
impl Handler for BoxCStrHandler {
    type Value = Box<CStr>;
    type State = Vec<u8>;
    const KEY: &'static str = "std::Box<CStr>";
    fn extract(value: &Box<CStr>, _: &mut Extract) -> Result<Vec<u8>> {
        Ok(value.to_bytes().to_vec())
    }
    fn rebuild(state: Vec<u8>, _: &mut Rebuild) -> Result<Box<CStr>> {
        CString::new(state).map(CString::into_boxed_c_str).map_err(Error::rebuild)
    }
}
