//! A walk by several threads whose result is in order.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use ignore::gitignore::Gitignore;

use crate::rules::{Names, Rules};
use crate::{EntryKind, PathError};

/// What to walk through.
pub(crate) struct Walk<'a> {
    pub(crate) top: &'a Path,
    /// How deep to go; 1 is what the top itself holds.
    pub(crate) depth: usize,
    /// None: the ignore files are not obeyed.
    pub(crate) names: Option<Names>,
    pub(crate) excluded: &'a Gitignore,
}

/// One entry below the top.
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) kind: EntryKind,
    pub(crate) depth: usize,
}

/// A directory that is to be listed, and the place of its listing.
struct Job {
    place: usize,
    dir: PathBuf,
    depth: usize,
    rules: Arc<Rules>,
}

/// What is kept of a directory's entries by name, each with the place of its own listing if it has one.
type Listing<T> = Vec<(Option<T>, Option<usize>)>;
/// The same before the listings have places.
type Listed<T> = Vec<(Option<T>, Option<Job>)>;

struct State<T> {
    jobs: Vec<Job>,
    listings: Vec<Listing<T>>,
    /// Jobs that wait or run.
    open: usize,
    failed: Option<PathError>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// So many directories must wait before it is worth to start threads.
const CROWD: usize = 16;
/// More threads only wait for each other in the kernel.
const THREADS: usize = 8;

impl Walk<'_> {
    /// Returns what `keep` makes of the entries, in the order of their names, a directory right before what it holds.
    pub(crate) fn collect<T: Send>(
        &self,
        keep: impl Fn(Entry) -> Option<T> + Sync,
    ) -> Result<Vec<T>, PathError> {
        if self.depth == 0 {
            return Ok(Vec::new());
        }
        let top = Job { place: 0, dir: self.top.to_path_buf(), depth: 0, rules: Arc::default() };
        let state = State { jobs: vec![top], listings: vec![Vec::new()], open: 1, failed: None };
        let shared = Shared { state: Mutex::new(state), changed: Condvar::new() };
        self.work(&shared, &keep, CROWD);
        if shared.lock().open > 0 {
            let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
            std::thread::scope(|scope| {
                for _ in 1..threads {
                    scope.spawn(|| self.work(&shared, &keep, usize::MAX));
                }
                self.work(&shared, &keep, usize::MAX);
            });
        }
        let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.failed {
            Some(error) => Err(error),
            None => Ok(in_order(state.listings)),
        }
    }

    /// Lists one directory after the other until none is left, or until `crowd` of them wait.
    fn work<T>(&self, shared: &Shared<T>, keep: &impl Fn(Entry) -> Option<T>, crowd: usize) {
        let _done = Leave(shared);
        let mut state = shared.lock();
        while state.failed.is_none() && state.open > 0 && state.jobs.len() < crowd {
            let Some(job) = state.jobs.pop() else {
                state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(state);
            let listed = self.list(&job, keep);
            state = shared.lock();
            state.open -= 1;
            match listed {
                Ok(entries) => state.take_in(job.place, entries),
                Err(error) => state.failed = Some(error),
            }
            if state.jobs.len() > 1 || state.open == 0 || state.failed.is_some() {
                shared.changed.notify_all();
            }
        }
    }

    /// Lists a directory: what is kept of each entry, and the job that its own listing is.
    fn list<T>(&self, job: &Job, keep: &impl Fn(Entry) -> Option<T>) -> Result<Listed<T>, PathError> {
        let mut found = match read(&job.dir) {
            Ok(found) => found,
            // What vanishes during the walk is no longer part of the project.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && job.depth > 0 => return Ok(Vec::new()),
            Err(e) => return Err(PathError::io("read the directory", &job.dir, e)),
        };
        found.sort_unstable();
        let holds = |name: &OsStr| found.binary_search_by(|(own, _)| own.as_os_str().cmp(name)).is_ok();
        let rules = match &self.names {
            Some(names) => job.rules.inside(&job.dir, names, holds),
            None => Arc::clone(&job.rules),
        };
        let mut before = job.dir.clone().into_os_string();
        if !before.as_encoded_bytes().ends_with(MAIN_SEPARATOR_STR.as_bytes()) {
            before.push(MAIN_SEPARATOR_STR);
        }
        let depth = job.depth + 1;
        let mut listed = Vec::with_capacity(found.len());
        for (name, kind) in found {
            let is_dir = kind == EntryKind::Dir;
            if name == ".git" {
                continue;
            }
            let mut path = OsString::with_capacity(before.len() + name.len());
            path.push(&before);
            path.push(&name);
            let path = PathBuf::from(path);
            let excluded = !self.excluded.is_empty() && self.excluded.matched(&path, is_dir).is_ignore();
            if excluded || rules.ignore(&path, is_dir) {
                continue;
            }
            let job = (is_dir && depth < self.depth).then(|| Job {
                place: 0,
                dir: path.clone(),
                depth,
                rules: Arc::clone(&rules),
            });
            listed.push((keep(Entry { path, kind, depth }), job));
        }
        Ok(listed)
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    /// Puts a listing in its place, and its directories among the jobs.
    fn take_in(&mut self, place: usize, entries: Listed<T>) {
        let listing = entries
            .into_iter()
            .map(|(kept, job)| {
                let inner = job.map(|job| {
                    let place = self.listings.len();
                    self.listings.push(Vec::new());
                    self.open += 1;
                    self.jobs.push(Job { place, ..job });
                    place
                });
                (kept, inner)
            })
            .collect();
        self.listings[place] = listing;
    }
}

/// Ends the walk for all where one thread panics (in `keep`): the others would wait for its directory for ever.
struct Leave<'a, T>(&'a Shared<T>);

impl<T> Drop for Leave<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().open = 0;
            self.0.changed.notify_all();
        }
    }
}

fn read(dir: &Path) -> std::io::Result<Vec<(OsString, EntryKind)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_dir() => EntryKind::Dir,
            Ok(kind) if kind.is_symlink() => EntryKind::Link,
            Ok(_) => EntryKind::File,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e),
        };
        found.push((entry.file_name(), kind));
    }
    Ok(found)
}

fn in_order<T>(listings: Vec<Listing<T>>) -> Vec<T> {
    let mut all = Vec::with_capacity(listings.iter().map(Vec::len).sum());
    let mut listings: Vec<_> = listings.into_iter().map(Vec::into_iter).collect();
    let mut open = vec![0];
    while let Some(place) = open.last() {
        let Some((kept, inner)) = listings[*place].next() else {
            open.pop();
            continue;
        };
        all.extend(kept);
        open.extend(inner);
    }
    all
}
