//! `reconnect_all`: a row each, nothing swallowed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod doors;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use cerial::{
    Cerial, Connect, Credentials, Failure, Live, Outcome, Plan, Reach, ReconnectPolicy, ReconnectReport,
    Reconnector, Secret, Serde, reconnect_all,
};
use doors::{Door, Lamp, WORD, shut};
use serde::{Deserialize, Serialize};

const KEY: &str = "door::Session";

#[derive(Cerial)]
struct App {
    front: Live<Door>,
    shards: Vec<Live<Door>>,
    named: BTreeMap<String, Live<Door>>,
    locked: Arc<Mutex<Option<Live<Door>>>>,
    again: Arc<Mutex<Option<Live<Door>>>>,
    lamp: Box<Live<Lamp>>,
    room: Box<dyn Room>,
    foreign: Serde<Foreign>,
}

#[cerial::object]
trait Room: Send {}

#[derive(Cerial)]
struct Attic {
    hatch: Live<Door>,
}

#[cerial::object]
impl Room for Attic {}

#[derive(Serialize, Deserialize)]
struct Foreign {
    cellar: HashMap<String, Vec<Live<Door>>>,
}

fn app() -> App {
    let locked = Arc::new(Mutex::new(Some(shut("vault"))));
    App {
        front: shut("front"),
        shards: vec![shut("s0"), shut("s1")],
        named: BTreeMap::from([("east".to_owned(), shut("e"))]),
        again: locked.clone(),
        locked,
        lamp: Box::new(Live::placeholder(Lamp { name: "genie".into() })),
        room: Box::new(Attic { hatch: shut("roof") }),
        foreign: Serde(Foreign { cellar: HashMap::from([("wine".to_owned(), vec![shut("w")])]) }),
    }
}

fn outcomes(report: &ReconnectReport) -> Vec<(&str, Outcome)> {
    report.rows().iter().map(|row| (row.path(), row.outcome())).collect()
}

#[track_caller]
fn failed(report: &ReconnectReport, path: &str, failure: Failure) {
    assert_eq!(report.row(path).unwrap().outcome(), Outcome::Failed(failure), "{report}");
}

#[test]
fn every_resource_is_found_wherever_it_stands() {
    let app = app();
    let report = reconnect_all(&app, Credentials::new().with(KEY, "*", WORD));
    let paths: Vec<&str> = report.rows().iter().map(cerial::Row::path).collect();
    let want = [
        "front",
        "shards[0]",
        "shards[1]",
        "named[east]",
        "locked",
        "lamp",
        "room.hatch",
        "foreign.cellar[wine][0]",
    ];
    assert_eq!(paths, want, "{report}");
    report.into_result().unwrap();
    assert_eq!(app.again.lock().unwrap().as_ref().unwrap().get().unwrap().user, "ali");
    assert!(app.foreign.cellar["wine"][0].is_alive());
    // Once more: all are left alone.
    let report = reconnect_all(&app, Credentials::new().with(KEY, "*", WORD));
    assert!(report.rows().iter().all(|row| row.outcome() == Outcome::AlreadyLive), "{report}");
}

#[test]
fn wrong_secret_fails_only_its_row() {
    let app = app();
    let credentials = Credentials::new().with(KEY, "*", WORD).with(KEY, "shards[1]", "wrong");
    let report = reconnect_all(&app, &credentials);
    failed(&report, "shards[1]", Failure::Rejected);
    assert_eq!(report.failed().count(), 1);
    assert!(app.shards[0].is_alive() && !app.shards[1].is_alive());
    let error = report.into_result().unwrap_err();
    assert_eq!(error.failure(), Some(Failure::Rejected));
    assert!(
        error.to_string().contains("`shards[1]` door::Session: rejected: the door stays shut"),
        "{error}"
    );
}

#[test]
fn the_nearest_selector_wins_and_aliases_count() {
    let wrong = |selector| Credentials::new().with(KEY, selector, "wrong");
    let cases = [
        (wrong("shards").with(KEY, "*", WORD), vec!["shards[0]", "shards[1]"]),
        (wrong("shards").with(KEY, "shards[0]", WORD).with(KEY, "*", WORD), vec!["shards[1]"]),
        (wrong("shards[*]").with(KEY, "shards[0]", WORD).with(KEY, "*", WORD), vec!["shards[1]"]),
        (wrong("east").with("OLDDOOR.session", "*", WORD), vec!["named[east]"]),
        (
            wrong("*").with("old_door.Session", "front", WORD),
            vec!["shards[0]", "shards[1]", "named[east]", "locked", "room.hatch", "foreign.cellar[wine][0]"],
        ),
    ];
    for (credentials, want) in cases {
        let report = reconnect_all(&app(), &credentials);
        let rejected: Vec<&str> = report.failed().map(cerial::Row::path).collect();
        assert_eq!(rejected, want, "{credentials:?}\n{report}");
    }
}

#[test]
fn unused_credentials_are_reported() {
    let credentials = Credentials::new().with(KEY, "*", WORD).with(KEY, "frnot", WORD).with(
        "lamp::Light",
        "*",
        "not needed",
    );
    let report = reconnect_all(&app(), &credentials);
    assert_eq!(report.unused(), [r#"door::Session/"frnot""#, r#"lamp::Light/"*""#]);
    assert!(report.to_string().ends_with("unused credential: lamp::Light/\"*\""), "{report}");
    assert!(report.is_ok());
}

#[test]
fn a_missing_secret_is_found_before_anything_is_opened() {
    let value = vec![shut("nowhere")];
    let mut plan = Plan::new(&value, (), &ReconnectPolicy::new());
    assert!(plan.take_jobs().is_empty());
    let report = plan.finish(&value);
    failed(&report, "[0]", Failure::Missing);
    assert!(
        report.rows()[0].detail().contains(r#"looked for "[0]", "", "*" of `door::Session`"#),
        "{report}"
    );
}

#[test]
fn nobody_gets_to_the_door_that_the_policy_denies() {
    let value = vec![shut("cave"), shut("a.inner"), shut("evil.inner")];
    let policy = ReconnectPolicy::untrusted().allow_host("*.inner").deny_host("evil.inner");
    let mut plan = Plan::new(&value, Credentials::new().with(KEY, "*", WORD), &policy);
    let jobs = plan.take_jobs();
    assert_eq!(jobs.iter().map(|job| job.host().unwrap()).collect::<Vec<_>>(), ["a.inner"]);
    let report = plan.finish(&value);
    failed(&report, "[0]", Failure::Denied);
    failed(&report, "[2]", Failure::Denied);
    failed(&report, "[1]", Failure::Timeout);
}

#[test]
fn a_panic_and_a_gossip_cost_their_rows_and_tell_nothing() {
    let value = vec![shut("trap"), shut("gossip"), shut("nowhere"), shut("cave")];
    let report = reconnect_all(&value, Credentials::new().with(KEY, "*", WORD));
    failed(&report, "[0]", Failure::Other);
    failed(&report, "[1]", Failure::Rejected);
    failed(&report, "[2]", Failure::Unreachable);
    assert_eq!(report.rows()[0].detail(), "its reconnector panicked: a trap for ***");
    assert_eq!(report.rows()[1].detail(), "door://ali:***@gossip says \"***\" is wrong");
    assert!(value[3].is_alive());
    let told = format!("{report} {report:?} {:?}", report.clone().into_result());
    assert!(!told.contains("same"), "{told}");
}

#[test]
fn a_part_that_the_resource_does_not_take_is_named() {
    let secret = Secret::parts([("pasword", "typo")]);
    let report = reconnect_all(&vec![shut("cave")], Credentials::new().with(KEY, "*", secret));
    assert_eq!(report.rows()[0].detail(), "the secret has a part `pasword`, this resource takes: password");
}

#[test]
fn a_provider_is_asked_last() {
    let credentials = Credentials::new().with(KEY, "front", WORD).provider(|wanted| {
        assert_ne!(wanted.path, "front");
        (wanted.place == "ali@s1").then(|| Secret::from(WORD))
    });
    let report = reconnect_all(&app(), &credentials);
    let live: Vec<&str> = report.rows().iter().filter(|row| row.is_live()).map(cerial::Row::path).collect();
    assert_eq!(live, ["front", "shards[1]", "lamp"], "{report}");
}

#[test]
fn a_held_lock_hides_its_resource_and_says_so() {
    let app = app();
    let guard = app.locked.lock().unwrap();
    let report = reconnect_all(&app, Credentials::new().with(KEY, "*", WORD));
    drop(guard);
    let row = report.row("locked").unwrap();
    assert!(row.detail().contains("could not be looked into: a Mutex is held elsewhere"), "{report}");
    assert_eq!(report.failed().count(), 1, "{report}");
}

#[test]
fn a_value_that_changed_meanwhile_is_reported() {
    let mut value = vec![shut("a"), shut("b")];
    let mut plan = Plan::new(&value, Credentials::new().with(KEY, "*", WORD), &ReconnectPolicy::new());
    for mut job in plan.take_jobs() {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
        let made = job.run(deadline, 1, None);
        plan.settle(job.task(), made, 1, std::time::Duration::ZERO);
    }
    value.pop();
    let report = plan.finish(&value);
    assert_eq!(outcomes(&report), [("[0]", Outcome::Live), ("[1]", Outcome::Failed(Failure::Other))]);
}

#[test]
fn the_report_is_an_aligned_table() {
    let value = vec![shut("nowhere"), shut("cave")];
    let report = reconnect_all(&value, Credentials::new().with(KEY, "*", WORD).with("x", "*", "y"));
    let text = report.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "path  resource       where        outcome");
    assert_eq!(lines[1], "[0]   door::Session  ali@nowhere  unreachable: nobody answers");
    assert!(lines[2].starts_with("[1]   door::Session  ali@cave     live in "), "{text}");
    assert_eq!(lines[3], "unused credential: x/\"*\"");
}

#[test]
fn a_dead_connection_is_revived() {
    let mut live = Live::open(doors::door("cave"), &Secret::from(WORD)).unwrap();
    live.get_mut().unwrap().alive = false;
    let report = reconnect_all(&live, Credentials::new().with(KEY, "*", WORD));
    assert_eq!(outcomes(&report), [("", Outcome::Live)]);
    assert!(live.is_alive());
}

#[test]
fn credentials_may_be_nothing_a_value_or_a_reference() {
    let value = vec![shut("cave")];
    let credentials = Credentials::new().with(KEY, "*", WORD);
    for report in [
        reconnect_all(&value, ()),
        reconnect_all(&value, None::<Credentials>),
        reconnect_all(&value, &credentials),
        reconnect_all(&value, Some(credentials.clone())),
    ] {
        assert_eq!(report.rows().len(), 1);
    }
    assert!(value[0].is_alive());
}

#[test]
fn a_serde_value_is_walked_through_its_own_door() {
    let foreign = Foreign { cellar: HashMap::from([("wine".to_owned(), vec![shut("w")])]) };
    let report = reconnect_all(&Serde(&foreign), Credentials::new().with(KEY, "wine", WORD));
    assert_eq!(outcomes(&report), [("cellar[wine][0]", Outcome::Live)]);
    assert!(foreign.cellar["wine"][0].is_alive());
}

#[test]
fn a_thread_is_rebuilt_and_not_started_unless_the_policy_says_so() {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Worker;
    impl Reconnector for Worker {
        type Live = &'static str;
        const KEY: &'static str = "test::Worker";
        fn connect(&self, _: &Connect<'_>) -> cerial::Result<&'static str> {
            Ok("started")
        }
        fn reach(&self) -> Reach {
            Reach::Thread
        }
    }
    let value = Live::placeholder(Worker);
    let report = reconnect_all(&value, ());
    assert_eq!(outcomes(&report), [("", Outcome::Ready)]);
    assert!(report.to_string().ends_with("ready (not started)"), "{report}");
    report.into_result().unwrap();
    let mut plan = Plan::new(&value, (), &ReconnectPolicy::new().start_threads(true));
    assert_eq!(plan.take_jobs().len(), 1);
}

#[test]
fn handles_on_one_resource_fail_together() {
    let mut first = Live::open(doors::door("cave"), &Secret::from(WORD)).unwrap();
    let value = [first.share().unwrap(), {
        first.disconnect().unwrap();
        first
    }];
    let value: [Live<Door>; 2] = cerial::deserialize(&cerial::serialize(&value).unwrap()).unwrap();
    let report = reconnect_all(&value, Credentials::new().with(KEY, "*", "wrong"));
    failed(&report, "[0]", Failure::Rejected);
    failed(&report, "[1]", Failure::Rejected);
    reconnect_all(&value, Credentials::new().with(KEY, "*", WORD)).into_result().unwrap();
    assert!(Arc::ptr_eq(&value[0].get().unwrap().handle, &value[1].get().unwrap().handle));
}
