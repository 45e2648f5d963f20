//! Copying a file or a tree to a name that nobody uses yet.

use std::fs::{self, File, FileTimes, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::{PathError, PathErrorKind};

/// Copies `from` to the new name `to`; with `durable` everything is on the disk when this returns.
pub(super) fn copy(from: &Path, to: &Path, durable: bool) -> Result<(), PathError> {
    // A directory gets its permissions when all below it is there, for it may be read-only.
    let mut finish: Vec<(PathBuf, Metadata)> = Vec::new();
    let mut open = vec![(from.to_path_buf(), to.to_path_buf())];
    while let Some((from, to)) = open.pop() {
        let meta = fs::symlink_metadata(&from).map_err(fails("copy", &from))?;
        let kind = meta.file_type();
        if kind.is_dir() {
            fs::create_dir(&to).map_err(fails("make the directory", &to))?;
            for entry in fs::read_dir(&from).map_err(fails("list", &from))? {
                let name = entry.map_err(fails("list", &from))?.file_name();
                open.push((from.join(&name), to.join(&name)));
            }
            finish.push((to, meta));
        } else if kind.is_symlink() {
            link(&from, &to).map_err(fails("copy the link", &from))?;
        } else if kind.is_file() {
            file(&from, &to, &meta, durable).map_err(fails("copy", &from))?;
        } else {
            return Err(PathError::new(PathErrorKind::NotAFile, "copy")
                .at(&from)
                .why("it is a pipe, a socket or a device; only files, directories and links are copied"));
        }
    }
    for (dir, meta) in finish.into_iter().rev() {
        directory(&dir, &meta, durable).map_err(fails("finish the directory", &dir))?;
    }
    Ok(())
}

fn fails<'a>(what: &'static str, path: &'a Path) -> impl Fn(io::Error) -> PathError + 'a {
    move |error| PathError::io(what, path, error)
}

fn file(from: &Path, to: &Path, meta: &Metadata, durable: bool) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut copy = File::options().write(true).create_new(true).open(to)?;
    io::copy(&mut source, &mut copy)?;
    set_times(&copy, meta);
    copy.set_permissions(meta.permissions())?;
    if durable { copy.sync_all() } else { Ok(()) }
}

fn directory(dir: &Path, meta: &Metadata, durable: bool) -> io::Result<()> {
    // Opened before the permissions are set: they may forbid it.
    let handle = File::open(dir).ok();
    fs::set_permissions(dir, meta.permissions())?;
    if let Some(handle) = handle {
        set_times(&handle, meta);
        if durable {
            handle.sync_all()?;
        }
    }
    Ok(())
}

/// Keeps the times where the file system can; one that cannot has a copy all the same.
fn set_times(file: &File, meta: &Metadata) {
    if let Ok(modified) = meta.modified() {
        let times = FileTimes::new().set_modified(modified);
        let times = match meta.accessed() {
            Ok(accessed) => times.set_accessed(accessed),
            Err(_) => times,
        };
        let _ = file.set_times(times);
    }
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(windows)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    let target = fs::read_link(from)?;
    if fs::metadata(from).is_ok_and(|meta| meta.is_dir()) {
        std::os::windows::fs::symlink_dir(target, to)
    } else {
        std::os::windows::fs::symlink_file(target, to)
    }
}

#[cfg(not(any(unix, windows)))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
