//! The registry as a value: conflicts poison a key and not the program, unknown keys say what is near.
#![allow(missing_docs)]

use std::sync::Arc;

use cerial::{Cerial, ErrorKind, Extract, Handler, Options, Rebuild, Registry, Result};

mod acme {
    #[derive(Debug, PartialEq)]
    pub(crate) struct Money(pub(crate) i64);
    #[derive(Debug, PartialEq)]
    pub(crate) struct Monet(pub(crate) i64);
}

macro_rules! handler {
    ($name:ident of $value:ty, $key:literal, $make:expr) => {
        struct $name;
        impl Handler for $name {
            type Value = $value;
            type State = i64;
            const KEY: &'static str = $key;
            fn extract(value: &$value, _: &mut Extract) -> Result<i64> {
                Ok(value.0)
            }
            fn rebuild(state: i64, _: &mut Rebuild) -> Result<$value> {
                Ok($make(state))
            }
        }
    };
}
handler!(Ours of acme::Money, "acme::Money", acme::Money);
handler!(Theirs of acme::Money, "acme::Money", acme::Money);
handler!(SameKey of acme::Monet, "acme::Money", acme::Monet);
handler!(Painter of acme::Monet, "acme::Monet", acme::Monet);

#[derive(Cerial, Debug, PartialEq)]
struct Wallet {
    money: Vec<acme::Money>,
}
#[derive(Cerial, Debug)]
struct Museum {
    monet: acme::Monet,
}

fn wallet() -> Wallet {
    Wallet { money: vec![acme::Money(1), acme::Money(2)] }
}

fn with(fill: impl FnOnce(&mut cerial::RegistryBuilder)) -> Options {
    let mut builder = Registry::empty();
    fill(&mut builder);
    Options::new().with_registry(Arc::new(builder.build()))
}

#[test]
fn a_registry_is_a_value() {
    let options = with(|builder| {
        builder.handler::<Ours>();
    });
    let bytes = options.serialize(&wallet()).unwrap();
    assert_eq!(options.deserialize::<Wallet>(&bytes).unwrap(), wallet());
    options.preflight::<Wallet>().unwrap();
    assert_eq!(
        cerial::preflight::<Wallet>().unwrap_err().kind(),
        ErrorKind::Unknown,
        "the program's knows nothing"
    );
}

#[test]
fn two_handlers_of_one_type_poison_it_and_nothing_else() {
    let options = with(|builder| {
        builder.handler::<Ours>().handler::<Theirs>().handler::<Painter>();
    });
    let error = options.serialize(&wallet()).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Duplicate, "money[0]"));
    assert!(error.to_string().contains("two handlers claim"), "{error}");
    options.serialize(&Museum { monet: acme::Monet(3) }).expect("its neighbours work");
}

#[test]
fn two_handlers_with_one_key_poison_it() {
    let options = with(|builder| {
        builder.handler::<Ours>().handler::<SameKey>();
    });
    let error = options.serialize(&wallet()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Duplicate);
    assert!(error.to_string().contains("the key `acme::Money`"), "{error}");
}

#[test]
fn one_handler_registered_twice_is_no_conflict() {
    let options = with(|builder| {
        builder.handler::<Ours>().handler::<Ours>();
    });
    options.serialize(&wallet()).unwrap();
}

#[test]
fn an_unknown_key_names_what_is_near_and_what_to_link() {
    let writer = with(|builder| {
        builder.handler::<Ours>();
    });
    let reader = with(|builder| {
        builder.handler::<Painter>();
    });
    let error = reader.deserialize::<Wallet>(&writer.serialize(&wallet()).unwrap()).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Unknown, "money[0]"));
    assert!(error.to_string().contains("no handler for `acme::Money` (near: acme::Monet)"), "{error}");
    assert!(error.help().unwrap().contains("add `use acme as _;`"), "{error:?}");
}

#[test]
fn a_type_that_cannot_travel_is_told_what_to_use() {
    #[derive(Cerial)]
    struct Open {
        line: std::net::TcpStream,
        rule: Box<dyn Fn(u8) -> u8>,
    }
    let error = cerial::preflight::<Open>().unwrap_err();
    let help = error.help().unwrap();
    assert!(help.contains("Live<..>") && help.contains("#[cerial::function]"), "{error:?}");
}
