//! Root detection by directory, remembered.
//!
//! The rule "best kind, then outermost" is a recursion from the top: a directory's root is its parent's, unless it
//! holds an indicator of a better kind than its parent's root has. So a new directory inside a project costs a look
//! for the few better kinds only, and a known one costs a look-up.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::Root;
use crate::resolve::MAX_BYTES;

use super::indicators::{NONE, look};

/// More directories than this and the memory is started anew.
const MAX_KNOWN: usize = 1 << 16;

#[derive(Clone)]
struct Known {
    rank: usize,
    root: Option<Root>,
}

static KNOWN: LazyLock<RwLock<HashMap<PathBuf, Known>>> = LazyLock::new(RwLock::default);

pub(super) fn detect(ap: &Path) -> Option<Root> {
    // What is too long for the system to exist is not walked name by name.
    let ap = ap.ancestors().find(|dir| dir.as_os_str().len() <= MAX_BYTES)?;
    let (known, mut at) = nearest_known(ap);
    let mut best = known.unwrap_or(Known { rank: NONE, root: None });
    // From the outermost directory that is not known yet, down to the path itself.
    let mut unknown: Vec<&Path> = Vec::new();
    while let Some(dir) = at {
        unknown.push(dir);
        at = dir.parent().filter(|parent| !is_known(parent));
    }
    for dir in unknown.into_iter().rev() {
        if best.rank == 0 || !dir.is_dir() {
            break;
        }
        if let Some(rank) = look(dir, best.rank) {
            best = Known { rank, root: Some(Arc::from(dir)) };
        }
        remember(dir, &best);
    }
    best.root
}

pub(super) fn clear() {
    KNOWN.write().unwrap_or_else(PoisonError::into_inner).clear();
}

/// Returns what is known of the nearest known ancestor, and the path to start looking from if it is not that one.
fn nearest_known(ap: &Path) -> (Option<Known>, Option<&Path>) {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    for dir in ap.ancestors() {
        if let Some(found) = known.get(dir) {
            return (Some(found.clone()), (dir != ap).then_some(ap));
        }
    }
    (None, Some(ap))
}

fn is_known(dir: &Path) -> bool {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).contains_key(dir)
}

fn remember(dir: &Path, known: &Known) {
    let mut map = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if map.len() >= MAX_KNOWN {
        map.clear();
    }
    map.insert(dir.to_path_buf(), known.clone());
}
