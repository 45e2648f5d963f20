//! `glob` and `rglob`: every file and directory below that a pattern names, ignored or not.

use std::path::Path;

use globset::GlobBuilder;
use ignore::WalkBuilder;

use super::Skpath;
use crate::{PathError, PathErrorKind};

impl Skpath {
    /// Returns what the pattern names below this directory, in order: `*`, `?`, `[a-z]`, `{a,b}` stay inside one name,
    /// `**` goes through directories. Links are not followed.
    ///
    /// # Errors
    ///
    /// [`PathErrorKind::InvalidPattern`] when the pattern cannot be parsed, is empty, absolute, or holds `..`;
    /// otherwise [`PathError`] when a directory cannot be read.
    pub fn glob(&self, pattern: &str) -> Result<Vec<Self>, PathError> {
        let refuse = |why: &str| {
            PathError::new(PathErrorKind::InvalidPattern, format!("search `{pattern}` in"))
                .at(&self.ap)
                .why(why)
        };
        if pattern.is_empty()
            || Path::new(pattern).is_absolute()
            || pattern.split('/').any(|name| name == "..")
        {
            return Err(refuse("a pattern is relative to this directory, not empty, and holds no `..`"));
        }
        let matcher = GlobBuilder::new(pattern)
            .literal_separator(true)
            .build()
            .map_err(|e| refuse(&e.kind().to_string()).caused_by(e))?
            .compile_matcher();
        let depth = (!pattern.contains("**")).then(|| pattern.split('/').count());
        let walk = WalkBuilder::new(&self.ap).standard_filters(false).max_depth(depth).build();
        let mut found = Vec::new();
        for entry in walk {
            let entry = entry.map_err(|e| walk_error(&self.ap, e))?;
            let below = entry.path().strip_prefix(&self.ap).unwrap_or(entry.path());
            if entry.depth() > 0 && matcher.is_match(below) {
                found.push(Self::from_absolute(entry.into_path()));
            }
        }
        found.sort_by(|a, b| a.ap.cmp(&b.ap));
        Ok(found)
    }

    /// Returns what the pattern names in this directory or any below: `glob("**/<pattern>")`.
    ///
    /// # Errors
    ///
    /// As [`glob`](Self::glob).
    pub fn rglob(&self, pattern: &str) -> Result<Vec<Self>, PathError> {
        match pattern {
            "" => self.glob(pattern),
            _ if Path::new(pattern).is_absolute() => self.glob(pattern),
            _ => self.glob(&format!("**/{pattern}")),
        }
    }
}

fn walk_error(top: &Path, error: ignore::Error) -> PathError {
    fn place(error: &ignore::Error) -> Option<&Path> {
        match error {
            ignore::Error::WithPath { path, .. } => Some(path),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place(err),
            _ => None,
        }
    }
    let at = place(&error).unwrap_or(top).to_path_buf();
    let text = error.to_string();
    match error.into_io_error() {
        Some(io) => PathError::io("read the directory", &at, io),
        None => PathError::new(PathErrorKind::Io, "walk through").at(&at).why(text),
    }
}
