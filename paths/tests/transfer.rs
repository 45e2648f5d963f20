//! copy_to and move_to: whole or not at all.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop at what is not as it must be")]

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Dir, refused};
use suitkaise_paths::{PathErrorKind, Skpath};

fn at(path: impl AsRef<Path>) -> Skpath {
    Skpath::try_new(path).unwrap()
}

#[test]
fn a_copy_keeps_content_permissions_and_times() {
    let dir = Dir::new();
    let source = dir.file("a.sh", "run");
    fs::set_permissions(&source, fs::Permissions::from_mode(0o750)).unwrap();
    let copy = at(&source).copy_to(dir.path.join("new/dir/b.sh")).run().unwrap();
    assert_eq!(copy.as_path(), dir.path.join("new/dir/b.sh"));
    assert_eq!(copy.read_text().unwrap(), "run");
    let (a, b) = (fs::metadata(&source).unwrap(), copy.stat().unwrap());
    assert_eq!((a.permissions(), a.modified().unwrap()), (b.permissions(), b.modified().unwrap()));
}

#[test]
fn a_directory_as_destination_keeps_the_name() {
    let dir = Dir::new();
    let source = at(dir.file("a", "x"));
    dir.dir("there");
    for dest in ["there", "made/"] {
        let copy = source.copy_to(dir.path.join(dest)).run().unwrap();
        assert_eq!(copy.as_path(), dir.path.join(dest).join("a"));
    }
    let moved = source.move_to(dir.path.join("moved/")).run().unwrap();
    assert_eq!(moved.as_path(), dir.path.join("moved/a"));
    assert!(!source.exists());
    dir.file("file", "");
    refused(moved.copy_to(dir.path.join("file/")).run(), PathErrorKind::NotADirectory, "a file stands there");
}

#[test]
fn nothing_is_overwritten_unless_asked() {
    let dir = Dir::new();
    let (a, b) = (at(dir.file("a", "new")), at(dir.file("b", "old")));
    refused(a.copy_to(&b).run(), PathErrorKind::AlreadyExists, ".overwrite(true)");
    refused(a.move_to(&b).run(), PathErrorKind::AlreadyExists, ".overwrite(true)");
    assert_eq!(b.read_text().unwrap(), "old");
    a.copy_to(&b).overwrite(true).run().unwrap();
    assert_eq!(b.read_text().unwrap(), "new");
    a.move_to(&b).overwrite(true).run().unwrap();
    assert_eq!(dir.names(""), ["b"]);
}

#[test]
fn a_tree_replaces_a_tree() {
    let dir = Dir::new();
    for verb in ["copy", "move"] {
        dir.file("src/new", "");
        dir.file("dest/src/old", "");
        let source = at(dir.path.join("src"));
        match verb {
            "copy" => source.copy_to(dir.path.join("dest")).overwrite(true).run().unwrap(),
            _ => source.move_to(dir.path.join("dest")).overwrite(true).run().unwrap(),
        };
        assert_eq!(dir.names("dest/src"), ["new"]);
        assert_eq!(dir.names("dest"), ["src"], "nothing temporary is left");
        assert_eq!(source.exists(), verb == "copy");
    }
    assert_eq!(dir.names(""), ["dest"]);
}

#[test]
fn a_tree_is_copied_with_its_links_and_read_only_directories() {
    let dir = Dir::new();
    dir.file("t/deep/er/f", "x");
    symlink("deep/er/f", dir.path.join("t/link")).unwrap();
    symlink("nowhere", dir.path.join("t/dangling")).unwrap();
    fs::set_permissions(dir.path.join("t/deep"), fs::Permissions::from_mode(0o555)).unwrap();
    let copy = at(dir.path.join("t")).copy_to(dir.path.join("u")).run().unwrap();
    assert_eq!(fs::read_link(copy.as_path().join("link")).unwrap(), Path::new("deep/er/f"));
    assert_eq!(fs::read_link(copy.as_path().join("dangling")).unwrap(), Path::new("nowhere"));
    assert_eq!((&copy / "link").read_text().unwrap(), "x");
    assert_eq!((&copy / "deep").stat().unwrap().permissions().mode() & 0o777, 0o555);
    for name in ["t/deep", "u/deep"] {
        fs::set_permissions(dir.path.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_missing_source_or_parent_is_named() {
    let dir = Dir::new();
    let missing = at(dir.path.join("no"));
    refused(missing.copy_to("x").run(), PathErrorKind::NotFound, "no`");
    refused(missing.move_to("x").run(), PathErrorKind::NotFound, "no`");
    let file = at(dir.file("a", ""));
    let dest = dir.path.join("p/q");
    refused(file.copy_to(&dest).parents(false).run(), PathErrorKind::NotFound, ".parents(true)");
    refused(file.copy_to("").run(), PathErrorKind::InvalidPath, "empty");
    assert!(!dir.path.join("p").exists());
    refused(at("/").copy_to(dir.path.join("x/")).run(), PathErrorKind::InvalidName, "has no name");
}

#[test]
fn a_directory_does_not_go_into_itself() {
    let dir = Dir::new();
    dir.file("a/b/c", "x");
    symlink(dir.path.join("a/b"), dir.path.join("way-in")).unwrap();
    let a = at(dir.path.join("a"));
    for dest in ["a/b", "a/new", "a/b/../x", "way-in", "a"] {
        let dest = dir.path.join(dest);
        refused(a.copy_to(&dest).overwrite(true).run(), PathErrorKind::IntoItself, "inside the source");
        refused(a.move_to(&dest).overwrite(true).run(), PathErrorKind::IntoItself, "inside the source");
    }
    let c = at(dir.path.join("a/b/c"));
    refused(c.copy_to(&c).overwrite(true).run(), PathErrorKind::IntoItself, "the same");
    refused(c.move_to(dir.path.join("a/b")).overwrite(true).run(), PathErrorKind::IntoItself, "the same");
    dir.file("b/b/x", "");
    let inner = at(dir.path.join("b/b"));
    refused(
        inner.move_to(&dir.path).overwrite(true).run(),
        PathErrorKind::IntoItself,
        "inside the destination",
    );
    assert_eq!(c.read_text().unwrap(), "x");
}

#[test]
fn a_pipe_is_refused_without_waiting_for_it() {
    let dir = Dir::new();
    dir.dir("t");
    assert!(Command::new("mkfifo").arg(dir.path.join("t/pipe")).status().unwrap().success());
    refused(at(dir.path.join("t")).copy_to(dir.path.join("u")).run(), PathErrorKind::NotAFile, "a pipe");
    assert_eq!(dir.names(""), ["t"], "nothing half copied is left");
}

/// A directory on another device than the temporary one.
fn other_device() -> Dir {
    Dir::inside("/dev/shm")
}

#[test]
fn a_move_across_devices_arrives_whole() {
    let (here, there) = (Dir::new(), other_device());
    here.file("t/a/f", "x");
    symlink("a", here.path.join("t/link")).unwrap();
    let moved = at(here.path.join("t")).move_to(&there.path).run().unwrap();
    assert_eq!((&moved / "a" / "f").read_text().unwrap(), "x");
    assert!(here.names("").is_empty());
    assert_eq!(there.names(""), ["t"]);
    assert_eq!(fs::read_link(moved.as_path().join("link")).unwrap(), Path::new("a"));
}

#[test]
fn a_move_across_devices_that_fails_keeps_the_source_and_the_destination() {
    let (here, there) = (Dir::new(), other_device());
    here.file("t/a", "x");
    there.file("t/old", "");
    assert!(Command::new("mkfifo").arg(here.path.join("t/pipe")).status().unwrap().success());
    let source = at(here.path.join("t"));
    refused(source.move_to(&there.path).overwrite(true).run(), PathErrorKind::NotAFile, "a pipe");
    assert_eq!(here.names("t"), ["a", "pipe"]);
    assert_eq!((there.names(""), there.names("t")), (vec!["t".to_owned()], vec!["old".to_owned()]));
}

const FULL: &str = "SUITKAISE_PATHS_TEST_FULL_DISK";

/// Runs in the child that the next two tests start: the destination takes no more than 64 KiB.
#[test]
fn inside_a_full_disk() {
    let Some(dest) = std::env::var_os(FULL).map(PathBuf::from) else { return };
    let dir = Dir::new();
    dir.dir("t");
    // Holes do not count against the limit of the parent's disk, and the copy writes them out.
    fs::File::create(dir.path.join("t/big")).unwrap().set_len(48 * 1024).unwrap();
    let big: Vec<u8> = vec![7; 48 * 1024];
    for name in ["t/big", "t/big2", "t/big3"] {
        fs::write(dir.path.join(name), &big).unwrap();
    }
    let joined = at(dir.file("one", ""));
    let mut out = fs::OpenOptions::new().append(true).open(&joined).unwrap();
    std::io::Write::write_all(&mut out, &big).unwrap();
    fs::write(dest.join("one"), "before").unwrap();
    let limited = std::io::Write::write_all(&mut out, &big).is_err();
    if limited {
        // The limit is on one file: this process cannot make a large one, so another does.
        let script = format!("trap - XFSZ; head -c 200000 /dev/zero > '{}'", joined.ap());
        let _ = Command::new("sh").args(["-c", &script]).status().unwrap();
    }
    let source = if limited { at("/proc/self/exe") } else { at(dir.path.join("t")) };
    refused(
        source.copy_to(dest.join("one")).overwrite(true).run(),
        PathErrorKind::StorageFull,
        "cannot copy",
    );
    refused(source.copy_to(dest.join("new")).run(), PathErrorKind::StorageFull, "cannot copy");
    if !limited {
        refused(source.move_to(dest.join("moved")).run(), PathErrorKind::StorageFull, "cannot copy");
        assert_eq!(dir.names("t").len(), 3, "the source is whole");
    }
    assert_eq!(fs::read_to_string(dest.join("one")).unwrap(), "before");
    let left: Vec<_> = fs::read_dir(&dest).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["one"], "nothing half written is left");
    println!("checked on a full disk");
}

fn child(command: &mut Command, dest: &Path) -> String {
    let out = command.env(FULL, dest).output().unwrap();
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

const TEST: &str = r#""$0" --exact inside_a_full_disk --nocapture"#;

#[test]
fn a_file_size_limit_leaves_nothing_half_written() {
    let dir = Dir::new();
    let script = format!("trap '' XFSZ; ulimit -f 128; exec {TEST}");
    let exe = std::env::current_exe().unwrap();
    let out = child(Command::new("sh").args(["-c", &script]).arg(exe), &dir.path);
    assert!(out.contains("checked on a full disk"), "{out}");
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let dir = Dir::new();
    let exe = std::env::current_exe().unwrap();
    let script = format!(r#"mount -t tmpfs -o size=64k none "$1" || exit 9; exec {TEST}"#);
    // A mount of its own, in a namespace of its own: it ends with the child.
    let flags = if rustix_is_root() { "-m" } else { "-rm" };
    let mut unshare = Command::new("unshare");
    unshare.args([flags, "sh", "-c", &script]).arg(exe).arg(&dir.path);
    let out = child(&mut unshare, &dir.path);
    if out.contains("unshare:") || out.contains("mount:") {
        // Where no mount is allowed the limit on file sizes stands in: the test above.
        println!("no mount allowed here: {out}");
        return;
    }
    assert!(out.contains("checked on a full disk"), "{out}");
}

fn rustix_is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0)
}
