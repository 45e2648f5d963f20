//! What the tests of reconnectors share: the servers of `cargo xtask test`, hosts that misbehave, the canary.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::net::TcpListener;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cerial::{Failure, Live, Outcome, ReconnectReport, Reconnector, Secret};

/// What `cargo xtask test` hands over; a test without its server fails.
#[track_caller]
pub(crate) fn var(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) => value,
        Err(_) => panic!("`{name}` is not set: this test needs a server, run it with `cargo xtask test`"),
    }
}

#[track_caller]
pub(crate) fn port(name: &str) -> u16 {
    var(name).parse().expect("a port")
}

/// A port on which nobody listens.
pub(crate) fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// A host that accepts (the kernel does) and never answers.
pub(crate) struct Silent(TcpListener);

pub(crate) fn silent() -> Silent {
    Silent(TcpListener::bind("127.0.0.1:0").expect("a port"))
}

impl Silent {
    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().expect("an address").port()
    }
}

/// A value as it arrives elsewhere: a placeholder.
#[track_caller]
pub(crate) fn arrived<R: Reconnector>(recipe: R) -> Live<R> {
    cerial::deserialize(&cerial::serialize(&Live::placeholder(recipe)).expect("bytes"))
        .expect("a placeholder")
}

#[track_caller]
pub(crate) fn failed(report: &ReconnectReport, path: &str, failure: Failure) {
    let row = report.row(path).unwrap_or_else(|| panic!("no row `{path}`\n{report}"));
    assert_eq!(row.outcome(), Outcome::Failed(failure), "\n{report}");
}

/// Looks for a secret in every form in what must not hold it.
#[track_caller]
pub(crate) fn no_canary(secret: &str, haystack: &[u8]) {
    let percent: String = secret
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let base64 = STANDARD.encode(secret);
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let forms = [secret.as_bytes(), percent.as_bytes(), base64.trim_end_matches('=').as_bytes(), &utf16];
    for form in forms {
        assert!(!haystack.windows(form.len()).any(|window| window == form), "the secret got out");
    }
}

/// Everything that a live resource shows of itself: bytes in both modes, JSON, Debug, Display of recipe and errors.
#[track_caller]
pub(crate) fn everything_shown<R: Reconnector>(live: &Live<R>, wrong: &Secret) -> Vec<u8> {
    let mut shown = Vec::new();
    for mode in [cerial::Mode::Portable, cerial::Mode::Compact] {
        shown.extend(cerial::Options::new().mode(mode).serialize(live).expect("bytes"));
    }
    shown.extend(serde_json::to_vec(live).expect("json"));
    let ir = cerial::serialize_ir(live).expect("ir");
    shown.extend(format!("{ir} {ir:?} {}", cerial::to_json(live).expect("json")).into_bytes());
    let again = arrived(live.recipe().clone());
    let error = again.reconnect(wrong).err();
    let text = format!(
        "{live:?} {:?} {:?} {error:?} {} {:?}",
        live.recipe(),
        live.get(),
        live.recipe().place(),
        again.get().err()
    );
    shown.extend(text.into_bytes());
    shown.extend(error.map(|error| error.to_string()).unwrap_or_default().into_bytes());
    shown
}

/// Every prefix and every single-byte change of a placeholder's bytes is a value or an error, and nothing connects.
pub(crate) fn hostile<R: Reconnector>(recipe: R) {
    let bytes = cerial::serialize(&Live::placeholder(recipe)).expect("bytes");
    for n in 0..bytes.len() {
        assert!(cerial::deserialize::<Live<R>>(&bytes[..n]).is_err(), "prefix of {n} bytes");
    }
    for at in 0..bytes.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            if let Ok(live) = cerial::deserialize::<Live<R>>(&changed) {
                let _ = (format!("{live:?}"), live.recipe().place(), live.recipe().reach());
            }
        }
    }
}
