//! `Live`: a recipe beside its connection.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod doors;

use std::sync::Arc;

use cerial::{
    Connect, ErrorKind, Failure, Live, Options, Placeholder, ReconnectPolicy, Reconnector, Secret, Serde,
};
use doors::{Door, Lamp, WORD, door, shut};
use serde::{Deserialize, Serialize};

fn open(host: &str) -> Live<Door> {
    Live::open(door(host), &Secret::from(WORD)).unwrap()
}

fn trip<T: cerial::Cerial, U: cerial::Cerial>(value: &T) -> U {
    cerial::deserialize(&cerial::serialize(value).unwrap()).unwrap()
}

#[test]
fn a_live_resource_comes_back_as_a_placeholder_and_reconnects() {
    let mut back: Live<Door> = trip(&open("cave"));
    let error = back.get().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConnected);
    assert!(error.to_string().contains("`door::Session` ali@cave is a placeholder"), "{error}");
    assert!(error.help().unwrap().contains("reconnect"), "{error:?}");
    assert!(!back.is_alive());
    back.reconnect(&Secret::from(WORD)).unwrap();
    assert_eq!(back.get_mut().unwrap().user, "ali");
    assert!(back.is_alive());
}

#[test]
fn a_wrong_secret_is_rejected_and_the_reason_is_kept() {
    let live = shut("cave");
    let error = live.reconnect(&Secret::from("abracadabra")).unwrap_err();
    assert_eq!(error.failure(), Some(Failure::Rejected));
    assert!(error.to_string().contains("ali@cave: the door stays shut"), "{error}");
    assert!(live.get().unwrap_err().to_string().contains("stays shut"));
    assert_eq!(live.reconnect(None).unwrap_err().failure(), Some(Failure::Missing));
}

#[test]
fn a_resource_without_auth_connects_at_the_first_use() {
    let back: Live<Lamp> = trip(&Live::<Lamp>::placeholder(Lamp { name: "genie".into() }));
    assert_eq!(*back.get().unwrap(), "genie is lit");
}

#[test]
fn what_a_stranger_sent_connects_only_under_the_policy_it_was_read_with() {
    let bytes = cerial::serialize(&Live::placeholder(Lamp { name: "genie".into() })).unwrap();
    let strict = Options::new().reconnect_policy(ReconnectPolicy::untrusted());
    let back: Live<Lamp> = strict.deserialize(&bytes).unwrap();
    assert_eq!(back.get().unwrap_err().failure(), Some(Failure::Denied));
    let some = Options::new().reconnect_policy(ReconnectPolicy::untrusted().allow_files(true));
    assert!(some.deserialize::<Live<Lamp>>(&bytes).unwrap().get().is_ok());
    // Also through serde, which knows nothing of options.
    let bytes = cerial::serialize(&Serde(vec![Live::placeholder(Lamp { name: "genie".into() })])).unwrap();
    let back: Serde<Vec<Live<Lamp>>> = strict.deserialize(&bytes).unwrap();
    assert_eq!(back[0].get().unwrap_err().failure(), Some(Failure::Denied));
    let back: Serde<Vec<Live<Lamp>>> = cerial::deserialize(&bytes).unwrap();
    assert!(back[0].get().is_ok());
}

#[test]
fn the_recipe_is_refreshed_and_state_is_carried() {
    let mut live = open("cave");
    live.get_mut().unwrap().notes = b"gold".to_vec();
    let back: Live<Door> = trip(&live);
    assert_eq!(back.recipe().notes_seen, 4);
    // Once more without a connection: the state is not lost on the way.
    let back: Live<Door> = trip(&back);
    back.reconnect(&Secret::from(WORD)).unwrap();
    assert_eq!(back.get().unwrap().notes, b"gold");
    // A new connection takes over what the old one held.
    back.reconnect(&Secret::from(WORD)).unwrap();
    assert_eq!(back.get().unwrap().notes, b"gold");
}

#[test]
fn disconnect_keeps_the_recipe_and_the_state() {
    let mut live = open("cave");
    live.get_mut().unwrap().notes = b"gold".to_vec();
    live.disconnect().unwrap();
    assert!(live.get().is_err());
    live.reconnect(&Secret::from(WORD)).unwrap();
    assert_eq!(live.get().unwrap().notes, b"gold");
}

#[test]
fn a_second_guard_on_one_thread_is_an_error_and_no_deadlock() {
    let live = open("cave");
    let guard = live.get().unwrap();
    assert_eq!(live.get().unwrap_err().kind(), ErrorKind::Unwritable);
    drop(guard);
    assert!(live.get().is_ok());
}

#[test]
fn an_unknown_resource_serializes_back_unchanged() {
    let mut live = open("cave");
    live.get_mut().unwrap().notes = b"gold".to_vec();
    let bytes = cerial::serialize(&vec![live]).unwrap();
    let unknown: Vec<Placeholder> = cerial::deserialize(&bytes).unwrap();
    assert_eq!(unknown[0].key(), "door::Session");
    assert_eq!(cerial::serialize(&unknown).unwrap(), bytes);
    let report = cerial::reconnect_all(&unknown, ());
    assert!(
        report.to_string().contains("unknown resource: `door::Session` was read into a `Placeholder`"),
        "{report}"
    );
    let key = bytes.windows(4).position(|window| window == b"door").unwrap();
    let mut bytes = bytes;
    bytes[key..key + 4].copy_from_slice(b"moor");
    let unknown: Vec<Placeholder> = cerial::deserialize(&bytes).unwrap();
    let report = cerial::reconnect_all(&unknown, ());
    assert!(report.to_string().contains("unknown resource: no reconnector for `moor::Session`"), "{report}");
}

#[test]
fn another_resource_is_refused_by_name() {
    let bytes = cerial::serialize(&shut("cave")).unwrap();
    let error = cerial::deserialize::<Live<Lamp>>(&bytes).unwrap_err();
    assert!(error.to_string().contains("want a live `lamp::Light`, got a `door::Session`"), "{error}");
}

#[test]
fn damaged_bytes_are_an_error() {
    let mut live = open("cave");
    live.get_mut().unwrap().notes = b"gold".to_vec();
    let bytes = cerial::serialize(&live).unwrap();
    for n in 0..bytes.len() {
        assert!(cerial::deserialize::<Live<Door>>(&bytes[..n]).is_err(), "prefix of {n}");
    }
}

#[test]
fn serde_formats_carry_it_too() {
    let json = serde_json::to_string(&shut("cave")).unwrap();
    assert_eq!(
        json,
        r#"{"$reconnector":"door::Session","v":1,"recipe":{"host":"cave","user":"ali","notes_seen":0}}"#
    );
    let back: Live<Door> = serde_json::from_str(&json).unwrap();
    assert_eq!(*back.recipe(), door("cave"));
    let mut full = open("cave");
    full.get_mut().unwrap().notes = b"gold".to_vec();
    let back: Live<Door> = serde_json::from_str(&serde_json::to_string(&full).unwrap()).unwrap();
    back.reconnect(&Secret::from(WORD)).unwrap();
    assert_eq!(back.get().unwrap().notes, b"gold");
    let aliased = json.replace("door::Session", "OldDoor.session");
    assert!(serde_json::from_str::<Live<Door>>(&aliased).is_ok());
}

#[test]
fn two_handles_on_one_resource_become_one_again() {
    let first = open("cave");
    let both = (first.share().unwrap(), first, open("cave"));
    let back: (Live<Door>, Live<Door>, Live<Door>) = trip(&both);
    let credentials = cerial::Credentials::new().with("door::Session", "*", WORD);
    cerial::reconnect_all(&back, &credentials).into_result().unwrap();
    let [a, b, c] = [&back.0, &back.1, &back.2].map(|live| live.get().unwrap().handle.clone());
    assert!(Arc::ptr_eq(&a, &b));
    assert!(!Arc::ptr_eq(&a, &c));
}

#[test]
fn a_recipe_with_a_field_for_a_secret_is_refused() {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Leaky {
        host: String,
        pass_word: String,
    }
    impl Reconnector for Leaky {
        type Live = ();
        const KEY: &'static str = "leaky::Leaky";
        fn connect(&self, _: &Connect<'_>) -> cerial::Result<()> {
            Ok(())
        }
    }
    let leaky = Live::placeholder(Leaky { host: "h".into(), pass_word: "x".into() });
    let error = cerial::serialize(&leaky).unwrap_err();
    assert!(
        error.to_string().contains("has a field `pass_word`: a recipe travels and must not hold secrets"),
        "{error}"
    );
    assert!(leaky.reconnect(None).is_err());
}

#[test]
fn the_ir_shows_key_and_recipe() {
    let json = cerial::to_json(&shut("cave")).unwrap();
    for part in ["door::Session", "cave"] {
        assert!(json.contains(part), "{json}");
    }
    let mut live = open("cave");
    live.get_mut().unwrap().notes = b"gold".to_vec();
    let back: Live<Door> = cerial::deserialize_ir(&cerial::serialize_ir(&live).unwrap()).unwrap();
    back.reconnect(&Secret::from(WORD)).unwrap();
    assert_eq!(back.get().unwrap().notes, b"gold");
}

#[test]
fn a_live_resource_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Live<Door>>();
    let live = open("cave");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..100).for_each(|_| live.get().unwrap().notes.push(1)));
        }
    });
    assert_eq!(live.get().unwrap().notes.len(), 400);
}

#[test]
fn debug_shows_key_and_recipe_only() {
    let debug = format!("{:?}", open("cave"));
    assert_eq!(
        debug,
        r#"Live { key: "door::Session", state: live, recipe: Door { host: "cave", user: "ali", notes_seen: 0 } }"#
    );
}
