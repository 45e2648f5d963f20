//! Files travel as where they are, how they are open and where one was in them; temporary ones by their contents.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use cerial::{Cerial, Failure, Live, Options, ReconnectPolicy, Reconnector};
use cerial_reconnectors::{OpenFile, OpenReader, OpenWriter, TempFile};

/// A directory with a file of these contents.
fn file(contents: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, contents).unwrap();
    (dir, path)
}

fn trip<T: Cerial>(value: &T) -> T {
    cerial::deserialize(&cerial::serialize(value).unwrap()).unwrap()
}

#[test]
fn a_file_that_was_created_is_opened_again_without_cutting_it_short() {
    let (_dir, path) = file(b"old");
    let mut created = Live::connected(OpenFile::write(&path), File::create(&path).unwrap());
    created.get_mut().unwrap().write_all(b"0123456789").unwrap();
    created.get_mut().unwrap().seek(SeekFrom::Start(4)).unwrap();
    let mut back = trip(&created);
    assert_eq!(fs::read(&path).unwrap(), b"0123456789", "reading the bytes touched the file");
    back.get_mut().unwrap().write_all(b"AB").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"0123AB6789");
}

#[test]
fn each_way_to_open_comes_back_as_that_way() {
    let (_dir, path) = file(b"0123456789");
    let mut reading = trip(&Live::open(OpenFile::read(&path).at(7), None).unwrap());
    let mut text = String::new();
    reading.get_mut().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "789");
    assert!(reading.get_mut().unwrap().write_all(b"x").is_err(), "a file to read was written");
    trip(&Live::open(OpenFile::append(&path), None).unwrap()).get_mut().unwrap().write_all(b"+").unwrap();
    let mut both = trip(&Live::open(OpenFile::read_write(&path), None).unwrap());
    both.get_mut().unwrap().write_all(b"a").unwrap();
    text.clear();
    both.get_mut().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "123456789+");
}

#[test]
fn a_file_that_is_gone_is_an_error_and_is_not_made() {
    let (_dir, path) = file(b"x");
    let back = trip(&Live::open(OpenFile::write(&path), None).unwrap());
    fs::remove_file(&path).unwrap();
    let error = back.get().err().unwrap();
    assert_eq!(error.failure(), Some(Failure::Other), "{error}");
    assert!(error.to_string().contains("no such file"), "{error}");
    assert!(!path.exists());
}

#[test]
fn bytes_of_a_stranger_open_no_file() {
    let (_dir, path) = file(b"secret");
    let bytes = cerial::serialize(&Live::placeholder(OpenFile::read(&path))).unwrap();
    let options = Options::new().reconnect_policy(ReconnectPolicy::untrusted());
    let denied: Live<OpenFile> = options.deserialize(&bytes).unwrap();
    assert_eq!(denied.get().err().unwrap().failure(), Some(Failure::Denied));
    let options = Options::new().reconnect_policy(ReconnectPolicy::untrusted().allow_files(true));
    options.deserialize::<Live<OpenFile>>(&bytes).unwrap().get().unwrap();
}

#[test]
fn what_is_no_plain_file_is_refused_before_it_is_opened() {
    let error = Live::open(OpenFile::read("/"), None).unwrap_err();
    assert!(error.to_string().contains("no plain file"), "{error}");
}

#[test]
fn a_buffered_reader_goes_on_where_its_user_was() {
    let (_dir, path) = file(b"one\ntwo\nthree\n");
    let mut reader =
        Live::connected(OpenReader::from(OpenFile::read(&path)), BufReader::new(File::open(&path).unwrap()));
    let mut line = String::new();
    reader.get_mut().unwrap().read_line(&mut line).unwrap();
    let mut back = trip(&reader);
    line.clear();
    back.get_mut().unwrap().read_line(&mut line).unwrap();
    assert_eq!(line, "two\n");
}

#[test]
fn a_buffered_writer_that_is_not_flushed_is_an_error_that_says_flush() {
    let (_dir, path) = file(b"");
    let writer = BufWriter::new(File::create(&path).unwrap());
    let mut writer = Live::connected(OpenWriter::from(OpenFile::write(&path)), writer);
    writer.get_mut().unwrap().write_all(b"abc").unwrap();
    let error = cerial::serialize(&writer).unwrap_err();
    assert!(error.help().unwrap().contains("flush"), "{error:?}");
    writer.get_mut().unwrap().flush().unwrap();
    let mut back = trip(&writer);
    back.get_mut().unwrap().write_all(b"def").unwrap();
    back.get_mut().unwrap().flush().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"abcdef");
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_unicode_survives() {
    let dir = tempfile::tempdir().unwrap();
    let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff\xfe");
    let path = dir.path().join(name);
    fs::write(&path, b"x").unwrap();
    trip(&Live::placeholder(OpenFile::read(&path))).get().unwrap();
}

#[test]
fn a_temporary_file_comes_back_as_another_with_the_same_contents_and_place() {
    let mut scratch = Live::open(TempFile::new().prefix("a").suffix(".txt"), None).unwrap();
    scratch.get_mut().unwrap().write_all(b"0123").unwrap();
    scratch.get_mut().unwrap().seek(SeekFrom::Start(1)).unwrap();
    let mut back = trip(&scratch);
    assert_ne!(back.get_mut().unwrap().path(), scratch.get_mut().unwrap().path());
    assert!(back.get_mut().unwrap().path().to_str().unwrap().ends_with(".txt"));
    let mut text = String::new();
    back.get_mut().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "123");
    let error = Live::open(TempFile::new().prefix("../up"), None).unwrap_err();
    assert!(error.to_string().contains("separator"), "{error}");
}

#[test]
fn the_keys_of_the_original_are_aliases() {
    assert!(OpenFile::ALIASES.contains(&"io.TextIOWrapper"));
    assert!(TempFile::ALIASES.contains(&"tempfile.NamedTemporaryFile"));
}
