//! [`Project`]: what a project's directory holds, seen through its ignore rules.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::rules::Names;
use crate::structure::{EntryKind, ProjectEntry, build};
use crate::walk::{Entry, Walk};
use crate::{PathError, PathErrorKind, Skpath, bytes};

/// A look at a project's files and directories: say what to leave out, then ask for paths, strings, a structure or a
/// drawing.
///
/// The rules of `.gitignore` and of every other `.*ignore` file in the root (`.ignore`, `.dockerignore`, ..) apply, in
/// the root and in the directories below, with git's meaning of `!`, `/` and `**`; so does `.git/info/exclude`. Rules
/// from outside the root (a user's global ones, those of directories above) do not, so everybody sees the same files.
/// `.git` itself is left out, other hidden files are not. Links are listed and not followed. Results are in the order of
/// their names.
///
/// # Examples
///
/// ```no_run
/// use suitkaise_paths::Project;
///
/// let sources = Project::new().exclude(["*.lock", "docs/"]).depth(3).paths()?;
/// println!("{}", Project::new().depth(2).tree()?);
/// # Ok::<(), suitkaise_paths::PathError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a look at a project does nothing until it is asked for `paths`, `strings`, `structure` or `tree`"]
pub struct Project {
    root: Option<PathBuf>,
    exclude: Vec<String>,
    depth: Option<usize>,
    include_files: bool,
    use_ignore_files: bool,
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

impl Project {
    /// Looks at the program's project: everything that is not ignored, however deep.
    pub fn new() -> Self {
        Self { root: None, exclude: Vec::new(), depth: None, include_files: true, use_ignore_files: true }
    }

    /// Looks at this directory instead of the program's root.
    pub fn root(mut self, dir: impl AsRef<Path>) -> Self {
        self.root = Some(dir.as_ref().to_path_buf());
        self
    }

    /// Leaves out what these patterns name, in the syntax of `.gitignore`.
    pub fn exclude<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.exclude.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Goes so many levels down: 1 is what the root itself holds. Default: all.
    pub fn depth(mut self, levels: usize) -> Self {
        self.depth = Some(levels);
        self
    }

    /// Lists files and links too, not only directories. Default true.
    pub fn include_files(mut self, yes: bool) -> Self {
        self.include_files = yes;
        self
    }

    /// Obeys the ignore files. Default true.
    pub fn use_ignore_files(mut self, yes: bool) -> Self {
        self.use_ignore_files = yes;
        self
    }

    /// Returns the path of every file and directory below the root.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::Detection`] when there is no root or it is no directory, [`PathErrorKind::InvalidPattern`] for
    /// a pattern that cannot be parsed, and [`PathError`] when a directory cannot be read.
    pub fn paths(&self) -> Result<Vec<Skpath>, PathError> {
        let root = self.top()?;
        self.collect(&root, |entry| root.sibling(entry.path))
    }

    /// Returns the rp of every file and directory below the root, with `/`; the ap for a root outside any project.
    ///
    /// # Errors
    ///
    /// As [`paths`](Self::paths).
    pub fn strings(&self) -> Result<Vec<String>, PathError> {
        let root = self.top()?;
        let base = root.root_path();
        let paths = self.collect(&root, |entry| entry.path)?;
        let text = |path: &PathBuf| {
            let shown = base.and_then(|base| path.strip_prefix(base).ok()).unwrap_or(path);
            bytes::to_text(shown).into_owned()
        };
        Ok(paths.iter().map(text).collect())
    }

    /// Returns the root with everything below it, as a tree of entries.
    ///
    /// # Errors
    ///
    /// As [`paths`](Self::paths).
    pub fn structure(&self) -> Result<ProjectEntry, PathError> {
        let root = self.top()?;
        Ok(build(root.as_path(), self.collect(&root, |entry| entry)?))
    }

    /// Draws the structure with box characters, directories first.
    ///
    /// # Errors
    ///
    /// As [`paths`](Self::paths).
    pub fn tree(&self) -> Result<String, PathError> {
        Ok(self.structure()?.to_string())
    }

    fn top(&self) -> Result<Skpath, PathError> {
        let Some(dir) = &self.root else { return Ok(Skpath::root()?) };
        let root = Skpath::try_new(dir)?;
        if !root.is_dir() {
            return Err(PathError::new(PathErrorKind::Detection, "look through the project")
                .at(dir)
                .why("there is no such directory"));
        }
        Ok(root)
    }

    /// Returns what `make` makes of every entry below the root, directories before what they hold.
    fn collect<T: Send>(&self, root: &Skpath, make: impl Fn(Entry) -> T + Sync) -> Result<Vec<T>, PathError> {
        let top = root.as_path();
        let names = if self.use_ignore_files { Some(Names::new(ignore_files(top)?)) } else { None };
        let depth = self.depth.unwrap_or(usize::MAX);
        let walk = Walk { top, depth, names, excluded: &self.excluded(top)? };
        walk.collect(|entry| (self.include_files || entry.kind == EntryKind::Dir).then(|| make(entry)))
    }

    fn excluded(&self, top: &Path) -> Result<Gitignore, PathError> {
        let refuse = |pattern: &str, error: ignore::Error| {
            PathError::new(PathErrorKind::InvalidPattern, format!("exclude `{pattern}` from"))
                .at(top)
                .why(error.to_string())
                .caused_by(error)
        };
        let mut builder = GitignoreBuilder::new(top);
        for pattern in &self.exclude {
            builder.add_line(None, pattern).map_err(|e| refuse(pattern, e))?;
        }
        builder.build().map_err(|e| refuse(&self.exclude.join(" "), e))
    }
}

/// Returns every path of the program's project that is not ignored: [`Project::paths`] with the defaults.
///
/// # Errors
///
/// As [`Project::paths`].
pub fn project_paths() -> Result<Vec<Skpath>, PathError> {
    Project::new().paths()
}

/// Returns the program's project as a tree of entries: [`Project::structure`] with the defaults.
///
/// # Errors
///
/// As [`Project::paths`].
pub fn project_structure() -> Result<ProjectEntry, PathError> {
    Project::new().structure()
}

/// Draws the program's project with box characters: [`Project::tree`] with the defaults.
///
/// # Errors
///
/// As [`Project::paths`].
pub fn project_tree() -> Result<String, PathError> {
    Project::new().tree()
}

/// Returns the names of the root's `.*ignore` files beyond the two that the walker knows.
fn ignore_files(top: &Path) -> Result<Vec<std::ffi::OsString>, PathError> {
    let fail = |e| PathError::io("list", top, e);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(top).map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        let raw = name.as_encoded_bytes();
        let known = raw == b".gitignore" || raw == b".ignore";
        if raw.starts_with(b".") && raw.ends_with(b"ignore") && !known {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
