//! Open files: where they are, how they are open, and where one was in them.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use cerial::{Auth, Connect, Error, Failure, Reach, Reconnector, Result};
use serde::{Deserialize, Serialize};

use crate::io_failure;

/// How a file is open: its path, what may be done with it, and the place in it.
///
/// It is opened again at the first use, under the policy it was read with: reading bytes opens nothing. It is never
/// created and never cut short, whatever it was opened with at first; a file that is gone is an error then. What is no
/// plain file (a pipe, a device) is refused. The place of a live file is kept when it is serialized.
///
/// ```
/// use std::fs::File;
/// use std::io::{Read, Write};
/// use cerial::Live;
/// use cerial_reconnectors::OpenFile;
///
/// # fn main() -> cerial::Result<()> {
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("log");
/// // Created here, and from now on only opened.
/// let mut log = Live::connected(OpenFile::write(&path), File::create(&path)?);
/// log.get_mut()?.write_all(b"one ")?;
///
/// let mut back: Live<OpenFile> = cerial::deserialize(&cerial::serialize(&log)?)?;
/// back.get_mut()?.write_all(b"two")?;
/// assert_eq!(std::fs::read(&path)?, b"one two");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFile {
    path: PathText,
    mode: Mode,
    position: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Mode {
    Read,
    Write,
    ReadWrite,
    Append,
}

/// A path as text where it is Unicode, as bytes of a Unix system otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum PathText {
    Text(String),
    Unix(Vec<u8>),
}

impl PathText {
    fn of(path: &Path) -> PathText {
        match path.to_str() {
            Some(text) => PathText::Text(text.to_owned()),
            None => PathText::Unix(path.as_os_str().as_encoded_bytes().to_vec()),
        }
    }

    fn path(&self) -> Result<PathBuf> {
        match self {
            PathText::Text(text) => Ok(text.into()),
            #[cfg(unix)]
            PathText::Unix(bytes) => {
                let text: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes.as_slice());
                Ok(text.into())
            }
            #[cfg(not(unix))]
            PathText::Unix(_) => Err(Error::rebuild("a path of Unix that is not Unicode has no form here")),
        }
    }

    fn shown(&self) -> String {
        match self {
            PathText::Text(text) => text.clone(),
            PathText::Unix(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

impl OpenFile {
    fn new(path: &Path, mode: Mode) -> OpenFile {
        OpenFile { path: PathText::of(path), mode, position: 0 }
    }

    /// A file to read.
    pub fn read(path: impl AsRef<Path>) -> OpenFile {
        OpenFile::new(path.as_ref(), Mode::Read)
    }

    /// A file to write, from its first byte, over what is there.
    pub fn write(path: impl AsRef<Path>) -> OpenFile {
        OpenFile::new(path.as_ref(), Mode::Write)
    }

    /// A file to read and write.
    pub fn read_write(path: impl AsRef<Path>) -> OpenFile {
        OpenFile::new(path.as_ref(), Mode::ReadWrite)
    }

    /// A file to write at its end.
    pub fn append(path: impl AsRef<Path>) -> OpenFile {
        OpenFile::new(path.as_ref(), Mode::Append)
    }

    /// Begins at so many bytes from the start.
    #[must_use]
    pub const fn at(mut self, position: u64) -> OpenFile {
        self.position = position;
        self
    }

    /// The place in it: of the last time it was serialized, or where it began.
    pub const fn position(&self) -> u64 {
        self.position
    }

    fn open(&self) -> Result<File> {
        let path = self.path.path()?;
        let broken = |error: std::io::Error| {
            // Nobody makes a file appear by being asked again.
            Error::connect(Failure::Other, io_failure::words(&error)).with_source(error)
        };
        if !fs::metadata(&path).map_err(broken)?.is_file() {
            return Err(Error::connect(Failure::Other, "it is no plain file"));
        }
        let (read, write, append) = match self.mode {
            Mode::Read => (true, false, false),
            Mode::Write => (false, true, false),
            Mode::ReadWrite => (true, true, false),
            Mode::Append => (false, false, true),
        };
        let mut file =
            OpenOptions::new().read(read).write(write).append(append).open(&path).map_err(broken)?;
        if !append {
            file.seek(SeekFrom::Start(self.position)).map_err(broken)?;
        }
        Ok(file)
    }

    /// Notes where a file is; one that cannot tell keeps the place it began with.
    fn note(&mut self, live: &mut impl Seek) {
        if let Ok(position) = live.stream_position() {
            self.position = position;
        }
    }
}

/// A reconnector around [`OpenFile`]: `$live` around the file, what is looked at before it is serialized.
macro_rules! files {
    ($($ty:ty, $live:ty, $key:literal, [$($alias:literal),*], $file:expr, $wrap:expr, $observe:expr;)*) => {$(
        impl Reconnector for $ty {
            type Live = $live;
            const KEY: &'static str = $key;
            const ALIASES: &'static [&'static str] = &[$($alias),*];
            const AUTH: Auth = Auth::None;

            fn connect(&self, _: &Connect<'_>) -> Result<$live> {
                let file: fn(&$ty) -> &OpenFile = $file;
                file(self).open().map($wrap)
            }

            fn place(&self) -> String {
                let file: fn(&$ty) -> &OpenFile = $file;
                file(self).path.shown()
            }

            fn reach(&self) -> Reach {
                Reach::File(self.place())
            }

            fn observe(&mut self, live: &mut $live) -> Result<()> {
                let observe: fn(&mut $ty, &mut $live) -> Result<()> = $observe;
                observe(self, live)
            }
        }
    )*};
}

/// A file that is read through a buffer: as [`OpenFile`], from the first byte that was not taken out of the buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenReader(OpenFile);

/// A file that is written through a buffer: as [`OpenFile`]. One whose buffer is not empty cannot be serialized: the
/// error says to flush it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenWriter(OpenFile);

impl From<OpenFile> for OpenReader {
    fn from(file: OpenFile) -> OpenReader {
        OpenReader(file)
    }
}

impl From<OpenFile> for OpenWriter {
    fn from(file: OpenFile) -> OpenWriter {
        OpenWriter(file)
    }
}

files! {
    OpenFile, File, "std::fs::File", ["io.TextIOWrapper", "io.FileIO"], |v| v, |file| file, |recipe, file| {
        recipe.note(file);
        Ok(())
    };
    OpenReader, BufReader<File>, "std::io::BufReader<File>", ["io.BufferedReader"], |v| &v.0, BufReader::new,
    |recipe, reader| {
        recipe.0.note(reader);
        Ok(())
    };
    OpenWriter, BufWriter<File>, "std::io::BufWriter<File>", ["io.BufferedWriter"], |v| &v.0, BufWriter::new,
    |recipe, writer| match writer.buffer().len() {
        0 => {
            recipe.0.note(writer.get_mut());
            Ok(())
        }
        left => Err(Error::extract(format!("{left} bytes are not flushed")).with_help("call `flush` first")),
    };
}
