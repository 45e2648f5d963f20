//! Paths, and text in the form of the operating system or of C. It is their text that is known here: no file is touched.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::graph::Patcher;
use crate::schema::{Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::walk::Walker;
use crate::wire::{Reader, Writer};

use super::{Pointee, ReadPointee, Static};

/// What travels: text where it is Unicode, so that every system can read it; that system's units otherwise.
#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::OsText")]
enum OsText<'a> {
    Text(&'a str),
    /// Bytes of a Unix system that are not UTF-8.
    Unix(&'a [u8]),
    /// 16-bit units of Windows that are not UTF-16.
    Windows(Vec<u16>),
}

impl<'a> OsText<'a> {
    fn of(text: &'a OsStr) -> OsText<'a> {
        match text.to_str() {
            Some(text) => OsText::Text(text),
            None => foreign(text),
        }
    }

    /// The text on this system, borrowed.
    fn into_os(self) -> Result<&'a OsStr> {
        match self {
            OsText::Text(text) => Ok(OsStr::new(text)),
            #[cfg(unix)]
            OsText::Unix(bytes) => Ok(std::os::unix::ffi::OsStrExt::from_bytes(bytes)),
            #[cfg(not(unix))]
            OsText::Unix(_) => Err(elsewhere("Unix")),
            OsText::Windows(_) => Err(elsewhere("Windows")),
        }
    }

    /// The text on this system, owned and charged.
    fn into_owned(self, r: &mut Reader<'_>) -> Result<OsString> {
        #[cfg(windows)]
        if let OsText::Windows(units) = &self {
            r.charge(3 * units.len())?;
            return Ok(std::os::windows::ffi::OsStringExt::from_wide(units));
        }
        let text = self.into_os()?;
        r.charge(text.len())?;
        Ok(text.to_owned())
    }
}

#[cfg(unix)]
fn foreign(text: &OsStr) -> OsText<'_> {
    OsText::Unix(std::os::unix::ffi::OsStrExt::as_bytes(text))
}

#[cfg(windows)]
fn foreign(text: &OsStr) -> OsText<'_> {
    OsText::Windows(std::os::windows::ffi::OsStrExt::encode_wide(text).collect())
}

#[cfg(not(any(unix, windows)))]
fn foreign(text: &OsStr) -> OsText<'_> {
    // Such a system has no other form that could travel.
    OsText::Unix(text.as_encoded_bytes())
}

#[cold]
fn elsewhere(system: &str) -> Error {
    Error::malformed(format!("text of {system} that is not Unicode has no form here"))
}

/// Reads [`OsText`], borrowed from the input.
fn os_text<'de>(r: &mut Reader<'de>) -> Result<OsText<'de>> {
    r.value(Static::<OsText<'de>>::NEW)
}

/// Reads bytes of C, borrowed: none of them is zero.
fn c_text<'de>(r: &mut Reader<'de>) -> Result<&'de [u8]> {
    let bytes = r.bytes()?;
    match bytes.contains(&0) {
        true => Err(Error::malformed("text of C holds a zero")),
        false => Ok(bytes),
    }
}

fn c_string(r: &mut Reader<'_>) -> Result<CString> {
    let bytes = c_text(r)?;
    r.charge(bytes.len() + 1)?;
    CString::new(bytes).map_err(|e| Error::malformed(e.to_string()))
}

/// Owned text: written by its borrowed form.
macro_rules! owned {
    ($($ty:ty: $borrowed:ty, $read:expr;)*) => {$(
        impl Encode for $ty {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::HEAP
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                <$borrowed as Pointee>::kind(builder)
            }
            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                Pointee::write(AsRef::<$borrowed>::as_ref(self), w)
            }
        }
        impl<'de> Decode<'de> for $ty {
            fn read(_: &[u8], r: &mut Reader<'de>) -> Result<$ty> {
                let read: fn(&mut Reader<'de>) -> Result<$ty> = $read;
                read(r)
            }
        }
    )*};
}

owned! {
    PathBuf: Path, |r| os_text(r)?.into_owned(r).map(PathBuf::from);
    OsString: OsStr, |r| os_text(r)?.into_owned(r);
    CString: CStr, c_string;
}

/// Text behind a pointer.
macro_rules! pointees {
    ($($ty:ty, $kind:expr, $write:expr, $read:expr;)*) => {$(
        impl Pointee for $ty {
            fn kind(builder: &mut SchemaBuilder) -> Kind {
                let kind: fn(&mut SchemaBuilder) -> Kind = $kind;
                kind(builder)
            }
            fn write(&self, w: &mut Writer<'_>) -> Result<()> {
                let write: fn(&$ty, &mut Writer<'_>) -> Result<()> = $write;
                write(self, w)
            }
            fn walk(&self, _: &mut Walker<'_>) -> Result<()> {
                Ok(())
            }
            fn patch(&mut self, _: &mut Patcher<'_>) {}
        }
        impl<'de> ReadPointee<'de> for $ty {
            fn read_box(r: &mut Reader<'de>) -> Result<Box<$ty>> {
                let owned = $read(r)?;
                Ok(Box::from(owned))
            }
            fn read_rc(r: &mut Reader<'de>) -> Result<Rc<$ty>> {
                let owned = $read(r)?;
                Ok(Rc::from(owned))
            }
            fn read_arc(r: &mut Reader<'de>) -> Result<Arc<$ty>> {
                let owned = $read(r)?;
                Ok(Arc::from(owned))
            }
        }
    )*};
}

pointees! {
    Path, |b| <OsStr as Pointee>::kind(b), |v, w| Pointee::write(v.as_os_str(), w),
        |r: &mut Reader<'de>| os_text(r)?.into_owned(r).map(PathBuf::from);
    OsStr, |b| <OsText<'_> as Encode>::schema(b), |v, w| w.value(Static::<OsText<'_>>::NEW, &OsText::of(v)),
        |r: &mut Reader<'de>| os_text(r)?.into_owned(r);
    CStr, |_| Kind::Seq(Box::new(Kind::U8)),
        |v, w| {
            w.bytes(v.to_bytes());
            Ok(())
        },
        c_string;
}

/// Text that borrows from the bytes.
macro_rules! borrowed {
    ($($ty:ty, $from:expr;)*) => {$(
        impl Encode for &$ty {
            #[inline(always)]
            fn shape() -> Shape {
                Shape::HEAP
            }
            fn schema(builder: &mut SchemaBuilder) -> Kind {
                <$ty as Pointee>::kind(builder)
            }
            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}
            fn tail(&self, w: &mut Writer<'_>) -> Result<()> {
                Pointee::write(*self, w)
            }
        }
        impl<'de: 'a, 'a> Decode<'de> for &'a $ty {
            fn read(_: &[u8], r: &mut Reader<'de>) -> Result<&'a $ty> {
                let from: fn(&'de OsStr) -> &'de $ty = $from;
                os_text(r)?.into_os().map(from)
            }
        }
    )*};
}

borrowed! {
    Path, Path::new;
    OsStr, |text| text;
}
