//! SQLite: files, memory that travels, pragmas, what must be refused.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod servers;

use cerial::{Error, ErrorKind, Failure, Live, Reconnector};
use cerial_reconnectors::{Sqlite, reconnect_all};
use rusqlite::Connection;
use servers::failed;

fn trip(live: &Live<Sqlite>) -> Live<Sqlite> {
    cerial::deserialize(&cerial::serialize(live).unwrap()).unwrap()
}

fn one(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn the_contents_of_memory_travel() {
    let db = Live::open(Sqlite::memory(), None).unwrap();
    db.get().unwrap().execute_batch("create table t (x); insert into t values (1), (2), (39)").unwrap();
    let back = trip(&db);
    assert_eq!(one(&back.get().unwrap(), "select sum(x) from t"), 42);
    back.get().unwrap().execute("insert into t values (0)", []).unwrap();
    // A placeholder that is passed on keeps them too, and the original is untouched.
    assert_eq!(one(&trip(&trip(&back)).get().unwrap(), "select count(*) from t"), 4);
    assert_eq!(one(&db.get().unwrap(), "select count(*) from t"), 3);
}

#[test]
fn a_file_is_opened_again_with_its_pragmas_and_attached_databases() {
    let dir = tempfile::tempdir().unwrap();
    let (main, side) = (dir.path().join("state.db"), dir.path().join("side.db"));
    let db = Live::open(Sqlite::file(&main), None).unwrap();
    {
        let db = db.get().unwrap();
        db.execute_batch("create table t (x); insert into t values (7)").unwrap();
        db.execute("attach ?1 as side", [side.to_str().unwrap()]).unwrap();
        db.execute_batch("attach ':memory:' as scratch; create table side.s (x); create table scratch.m (x)")
            .unwrap();
        db.execute_batch("insert into scratch.m values (5)").unwrap();
        db.execute_batch("pragma foreign_keys = 1; pragma cache_size = -1234; pragma busy_timeout = 77")
            .unwrap();
        db.execute_batch("pragma synchronous = 1; pragma query_only = 1").unwrap();
    }
    let back = trip(&db);
    let db = back.get().unwrap();
    assert_eq!(one(&db, "select x from t"), 7);
    assert_eq!(one(&db, "select count(*) from side.s"), 0);
    assert_eq!(one(&db, "select x from scratch.m"), 5);
    for (pragma, want) in [
        ("foreign_keys", 1),
        ("cache_size", -1234),
        ("busy_timeout", 77),
        ("synchronous", 1),
        ("query_only", 1),
    ] {
        assert_eq!(one(&db, &format!("pragma {pragma}")), want, "{pragma}");
    }
}

#[test]
fn pragmas_survive_the_contents_that_are_put_in() {
    let db = Live::open(Sqlite::memory().pragma("cache_size", -999).pragma("synchronous", 1), None).unwrap();
    db.get().unwrap().execute_batch("create table t (x)").unwrap();
    let back = trip(&db);
    assert_eq!(one(&back.get().unwrap(), "pragma cache_size"), -999);
    assert_eq!(one(&back.get().unwrap(), "pragma synchronous"), 1);
}

#[test]
fn a_missing_file_is_named_and_not_created() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let bytes = cerial::serialize(&Live::open(Sqlite::file(&path), None).unwrap()).unwrap();
    std::fs::remove_file(&path).unwrap();
    let back: Live<Sqlite> = cerial::deserialize(&bytes).unwrap();
    let report = reconnect_all(&back, ());
    failed(&report, "", Failure::Other);
    assert!(
        report.rows()[0].detail().contains(&format!("no database file at `{}`", path.display())),
        "{report}"
    );
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notes.txt");
    std::fs::write(&path, "this is text, and more of it than the head of a database is long. ".repeat(20))
        .unwrap();
    let error = Live::open(Sqlite::file(&path), None).unwrap_err();
    assert!(error.to_string().contains("file is not a database"), "{error}");
    let dir_error = Live::open(Sqlite::file(dir.path()), None).unwrap_err();
    assert_eq!(dir_error.failure(), Some(Failure::Other));
}

#[test]
fn an_open_transaction_is_refused_when_it_would_be_lost() {
    let mut db = Live::open(Sqlite::memory(), None).unwrap();
    db.get().unwrap().execute_batch("create table t (x); begin; insert into t values (1)").unwrap();
    let error = cerial::serialize(&db).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("a transaction is open on `:memory:`"), "{error}");
    assert!(db.disconnect().is_err());
    db.get().unwrap().execute_batch("commit").unwrap();
    assert_eq!(one(&trip(&db).get().unwrap(), "select x from t"), 1);
}

#[test]
fn contents_past_the_limit_are_an_error() {
    let db = Live::open(Sqlite::memory().carry_limit(10_000), None).unwrap();
    db.get().unwrap().execute_batch("create table t (x); insert into t values (zeroblob(100000))").unwrap();
    assert_eq!(cerial::serialize(&db).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn a_hostile_recipe_sets_no_other_pragma() {
    let error = Live::open(Sqlite::memory().pragma("writable_schema", 1), None).unwrap_err();
    assert!(error.to_string().contains("the pragma `writable_schema` is none of a connection"), "{error}");
    // A value is quoted, so nothing else runs: SQLite takes what is no boolean for off.
    let odd = Sqlite::memory().pragma("foreign_keys", "1; create table t (x)");
    if let Ok(db) = Live::open(odd, None) {
        assert_eq!(one(&db.get().unwrap(), "select count(*) from sqlite_master"), 0);
    }
}

#[test]
fn damaged_contents_are_an_error_and_no_crash() {
    let db = Live::open(Sqlite::memory(), None).unwrap();
    db.get().unwrap().execute_batch("create table t (x)").unwrap();
    let bytes = cerial::serialize(&db).unwrap();
    let magic = bytes.windows(15).position(|window| window == b"SQLite format 3").unwrap();
    let mut damaged = bytes.clone();
    damaged[magic] = b'X';
    let back: Live<Sqlite> = cerial::deserialize(&damaged).unwrap();
    let error = back.get().map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("the contents are no SQLite database"), "{error}");
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        if let Ok(back) = cerial::deserialize::<Live<Sqlite>>(&damaged) {
            let _ = back.get().map(|db| db.query_row("select count(*) from t", [], |_| Ok(())));
        }
    }
}

#[test]
fn a_connection_can_be_adopted() -> cerial::Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("a.db");
    let db = Connection::open(&path).map_err(Error::other)?;
    db.execute_batch("create table t (x); pragma foreign_keys = 0").map_err(Error::other)?;
    let live = Live::<Sqlite>::adopt(db)?;
    assert!(live.recipe().place().ends_with("a.db"), "{live:?}");
    let back = trip(&live);
    assert_eq!(one(&*back.get()?, "pragma foreign_keys"), 0);
    Ok(())
}

#[test]
fn urls_name_files_and_memory() {
    assert_eq!(Sqlite::from_url("sqlite:state.db").unwrap().0, Sqlite::file("state.db"));
    assert_eq!(Sqlite::from_url("sqlite::memory:").unwrap().0, Sqlite::memory());
    assert_eq!(Sqlite::from_url("sqlite:///a/b").unwrap().0, Sqlite::file("/a/b"));
    assert!(
        Sqlite::from_url("postgres://u:hunter2@h").unwrap_err().to_string().contains("want a URL of sqlite")
    );
}

#[test]
fn damaged_bytes_are_a_value_or_an_error() {
    servers::hostile(Sqlite::file("a.db").pragma("foreign_keys", 1));
}

#[test]
fn what_is_stored_is_all_but_the_secret() {
    let stored =
        serde_json::to_string(&Live::placeholder(Sqlite::file("a.db").pragma("foreign_keys", 1))).unwrap();
    assert_eq!(
        stored,
        r#"{"$reconnector":"rusqlite","v":1,"recipe":{"file":"a.db","mode":"Create","pragmas":{"foreign_keys":{"Int":1}},"attached":[],"carry_limit":268435456}}"#
    );
}
