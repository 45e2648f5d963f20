//! [`ProjectEntry`]: a directory with what it holds, and its drawing.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use ignore::DirEntry;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// A directory.
    Dir,
    /// A file, or anything else that is not a directory or a link.
    File,
    /// A symbolic link, not followed.
    Link,
}

/// A file or directory of a project, with everything below it. `Display` draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectEntry {
    name: OsString,
    kind: EntryKind,
    children: Vec<ProjectEntry>,
}

impl ProjectEntry {
    /// Returns the last name.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// Returns what it is.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    /// Returns what it holds: directories first, each by name.
    #[must_use]
    pub fn children(&self) -> &[ProjectEntry] {
        &self.children
    }

    /// Returns the entry of that name that this one holds.
    #[must_use]
    pub fn get(&self, name: impl AsRef<OsStr>) -> Option<&ProjectEntry> {
        self.children.iter().find(|child| child.name == name.as_ref())
    }
}

/// What the walk keeps of an entry for [`build`].
pub(crate) struct Found {
    path: PathBuf,
    depth: usize,
    kind: EntryKind,
}

impl From<DirEntry> for Found {
    fn from(entry: DirEntry) -> Self {
        let kind = match entry.file_type() {
            Some(kind) if kind.is_dir() => EntryKind::Dir,
            Some(kind) if kind.is_symlink() => EntryKind::Link,
            _ => EntryKind::File,
        };
        Self { depth: entry.depth(), kind, path: entry.into_path() }
    }
}

impl AsRef<Path> for Found {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// Builds the tree from a walk that gives directories before what they hold.
pub(crate) fn build(root: &Path, flat: Vec<Found>) -> ProjectEntry {
    let name = root.file_name().unwrap_or(root.as_os_str()).to_os_string();
    // `open[d]` is the directory at depth d that is being filled.
    let mut open = vec![ProjectEntry { name, kind: EntryKind::Dir, children: Vec::new() }];
    for entry in flat {
        close(&mut open, entry.depth);
        let name = entry.path.file_name().unwrap_or_default().to_os_string();
        open.push(ProjectEntry { name, kind: entry.kind, children: Vec::new() });
    }
    close(&mut open, 1);
    let mut top = open.swap_remove(0);
    top.children.sort_by(order);
    top
}

/// Puts the entries at `depth` and deeper into their parents.
fn close(open: &mut Vec<ProjectEntry>, depth: usize) {
    while open.len() > depth.max(1) {
        if let Some(mut done) = open.pop() {
            done.children.sort_by(order);
            if let Some(parent) = open.last_mut() {
                parent.children.push(done);
            }
        }
    }
}

fn order(a: &ProjectEntry, b: &ProjectEntry) -> std::cmp::Ordering {
    let rank = |entry: &ProjectEntry| entry.kind != EntryKind::Dir;
    rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name))
}

impl fmt::Display for ProjectEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, self)?;
        draw(f, &self.children, &mut String::new())
    }
}

fn draw(f: &mut fmt::Formatter<'_>, children: &[ProjectEntry], indent: &mut String) -> fmt::Result {
    for (i, child) in children.iter().enumerate() {
        let last = i + 1 == children.len();
        write!(f, "\n{indent}{}", if last { "└── " } else { "├── " })?;
        line(f, child)?;
        let before = indent.len();
        indent.push_str(if last { "    " } else { "│   " });
        draw(f, &child.children, indent)?;
        indent.truncate(before);
    }
    Ok(())
}

/// Writes a name on one line, whatever it holds, with `/` behind a directory's.
fn line(f: &mut fmt::Formatter<'_>, entry: &ProjectEntry) -> fmt::Result {
    for c in entry.name.to_string_lossy().chars() {
        if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
    }
    if entry.kind == EntryKind::Dir { f.write_str("/") } else { Ok(()) }
}
