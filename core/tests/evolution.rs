//! Bytes of an older form of a type are read by name, or refused by name.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "evolution/table.rs"]
mod table;
#[path = "evolution/wraps.rs"]
mod wraps;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::rc::{Rc, Weak};

use cerial::{Cerial, Encode, ErrorKind};

#[track_caller]
fn carried<T: Cerial + PartialEq + Debug>(old: &impl Encode, new: T) {
    assert_eq!(cerial::deserialize::<T>(&cerial::serialize(old).unwrap()).unwrap(), new);
}

#[track_caller]
fn refused<T: Cerial>(old: &impl Encode, kind: ErrorKind, parts: &[&str]) {
    let Err(error) = cerial::deserialize::<T>(&cerial::serialize(old).unwrap()) else {
        panic!("it was read")
    };
    assert_eq!(error.kind(), kind, "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[derive(Cerial)]
#[cerial(name = "t::Job")]
struct JobV1 {
    id: u32,
    title: String,
    removed: Vec<String>,
    size: u16,
    score: f32,
    owner: String,
}

fn old_job() -> JobV1 {
    JobV1 { id: 7, title: "t".into(), removed: vec!["x".into()], size: 500, score: 1.5, owner: "o".into() }
}

fn retries() -> u8 {
    3
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "t::Job")]
struct JobV2 {
    #[cerial(alias = "title")]
    name: String,
    id: u64,
    size: i32,
    score: f64,
    owner: Option<String>,
    #[cerial(default)]
    tags: Vec<String>,
    #[cerial(default = retries)]
    tries: u8,
    note: Option<String>,
}

#[test]
fn fields_are_added_removed_reordered_renamed_and_widened() {
    carried(
        &old_job(),
        JobV2 {
            name: "t".into(),
            id: 7,
            size: 500,
            score: 1.5,
            owner: Some("o".into()),
            tags: vec![],
            tries: 3,
            note: None,
        },
    );
}

#[test]
fn it_goes_for_values_inside_others() {
    let old = BTreeMap::from([("a".to_owned(), vec![Some(old_job())])]);
    let new: BTreeMap<String, Vec<Option<JobV2>>> =
        cerial::deserialize(&cerial::serialize(&old).unwrap()).unwrap();
    assert_eq!(new["a"][0].as_ref().unwrap().size, 500);
}

#[derive(Cerial, Debug)]
#[cerial(name = "t::Job")]
struct NeedsMore {
    id: u32,
    missing: u32,
}

#[derive(Cerial, Debug)]
#[cerial(name = "t::Job")]
struct NarrowId {
    size: u8,
}

#[derive(Cerial, Debug)]
#[cerial(name = "t::Job")]
struct WrongType {
    title: u32,
}

#[test]
fn what_cannot_be_carried_is_named() {
    refused::<NeedsMore>(&old_job(), ErrorKind::MissingField, &["t::Job", "`missing`"]);
    refused::<NarrowId>(&old_job(), ErrorKind::TypeMismatch, &["500 does not fit `u8`", "at `size`"]);
    refused::<WrongType>(&old_job(), ErrorKind::TypeMismatch, &["want `u32`, got `text`", "at `title`"]);
    refused::<Vec<WrongType>>(&vec![old_job()], ErrorKind::TypeMismatch, &["at `[0].title`"]);
    refused::<Other>(&old_job(), ErrorKind::TypeMismatch, &["want `t::Other`, got `t::Job`"]);
    refused::<Vec<u8>>(&"text".to_owned(), ErrorKind::TypeMismatch, &["want `bytes`, got `text`"]);
}

#[derive(Cerial, Debug)]
#[cerial(name = "t::Other")]
struct Other {
    id: u32,
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "t::Renamed", alias = "t::Job")]
struct Renamed {
    id: u32,
}

#[test]
fn a_renamed_type_is_known_by_its_alias() {
    carried(&old_job(), Renamed { id: 7 });
    carried(&vec![old_job()], vec![Renamed { id: 7 }]);
}

#[derive(Cerial)]
#[cerial(name = "t::State")]
enum StateV1 {
    Waiting,
    Running { pid: u32 },
    Done(u8),
    Gone,
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "t::State")]
enum StateV2 {
    New,
    Done(u32, Option<String>),
    #[cerial(alias = "Running")]
    Active {
        pid: u64,
        #[cerial(default)]
        host: String,
    },
    Waiting {
        since: Option<u32>,
    },
}

#[test]
fn variants_are_added_reordered_renamed_and_get_data() {
    carried(
        &vec![StateV1::Waiting, StateV1::Running { pid: 4 }, StateV1::Done(5)],
        vec![
            StateV2::Waiting { since: None },
            StateV2::Active { pid: 4, host: String::new() },
            StateV2::Done(5, None),
        ],
    );
    refused::<StateV2>(&StateV1::Gone, ErrorKind::TypeMismatch, &["`t::State` has no variant `Gone`"]);
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "t::State")]
enum Tags {
    Running,
    Waiting,
}

#[test]
fn a_variant_may_lose_its_data() {
    carried(&vec![StateV1::Running { pid: 4 }, StateV1::Waiting], vec![Tags::Running, Tags::Waiting]);
}

#[test]
fn containers_change_where_the_elements_stay() {
    carried(&(1_u8, 2_u8, 3_u8), vec![1_u64, 2, 3]);
    carried(&[1_u8, 2, 3], vec![1_u8, 2, 3]);
    carried(&vec![1_u16, 2], [1_u32, 2]);
    carried(&vec![1_u16, 255], vec![1_u8, 255]);
    carried(&vec![1_u8, 2], (1_i64, 2_u8));
    carried(&5_u8, Some(5_u8));
    carried(&Box::new(5_u8), 5_u8);
    carried(&5_u8, Box::new(5_u16));
    carried(&vec![Some(1_u8), None], vec![Some(1_u64), None]);
    refused::<[u32; 3]>(&vec![1_u16, 2], ErrorKind::TypeMismatch, &["got 2 elements"]);
    refused::<u8>(&Some(5_u8), ErrorKind::TypeMismatch, &["want `u8`, got `option<u8>`"]);
}

#[derive(Cerial)]
#[cerial(name = "t::Graph")]
struct GraphV1 {
    dropped: Rc<String>,
    first: Weak<String>,
    kept: Rc<String>,
    again: Vec<Rc<String>>,
    lost: Weak<String>,
}

fn shared_default() -> Rc<String> {
    Rc::new("default".into())
}

#[derive(Cerial)]
#[cerial(name = "t::Graph")]
struct GraphV2 {
    #[cerial(default = shared_default)]
    added: Rc<String>,
    again: Vec<Rc<String>>,
    kept: Rc<String>,
    first: Weak<String>,
    lost: Weak<String>,
    #[cerial(default = shared_default)]
    added_too: Rc<String>,
}

#[test]
fn sharing_survives_removed_and_reordered_fields() {
    let (a, b) = (Rc::new("a".to_owned()), Rc::new("b".to_owned()));
    let old = GraphV1 {
        dropped: a.clone(),
        first: Rc::downgrade(&a),
        kept: a.clone(),
        again: vec![a.clone(), a.clone()],
        lost: Rc::downgrade(&b),
    };
    let new: GraphV2 = cerial::deserialize(&cerial::serialize(&old).unwrap()).unwrap();
    assert_eq!(*new.kept, "a");
    assert!(new.again.iter().all(|p| Rc::ptr_eq(p, &new.kept)));
    assert!(Rc::ptr_eq(&new.first.upgrade().unwrap(), &new.kept));
    assert!(new.lost.upgrade().is_none());
    assert_eq!((&**new.added, &**new.added_too), ("default", "default"));
    assert!(!Rc::ptr_eq(&new.added, &new.added_too));
}

mod handled {
    use super::*;
    use cerial::{Extract, Handler, Options, Rebuild, Registry, Result, Serde, Via};
    use std::sync::Arc;

    #[derive(Debug, PartialEq, Clone, serde::Serialize, serde::Deserialize)]
    pub(crate) struct Money {
        currency: String,
        cents: i64,
    }

    #[derive(Cerial)]
    #[cerial(name = "t::MoneyState")]
    pub(crate) struct StateV1 {
        cents: i32,
        currency: String,
    }
    #[derive(Cerial)]
    #[cerial(name = "t::MoneyState")]
    pub(crate) struct StateV2 {
        currency: String,
        cents: i64,
        #[cerial(default)]
        note: String,
    }

    macro_rules! handler {
        ($name:ident $state:ident |$m:ident| $extract:expr) => {
            struct $name;
            impl Handler for $name {
                type Value = Money;
                type State = $state;
                const KEY: &'static str = "t::Money";
                fn extract($m: &Money, _: &mut Extract) -> Result<$state> {
                    Ok($extract)
                }
                fn rebuild(s: $state, _: &mut Rebuild) -> Result<Money> {
                    Ok(Money { currency: s.currency, cents: s.cents.into() })
                }
            }
        };
    }
    handler!(HandlerV1 StateV1 |m| StateV1 { cents: m.cents as i32, currency: m.currency.clone() });
    handler!(HandlerV2 StateV2 |m| StateV2 { currency: m.currency.clone(), cents: m.cents, note: String::new() });

    fn options<H: Handler>() -> Options {
        Options::new().with_registry(Arc::new(Registry::empty().handler::<H>().build()))
    }

    #[test]
    fn a_handler_reads_the_state_of_its_older_self() {
        let money = Money { currency: "EUR".into(), cents: 250 };
        let bytes = options::<HandlerV1>().serialize(&vec![Via(money.clone()), Via(money.clone())]).unwrap();
        let back: Vec<Via<Money>> = options::<HandlerV2>().deserialize(&bytes).unwrap();
        assert_eq!((&back[0].0, &back[1].0), (&money, &money));
    }

    #[derive(Cerial)]
    #[cerial(name = "t::Purse")]
    struct BySerde {
        #[cerial(serde)]
        money: Money,
    }
    #[derive(Cerial)]
    #[cerial(name = "t::Purse")]
    struct ByHandler {
        #[cerial(handler)]
        money: Money,
    }

    #[test]
    fn a_handler_reads_what_serde_wrote() {
        let money = Money { currency: "EUR".into(), cents: 250 };
        let bytes = cerial::serialize(&BySerde { money: money.clone() }).unwrap();
        let back: ByHandler = options::<HandlerV2>().deserialize(&bytes).unwrap();
        assert_eq!(back.money, money);
        let _ = Serde(0);
    }

    #[derive(Cerial)]
    #[cerial(name = "t::SharedState")]
    pub(crate) struct SharedV1 {
        shared: Rc<String>,
    }
    #[derive(Cerial)]
    #[cerial(name = "t::SharedState")]
    pub(crate) struct SharedV2 {
        shared: Rc<String>,
        more: Option<u8>,
    }
    pub(crate) struct Pointer(Rc<String>);
    struct PointerV1;
    impl Handler for PointerV1 {
        type Value = Pointer;
        type State = SharedV1;
        const KEY: &'static str = "t::Pointer";
        fn extract(p: &Pointer, _: &mut Extract) -> Result<SharedV1> {
            Ok(SharedV1 { shared: p.0.clone() })
        }
        fn rebuild(s: SharedV1, _: &mut Rebuild) -> Result<Pointer> {
            Ok(Pointer(s.shared))
        }
    }
    struct PointerV2;
    impl Handler for PointerV2 {
        type Value = Pointer;
        type State = SharedV2;
        const KEY: &'static str = "t::Pointer";
        fn extract(p: &Pointer, _: &mut Extract) -> Result<SharedV2> {
            Ok(SharedV2 { shared: p.0.clone(), more: None })
        }
        fn rebuild(s: SharedV2, _: &mut Rebuild) -> Result<Pointer> {
            let _ = s.more;
            Ok(Pointer(s.shared))
        }
    }

    #[test]
    fn a_changed_state_with_shared_pointers_is_refused() {
        let bytes = options::<PointerV1>().serialize(&vec![Via(Pointer(Rc::new("x".into())))]).unwrap();
        let Err(error) = options::<PointerV2>().deserialize::<Vec<Via<Pointer>>>(&bytes) else {
            panic!("read")
        };
        assert_eq!(error.kind(), ErrorKind::TypeMismatch);
        assert!(error.to_string().contains("shared pointers"), "{error}");
    }
}

#[derive(Cerial)]
#[cerial(name = "t::Signal")]
enum SignalV2 {
    Stop,
    Go { speed: u32 },
    Turn(Vec<String>),
}

#[derive(Cerial, Debug, PartialEq)]
#[cerial(name = "t::Signal")]
enum SignalV1 {
    Stop,
    #[cerial(other)]
    Unknown,
    Go {
        speed: u64,
    },
}

#[test]
fn variants_that_are_not_there_become_the_other_one() {
    carried(
        &vec![SignalV2::Turn(vec!["left".into()]), SignalV2::Go { speed: 3 }, SignalV2::Stop],
        vec![SignalV1::Unknown, SignalV1::Go { speed: 3 }, SignalV1::Stop],
    );
    assert_eq!(cerial::from_json::<SignalV1>("{\"Turn\": [\"left\"]}").unwrap(), SignalV1::Unknown);
    // What is written as the other one says so by its own name.
    assert_eq!(cerial::to_json(&SignalV1::Unknown).unwrap(), "\"Unknown\"");
}
