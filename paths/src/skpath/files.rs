//! What stands at the path: questions to the disk, and work on it.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use super::Skpath;
use crate::transfer::{CopyTo, MoveTo};
use crate::{PathError, PathErrorKind};

impl Skpath {
    /// Says whether something stands here; a link whose target is missing does not count.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.ap.exists()
    }

    /// Says whether a file stands here.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.ap.is_file()
    }

    /// Says whether a directory stands here.
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.ap.is_dir()
    }

    /// Says whether the path itself is a symbolic link, which only joining and listing can give.
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.ap.is_symlink()
    }

    /// Says whether the directory holds nothing.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::NotADirectory`] for anything else, [`PathErrorKind::NotFound`] for nothing.
    pub fn is_empty(&self) -> Result<bool, PathError> {
        let mut entries = fs::read_dir(&self.ap).map_err(self.fails("list"))?;
        entries.next().transpose().map(|first| first.is_none()).map_err(self.fails("list"))
    }

    /// Returns what the system knows of the file, links followed.
    ///
    /// # Errors
    ///
    /// [`PathError`] when nothing stands here or it may not be looked at.
    pub fn stat(&self) -> Result<Metadata, PathError> {
        fs::metadata(&self.ap).map_err(self.fails("look at"))
    }

    /// Returns what the system knows of the path itself, be it a link.
    ///
    /// # Errors
    ///
    /// [`PathError`] when nothing stands here or it may not be looked at.
    pub fn lstat(&self) -> Result<Metadata, PathError> {
        fs::symlink_metadata(&self.ap).map_err(self.fails("look at"))
    }

    /// Returns the entries of the directory, by name.
    ///
    /// # Errors
    ///
    /// [`PathError`] when this is no directory or cannot be read.
    pub fn iterdir(&self) -> Result<Vec<Self>, PathError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.ap).map_err(self.fails("list"))? {
            let entry = entry.map_err(self.fails("list"))?;
            // A file's root is its directory's; a directory may begin a project of its own.
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let ap = entry.path();
            found.push(if is_dir { Self::from_absolute(ap) } else { self.sibling(ap) });
        }
        found.sort_by(|a, b| a.ap.file_name().cmp(&b.ap.file_name()));
        Ok(found)
    }

    /// Makes the directory, and those above it that are missing; one that exists is fine.
    ///
    /// # Errors
    ///
    /// [`PathError`] when something else stands there or the system refuses.
    pub fn mkdir(&self) -> Result<(), PathError> {
        fs::create_dir_all(&self.ap).map_err(self.fails("make the directory"))
    }

    /// Makes an empty file, or sets the time of change of the one that is there.
    ///
    /// # Errors
    ///
    /// [`PathError`] when the system refuses.
    pub fn touch(&self) -> Result<(), PathError> {
        let file = fs::File::options().append(true).create(true).open(&self.ap);
        file.and_then(|file| file.set_modified(std::time::SystemTime::now())).map_err(self.fails("touch"))
    }

    /// Reads the file as text.
    ///
    /// # Errors
    ///
    /// [`PathError`] when it cannot be read or is not UTF-8.
    pub fn read_text(&self) -> Result<String, PathError> {
        fs::read_to_string(&self.ap).map_err(self.fails("read"))
    }

    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`PathError`] when it cannot be read.
    pub fn read_bytes(&self) -> Result<Vec<u8>, PathError> {
        fs::read(&self.ap).map_err(self.fails("read"))
    }

    /// Writes the file anew.
    ///
    /// # Errors
    ///
    /// [`PathError`] when it cannot be written.
    pub fn write_text(&self, text: impl AsRef<str>) -> Result<(), PathError> {
        self.write_bytes(text.as_ref())
    }

    /// Writes the file anew.
    ///
    /// # Errors
    ///
    /// [`PathError`] when it cannot be written.
    pub fn write_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<(), PathError> {
        fs::write(&self.ap, bytes).map_err(self.fails("write"))
    }

    /// Removes the file or link; with `missing_ok` nothing to remove is fine.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::NotAFile`] for a directory, [`PathErrorKind::NotFound`] for nothing unless `missing_ok`.
    pub fn unlink(&self, missing_ok: bool) -> Result<(), PathError> {
        match fs::symlink_metadata(&self.ap) {
            Ok(meta) if meta.is_dir() => Err(PathError::new(PathErrorKind::NotAFile, "unlink")
                .at(&self.ap)
                .why("it is a directory; use `rmdir` for an empty one")),
            Err(error) if missing_ok && error.kind() == io::ErrorKind::NotFound => Ok(()),
            _ => fs::remove_file(&self.ap).map_err(self.fails("unlink")),
        }
    }

    /// Removes the directory, which must be empty.
    ///
    /// # Errors
    ///
    /// [`PathError`] when it is not empty, not a directory or not there.
    pub fn rmdir(&self) -> Result<(), PathError> {
        fs::remove_dir(&self.ap).map_err(self.fails("remove the directory"))
    }

    /// Copies the file or tree to `dest`; see [`CopyTo`] for the options, and call [`run`](CopyTo::run) to do it.
    pub fn copy_to(&self, dest: impl AsRef<Path>) -> CopyTo {
        CopyTo::new(self, dest.as_ref())
    }

    /// Moves the file or tree to `dest`; see [`MoveTo`] for the options, and call [`run`](MoveTo::run) to do it.
    pub fn move_to(&self, dest: impl AsRef<Path>) -> MoveTo {
        MoveTo::new(self, dest.as_ref())
    }

    fn fails(&self, what: &'static str) -> impl Fn(io::Error) -> PathError + '_ {
        move |error| PathError::io(what, &self.ap, error)
    }
}
