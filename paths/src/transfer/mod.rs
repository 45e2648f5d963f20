//! Copying and moving files and trees: whole or not at all.
//!
//! What arrives is built under a temporary name beside the destination and gets its name by one rename, so nobody ever
//! sees half a file there, and a failure leaves what was there before.

mod copy;
mod place;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::bytes::ends_with_separator;
use crate::error::Shown;
use crate::{PathError, PathErrorKind, Skpath, resolve};

use place::Temporary;

/// What both operations are told.
#[derive(Clone, Debug)]
struct Transfer {
    source: Skpath,
    dest: PathBuf,
    overwrite: bool,
    parents: bool,
}

macro_rules! transfer_options {
    ($name:ident) => {
        impl $name {
            pub(crate) fn new(source: &Skpath, dest: &Path) -> Self {
                Self(Transfer {
                    source: source.clone(),
                    dest: dest.to_path_buf(),
                    overwrite: false,
                    parents: true,
                })
            }

            /// Replaces what stands at the destination, a whole tree too. Default false.
            pub fn overwrite(mut self, yes: bool) -> Self {
                self.0.overwrite = yes;
                self
            }

            /// Makes the directories above the destination that are missing. Default true.
            pub fn parents(mut self, yes: bool) -> Self {
                self.0.parents = yes;
                self
            }
        }
    };
}

/// A copy that [`Skpath::copy_to`] prepared.
///
/// A destination that is a directory, or is written with a separator at its end, receives the source under its own
/// name. Permissions and times are kept. Links inside a tree stay links; the source itself is followed if it is one.
#[derive(Clone, Debug)]
#[must_use = "nothing is copied until `run` is called"]
pub struct CopyTo(Transfer);

/// A move that [`Skpath::move_to`] prepared.
///
/// A destination that is a directory, or is written with a separator at its end, receives the source under its own
/// name. On one device this is one rename. Across devices the source stays until the whole copy is on the other disk.
#[derive(Clone, Debug)]
#[must_use = "nothing is moved until `run` is called"]
pub struct MoveTo(Transfer);

transfer_options!(CopyTo);
transfer_options!(MoveTo);

impl CopyTo {
    /// Copies, and returns the path of the copy.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::NotFound`] for a missing source, [`PathErrorKind::AlreadyExists`] for a taken destination
    /// without `overwrite`, [`PathErrorKind::IntoItself`] for a tree into itself, [`PathErrorKind::StorageFull`], and
    /// others of the system. The destination is then as it was before.
    pub fn run(self) -> Result<Skpath, PathError> {
        let real = std::fs::canonicalize(&self.0.source)
            .map_err(|e| PathError::io("copy", self.0.source.as_path(), e))?;
        let target = self.0.target("copy", &real)?;
        let temporary = Temporary::beside(&target);
        copy::copy(&real, temporary.path(), false)?;
        temporary.place(&target, self.0.overwrite)?;
        Ok(Skpath::from_absolute(target))
    }
}

impl MoveTo {
    /// Moves, and returns the new path.
    ///
    /// # Errors
    ///
    /// As [`CopyTo::run`]; the source then stays as it was. When the copy across devices is whole and only the source
    /// cannot be removed, the error says so and both remain.
    pub fn run(self) -> Result<Skpath, PathError> {
        let source = self.0.source.as_path();
        let target = self.0.target("move", source)?;
        match place::rename(source, &target, self.0.overwrite) {
            Ok(()) => return Ok(Skpath::from_absolute(target)),
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {}
            Err(error) => return Err(PathError::io("move to", &target, error)),
        }
        let temporary = Temporary::beside(&target);
        copy::copy(source, temporary.path(), true)?;
        temporary.place(&target, self.0.overwrite)?;
        place::remove(source).map_err(|e| {
            let why =
                format!("it was copied whole to `{}`, but the source cannot be removed: {e}", Shown(&target));
            PathError::io("finish moving", source, e).why(why)
        })?;
        Ok(Skpath::from_absolute(target))
    }
}

impl Transfer {
    /// Finds the final name at the destination, makes its parents, and refuses what cannot be.
    fn target(&self, verb: &str, source: &Path) -> Result<PathBuf, PathError> {
        let meta = std::fs::symlink_metadata(source).map_err(|e| PathError::io(verb, source, e))?;
        let dest = self.final_name(source.file_name())?;
        let refuse = |kind, why: &str| {
            PathError::new(kind, format!("{verb} `{}` to", Shown(source))).at(&dest).why(why)
        };
        if dest == source {
            return Err(refuse(PathErrorKind::IntoItself, "source and destination are the same"));
        }
        if meta.is_dir() && dest.starts_with(source) {
            return Err(refuse(PathErrorKind::IntoItself, "the destination lies inside the source"));
        }
        if source.starts_with(&dest) {
            return Err(refuse(PathErrorKind::IntoItself, "the source lies inside the destination"));
        }
        if !self.overwrite && std::fs::symlink_metadata(&dest).is_ok() {
            return Err(refuse(
                PathErrorKind::AlreadyExists,
                "something is there; `.overwrite(true)` replaces it",
            ));
        }
        let parent = dest.parent().unwrap_or(&dest);
        if self.parents {
            std::fs::create_dir_all(parent).map_err(|e| PathError::io("make the directory", parent, e))?;
        } else if !parent.is_dir() {
            return Err(refuse(
                PathErrorKind::NotFound,
                "the directory above is missing; `.parents(true)` makes it",
            ));
        }
        Ok(dest)
    }

    fn final_name(&self, name: Option<&OsStr>) -> Result<PathBuf, PathError> {
        let wants_dir = ends_with_separator(&self.dest);
        let dest = match std::fs::metadata(&self.dest) {
            Ok(meta) if !meta.is_dir() && wants_dir => return Err(self.not_a_directory()),
            // A trailing separator would make the resolver look for a directory; by the letter it says nothing.
            _ => resolve::resolve(&self.dest.components().collect::<PathBuf>())?,
        };
        match std::fs::metadata(&dest) {
            Ok(meta) if wants_dir && !meta.is_dir() => Err(self.not_a_directory()),
            Ok(meta) if !meta.is_dir() => Ok(dest),
            Err(_) if !wants_dir => Ok(dest),
            _ => match name {
                Some(name) => Ok(dest.join(name)),
                None => Err(PathError::new(PathErrorKind::InvalidName, "copy or move into")
                    .at(&dest)
                    .why("the source is the top of the file system and has no name")),
            },
        }
    }

    fn not_a_directory(&self) -> PathError {
        PathError::new(PathErrorKind::NotADirectory, "copy or move into")
            .at(&self.dest)
            .why("it is written as a directory, and a file stands there")
    }
}
