//! The main job as a user runs it: right counts, a child killed in the middle, bad input, real servers.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    let target = test.parent().and_then(Path::parent).expect("the test is in deps/");
    let program = target.join("examples").join("wordcount");
    assert!(
        program.exists(),
        "{} is missing: run the tests with cargo, which builds examples too",
        program.display()
    );
    program
}

/// `files` files, each with the word `alpha` once and `beta` twice.
fn library(files: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for i in 0..files {
        let sub = dir.path().join(format!("d{}", i % 7)).join("deep");
        std::fs::create_dir_all(&sub).unwrap();
        std::fs::write(sub.join(format!("{i}.txt")), "Alpha beta, BETA! 42\n").unwrap();
    }
    dir
}

fn count(db: &Path, word: &str) -> i64 {
    let db = rusqlite::Connection::open(db).unwrap();
    let whole: String = db.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    db.query_row("select coalesce(max(n), 0) from words where word = ?1", [word], |row| row.get(0)).unwrap()
}

fn run(args: &[&str], dir: &Path, db: &Path) -> Output {
    let output = Command::new(program()).arg(dir).arg("--db").arg(db).args(args).output().unwrap();
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn every_word_of_every_text_file_is_counted() {
    let dir = library(50);
    std::fs::write(dir.path().join("binary"), [0xff, 0xfe, 0]).unwrap();
    let db = dir.path().join("counts.db");
    let output = run(&["--top", "2"], dir.path(), &db);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("100  beta") && text.contains("50  alpha"), "{text}");
    assert!(text.contains("1 files are not text"), "{text}");
    assert!(text.contains("struct wordcount::Indexer"), "the shape of what travelled is shown: {text}");
    assert_eq!((count(&db, "alpha"), count(&db, "beta")), (50, 100));
}

#[test]
fn a_child_killed_in_the_middle_is_told_and_leaves_the_database_whole() {
    let dir = library(4000);
    let db = dir.path().join("counts.db");
    let mut parent = Command::new(program())
        .arg(dir.path())
        .arg("--db")
        .arg(&db)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap());
    let mut line = String::new();
    let child = loop {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the parent ended before it started a child");
        if let Some(pid) = line.strip_prefix("child process: ") {
            break pid.trim().parse::<i32>().unwrap();
        }
    };
    let child = rustix::process::Pid::from_raw(child).unwrap();
    rustix::process::kill_process(child, rustix::process::Signal::KILL).unwrap();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(!parent.wait().unwrap().success());
    assert!(rest.contains("SIGKILL") && rest.contains("of `wordcount::Indexer`"), "{rest}");
    assert!(rest.contains("the database holds the whole files"), "{rest}");
    let (alpha, beta) = (count(&db, "alpha"), count(&db, "beta"));
    assert!(alpha < 4000, "the child was killed before the end");
    assert_eq!(beta, 2 * alpha, "each file is counted whole or not at all");
    assert!(rustix::process::test_kill_process(child).is_err(), "no child is left");
}

#[test]
fn bad_input_is_told_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let missing = run(&[], &dir.path().join("nowhere"), &dir.path().join("counts.db"));
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("nowhere"));
    let no_db = run(&[], dir.path(), &dir.path().join("no/such/dir/counts.db"));
    assert!(!no_db.status.success());
    assert!(String::from_utf8_lossy(&no_db.stderr).contains("no/such/dir/counts.db"));
    let unreachable =
        run(&["--redis", "redis://:pw@127.0.0.1:1/"], dir.path(), &dir.path().join("counts.db"));
    assert!(!unreachable.status.success());
    let told = String::from_utf8_lossy(&unreachable.stderr).into_owned();
    assert!(told.contains("127.0.0.1:1") && !told.contains("pw@"), "{told}");
}

#[test]
fn counts_go_to_postgres_and_progress_to_redis() {
    let var = |name: &str| {
        let name = format!("SUITKAISE_TEST_{name}");
        std::env::var(&name)
            .unwrap_or_else(|_| panic!("{name} is not set: run the tests with `cargo xtask test`"))
    };
    let dir = library(20);
    let db = dir.path().join("counts.db");
    let postgres = format!(
        "postgres://{}@{}:{}/{}",
        var("POSTGRES_USER"),
        var("POSTGRES_HOST"),
        var("POSTGRES_PORT"),
        var("POSTGRES_DATABASE")
    );
    let redis = format!("redis://{}:{}/3", var("REDIS_HOST"), var("REDIS_PORT"));
    let output = Command::new(program())
        .args([dir.path().as_os_str(), "--db".as_ref(), db.as_os_str()])
        .args(["--postgres", &postgres, "--redis", &redis])
        .env("WORDCOUNT_POSTGRES_PASSWORD", var("POSTGRES_PASSWORD"))
        .env("WORDCOUNT_REDIS_PASSWORD", var("REDIS_PASSWORD"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("40  beta") && text.contains("20  alpha"), "{text}");
    for secret in [var("POSTGRES_PASSWORD"), var("REDIS_PASSWORD")] {
        assert!(!text.contains(&secret));
    }
    assert_eq!(count(&db, "alpha"), 0, "SQLite stays empty");
    let url = format!("redis://:{}@{}:{}/3", var("REDIS_PASSWORD"), var("REDIS_HOST"), var("REDIS_PORT"));
    let mut board = redis::Client::open(url).unwrap().get_connection().unwrap();
    let files: u64 = redis::cmd("GET").arg("wordcount:files").query(&mut board).unwrap();
    assert!(files >= 20, "the database file itself may be among the files: {files}");
}
