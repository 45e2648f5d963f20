//! Attacks on time: what grows faster than the bytes.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Instant;

use cerial::{Cerial, ErrorKind, Mode};

use crate::{DEADLINE, held, tight};

/// One object that holds the one before it ten times.
#[derive(Cerial)]
#[cerial(name = "hostile::Laugh")]
struct Laugh {
    below: Vec<Rc<Laugh>>,
}

fn laughs(levels: usize) -> Rc<Laugh> {
    (0..levels).fold(Rc::new(Laugh { below: vec![] }), |below, _| Rc::new(Laugh { below: vec![below; 10] }))
}

#[test]
fn objects_that_refer_to_each_other_ten_times_take_no_more_than_their_bytes() {
    // 10^60 paths through 60 objects.
    let bytes = cerial::serialize(&laughs(60)).unwrap();
    assert!(bytes.len() < 2_000, "{}", bytes.len());
    let (result, peak) =
        held("laughs", bytes.len(), || tight(Mode::Portable).deserialize::<Rc<Laugh>>(&bytes));
    let root = result.unwrap();
    assert!(root.below.iter().all(|below| Rc::ptr_eq(below, &root.below[0])) && peak < 64 << 10, "{peak}");
    let ir = cerial::inspect(&bytes).unwrap();
    let json = cerial::ir_to_json(&ir).unwrap();
    assert!(json.len() < 1 << 20 && ir.to_string().len() < 1 << 20, "{}", json.len());
    let again: Rc<Laugh> = cerial::from_json(&json).unwrap();
    assert_eq!(cerial::serialize(&again).unwrap(), bytes);
}

#[test]
fn an_older_form_of_such_objects_is_carried_over_once_each() {
    #[derive(Cerial)]
    #[cerial(name = "hostile::Laugh")]
    struct Newer {
        #[cerial(default)]
        added: u8,
        below: Vec<Rc<Newer>>,
    }
    let bytes = cerial::serialize(&laughs(60)).unwrap();
    let read = || tight(Mode::Portable).deserialize::<Rc<Newer>>(&bytes);
    let root = held("laughs", bytes.len(), read).0.unwrap();
    assert!(Rc::ptr_eq(&root.below[0], &root.below[9]) && root.added == 0);
}

#[test]
fn keys_chosen_to_collide_cost_no_more_than_others() {
    // Keys that differ in bits which a weak hash or a table's mask would not look at.
    let start = Instant::now();
    for shift in [16, 32, 44] {
        let map: BTreeMap<u64, u8> = (0..20_000_u64).map(|n| (n << shift, 1)).collect();
        let bytes = cerial::serialize(&map).unwrap();
        let hashed: HashMap<u64, u8> = cerial::deserialize(&bytes).unwrap();
        assert_eq!(hashed.len(), 20_000);
    }
    assert!(start.elapsed() < DEADLINE, "{:?}", start.elapsed());
}

#[test]
fn a_key_that_stands_a_hundred_thousand_times_is_one_key() {
    let list = vec![(7_u8, 1_u8); 100_000];
    let bytes = cerial::serialize(&list).unwrap();
    // The same bytes under the header of a map.
    let header = |bytes: Vec<u8>| bytes[..bytes.len() - 1].to_vec();
    let body = &bytes[header(cerial::serialize(&Vec::<(u8, u8)>::new()).unwrap()).len()..];
    let read = [header(cerial::serialize(&HashMap::<u8, u8>::new()).unwrap()), body.to_vec()].concat();
    match held("keys", read.len(), || tight(Mode::Portable).deserialize::<HashMap<u8, u8>>(&read)).0 {
        Ok(map) => assert_eq!(map, HashMap::from([(7, 1)])),
        Err(error) => assert!(matches!(error.kind(), ErrorKind::Malformed | ErrorKind::Limit), "{error}"),
    }
}
