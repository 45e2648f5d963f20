//! PostgreSQL against a real server with scram passwords.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod servers;

use std::time::{Duration, Instant};

use cerial::{Credentials, ErrorKind, Failure, Live, Reconnector, Secret};
use cerial_reconnectors::{Postgres, Reconnect, Tls, reconnect_all};
use servers::{arrived, dead_port, everything_shown, failed, no_canary, port, silent, var};

const KEY: &str = "postgres::Client";

fn recipe() -> Postgres {
    Postgres::new(var("SUITKAISE_TEST_POSTGRES_HOST"), var("SUITKAISE_TEST_POSTGRES_DATABASE"))
        .port(port("SUITKAISE_TEST_POSTGRES_PORT"))
        .user(var("SUITKAISE_TEST_POSTGRES_USER"))
}

fn password() -> String {
    var("SUITKAISE_TEST_POSTGRES_PASSWORD")
}

fn trip(live: &Live<Postgres>) -> Live<Postgres> {
    cerial::deserialize(&cerial::serialize(live).unwrap()).unwrap()
}

#[test]
fn the_right_secret_connects() {
    let live = arrived(recipe());
    reconnect_all(&live, Credentials::new().with(KEY, "*", password())).into_result().unwrap();
    assert_eq!(live.get().unwrap().query_one("select 6 * 7", &[]).unwrap().get::<_, i32>(0), 42);
}

#[test]
fn a_wrong_secret_is_rejected_at_once() {
    let live = arrived(recipe());
    let report = reconnect_all(&live, Credentials::new().with(KEY, "*", "wrong"));
    failed(&report, "", Failure::Rejected);
    assert_eq!(report.rows()[0].tries(), 1);
    assert!(report.rows()[0].detail().contains("password authentication failed"), "{report}");
}

#[test]
fn a_missing_secret_is_missing() {
    let report = reconnect_all(&arrived(recipe()), ());
    failed(&report, "", Failure::Missing);
}

#[test]
fn an_unreachable_host_and_a_missing_database_differ() {
    let dead = arrived(recipe().port(dead_port()));
    let report = Reconnect::new().retries(0).run(&dead, Credentials::new().with(KEY, "*", password()));
    failed(&report, "", Failure::Unreachable);
    let other = Postgres::new(var("SUITKAISE_TEST_POSTGRES_HOST"), "no_such_database")
        .port(port("SUITKAISE_TEST_POSTGRES_PORT"))
        .user(var("SUITKAISE_TEST_POSTGRES_USER"));
    let report = reconnect_all(&arrived(other), Credentials::new().with(KEY, "*", password()));
    failed(&report, "", Failure::Other);
    assert!(report.rows()[0].detail().contains("database \"no_such_database\" does not exist"), "{report}");
}

#[test]
fn a_host_that_never_answers_costs_its_row_within_the_deadline() {
    let silent = silent();
    let value = vec![arrived(recipe().port(silent.port())), arrived(recipe())];
    let start = Instant::now();
    let settings = Reconnect::new().deadline(Duration::from_secs(2));
    let report = settings.run(&value, Credentials::new().with(KEY, "*", password()));
    assert!(start.elapsed() < Duration::from_secs(4), "{report}");
    failed(&report, "[0]", Failure::Timeout);
    assert!(value[1].is_alive(), "{report}");
}

#[test]
fn settings_of_the_session_come_back() {
    let live = Live::open(recipe().application_name("first"), &Secret::from(password())).unwrap();
    live.get()
        .unwrap()
        .batch_execute("set search_path to pg_catalog, public; set statement_timeout to '12s'; set timezone to 'UTC'; set application_name to 'second'")
        .unwrap();
    let back = trip(&live);
    back.reconnect(&Secret::from(password())).unwrap();
    for (name, want) in [
        ("search_path", "pg_catalog, public"),
        ("statement_timeout", "12s"),
        ("timezone", "UTC"),
        ("application_name", "second"),
    ] {
        let row = back.get().unwrap().query_one("select current_setting($1)", &[&name]).unwrap();
        assert_eq!(row.get::<_, String>(0), want, "{name}");
    }
}

#[test]
fn an_open_transaction_is_refused() {
    let live = Live::open(recipe(), &Secret::from(password())).unwrap();
    for statement in ["begin", "rollback; begin; select 1/0"] {
        let _ = live.get().unwrap().batch_execute(statement);
        let error = cerial::serialize(&live).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unwritable, "{error}");
        assert!(error.to_string().contains("a transaction is open on"), "{error}");
    }
    live.get().unwrap().batch_execute("rollback").unwrap();
    assert!(cerial::serialize(&live).is_ok());
}

#[test]
fn a_session_that_the_server_ended_is_revived() {
    let live = Live::open(recipe(), &Secret::from(password())).unwrap();
    let pid: i32 = live.get().unwrap().query_one("select pg_backend_pid()", &[]).unwrap().get(0);
    let other = Live::open(recipe(), &Secret::from(password())).unwrap();
    other.get().unwrap().execute("select pg_terminate_backend($1)", &[&pid]).unwrap();
    // Using it finds out.
    let deadline = Instant::now() + Duration::from_secs(10);
    while live.get().unwrap().simple_query("select 1").is_ok() && Instant::now() < deadline {}
    assert!(!live.is_alive());
    reconnect_all(&live, Credentials::new().with("psycopg2.connection", "*", password()))
        .into_result()
        .unwrap();
    assert!(live.get().unwrap().simple_query("select 1").is_ok());
}

#[test]
fn tls_that_cannot_be_had_is_said() {
    let report =
        reconnect_all(&arrived(recipe().tls(Tls::VerifyFull)), Credentials::new().with(KEY, "*", password()));
    failed(&report, "", Failure::Tls);
}

#[test]
fn a_url_loses_its_password_at_once() {
    let (recipe, secret) =
        Postgres::from_url("postgres://svc:p%40ss@[::1]:1234/facts?sslmode=disable&password=q").unwrap();
    assert_eq!(recipe, Postgres::new("::1", "facts").port(1234).user("svc").tls(Tls::Disable));
    assert_eq!(recipe.place(), "svc@[::1]:1234/facts");
    assert_eq!(secret.unwrap().part("password"), Some("q"));
    let (_, secret) = Postgres::from_url("postgres://svc:p%40ss@h/facts").unwrap();
    assert_eq!(secret.unwrap().password(), Some("p@ss"));
    for bad in [
        "postgres://u:hunter2@h:bad/x",
        "mysql://u:hunter2@h",
        "postgres://u:hunter2@h/x?hunter=1",
        "hunter2",
    ] {
        let told = format!("{:?}", Postgres::from_url(bad).unwrap_err());
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn the_secret_gets_out_nowhere() {
    let secret = password();
    let live = Live::open(recipe(), &Secret::from(secret.as_str())).unwrap();
    let canary = "c4n@ry/\"s3cret";
    no_canary(&secret, &everything_shown(&live, &Secret::from(canary)));
    no_canary(canary, &everything_shown(&live, &Secret::from(canary)));
    let report =
        reconnect_all(&arrived(recipe()), Credentials::new().with(KEY, "*", canary).with(KEY, "x", canary));
    no_canary(canary, format!("{report} {report:?} {:?}", report.clone().into_result()).as_bytes());
}

#[test]
fn damaged_bytes_are_a_value_or_an_error() {
    servers::hostile(Postgres::new("h", "d").user("u").session("search_path", "x"));
}

#[test]
fn what_is_stored_is_all_but_the_secret() {
    let stored = serde_json::to_string(&Live::placeholder(
        Postgres::new("h", "d").user("u").tls(Tls::Require).session("search_path", "x"),
    ))
    .unwrap();
    assert_eq!(
        stored,
        r#"{"$reconnector":"postgres::Client","v":1,"recipe":{"host":"h","port":5432,"user":"u","database":"d","tls":"Require","application_name":null,"session":{"search_path":"x"}}}"#
    );
}
