//! Spans of runs: in a process of its own, whose subscriber collects them.
#![cfg(feature = "tracing")]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use suitkaise_processing::{Pool, Stdio};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

suitkaise_processing::test_support!();

/// Notes what it is told, a line each.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>, Arc<AtomicU64>);

impl Notes {
    fn note(&self, what: &str, fields: impl FnOnce(&mut Line)) {
        let mut line = Line(what.to_owned());
        fields(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!(" {}={value:?}", field.name());
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "suitkaise::pool"
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note("begin", |line| span.record(line));
        Id::from_u64(self.1.fetch_add(1, Ordering::SeqCst) + 1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        self.note("record", |line| values.record(line));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        self.note("event", |line| event.record(line));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
    fn try_close(&self, _: Id) -> bool {
        self.note("end", |_| {});
        true
    }
}

#[test]
fn a_run_is_a_span_and_its_errors_are_events_in_it() {
    let notes = Notes::default();
    tracing::subscriber::with_default(notes.clone(), || {
        let fails = |n: u64| if n == 2 { Err("no") } else { Ok(n) };
        let pool = Pool::workers(1).stdio(Stdio::Null, Stdio::Null);
        assert_eq!(pool.try_imap(fails, 0..4).unwrap().filter(Result::is_ok).count(), 3);
    });
    let notes = notes.0.lock().unwrap();
    assert!(notes[0].starts_with("begin") && notes[0].contains("workers=1"), "{notes:?}");
    assert!(notes[1].starts_with("event") && notes[1].contains("item=2"), "{notes:?}");
    assert!(notes[1].contains("kind=Failed") && notes[1].contains("item 2: no"), "{notes:?}");
    assert_eq!(notes[2..], ["record items=4", "record failed=1", "end"].map(str::to_owned));
}
