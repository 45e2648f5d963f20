//! Credentials: where they come from, and that they do not get out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;

use cerial::{Credentials, ErrorKind, Secret, scrub};

const CANARY: &str = "c4n@ry/\"ß";

#[track_caller]
fn refused(result: cerial::Result<Credentials>, want: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let told = format!("{error} {error:?}");
    assert!(told.contains(want), "{told}");
    assert!(!told.contains("c4n"), "{told}");
}

#[test]
fn json_and_toml_say_the_same() {
    let json = r#"{"redis::Client": {"*": "a", "s": {"token": "b"}}, "sqlite3.Connection": {}}"#;
    let toml = "[\"redis::Client\"]\n\"*\" = \"a\"\ns = { token = \"b\" }\n[\"sqlite3.Connection\"]\n";
    let want = r#"{"redis::Client": {"*", "s"}}"#;
    assert_eq!(format!("{:?}", Credentials::from_json(json).unwrap()), want);
    assert_eq!(format!("{:?}", Credentials::from_toml(toml).unwrap()), want);
    let map = HashMap::from([(
        "redis::Client".to_owned(),
        HashMap::from([("*".to_owned(), "a"), ("s".to_owned(), "b")]),
    )]);
    assert_eq!(format!("{:?}", Credentials::from(map)), want);
}

#[test]
fn a_mistake_is_named_and_no_value_is_shown() {
    refused(Credentials::from_json(r#"{"k": {"*": "c4n" "#), "not JSON (line 1, column");
    refused(Credentials::from_json(r#"["c4n"]"#), "not a JSON object");
    refused(Credentials::from_json(r#"{"k": "c4n"}"#), "at `k`: want a map of selectors, got text");
    refused(
        Credentials::from_json(r#"{"k": {"*": ["c4n"]}}"#),
        "at `k`/`*`: want text or a map of parts, got a list",
    );
    refused(
        Credentials::from_json(r#"{"k": {"*": {"password": 1}}}"#),
        "at `k`/`*`/`password`: want text, got a number",
    );
    refused(Credentials::from_toml("[k]\n'*' = c4n"), "not TOML (line 2)");
    refused(Credentials::from_env("CERIAL_NO_SUCH_VARIABLE"), "`CERIAL_NO_SUCH_VARIABLE` is not set");
}

#[test]
fn secrets_print_as_stars() {
    let secret = Secret::parts([("token", CANARY)]);
    let credentials = Credentials::new().with("k", "*", &secret).with("k", "a", CANARY);
    let told = format!("{secret} {secret:?} {credentials:?} {:?}", cerial::Connect::new().secret_of(&secret));
    assert!(!told.contains("c4n"), "{told}");
    assert_eq!(secret.token(), Some(CANARY));
    assert_eq!(secret.password(), None);
}

#[test]
fn the_frame_to_a_child_keeps_every_form() {
    let credentials = Credentials::new().with("k", "*", CANARY).with(
        "l",
        "a.b[0]",
        Secret::parts([("token", "t"), ("passphrase", "")]),
    );
    let frame = credentials.to_frame().unwrap();
    let back = Credentials::from_frame(&frame).unwrap();
    assert_eq!(*back.to_frame().unwrap(), *frame);
    assert_eq!(format!("{back:?}"), format!("{credentials:?}"));
    for n in 1..frame.len() {
        // Cut between two entries it is a shorter frame; nowhere is it a panic.
        let _ = Credentials::from_frame(&frame[..n]);
    }
    refused(Credentials::from_frame(&frame[..frame.len() - 1]), "damaged");
    refused(Credentials::from_frame(&[255; 24]), "damaged");
    let provider = Credentials::new().provider(|_| None);
    assert_eq!(provider.to_frame().unwrap_err().kind(), ErrorKind::Credentials);
}

#[test]
fn the_scrubber_knows_the_forms_of_a_secret() {
    use base64::Engine;
    let secret = Secret::from(CANARY);
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("user:{CANARY}"));
    let text = format!(
        "{CANARY} c4n%40ry%2F%22%C3%9F c4n%40ry%2f%22%c3%9f {} {CANARY:?} {base64}",
        serde_json::to_string(CANARY).unwrap()
    );
    let clean = scrub(&text, &[&secret]);
    assert!(clean.starts_with("*** *** *** \"***\" \"***\" "), "{clean}");
    assert!(!clean.contains(&base64[8..16]), "{clean}");
    assert_eq!(scrub("nothing here", &[&secret, &Secret::from("")]), "nothing here");
}
