//! The files that show where a project begins, best first.

use std::path::Path;

/// The rank of a directory that shows nothing.
pub(super) const NONE: usize = KINDS.len();

/// Kinds of indicator in the order of their weight; names of one kind weigh the same.
const KINDS: &[&[&str]] = &[
    &["setup.sk"],
    &["Cargo.toml"],
    &[".git", ".hg", ".jj"],
    &["pyproject.toml", "setup.py", "setup.cfg", "package.json", "go.mod"],
    &[".gitignore"],
    &[
        "LICENSE",
        "LICENSE.md",
        "LICENSE.txt",
        "LICENSE-MIT",
        "README",
        "README.md",
        "README.txt",
        "README.rst",
        "requirements.txt",
    ],
];

/// Looks in `dir` for an indicator that weighs more than rank `below`, and returns its rank.
pub(super) fn look(dir: &Path, below: usize) -> Option<usize> {
    let holds = |name: &str| std::fs::symlink_metadata(dir.join(name)).is_ok();
    KINDS.iter().take(below).position(|names| names.iter().copied().any(holds))
}
