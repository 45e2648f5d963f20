//! [`ProjectEntry`]: a directory with what it holds, and its drawing.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;

use crate::walk::Entry;

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

/// Builds the tree from a walk that gives directories before what they hold.
pub(crate) fn build(root: &Path, flat: Vec<Entry>) -> ProjectEntry {
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
    directories_first(&mut top);
    top
}

/// Puts the entries at `depth` and deeper into their parents.
fn close(open: &mut Vec<ProjectEntry>, depth: usize) {
    while open.len() > depth.max(1) {
        if let Some(mut done) = open.pop() {
            directories_first(&mut done);
            if let Some(parent) = open.last_mut() {
                parent.children.push(done);
            }
        }
    }
}

/// Keeps the order of the names otherwise, which the walk has made.
fn directories_first(entry: &mut ProjectEntry) {
    entry.children.sort_by_key(|child| child.kind != EntryKind::Dir);
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
        f.write_str("\n")?;
        f.write_str(indent)?;
        f.write_str(if last { "└── " } else { "├── " })?;
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
    let name = entry.name.to_string_lossy();
    let mut rest = &*name;
    while let Some(at) = rest.find(char::is_control) {
        let (plain, odd) = rest.split_at(at);
        let length = odd.chars().next().map_or(odd.len(), char::len_utf8);
        write!(f, "{plain}{}", odd[..length].escape_default())?;
        rest = &odd[length..];
    }
    f.write_str(rest)?;
    if entry.kind == EntryKind::Dir { f.write_str("/") } else { Ok(()) }
}
