//! Live resources of an object, reconnected in its child: by the attribute, by the configuration, by hand.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use cerial::{Cerial, Connect, Credentials, Live, Reconnector};
use suitkaise_processing::{
    Context, ProcessConfig, ProcessErrorKind, Result, Sandbox, Section, Skprocess, Stdio, skprocess,
};

suitkaise_processing::test_support!();

const WORD: &str = "open-sesame-3141";

/// Opens for one word; open, it tells in which process.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Door {
    number: u8,
}

impl Reconnector for Door {
    type Live = u32;
    const KEY: &'static str = "reconnects::Door";
    const AUTH: cerial::Auth = cerial::Auth::Required;
    fn connect(&self, cx: &Connect<'_>) -> cerial::Result<u32> {
        match cx.password() {
            Some(WORD) => Ok(std::process::id()),
            _ => Err(cerial::Error::rejected("the door stays shut")),
        }
    }
}

cerial::plugin! { name: "reconnects", handlers: [], reconnectors: [Door] }

fn closed() -> Live<Door> {
    Live::placeholder(Door { number: 7 })
}

/// An object with a door, reconnected in one of the ways.
macro_rules! visitor {
    ($(#[$attribute:meta])* $name:ident, $config:expr, $prerun:expr) => {
        #[derive(Cerial)]
        struct $name {
            door: Live<Door>,
        }
        $(#[$attribute])*
        impl Skprocess for $name {
            type Output = u32;
            fn config(&self) -> ProcessConfig {
                let config: fn(ProcessConfig) -> ProcessConfig = $config;
                config(ProcessConfig::new().runs(1).stderr(Stdio::Null))
            }
            fn prerun(&mut self, _: &mut Context) -> Result {
                let prerun: fn(&mut $name) -> Result = $prerun;
                prerun(self)
            }
            fn run(&mut self, _: &mut Context) -> Result {
                Ok(())
            }
            fn result(&mut self, _: &mut Context) -> Result<u32> {
                assert_eq!(*self.door.get()?, std::process::id(), "connected in this process");
                Ok(std::process::id())
            }
        }
    };
}

fn all(word: &str) -> Credentials {
    Credentials::new().with("reconnects::Door", "*", word)
}

fn in_environment(name: &'static str, value: &str) -> Sandbox {
    Sandbox::new().variable(name, value)
}

visitor!(
    #[skprocess(autoreconnect(env = "DOORS"))]
    ByJson,
    |config| config
        .sandbox(in_environment("DOORS", &format!(r#"{{"reconnects::Door": {{"*": "{WORD}"}}}}"#))),
    |_| Ok(())
);

visitor!(
    #[skprocess(autoreconnect("reconnects::Door" = { "*" = env("DOOR") }))]
    ByVariable,
    |config| config.sandbox(in_environment("DOOR", WORD)),
    |_| Ok(())
);

visitor!(
    #[skprocess]
    ByConfig,
    |config| config.autoreconnect(all(WORD)),
    |_| Ok(())
);

visitor!(
    #[skprocess]
    ByHand,
    |config| config.sandbox(in_environment("DOOR", WORD)),
    |this| {
        let word = std::env::var("DOOR")?;
        cerial_reconnectors::reconnect_all(this, all(&word)).into_result()?;
        Ok(())
    }
);

visitor!(
    #[skprocess]
    WrongWord,
    |config| config.autoreconnect(all("close-sesame-2718")),
    |_| Ok(())
);

visitor!(
    #[skprocess(autoreconnect)]
    NoWord,
    |config| config,
    |_| Ok(())
);

visitor!(
    #[skprocess]
    Never,
    |config| config,
    |_| Ok(())
);

#[test]
fn each_way_connects_in_the_child_before_the_first_section_that_needs_it() {
    let own = std::process::id();
    assert_ne!(ByJson { door: closed() }.execute().unwrap(), own);
    assert_ne!(ByVariable { door: closed() }.execute().unwrap(), own);
    assert_ne!(ByConfig { door: closed() }.execute().unwrap(), own);
    assert_ne!(ByHand { door: closed() }.execute().unwrap(), own);
}

#[test]
fn the_secret_is_in_no_bytes_config_or_error() {
    let object = WrongWord { door: closed() };
    let bytes = cerial::serialize(&object).unwrap();
    let error = object.execute().unwrap_err();
    assert_eq!((error.kind(), error.section()), (ProcessErrorKind::Setup, Some(Section::Setup)), "{error:?}");
    assert!(error.to_string().contains("door") && error.to_string().contains("stays shut"), "{error}");
    let told = format!("{error} {error:?} {:?} {}", object.config(), String::from_utf8_lossy(&bytes));
    assert!(!told.contains("close-sesame"), "{told}");
}

#[test]
fn a_missing_secret_and_a_door_left_shut_are_errors_that_say_so() {
    let error = NoWord { door: closed() }.execute().unwrap_err();
    assert_eq!(error.kind(), ProcessErrorKind::Setup, "{error:?}");
    assert!(error.to_string().contains("door"), "{error}");
    let error = Never { door: closed() }.execute().unwrap_err();
    assert_eq!(error.kind(), ProcessErrorKind::Result, "{error:?}");
    assert!(error.to_string().contains("reconnect"), "{error}");
}

#[test]
fn every_life_is_reconnected() {
    #[derive(Cerial)]
    struct Mortal {
        door: Live<Door>,
        seen: Vec<u32>,
    }
    #[skprocess]
    impl Skprocess for Mortal {
        type Output = Vec<u32>;
        fn config(&self) -> ProcessConfig {
            ProcessConfig::new().runs(3).lives(3).stderr(Stdio::Null).autoreconnect(all(WORD))
        }
        fn run(&mut self, _: &mut Context) -> Result {
            self.seen.push(*self.door.get()?);
            Ok(())
        }
        fn postrun(&mut self, cx: &mut Context) -> Result {
            // The state with this run's door is kept; the process is not.
            let seen = self.seen.iter().filter(|pid| **pid == std::process::id()).count();
            if cx.current_run() < 2 && seen == 1 {
                std::process::abort();
            }
            Ok(())
        }
        fn result(&mut self, _: &mut Context) -> Result<Vec<u32>> {
            Ok(self.seen.clone())
        }
    }
    let mut seen = Mortal { door: closed(), seen: vec![] }.start().unwrap().timeout(20.0).result().unwrap();
    assert_eq!(seen.len(), 3);
    seen.dedup();
    assert!(seen.len() >= 2, "a door of one process is not open in the next: {seen:?}");
}
