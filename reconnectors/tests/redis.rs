//! Redis against a real server with a password and an ACL user.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod servers;

use std::time::{Duration, Instant};

use cerial::{Credentials, Failure, Live, Reconnector, Secret};
use cerial_reconnectors::{Reconnect, Redis, reconnect_all};
use servers::{arrived, dead_port, everything_shown, failed, no_canary, port, silent, var};

const KEY: &str = "redis::Client";

fn recipe() -> Redis {
    Redis::new(var("SUITKAISE_TEST_REDIS_HOST")).port(port("SUITKAISE_TEST_REDIS_PORT"))
}

fn password() -> String {
    var("SUITKAISE_TEST_REDIS_PASSWORD")
}

fn ping(live: &Live<Redis>) -> String {
    redis::cmd("PING").query(&mut *live.get().unwrap()).unwrap()
}

#[test]
fn the_right_secret_connects_the_default_and_the_acl_user() {
    let acl = var("SUITKAISE_TEST_REDIS_ACL_USER");
    let value =
        vec![arrived(recipe()), arrived(recipe().user(&acl)), arrived(recipe().resp3(true).database(2))];
    let credentials = Credentials::new().with(KEY, "*", password()).with(
        KEY,
        "[1]",
        var("SUITKAISE_TEST_REDIS_ACL_PASSWORD"),
    );
    reconnect_all(&value, &credentials).into_result().unwrap();
    assert_eq!(ping(&value[0]), "PONG");
    let who: String = redis::cmd("ACL").arg("WHOAMI").query(&mut *value[1].get().unwrap()).unwrap();
    assert_eq!(who, acl);
    assert_eq!(ping(&value[2]), "PONG");
}

#[test]
fn a_wrong_secret_is_rejected_at_once() {
    for recipe in [recipe(), recipe().database(3), recipe().resp3(true), recipe().user("nobody")] {
        let report = reconnect_all(&arrived(recipe), Credentials::new().with(KEY, "*", "wrong"));
        failed(&report, "", Failure::Rejected);
        assert_eq!(report.rows()[0].tries(), 1);
    }
}

#[test]
fn a_missing_secret_is_missing_whatever_the_database() {
    for recipe in [recipe(), recipe().database(3), recipe().resp3(true)] {
        let report = reconnect_all(&arrived(recipe), ());
        failed(&report, "", Failure::Missing);
    }
}

#[test]
fn an_unreachable_host_and_one_that_never_answers_differ() {
    let silent = silent();
    let value = vec![arrived(recipe().port(dead_port())), arrived(recipe().port(silent.port()))];
    let start = Instant::now();
    let settings = Reconnect::new().deadline(Duration::from_secs(2));
    let report = settings.run(&value, Credentials::new().with(KEY, "*", password()));
    assert!(start.elapsed() < Duration::from_secs(4), "{report}");
    failed(&report, "[0]", Failure::Unreachable);
    failed(&report, "[1]", Failure::Timeout);
    assert!(report.rows()[0].detail().contains("onnection refused"), "{report}");
}

#[test]
fn the_chosen_database_comes_back() {
    let live = Live::open(recipe(), &Secret::from(password())).unwrap();
    redis::cmd("SELECT").arg(5).exec(&mut *live.get().unwrap()).unwrap();
    redis::cmd("SET").arg("cerial-test").arg("here").exec(&mut *live.get().unwrap()).unwrap();
    let back: Live<Redis> = cerial::deserialize(&cerial::serialize(&live).unwrap()).unwrap();
    back.reconnect(&Secret::from(password())).unwrap();
    let value: String = redis::cmd("GET").arg("cerial-test").query(&mut *back.get().unwrap()).unwrap();
    assert_eq!(value, "here");
    assert!(back.recipe().place().ends_with("/5"), "{back:?}");
}

#[test]
fn an_open_transaction_is_refused() {
    let live = Live::open(recipe(), &Secret::from(password())).unwrap();
    redis::cmd("MULTI").exec(&mut *live.get().unwrap()).unwrap();
    let error = cerial::serialize(&live).unwrap_err();
    assert!(error.to_string().contains("a MULTI is open on"), "{error}");
    redis::cmd("DISCARD").exec(&mut *live.get().unwrap()).unwrap();
    assert!(cerial::serialize(&live).is_ok());
}

#[test]
fn a_url_loses_its_password_at_once() {
    let (recipe, secret) = Redis::from_url("redis://:p%40ss@cache/3").unwrap();
    assert_eq!(recipe, Redis::new("cache").database(3));
    assert_eq!(secret.unwrap().password(), Some("p@ss"));
    assert_eq!(Redis::from_url("redis://al@cache:1").unwrap().0, Redis::new("cache").port(1).user("al"));
    for bad in ["redis://:hunter2@cache/x", "rediss://:hunter2@cache", "redis://:hunter2@cache?x=1"] {
        let told = format!("{:?}", Redis::from_url(bad).unwrap_err());
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
    servers::hostile(Redis::new("h").user("u").database(3));
}

#[test]
fn what_is_stored_is_all_but_the_secret() {
    let stored = serde_json::to_string(&Live::placeholder(Redis::new("h").user("u").database(3))).unwrap();
    assert_eq!(
        stored,
        r#"{"$reconnector":"redis::Client","v":1,"recipe":{"host":"h","port":6379,"user":"u","database":3,"resp3":false}}"#
    );
}
