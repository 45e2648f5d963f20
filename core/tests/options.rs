//! What the options change.
#![allow(missing_docs)]

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use cerial::{Cerial, Mode, Options};

#[derive(Cerial)]
struct Job {
    name: String,
    tags: HashSet<String>,
    sizes: HashMap<u64, Vec<u8>>,
}

fn job(order: impl Iterator<Item = u64>) -> Job {
    let mut job = Job { name: "j".into(), tags: HashSet::new(), sizes: HashMap::new() };
    for i in order {
        job.tags.insert(format!("tag{i}"));
        job.sizes.insert(i, vec![i as u8; 3]);
    }
    job
}

#[test]
fn canonical_bytes_of_equal_values_are_equal() {
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode).canonical(true);
        let (up, down) =
            (options.serialize(&job(0..50)).unwrap(), options.serialize(&job((0..50).rev())).unwrap());
        assert_eq!(up, down);
        let back: Job = options.deserialize(&up).unwrap();
        assert_eq!((back.tags.len(), back.sizes.len()), (50, 50));
    }
}

#[test]
fn verbose_prints_what_is_written_and_read() {
    let sink = Arc::new(Mutex::new(Vec::<u8>::new()));
    for mode in [Mode::Portable, Mode::Compact] {
        let options = Options::new().mode(mode).verbose_to(sink.clone());
        let bytes = options.serialize(&job(0..2)).unwrap();
        options.deserialize::<Job>(&bytes).unwrap();
    }
    let text = String::from_utf8(sink.lock().unwrap().clone()).unwrap();
    assert_eq!(text.matches("wrote `options::Job`").count(), 2, "{text}");
    assert!(text.contains("read `options::Job`") && text.contains("compact bytes"), "{text}");
    assert!(text.contains("[0] options::Job") && text.contains("[1] name: \"j\""), "{text}");
    assert!(text.contains("[1] tags: 2 x text") && text.contains("[2] sizes -> [1]: 3 bytes"), "{text}");
    assert!(!text.contains('\x1b'), "a sink is no terminal");
}

#[test]
fn verbose_names_handlers_and_tells_values_without_a_tail() {
    let sink = Arc::new(Mutex::new(Vec::<u8>::new()));
    let options = Options::new().verbose_to(sink.clone());
    options.serialize(&(1_u8, 2.5)).unwrap();
    options.serialize(&vec![cerial::Serde(("deep".to_owned(), 7))]).unwrap();
    let text = String::from_utf8(sink.lock().unwrap().clone()).unwrap();
    assert!(text.contains("wrote `(u8, f64)`") && text.contains("[1] [1]: 2.5"), "{text}");
    assert!(text.contains("[1] [0]: serde: 2 elements"), "{text}");
}

#[derive(Cerial)]
struct Office {
    jobs: Vec<Work>,
}
#[derive(Cerial)]
enum Work {
    Idle,
    Paint { rule: Option<Box<Rule>> },
}
#[derive(Cerial)]
struct Rule {
    cell: std::cell::RefCell<u8>,
}

#[test]
fn debug_shows_what_each_step_saw() {
    let rule = Box::new(Rule { cell: 1.into() });
    let office = Office { jobs: vec![Work::Idle, Work::Paint { rule: Some(rule) }] };
    let Work::Paint { rule: Some(rule) } = &office.jobs[1] else { panic!() };
    let _borrowed = rule.cell.borrow_mut();
    let plain = cerial::serialize(&office).unwrap_err();
    let debug = format!("{:?}", Options::new().debug(true).serialize(&office).unwrap_err());
    assert!(!format!("{plain:?}").contains("seen:"));
    for line in [
        "seen: the root: options::Office",
        "seen: `jobs`: list<options::Work>",
        "seen: `jobs[1]`: options::Work",
        "seen: `jobs[1].rule`: option<options::Rule>",
        "seen: `jobs[1].rule.cell`: u8",
        "bytes were written before it failed",
    ] {
        assert!(debug.contains(line), "{line}: {debug}");
    }
}

#[test]
fn debug_shows_what_a_step_saw() {
    let mut bytes = cerial::serialize(&job(0..2)).unwrap();
    bytes.truncate(bytes.len() - 1);
    let plain = format!("{:?}", cerial::deserialize::<Job>(&bytes).err().unwrap());
    let debug = format!("{:?}", Options::new().debug(true).deserialize::<Job>(&bytes).err().unwrap());
    assert!(!plain.contains("seen:") && debug.contains("seen:"), "{debug}");
}
