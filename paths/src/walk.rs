//! A walk by several threads whose result is in order.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use crate::{PathError, PathErrorKind};

/// Walks `top` and returns what `keep` makes of its entries, in the order of their names.
///
/// What is kept of an entry should be small: there may be very many.
pub(crate) fn collect<T: AsRef<Path> + Send>(
    builder: &WalkBuilder,
    top: &Path,
    keep: impl Fn(DirEntry) -> Option<T> + Sync,
) -> Result<Vec<T>, PathError> {
    let all = Mutex::new(Ok(Vec::new()));
    builder.build_parallel().visit(&mut Crew { top, keep: &keep, all: &all });
    let found = all.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    let order = order(top, &found);
    let mut found: Vec<Option<T>> = found.into_iter().map(|kept| Some(kept.path)).collect();
    Ok(order.into_iter().filter_map(|i| found[i].take()).collect())
}

/// Returns the indices of `found` in the order of their names, a directory right before what it holds.
///
/// Sorting the names of each directory apart is much cheaper than sorting whole paths.
fn order<T: AsRef<Path>>(top: &Path, found: &[Kept<T>]) -> Vec<usize> {
    // Threads give the entries of a directory mostly in a row, so the map is rarely asked.
    let mut inside: Vec<Vec<(&[u8], usize)>> = Vec::new();
    let mut place: HashMap<&[u8], usize> = HashMap::new();
    let mut last: (&[u8], usize) = (b"", usize::MAX);
    for (i, item) in found.iter().enumerate() {
        let (dir, name) = split(encoded(item.path.as_ref()));
        if last.1 == usize::MAX || last.0 != dir {
            let at = *place.entry(dir).or_insert(inside.len());
            if at == inside.len() {
                inside.push(Vec::new());
            }
            last = (dir, at);
        }
        inside[last.1].push((name, i));
    }
    for names in &mut inside {
        names.sort_unstable();
    }
    let mut names_in = |dir: &[u8]| place.get(dir).map(|at| std::mem::take(&mut inside[*at]).into_iter());
    let mut order = Vec::with_capacity(found.len());
    // The top of a file system ends in a separator, which `split` takes off.
    let top = encoded(top);
    let top = top.strip_suffix(std::path::MAIN_SEPARATOR_STR.as_bytes()).unwrap_or(top);
    let mut open = Vec::from_iter(names_in(top));
    while let Some(names) = open.last_mut() {
        let Some((_, i)) = names.next() else {
            open.pop();
            continue;
        };
        order.push(i);
        if found[i].is_dir {
            open.extend(names_in(encoded(found[i].path.as_ref())));
        }
    }
    order
}

fn encoded(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// Splits a path of the walk into its directory and its last name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| std::path::is_separator(char::from(*byte))) {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (&[], path),
    }
}

/// What is kept of an entry.
struct Kept<T> {
    path: T,
    is_dir: bool,
}

type Found<T> = Mutex<Result<Vec<Kept<T>>, PathError>>;

struct Crew<'a, K, T> {
    top: &'a Path,
    keep: &'a K,
    all: &'a Found<T>,
}

/// One thread's part, which joins the others when the thread is done.
struct Worker<'a, K, T> {
    top: &'a Path,
    keep: &'a K,
    all: &'a Found<T>,
    own: Vec<Kept<T>>,
}

impl<'a, K: Fn(DirEntry) -> Option<T> + Sync, T: Send> ParallelVisitorBuilder<'a> for Crew<'a, K, T> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Worker { top: self.top, keep: self.keep, all: self.all, own: Vec::new() })
    }
}

impl<K: Fn(DirEntry) -> Option<T> + Sync, T: Send> ParallelVisitor for Worker<'_, K, T> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => {
                let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
                self.own.extend((self.keep)(entry).map(|path| Kept { path, is_dir }));
            }
            // What vanishes during the walk is no longer part of the project.
            Err(error) if vanished(&error, self.top) => {}
            Err(error) => {
                *self.all.lock().unwrap_or_else(PoisonError::into_inner) = Err(walk_error(self.top, error));
                return WalkState::Quit;
            }
        }
        WalkState::Continue
    }
}

impl<K, T> Drop for Worker<'_, K, T> {
    fn drop(&mut self) {
        if let Ok(all) = &mut *self.all.lock().unwrap_or_else(PoisonError::into_inner) {
            all.append(&mut self.own);
        }
    }
}

/// Says whether the error is about an entry below `top` that is gone.
fn vanished(error: &ignore::Error, top: &Path) -> bool {
    let gone = error.io_error().is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound);
    gone && top.is_dir()
}

pub(crate) fn walk_error(top: &Path, error: ignore::Error) -> PathError {
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
