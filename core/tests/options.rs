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
    assert!(text.contains("[1]     name: \"j\""), "{text}");
    assert!(!text.contains('\x1b'), "a sink is no terminal");
}

#[test]
fn debug_shows_what_a_step_saw() {
    let mut bytes = cerial::serialize(&job(0..2)).unwrap();
    bytes.truncate(bytes.len() - 1);
    let plain = format!("{:?}", cerial::deserialize::<Job>(&bytes).err().unwrap());
    let debug = format!("{:?}", Options::new().debug(true).deserialize::<Job>(&bytes).err().unwrap());
    assert!(!plain.contains("seen:") && debug.contains("seen:"), "{debug}");
}
