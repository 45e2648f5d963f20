//! `#[sk]` on impl blocks.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(missing_docs, unreachable_pub, reason = "the types stand for a library's")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use suitkaise_sk::{Kind, sk};

#[derive(Default, Clone)]
struct Stats {
    hits: u64,
    by_host: BTreeMap<String, u64>,
    log: Arc<Mutex<Vec<String>>>,
}

#[sk]
impl Stats {
    /// Makes an empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a hit.
    pub fn hit(&mut self, host: String) {
        self.hits += 1;
        *self.by_host.entry(host).or_default() += 1;
    }

    /// Lists the hosts with most hits.
    pub fn top(&self, n: usize) -> Vec<(String, u64)> {
        let mut all: Vec<_> = self.by_host.iter().map(|(h, n)| (h.clone(), *n)).collect();
        all.sort_by_key(|(_, hits)| std::cmp::Reverse(*hits));
        all.truncate(n);
        all
    }

    pub fn hits(&self) -> u64 {
        self.hits
    }

    pub fn note(&self, line: &str) -> Result<usize, String> {
        let mut log = self.log.lock().unwrap();
        log.push(line.to_owned());
        if log.len() < 3 { Err("too few".into()) } else { Ok(log.len()) }
    }

    pub fn nap(&self, ms: u64) -> u64 {
        std::thread::sleep(Duration::from_millis(ms));
        self.hits
    }

    fn nap_twice(&self) -> u64 {
        self.nap(1) + self.nap(1)
    }

    pub fn grow(&mut self, by: u64) -> Result<u64, String> {
        self.hits += by;
        if self.hits < 3 { Err("small".into()) } else { Ok(self.hits) }
    }

    pub fn same(&self, other: &Stats) -> bool {
        self.hits == other.hits
    }

    #[sk(skip)]
    pub fn borrowed(&self) -> &BTreeMap<String, u64> {
        &self.by_host
    }

    #[sk(reads(hits), writes(log))]
    pub fn stated(&self) {
        drop(self.clone());
    }

    pub fn convert<T: From<u64>>(&self) -> T {
        T::from(self.hits)
    }
}

#[sk(extend)]
impl Stats {
    pub fn doubled(&self) -> u64 {
        self.hits * 2
    }
}

#[test]
fn methods_have_modifiers() {
    let mut stats = Stats::new();
    assert_eq!(stats.sk().note().retry(3).delay(0.0).call("x").unwrap(), 3);
    assert_eq!(stats.sk_mut().grow().retry(5).delay(0.0).call(1).unwrap(), 3);
    assert_eq!(stats.hits, 3);
    assert_eq!(stats.sk().hits().rate_limit(1000).call().unwrap(), 3);
    assert_eq!(stats.sk().doubled().call().unwrap(), 6);
    assert_eq!(stats.sk().convert::<u64>().timeout(1).call().unwrap(), 3);
    assert_eq!(stats.nap_twice(), 6);
    stats.stated();
    assert!(stats.borrowed().is_empty());
}

#[test]
fn another_thread_gets_a_copy_of_the_object_or_the_arc() {
    let stats = Stats { hits: 4, ..Stats::default() };
    let error = stats.sk().nap().timeout(0.01).call(300).unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
    assert_eq!(error.as_timeout().unwrap().function(), "Stats::nap");
    assert_eq!(stats.sk().nap().background().call(1).result().unwrap(), 4);
    assert!(stats.sk().same().background().call(&stats).result().unwrap());

    struct Counter(AtomicU32);
    #[sk]
    impl Counter {
        fn next(&self) -> u32 {
            self.0.fetch_add(1, Ordering::Relaxed)
        }
    }
    let counter = Arc::new(Counter(AtomicU32::new(0)));
    Counter::sk_arc(Arc::clone(&counter)).next().background().call().result().unwrap();
    assert_eq!(counter.next(), 1);
    assert_eq!(counter.sk().next().call().unwrap(), 2);
}

#[test]
fn metadata_says_what_methods_read_and_write() {
    let meta = Stats::shared_meta();
    assert_eq!(meta.type_name, "Stats");
    let hit = meta.method("hit").unwrap();
    assert_eq!((hit.reads, hit.writes), (&["by_host", "hits"][..], &["by_host", "hits"][..]));
    assert!(hit.exclusive && hit.shared && !hit.returns && !hit.getter);
    let top = meta.method("top").unwrap();
    assert_eq!((top.reads, top.writes), (&["by_host"][..], &[][..]));
    let hits = meta.method("hits").unwrap();
    assert!(hits.getter && hits.returns && hits.writes.is_empty());
    let stated = meta.method("stated").unwrap();
    assert_eq!((stated.reads, stated.writes), (&["hits"][..], &["log"][..]));
    assert!(meta.method("note").unwrap().may_write("log"));
    assert!(!meta.method("nap_twice").unwrap().shared, "it is private");
    assert!(!meta.method("convert").unwrap().shared, "it is generic");
    assert_eq!(meta.attributes(), ["by_host", "hits", "log"]);
    for (place, method) in meta.methods().enumerate() {
        assert_eq!(method.index as usize, place);
    }
}

#[test]
fn blocking_methods_include_those_that_call_them() {
    let blocking: Vec<_> = Stats::blocking_methods().iter().map(|m| (m.name, m.calls)).collect();
    assert_eq!(blocking, [("nap", &["std::thread::sleep"][..]), ("nap_twice", &["std::thread::sleep"][..])]);
}

#[test]
fn generic_types_have_modifiers() {
    #[derive(Clone)]
    struct Pile<K, const N: usize>
    where
        K: Ord,
    {
        items: [K; N],
    }
    #[sk]
    impl<K: Ord + Clone + Send + 'static, const N: usize> Pile<K, N> {
        pub fn least(&self) -> Option<K> {
            self.items.iter().min().cloned()
        }
        pub fn replace(&mut self, at: usize, with: K) -> Result<(), String> {
            *self.items.get_mut(at).ok_or("outside")? = with;
            Ok(())
        }
    }
    let mut pile = Pile { items: [3, 1, 2] };
    assert_eq!(pile.sk().least().timeout(1).call().unwrap(), Some(1));
    pile.sk_mut().replace().retry(1).call(1, 9).unwrap();
    assert_eq!(pile.least(), Some(2));
    assert_eq!(Pile::<u32, 3>::shared_meta().method("replace").unwrap().writes, ["items"]);

    struct Reader<'t> {
        text: &'t str,
    }
    #[sk]
    impl<'t> Reader<'t> {
        pub fn len(&self) -> usize {
            self.text.len()
        }
    }
    assert_eq!(Reader { text: "abc" }.sk().len().call().unwrap(), 3);
}
