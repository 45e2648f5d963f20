//! What came of something: an error of input or output, a process that has ended.

use std::convert::Infallible;
use std::io::{self, ErrorKind as Io};
use std::process::{ExitStatus, Output};

use crate::encode::{Decode, Encode};
use crate::error::{Error, Result};
use crate::schema::{Body, Kind, SchemaBuilder};
use crate::shape::Shape;
use crate::wire::{Reader, Writer};

use super::by_state;
use super::std_types::unit_enums;

// A kind that this list does not know yet travels as `Other`. New ones stand at the end.
unit_enums! {
    Io, "std::io::ErrorKind", [
        Other = Io::Other, NotFound = Io::NotFound, PermissionDenied = Io::PermissionDenied,
        ConnectionRefused = Io::ConnectionRefused, ConnectionReset = Io::ConnectionReset,
        HostUnreachable = Io::HostUnreachable, NetworkUnreachable = Io::NetworkUnreachable,
        ConnectionAborted = Io::ConnectionAborted, NotConnected = Io::NotConnected, AddrInUse = Io::AddrInUse,
        AddrNotAvailable = Io::AddrNotAvailable, NetworkDown = Io::NetworkDown, BrokenPipe = Io::BrokenPipe,
        AlreadyExists = Io::AlreadyExists, WouldBlock = Io::WouldBlock, NotADirectory = Io::NotADirectory,
        IsADirectory = Io::IsADirectory, DirectoryNotEmpty = Io::DirectoryNotEmpty,
        ReadOnlyFilesystem = Io::ReadOnlyFilesystem, StaleNetworkFileHandle = Io::StaleNetworkFileHandle,
        InvalidInput = Io::InvalidInput, InvalidData = Io::InvalidData, TimedOut = Io::TimedOut,
        WriteZero = Io::WriteZero, StorageFull = Io::StorageFull, NotSeekable = Io::NotSeekable,
        QuotaExceeded = Io::QuotaExceeded, FileTooLarge = Io::FileTooLarge, ResourceBusy = Io::ResourceBusy,
        ExecutableFileBusy = Io::ExecutableFileBusy, Deadlock = Io::Deadlock,
        CrossesDevices = Io::CrossesDevices, TooManyLinks = Io::TooManyLinks,
        InvalidFilename = Io::InvalidFilename, ArgumentListTooLong = Io::ArgumentListTooLong,
        Interrupted = Io::Interrupted, Unsupported = Io::Unsupported, UnexpectedEof = Io::UnexpectedEof,
        OutOfMemory = Io::OutOfMemory
    ];
}

/// An error of input or output: its kind and its text; the system's number where it has one.
#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::io::Error")]
struct IoError {
    kind: Io,
    message: String,
    /// The system, as `std::env::consts::OS` names it, and its number for the error.
    system: Option<(String, i32)>,
}

/// How a process ended, as its system tells.
#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::ExitStatus")]
enum Exit {
    /// The status word of `wait`.
    Unix(i32),
    /// The exit code.
    Windows(u32),
}

/// What a process left.
#[derive(cerial_derive::Cerial)]
#[cerial(name = "std::Output")]
struct Left {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

by_state! {
    io::Error as IoError,
        |e| IoError {
            kind: e.kind(),
            message: e.to_string(),
            system: e.raw_os_error().map(|number| (std::env::consts::OS.to_owned(), number)),
        },
        |s| Ok(match s.system {
            Some((system, number)) if system == std::env::consts::OS => io::Error::from_raw_os_error(number),
            _ => io::Error::new(s.kind, s.message),
        });
    ExitStatus as Exit, exit, status;
    Output as Left,
        |v| Left { status: v.status, stdout: v.stdout.clone(), stderr: v.stderr.clone() },
        |s| Ok(Output { status: s.status, stdout: s.stdout, stderr: s.stderr });
}

#[cfg(unix)]
fn exit(status: &ExitStatus) -> Exit {
    Exit::Unix(std::os::unix::process::ExitStatusExt::into_raw(*status))
}

#[cfg(not(unix))]
fn exit(status: &ExitStatus) -> Exit {
    // The code is there where the system has no signals.
    Exit::Windows(status.code().unwrap_or(-1).cast_unsigned())
}

fn status(exit: Exit) -> Result<ExitStatus> {
    match exit {
        #[cfg(unix)]
        Exit::Unix(word) => Ok(std::os::unix::process::ExitStatusExt::from_raw(word)),
        #[cfg(windows)]
        Exit::Windows(code) => Ok(std::os::windows::process::ExitStatusExt::from_raw(code)),
        // A code of one family is told in the other's words as far as there are any.
        #[cfg(unix)]
        Exit::Windows(code) => match u8::try_from(code) {
            Ok(code) => Ok(std::os::unix::process::ExitStatusExt::from_raw(i32::from(code) << 8)),
            Err(_) => Err(elsewhere("Windows")),
        },
        #[cfg(not(unix))]
        Exit::Unix(_) => Err(elsewhere("Unix")),
        #[cfg(not(any(unix, windows)))]
        Exit::Windows(_) => Err(elsewhere("Windows")),
    }
}

#[cold]
fn elsewhere(system: &str) -> Error {
    Error::malformed(format!("an exit status of {system} has no form here"))
}

/// No value of it exists, so none is ever written; `Result<T, Infallible>` needs it.
impl Encode for Infallible {
    #[inline(always)]
    fn shape() -> Shape {
        Shape::scalar(1)
    }
    fn schema(builder: &mut SchemaBuilder) -> Kind {
        builder.define::<Infallible>("core::Infallible", &[], |_| Body::Enum(Vec::new()))
    }
    fn head(&self, _: &mut [u8]) {
        match *self {}
    }
    fn tail(&self, _: &mut Writer<'_>) -> Result<()> {
        match *self {}
    }
}

impl<'de> Decode<'de> for Infallible {
    fn read(_: &[u8], _: &mut Reader<'de>) -> Result<Infallible> {
        Err(Error::malformed("`core::Infallible` has no value"))
    }
}
