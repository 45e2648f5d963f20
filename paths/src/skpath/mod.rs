//! [`Skpath`]: the path that knows its project.

mod details;
mod files;
mod glob;
mod identity;
mod join;
mod names;

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::path::{Path, PathBuf};

pub use details::SkpathDetails;
pub(crate) use identity::Key;

use crate::root::{self, Root};
use crate::{PathDetectionError, PathError, bytes, caller, id, resolve};

/// An absolute path that knows which project it belongs to.
///
/// # Identity
///
/// Two Skpaths inside the program's own project are equal when their [`rp`](Self::rp) is; any other path is equal to
/// the one with the same [`ap`](Self::ap). `Hash` and `Ord` agree with that. So files of two *other* projects are
/// never mixed up because both are called `README.md`, and a path that came from another machine equals the local one.
///
/// # Links
///
/// [`try_new`](Self::try_new) follows symbolic links; joining and listing do not, so an entry that is a link can be
/// seen as one. [`resolve`](Self::resolve) follows them again.
///
/// # Examples
///
/// ```
/// use suitkaise_paths::Skpath;
///
/// let config = Skpath::root()? / "config" / "app.toml";
/// assert_eq!(config.rp(), "config/app.toml");
/// assert_eq!(config.name(), "app.toml");
/// assert_eq!(config.stem(), "app");
/// assert!(!config.exists());
/// # Ok::<(), suitkaise_paths::PathError>(())
/// ```
#[cfg_attr(feature = "cerial", derive(cerial::Cerial), cerial(state = crate::SkpathState))]
#[derive(Clone)]
pub struct Skpath {
    ap: PathBuf,
    root: Option<Root>,
    /// The root is the program's own, so the rp is the identity.
    own: bool,
}

impl Skpath {
    /// Makes a path from text, a path or another Skpath: absolute, links followed, `..` resolved.
    ///
    /// A relative path starts at the current directory, as everywhere. What does not exist yet is kept as written.
    /// An encoded id is *not* guessed from its looks (a file may be called like one): use [`from_id`](Self::from_id).
    ///
    /// # Errors
    ///
    /// [`PathError`] when the path is empty, holds a NUL, is too long, leads through a file as if it were a directory,
    /// or through links that lead round in a circle.
    pub fn try_new(path: impl AsRef<Path>) -> Result<Self, PathError> {
        Ok(Self::from_absolute(resolve::resolve(path.as_ref())?))
    }

    /// Makes a path without following links and without failing: absolute, `.` and `..` taken out by the letter.
    #[must_use]
    pub fn unresolved(path: impl AsRef<Path>) -> Self {
        Self::from_absolute(resolve::lexical(path.as_ref()))
    }

    /// Returns the source file that calls this.
    ///
    /// The compiler notes source files relative to the workspace; they are looked for under the project root, the
    /// current directory and the executable. In a program far from its sources the result names a missing file.
    #[must_use]
    #[track_caller]
    pub fn here() -> Self {
        caller::file_of(Location::caller())
    }

    /// Returns the program's project root: the custom one, else the detected one.
    ///
    /// # Errors
    ///
    /// [`PathDetectionError`] when there is none, or the custom root has vanished.
    pub fn root() -> Result<Self, PathDetectionError> {
        let root = root::project()?;
        Ok(Self { ap: root.to_path_buf(), root: Some(root), own: true })
    }

    /// Makes a path from a `/`-separated path relative to the program's root.
    ///
    /// # Errors
    ///
    /// [`PathError`] when there is no root, or `rp` is absolute or leaves the root through `..`.
    pub fn from_rp(rp: impl AsRef<Path>) -> Result<Self, PathError> {
        let rp = rp.as_ref();
        let inside = rp
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
        let has_nul = rp.as_os_str().as_encoded_bytes().contains(&0);
        if !inside || has_nul || rp.as_os_str().is_empty() {
            let why = if has_nul {
                "it holds a NUL, which no file system takes"
            } else {
                "a project-relative path names something inside the root: not empty, not absolute, without `..`"
            };
            return Err(PathError::new(crate::PathErrorKind::InvalidPath, "place under the project root")
                .at(rp)
                .why(why));
        }
        let root = root::project()?;
        Ok(Self::from_absolute(resolve::normal(&root.join(rp))))
    }

    /// Makes the path that [`id`](Self::id) was asked of, under this program's root.
    ///
    /// # Errors
    ///
    /// [`PathError`] when the text is not an id, or decodes to a path that cannot be (a NUL, a way out of the root).
    pub fn from_id(id: &str) -> Result<Self, PathError> {
        id::decode(id)
    }

    /// Returns the short, URL-safe name of this path: base64url, without padding, of the rp, or of the ap outside
    /// the program's project. [`from_id`](Self::from_id) reverses it.
    #[must_use]
    pub fn id(&self) -> String {
        id::encode(self)
    }

    /// Returns the absolute path, with `/` on every system.
    ///
    /// Borrowed where the path is Unicode and has no other separator. For the exact path use [`as_path`](Self::as_path).
    #[must_use]
    pub fn ap(&self) -> Cow<'_, str> {
        bytes::to_text(&self.ap)
    }

    /// Returns the path relative to its project's root, with `/` on every system.
    ///
    /// It is `.` for the root itself and empty for a path that lies in no project.
    #[must_use]
    pub fn rp(&self) -> Cow<'_, str> {
        match self.rp_path() {
            Some(rp) if rp.as_os_str().is_empty() => Cow::Borrowed("."),
            Some(rp) => bytes::to_text(rp),
            None => Cow::Borrowed(""),
        }
    }

    /// Returns the exact path relative to its project's root; empty for the root itself.
    #[must_use]
    pub fn rp_path(&self) -> Option<&Path> {
        self.ap.strip_prefix(self.root.as_deref()?).ok()
    }

    /// Returns the absolute path with the separators of this system, for people to read.
    #[must_use]
    pub fn platform(&self) -> Cow<'_, str> {
        self.ap.to_string_lossy()
    }

    /// Returns the absolute path, exactly.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        &self.ap
    }

    /// Returns the absolute path, exactly, without a copy.
    #[must_use]
    pub fn into_path_buf(self) -> PathBuf {
        self.ap
    }

    /// Returns the root of the project that this path lies in.
    #[must_use]
    pub fn root_path(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Returns the root of the project that this path lies in, with `/` on every system.
    #[must_use]
    pub fn root_str(&self) -> Option<Cow<'_, str>> {
        self.root.as_deref().map(bytes::to_text)
    }

    /// Says whether the path lies in the program's own project, so that its rp is its identity.
    #[must_use]
    pub fn is_in_project(&self) -> bool {
        self.own
    }

    /// Takes an absolute, normal path and finds its root.
    pub(crate) fn from_absolute(ap: PathBuf) -> Self {
        let (root, own) = root::of(&ap).map_or((None, false), |(root, own)| (Some(root), own));
        Self { ap, root, own }
    }

    /// Takes an absolute, normal path that is known to have the same root as `self`.
    pub(crate) fn sibling(&self, ap: PathBuf) -> Self {
        Self { ap, root: self.root.clone(), own: self.own }
    }
}

impl fmt::Display for Skpath {
    /// Writes the absolute path with the separators of this system.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.ap.display(), f)
    }
}

impl fmt::Debug for Skpath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Skpath");
        out.field("ap", &self.ap);
        if let Some(rp) = self.rp_path() {
            out.field("rp", &rp);
        }
        out.finish()
    }
}
