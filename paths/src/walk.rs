//! A walk by several threads whose result is in order.

use std::cmp::Ordering;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use crate::{PathError, PathErrorKind, bytes};

/// Walks `top` and returns the entries that `keep` wants, in the order of their names.
pub(crate) fn collect(
    builder: &WalkBuilder,
    top: &Path,
    keep: impl Fn(&DirEntry) -> bool + Sync,
) -> Result<Vec<DirEntry>, PathError> {
    let all = Mutex::new(Ok(Vec::new()));
    builder.build_parallel().visit(&mut Crew { top, keep: &keep, all: &all });
    let mut entries = all.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    let skip = bytes::to_bytes(top).len();
    entries.sort_by(|a: &DirEntry, b: &DirEntry| by_names(a.path(), b.path(), skip));
    Ok(entries)
}

/// Orders name by name, so that a directory stands right before what it holds; the first `skip` bytes are known equal.
fn by_names(a: &Path, b: &Path, skip: usize) -> Ordering {
    let (a, b) = (bytes::to_bytes(a), bytes::to_bytes(b));
    let (a, b) = (&a[skip.min(a.len())..], &b[skip.min(b.len())..]);
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    // The separator goes before every character of a name.
    let rank = |byte: &u8| if *byte == b'/' { 0 } else { u16::from(*byte) + 1 };
    match (a.get(same), b.get(same)) {
        (Some(a), Some(b)) => rank(a).cmp(&rank(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

type Found = Mutex<Result<Vec<DirEntry>, PathError>>;

struct Crew<'a, K> {
    top: &'a Path,
    keep: &'a K,
    all: &'a Found,
}

/// One thread's part, which joins the others when the thread is done.
struct Worker<'a, K> {
    top: &'a Path,
    keep: &'a K,
    all: &'a Found,
    own: Vec<DirEntry>,
}

impl<'a, K: Fn(&DirEntry) -> bool + Sync> ParallelVisitorBuilder<'a> for Crew<'a, K> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Worker { top: self.top, keep: self.keep, all: self.all, own: Vec::new() })
    }
}

impl<K: Fn(&DirEntry) -> bool + Sync> ParallelVisitor for Worker<'_, K> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => {
                if (self.keep)(&entry) {
                    self.own.push(entry);
                }
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

impl<K> Drop for Worker<'_, K> {
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
