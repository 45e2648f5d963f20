//! Temporary files, by their contents.

use std::io::{Read, Seek, SeekFrom, Write};

use cerial::{Auth, Connect, Error, Failure, Reach, Reconnector, Result};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::io_failure;

/// A file of its own that is deleted with its owner: what travels is its contents and the place in it.
///
/// The one that is read is another file, in the reader's directory for such files, made at its first use.
///
/// ```
/// use std::io::{Read, Seek, Write};
/// use cerial::Live;
/// use cerial_reconnectors::TempFile;
///
/// # fn main() -> cerial::Result<()> {
/// let mut scratch = Live::open(TempFile::new(), None)?;
/// scratch.get_mut()?.write_all(b"kept")?;
/// let mut back: Live<TempFile> = cerial::deserialize(&cerial::serialize(&scratch)?)?;
/// back.get_mut()?.rewind()?;
/// let mut text = String::new();
/// back.get_mut()?.read_to_string(&mut text)?;
/// assert_eq!(text, "kept");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TempFile {
    prefix: String,
    suffix: String,
}

impl TempFile {
    /// A file of any name.
    pub fn new() -> TempFile {
        TempFile::default()
    }

    /// Begins the name with this.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> TempFile {
        self.prefix = prefix.into();
        self
    }

    /// Ends the name with this.
    #[must_use]
    pub fn suffix(mut self, suffix: impl Into<String>) -> TempFile {
        self.suffix = suffix.into();
        self
    }
}

impl Reconnector for TempFile {
    type Live = NamedTempFile;
    const KEY: &'static str = "tempfile::NamedTempFile";
    const ALIASES: &'static [&'static str] = &["tempfile.NamedTemporaryFile"];
    const AUTH: Auth = Auth::None;

    fn connect(&self, _: &Connect<'_>) -> Result<NamedTempFile> {
        // A name, not a way out of the directory.
        if [&self.prefix, &self.suffix].iter().any(|part| part.contains(['/', '\\', '\0'])) {
            return Err(Error::connect(Failure::Other, "the name of a temporary file holds a separator"));
        }
        let mut builder = tempfile::Builder::new();
        if !self.prefix.is_empty() {
            builder.prefix(&self.prefix);
        }
        builder
            .suffix(&self.suffix)
            .tempfile()
            .map_err(|error| Error::connect(Failure::Other, io_failure::words(&error)).with_source(error))
    }

    fn place(&self) -> String {
        format!("{}*{}", self.prefix, self.suffix)
    }

    fn reach(&self) -> Reach {
        Reach::File(self.place())
    }

    /// The place, eight bytes, and the contents.
    fn carry(&self, live: &mut NamedTempFile) -> Result<Option<Vec<u8>>> {
        let position = live.stream_position()?;
        let mut state = position.to_le_bytes().to_vec();
        live.rewind()?;
        live.read_to_end(&mut state)?;
        live.seek(SeekFrom::Start(position))?;
        Ok(Some(state))
    }

    fn restore(&self, live: &mut NamedTempFile, state: &[u8]) -> Result<()> {
        let Some((position, contents)) = state.split_first_chunk() else {
            return Err(Error::rebuild("a temporary file came without its place"));
        };
        live.write_all(contents)?;
        live.seek(SeekFrom::Start(u64::from_le_bytes(*position)))?;
        Ok(())
    }
}
