//! One object with everything in it: what works works, what does not has its row.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod servers;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use cerial::{Cerial, Credentials, Failure, Live, Reconnector};
use cerial_reconnectors::{Postgres, Reconnect, Redis, Sqlite, Tcp};
use servers::{dead_port, failed, no_canary, port, silent, var};

#[derive(Cerial)]
struct App {
    db: Live<Postgres>,
    analytics_db: Live<Postgres>,
    wrong: Live<Postgres>,
    cache: Mutex<Live<Redis>>,
    sessions: Vec<Live<Redis>>,
    local: Live<Sqlite>,
    dead: Live<Tcp>,
    hanging: Live<Postgres>,
}

#[test]
fn every_failure_costs_only_its_row() {
    let host = var("SUITKAISE_TEST_POSTGRES_HOST");
    let postgres = |user: &str, database: &str| {
        Postgres::new(&*host, database).port(port("SUITKAISE_TEST_POSTGRES_PORT")).user(user)
    };
    let user = var("SUITKAISE_TEST_POSTGRES_USER");
    let database = var("SUITKAISE_TEST_POSTGRES_DATABASE");
    let redis = Redis::new(var("SUITKAISE_TEST_REDIS_HOST")).port(port("SUITKAISE_TEST_REDIS_PORT"));
    let silent = silent();
    let analyst = var("SUITKAISE_TEST_POSTGRES_ANALYTICS_USER");
    let app = App {
        db: Live::placeholder(postgres(&user, &database)),
        analytics_db: Live::placeholder(postgres(
            &analyst,
            &var("SUITKAISE_TEST_POSTGRES_ANALYTICS_DATABASE"),
        )),
        wrong: Live::placeholder(postgres(&user, &database)),
        cache: Mutex::new(Live::placeholder(redis.clone().database(3))),
        sessions: vec![Live::placeholder(redis)],
        local: Live::placeholder(Sqlite::memory()),
        dead: Live::placeholder(Tcp::new("127.0.0.1", dead_port())),
        hanging: Live::placeholder(postgres(&user, &database).port(silent.port())),
    };
    let app: App = cerial::deserialize(&cerial::serialize(&app).unwrap()).unwrap();

    let analytics = var("SUITKAISE_TEST_POSTGRES_ANALYTICS_PASSWORD");
    let credentials = Credentials::new()
        .with("postgres::Client", "*", var("SUITKAISE_TEST_POSTGRES_PASSWORD"))
        .with("psycopg2.Connection", "analytics_db", analytics.as_str())
        .with("postgres::Client", "wrong", "not the password")
        .with("redis.Redis", "*", var("SUITKAISE_TEST_REDIS_PASSWORD"))
        .with("redis::Client", "session", "a misspelt selector");
    let start = Instant::now();
    let report = Reconnect::new().deadline(Duration::from_secs(3)).run(&app, &credentials);
    assert!(start.elapsed() < Duration::from_secs(5), "{report}");
    println!("{report}");

    for path in ["db", "analytics_db", "cache", "sessions[0]", "local"] {
        assert!(report.row(path).unwrap().is_live(), "{path}\n{report}");
    }
    failed(&report, "wrong", Failure::Rejected);
    failed(&report, "dead", Failure::Unreachable);
    failed(&report, "hanging", Failure::Timeout);
    assert_eq!(report.unused(), [r#"redis::Client/"session""#]);
    let who: String =
        app.analytics_db.get().unwrap().query_one("select current_user::text", &[]).unwrap().get(0);
    assert_eq!(who, analyst);
    let told = format!("{report} {report:?} {:?} {credentials:?}", report.clone().into_result());
    for secret in [var("SUITKAISE_TEST_POSTGRES_PASSWORD"), analytics, var("SUITKAISE_TEST_REDIS_PASSWORD")] {
        no_canary(&secret, told.as_bytes());
    }
}

#[test]
fn the_keys_of_the_original_are_aliases() {
    let table = [
        (Postgres::KEY, Postgres::ALIASES, "psycopg2.Connection"),
        (Redis::KEY, Redis::ALIASES, "redis.Redis"),
        (Sqlite::KEY, Sqlite::ALIASES, "sqlite3.Connection"),
        (Tcp::KEY, Tcp::ALIASES, "socket.socket"),
    ];
    for (key, aliases, theirs) in table {
        assert!(aliases.contains(&theirs), "{key}");
        assert!(cerial::Registry::global().reconnector_list().contains(&key), "{key}");
    }
    // An empty map for a resource without auth is fine.
    let credentials = Credentials::from_json(r#"{"sqlite3.Connection": {}}"#).unwrap();
    let report = Reconnect::new().run(&Live::placeholder(Sqlite::memory()), &credentials);
    assert!(report.is_ok() && report.unused().is_empty(), "{report}");
}
