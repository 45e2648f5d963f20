//! A resource of its own for the tests: a door that opens to a word, in this process.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::sync::Arc;
use std::time::Duration;

use cerial::{Auth, Connect, Error, Live, Reach, Reconnector, Result};
use serde::{Deserialize, Serialize};

/// The word that every door opens to, with characters that encodings change.
pub(crate) const WORD: &str = "op en/s%same\"é";

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) user: String,
    pub(crate) notes: Vec<u8>,
    pub(crate) alive: bool,
    pub(crate) handle: Arc<()>,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub(crate) struct Door {
    pub(crate) host: String,
    pub(crate) user: String,
    pub(crate) notes_seen: usize,
}

pub(crate) fn door(host: &str) -> Door {
    Door { host: host.into(), user: "ali".into(), notes_seen: 0 }
}

pub(crate) fn shut(host: &str) -> Live<Door> {
    Live::placeholder(door(host))
}

impl Reconnector for Door {
    type Live = Session;
    const KEY: &'static str = "door::Session";
    const ALIASES: &'static [&'static str] = &["old_door.Session"];
    const AUTH: Auth = Auth::Required;

    fn connect(&self, cx: &Connect<'_>) -> Result<Session> {
        let word = cx.password().unwrap_or_default();
        match self.host.as_str() {
            "nowhere" => return Err(Error::unreachable("nobody answers")),
            "silent" => {
                std::thread::sleep(cx.left().min(Duration::from_secs(20)));
                return Err(Error::timed_out("no answer"));
            }
            "trap" => panic!("a trap for {word}"),
            "gossip" => {
                return Err(Error::rejected(format!("door://ali:{word}@gossip says {word:?} is wrong")));
            }
            _ => {}
        }
        if word != WORD {
            return Err(Error::rejected("the door stays shut"));
        }
        Ok(Session { user: self.user.clone(), notes: Vec::new(), alive: true, handle: Arc::new(()) })
    }
    fn place(&self) -> String {
        format!("{}@{}", self.user, self.host)
    }
    fn reach(&self) -> Reach {
        Reach::Host(self.host.clone())
    }
    fn observe(&mut self, live: &mut Session) -> Result<()> {
        self.notes_seen = live.notes.len();
        Ok(())
    }
    fn is_alive(&self, live: &mut Session) -> bool {
        live.alive
    }
    fn carry(&self, live: &mut Session) -> Result<Option<Vec<u8>>> {
        Ok((!live.notes.is_empty()).then(|| live.notes.clone()))
    }
    fn restore(&self, live: &mut Session, state: &[u8]) -> Result<()> {
        live.notes = state.to_vec();
        Ok(())
    }
    fn share(&self, live: &Session) -> Option<Session> {
        let (user, notes) = (live.user.clone(), live.notes.clone());
        Some(Session { user, notes, alive: live.alive, handle: live.handle.clone() })
    }
}

/// A resource that needs no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lamp {
    pub(crate) name: String,
}

impl Reconnector for Lamp {
    type Live = String;
    const KEY: &'static str = "lamp::Light";
    const AUTH: Auth = Auth::None;
    fn connect(&self, _: &Connect<'_>) -> Result<String> {
        Ok(format!("{} is lit", self.name))
    }
    fn reach(&self) -> Reach {
        Reach::File(self.name.clone())
    }
}

cerial::plugin! { name: "doors", handlers: [], reconnectors: [Door, Lamp] }
