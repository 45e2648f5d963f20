//! The ignore rules that hold in a directory.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Where a rule comes from; an earlier source goes before a later one, however deep the latter's file lies.
#[derive(Clone, Copy)]
enum Source {
    /// `.dockerignore` and the like.
    Named,
    /// `.ignore`.
    Ignore,
    /// `.gitignore`.
    Git,
    /// `.git/info/exclude`.
    Exclude,
}

/// The names of the files that hold rules.
pub(crate) struct Names {
    named: Vec<OsString>,
}

/// The rules of a directory and of those above it, up to the walk's top.
#[derive(Default)]
pub(crate) struct Rules {
    /// By [`Source`], the rules of the nearest directory first.
    sources: [Vec<Arc<Gitignore>>; 4],
}

impl Names {
    /// `.ignore`, `.gitignore`, and these, of which a later one goes before an earlier one.
    pub(crate) fn new(named: Vec<OsString>) -> Names {
        Names { named }
    }
}

impl Rules {
    /// The rules inside `dir`, which holds these names: those of the directory above, and its own before them.
    pub(crate) fn inside(
        self: &Arc<Self>,
        dir: &Path,
        names: &Names,
        holds: impl Fn(&OsStr) -> bool,
    ) -> Arc<Rules> {
        let mut own = Vec::new();
        let named: Vec<_> =
            names.named.iter().filter(|name| holds(name.as_os_str())).map(|name| dir.join(name)).collect();
        own.extend(read(dir, &named).map(|rules| (Source::Named, rules)));
        for (source, name) in [(Source::Ignore, ".ignore"), (Source::Git, ".gitignore")] {
            if holds(name.as_ref()) {
                own.extend(read(dir, &[dir.join(name)]).map(|rules| (source, rules)));
            }
        }
        if holds(".git".as_ref())
            && let Some(git) = git_dir(dir)
        {
            own.extend(read(dir, &[git.join("info/exclude")]).map(|rules| (Source::Exclude, rules)));
        }
        if own.is_empty() {
            return Arc::clone(self);
        }
        let mut sources = self.sources.clone();
        for (source, rules) in own {
            sources[source as usize].insert(0, Arc::new(rules));
        }
        Arc::new(Rules { sources })
    }

    /// Whether an entry is to be left out.
    pub(crate) fn ignore(&self, path: &Path, is_dir: bool) -> bool {
        let mut all = self.sources.iter().flatten().map(|rules| rules.matched(path, is_dir));
        all.find(|found| !found.is_none()).is_some_and(|found| found.is_ignore())
    }
}

/// The rules in these files; a line that is none is passed over, as git does, and so is a file that cannot be read.
fn read(dir: &Path, files: &[PathBuf]) -> Option<Gitignore> {
    if files.is_empty() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(dir);
    for file in files {
        let _ = builder.add(file);
    }
    builder.build().ok().filter(|rules| !rules.is_empty())
}

/// Where git keeps what all working trees share: `.git`, or where the file `.git` of a further working tree leads.
fn git_dir(dir: &Path) -> Option<PathBuf> {
    let git = dir.join(".git");
    if !git.is_file() {
        return Some(git);
    }
    let first = |file: &Path| fs::read_to_string(file).ok()?.lines().next().map(str::to_owned);
    let own = dir.join(first(&git)?.strip_prefix("gitdir: ")?);
    let common = first(&own.join("commondir"))?;
    Some(own.join(common))
}
