//! Handlers behind the derive: in containers, in locks of every crate, and beside serde.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};

use cerial::{Cerial, ErrorKind, Limits, Mode, Options, Registry, Via};
use cerial_plugins::{Drained, Queue};
use regex::Regex;
use url::Url;
use uuid::Uuid;

#[derive(Cerial)]
struct Everything {
    path: PathBuf,
    boxed: Box<Path>,
    by_id: BTreeMap<Uuid, Url>,
    shared: Vec<Arc<parking_lot::Mutex<Regex>>>,
    read: parking_lot::RwLock<Vec<PathBuf>>,
    asynced: tokio::sync::Mutex<HashMap<String, IpAddr>>,
    settled: tokio::sync::RwLock<u32>,
    queue: Arc<Queue<Via<Regex>>>,
    again: Arc<Queue<Via<Regex>>>,
}

#[test]
fn foreign_types_stand_in_containers_and_in_locks_of_other_crates() {
    let one = Arc::new(parking_lot::Mutex::new(Regex::new("a").unwrap()));
    let queue = Arc::new(Queue::bounded(4));
    queue.put(Via(Regex::new("q").unwrap()));
    let value = Everything {
        path: "/p".into(),
        boxed: Path::new("/b").into(),
        by_id: BTreeMap::from([(Uuid::nil(), Url::parse("https://a/").unwrap())]),
        shared: vec![one.clone(), one],
        read: parking_lot::RwLock::new(vec!["x".into()]),
        asynced: tokio::sync::Mutex::new(HashMap::from([("a".into(), [127, 0, 0, 1].into())])),
        settled: tokio::sync::RwLock::new(7),
        queue: queue.clone(),
        again: queue,
    };
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode);
        let back: Everything = options.deserialize(&options.serialize(&value).unwrap()).unwrap();
        assert_eq!((&back.path, &back.boxed), (&value.path, &value.boxed));
        assert_eq!(back.by_id, value.by_id);
        assert!(Arc::ptr_eq(&back.shared[0], &back.shared[1]));
        assert_eq!(back.shared[0].lock().as_str(), "a");
        assert_eq!(*back.read.read(), *value.read.read());
        assert_eq!(*back.asynced.try_lock().unwrap(), *value.asynced.try_lock().unwrap());
        assert_eq!(*back.settled.try_read().unwrap(), 7);
        assert!(Arc::ptr_eq(&back.queue, &back.again));
        assert_eq!(back.queue.capacity(), Some(4));
        assert_eq!(back.queue.try_get().unwrap().as_str(), "q");
        assert_eq!(value.queue.len(), 1);
    }
}

#[test]
fn containers_of_other_crates_hold_what_only_a_handler_knows() {
    #[derive(Cerial)]
    struct Foreign {
        ordered: indexmap::IndexMap<String, Regex>,
        shared: dashmap::DashMap<u8, Arc<Regex>>,
        few: arrayvec::ArrayVec<Option<Regex>, 2>,
        reentrant: parking_lot::ReentrantMutex<Regex>,
        named: IndexMap<u8>,
    }
    /// Named like a container, and none.
    #[derive(Cerial, PartialEq, Debug)]
    struct IndexMap<T>(T);

    let regex = |p: &str| Regex::new(p).unwrap();
    let one = Arc::new(regex("s"));
    let value = Foreign {
        ordered: [("b".to_owned(), regex("1")), ("a".to_owned(), regex("2"))].into_iter().collect(),
        shared: [(1, one.clone()), (2, one)].into_iter().collect(),
        few: [Some(regex("f")), None].into_iter().collect(),
        reentrant: regex("r").into(),
        named: IndexMap(7),
    };
    let back: Foreign = cerial::deserialize(&cerial::serialize(&value).unwrap()).unwrap();
    assert_eq!(back.ordered.keys().collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(back.ordered["a"].as_str(), "2");
    assert!(Arc::ptr_eq(&back.shared.get(&1).unwrap(), &back.shared.get(&2).unwrap()));
    assert!(back.few[0].as_ref().unwrap().is_match("f") && back.few[1].is_none());
    assert_eq!((back.reentrant.lock().as_str(), back.named), ("r", IndexMap(7)));
}

#[test]
fn a_dashmap_that_this_thread_holds_is_an_error_not_a_deadlock() {
    let map: dashmap::DashMap<u8, u8> = [(1, 2)].into_iter().collect();
    let options = Options::new().limits(Limits::new().lock_wait(std::time::Duration::from_millis(5)));
    let held = map.get_mut(&1);
    let error = options.serialize(&map).unwrap_err();
    assert!(error.to_string().contains("held elsewhere"), "{error}");
    drop(held);
    options.serialize(&map).unwrap();
}

#[test]
fn what_makes_no_value_of_another_crate_is_refused() {
    fn refused<T: Cerial + std::fmt::Debug>(state: &impl Cerial, says: &str) {
        let error = cerial::deserialize::<T>(&cerial::serialize(state).unwrap()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    #[derive(Cerial)]
    #[cerial(name = "num_rational::Ratio")]
    struct Ratio {
        numer: i64,
        denom: i64,
    }
    for (numer, denom) in [(1, 0), (2, 4), (1, -2), (0, 7), (i64::MIN, -1)] {
        refused::<num_rational::Ratio<i64>>(&Ratio { numer, denom }, "lowest terms");
    }
    #[derive(Cerial)]
    #[cerial(name = "nalgebra::DMatrix")]
    struct Matrix {
        rows: u64,
        columns: u64,
        data: Vec<f64>,
    }
    for (rows, columns) in [(3, 1), (u64::MAX, 2), (0, 0)] {
        let matrix = Matrix { rows, columns, data: vec![0.0; 2] };
        refused::<nalgebra::DMatrix<f64>>(&matrix, "do not fill");
    }
    #[derive(Cerial)]
    #[cerial(name = "ndarray::Array")]
    struct Array {
        dim: Vec<u64>,
        data: Vec<u8>,
    }
    for dim in [vec![3], vec![1 << 40, 1 << 40], vec![1; 40]] {
        refused::<ndarray::ArrayD<u8>>(&Array { dim, data: vec![0; 2] }, "an array");
    }
    refused::<ordered_float::NotNan<f64>>(&f64::NAN, "NaN");
    refused::<nalgebra::UnitQuaternion<f64>>(&[[1.0, 1.0, 0.0, 0.0]], "length one");
    refused::<arrayvec::ArrayVec<u8, 2>>(&vec![1_u8, 2, 3], "do not fit");
    refused::<arrayvec::ArrayString<2>>(&"abc".to_owned(), "do not fit");
}

#[test]
fn a_thread_that_runs_and_a_lazy_value_that_panics_are_errors() {
    let (sender, receiver) = channel::<()>();
    let running = cerial_plugins::Finished::new(std::thread::spawn(move || receiver.recv().is_err()));
    let error = cerial::serialize(&running).unwrap_err();
    assert!(error.help().unwrap().contains("wait"), "{error}");
    drop(sender);
    assert_eq!(running.into_result(), Ok(true));
    let panicked = cerial_plugins::Finished::new(std::thread::spawn(|| -> u8 { panic!("on purpose") }));
    panicked.wait();
    let back: cerial_plugins::Finished<u8> =
        cerial::deserialize(&cerial::serialize(&panicked).unwrap()).unwrap();
    assert_eq!(back.into_result(), Err("on purpose".to_owned()));
    let lazy = cerial_plugins::Lazy::new(|| -> u8 { panic!("on purpose") });
    let error = cerial::serialize(&lazy).unwrap_err();
    assert!(error.to_string().contains("panicked"), "{error}");
}

#[test]
fn a_task_local_is_taken_along_and_put_in_its_place() {
    tokio::task_local! { static TRACE: u64; }
    cerial_plugins::context! { struct Trace: u64 = task_local TRACE; }
    type Var = cerial_plugins::ContextVar<Trace>;

    let bytes = TRACE.sync_scope(7, || cerial::serialize(&Var::new()).unwrap());
    let back: Var = cerial::deserialize(&bytes).unwrap();
    assert_eq!(back.run(|| TRACE.get()), 7);
    assert_eq!(TRACE.try_with(|trace| *trace).ok(), None);
    // Written outside of any scope it holds nothing, and runs things as they are.
    let none: Var = cerial::deserialize(&cerial::serialize(&Var::new()).unwrap()).unwrap();
    assert_eq!((none.value(), none.run(|| TRACE.try_get().is_err())), (None, true));
}

#[test]
fn a_poisoned_lock_says_that_it_is_poisoned() {
    let lock = Arc::new(std::sync::Mutex::new(1));
    let other = lock.clone();
    let panicked = std::thread::spawn(move || {
        let _guard = other.lock().unwrap();
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    let error = cerial::serialize(&lock).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("poisoned"), "{error}");
    lock.clear_poison();
    cerial::serialize(&lock).unwrap();
}

#[test]
fn a_lock_held_elsewhere_is_an_error_that_says_so() {
    #[derive(Cerial)]
    struct Held {
        a: parking_lot::Mutex<u8>,
        b: tokio::sync::RwLock<u8>,
    }
    let value = Held { a: parking_lot::Mutex::new(1), b: tokio::sync::RwLock::new(2) };
    let wait = Limits::new().lock_wait(std::time::Duration::from_millis(5));
    let options = Options::new().limits(wait);
    let guard = value.a.lock();
    let error = options.serialize(&value).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unwritable, "a"));
    drop(guard);
    let _guard = value.b.try_write().unwrap();
    let error = options.serialize(&value).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unwritable, "b"));
    assert!(error.to_string().contains("held elsewhere"), "{error}");
}

#[test]
fn a_lone_end_of_a_channel_is_refused_by_name_with_advice() {
    #[derive(Cerial)]
    struct Ends {
        sender: Option<Sender<u8>>,
        receiver: Option<Receiver<u8>>,
        barrier: Option<Barrier>,
    }
    let (sender, receiver) = channel();
    let none = || Ends { sender: None, receiver: None, barrier: None };
    cerial::serialize(&none()).unwrap();
    for (ends, place, name) in [
        (Ends { sender: Some(sender), ..none() }, "sender", "Sender<u8>"),
        (Ends { receiver: Some(receiver), ..none() }, "receiver", "Receiver<u8>"),
        (Ends { barrier: Some(Barrier::new(2)), ..none() }, "barrier", "Barrier"),
    ] {
        let error = cerial::serialize(&ends).unwrap_err();
        assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unknown, place));
        assert!(error.to_string().contains(name), "{error}");
        let help = error.help().unwrap();
        assert!(
            help.contains(if place == "barrier" { "cerial_plugins::Barrier" } else { "Queue" }),
            "{help}"
        );
    }
}

#[test]
fn a_drained_receiver_travels_as_its_items_and_loses_none() {
    #[derive(Cerial)]
    struct Job {
        inbox: Drained<Receiver<String>>,
    }
    let (sender, receiver) = channel();
    let job = Job { inbox: Drained::new(receiver) };
    for i in 0..3 {
        sender.send(i.to_string()).unwrap();
    }
    let first = cerial::serialize(&job).unwrap();
    assert_eq!(cerial::serialize(&job).unwrap(), first);
    let back: Job = cerial::deserialize(&first).unwrap();
    sender.send("3".into()).unwrap();
    let all = |inbox: &Drained<Receiver<String>>| std::iter::from_fn(|| inbox.next_now()).collect::<Vec<_>>();
    assert_eq!(all(&back.inbox), ["0", "1", "2"]);
    assert_eq!(all(&job.inbox), ["0", "1", "2", "3"]);
}

#[test]
#[cfg(feature = "crossbeam-channel")]
fn a_receiver_of_crossbeam_is_drained_as_that_of_std() {
    let (sender, receiver) = crossbeam_channel::bounded(8);
    (0..3).for_each(|i| sender.send(i).unwrap());
    let bytes = cerial::serialize(&Drained::new(receiver)).unwrap();
    let back: Drained<crossbeam_channel::Receiver<u32>> = cerial::deserialize(&bytes).unwrap();
    assert_eq!(back.into_parts().0, [0, 1, 2]);
}

/// A registry without handlers: what it writes for these types is serde's form.
fn bare() -> Options {
    Options::new().with_registry(Arc::new(Registry::empty().build()))
}

#[test]
fn the_handler_goes_before_serde_and_reads_what_serde_wrote() {
    #[derive(Cerial, PartialEq, Debug)]
    struct Page {
        url: Url,
        id: Uuid,
    }
    let page = Page { url: Url::parse("https://a/b").unwrap(), id: Uuid::from_u128(7) };
    let by_handler = cerial::serialize(&page).unwrap();
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(has(&by_handler, "url::Url") && has(&by_handler, "uuid::Uuid"));
    let by_serde = bare().serialize(&page).unwrap();
    assert!(!has(&by_serde, "url::Url"));
    assert_eq!(cerial::deserialize::<Page>(&by_serde).unwrap(), page);
    assert_eq!(cerial::deserialize::<Page>(&by_handler).unwrap(), page);
    let error = bare().deserialize::<Page>(&by_handler).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unknown, "url"));
}

#[test]
fn handlers_of_other_crates_read_what_their_serde_wrote() {
    macro_rules! both {
        ($($name:ident: $ty:ty = $value:expr;)*) => {
            #[derive(Cerial)]
            #[cerial(name = "both")]
            struct Free {
                $($name: $ty),*
            }
            /// A program that has no serde for the types.
            #[derive(Cerial)]
            #[cerial(name = "both")]
            struct Handled {
                $(#[cerial(handler)] $name: $ty),*
            }
            let all = Free { $($name: $value),* };
            let by_serde = bare().serialize(&all).unwrap();
            let free: Free = cerial::deserialize(&by_serde).unwrap();
            let handled: Handled = cerial::deserialize(&by_serde).unwrap_or_else(|e| panic!("{e:?}"));
            $(assert_eq!((&free.$name, &handled.$name), (&all.$name, &all.$name));)*
            // And the other way: what the handlers wrote is read by the same handlers in both.
            let by_handlers = cerial::serialize(&handled).unwrap();
            let free: Free = cerial::deserialize(&by_handlers).unwrap();
            $(assert_eq!(free.$name, all.$name);)*
        };
    }
    let utc: chrono::DateTime<chrono::Utc> = "2024-02-29T23:59:59.123456789Z".parse().unwrap();
    let now = time::OffsetDateTime::UNIX_EPOCH + time::Duration::new(7, 8);
    let zoned: jiff::Zoned = "2024-07-01T12:00:00.5-04:00[America/New_York]".parse().unwrap();
    both! {
        date: chrono::NaiveDate = utc.date_naive();
        clock: chrono::NaiveTime = utc.time();
        naive: chrono::NaiveDateTime = utc.naive_utc();
        utc: chrono::DateTime<chrono::Utc> = utc;
        fixed: chrono::DateTime<chrono::FixedOffset> = utc.fixed_offset();
        delta: chrono::TimeDelta = chrono::TimeDelta::nanoseconds(-7);
        weekday: chrono::Weekday = chrono::Weekday::Tue;
        month: chrono::Month = chrono::Month::May;
        stamp: jiff::Timestamp = zoned.timestamp();
        zoned: jiff::Zoned = zoned.clone();
        civil_date: jiff::civil::Date = zoned.date();
        civil_time: jiff::civil::Time = zoned.time();
        civil: jiff::civil::DateTime = zoned.datetime();
        signed: jiff::SignedDuration = jiff::SignedDuration::from_millis(-1500);
        day: time::Date = now.date();
        hour: time::Time = now.time();
        primitive: time::PrimitiveDateTime = time::PrimitiveDateTime::new(now.date(), now.time());
        there: time::OffsetDateTime = now;
        offset: time::UtcOffset = time::UtcOffset::from_hms(1, 2, 3).unwrap();
        span: time::Duration = time::Duration::nanoseconds(-7);
        may: time::Month = time::Month::May;
        tuesday: time::Weekday = time::Weekday::Tuesday;
        buffer: bytes::Bytes = bytes::Bytes::from_static(b"abc");
        mutable: bytes::BytesMut = bytes::BytesMut::from(&b"def"[..]);
        big: num_bigint::BigInt = (-7).into();
        large: num_bigint::BigUint = u128::MAX.into();
        decimal: rust_decimal::Decimal = "1.50".parse().unwrap();
        version: semver::Version = "1.2.3-rc.1".parse().unwrap();
        wanted: semver::VersionReq = "^1".parse().unwrap();
        compared: semver::Comparator = "~2.1".parse().unwrap();
        level: log::Level = log::Level::Warn;
        filter: log::LevelFilter = log::LevelFilter::Off;
    }
}

#[test]
fn the_registry_lists_what_the_crate_brings() {
    use cerial_plugins as _;
    let keys = Registry::global().handler_keys();
    for key in ["std::Instant", "std::Condvar", "regex::Regex", "url::Url", "uuid::Uuid"] {
        assert!(keys.contains(&key), "{keys:?}");
    }
}

#[test]
fn a_pattern_that_compiles_to_more_than_the_budget_is_refused() {
    // Each is a few bytes of input and megabytes of memory.
    let bombs: Vec<Via<Regex>> = (0..200).map(|_| Via(Regex::new(r"\w{20}\w{20}").unwrap())).collect();
    let bytes = cerial::serialize(&bombs).unwrap();
    let limits = Limits::untrusted().alloc_bytes(64 << 20);
    let error = Options::new().limits(limits).deserialize::<Vec<Via<Regex>>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(error.handler(), Some("regex::Regex"));
    assert!(error.path().starts_with('['), "{error}");
}

#[test]
fn a_state_that_makes_no_value_is_an_error_with_its_place() {
    #[derive(cerial::Cerial)]
    #[cerial(transparent)]
    struct As(#[cerial(with = Lying)] String);
    struct Lying;
    impl cerial::Handler for Lying {
        type Value = String;
        type State = String;
        const KEY: &'static str = "test::Lying";
        fn extract(v: &String, _: &mut cerial::Extract) -> cerial::Result<String> {
            Ok(v.clone())
        }
        fn rebuild(s: String, _: &mut cerial::Rebuild) -> cerial::Result<String> {
            Ok(s)
        }
    }
    #[derive(cerial::Cerial)]
    struct Back {
        #[cerial(with = cerial_plugins::RegexHandler)]
        pattern: Regex,
    }
    let options = Options::new();
    let mut bytes = options.serialize(&Back { pattern: Regex::new("a+b+c").unwrap() }).unwrap();
    let lie = options.serialize(&As("a+(+c".into())).unwrap();
    // The value stands behind the schema: its last six bytes are the state.
    let at = bytes.len() - 6;
    bytes[at..].copy_from_slice(&lie[lie.len() - 6..]);
    let error = options.deserialize::<Back>(&bytes).err().unwrap();
    assert_eq!((error.path().as_str(), error.handler()), ("pattern", Some("regex::Regex")));
}
