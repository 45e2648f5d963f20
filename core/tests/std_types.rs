//! The std types, there and back.
use std::cell::RefCell;
use std::collections::*;
use std::rc::{Rc, Weak};

fn trip<T: cerial::Cerial + PartialEq + std::fmt::Debug>(v: T) {
    for mode in [cerial::Mode::Portable, cerial::Mode::Compact] {
        let o = cerial::Options::new().mode(mode);
        let b = o.serialize(&v).expect("it is written");
        assert_eq!(o.deserialize::<T>(&b).expect("it is read"), v, "{b:?}");
    }
}
#[test]
fn std_types_come_back_equal() {
    trip(1_u8);
    trip(-5_i64);
    trip(1.5_f32);
    trip('x');
    trip("hello".to_string());
    trip(vec![1_u32, 2, 3]);
    trip(vec!["a".to_string(), "é".into()]);
    trip((1_u8, "x".to_string(), Some(3_u16)));
    trip(HashMap::from([("a".to_string(), 1_u64), ("b".into(), 2)]));
    trip(BTreeSet::from([3, 1]));
    trip(Some(Some("x".to_string())));
    trip(vec![Some(1_u8), None]);
    trip([1_u16; 5]);
    trip(Box::new(5_u8));
    trip(Ok::<u8, String>(4));
    trip(vec![(); 5]);
    trip(std::time::Duration::from_millis(1500));
    trip(1..5_u32);
    trip(Rc::<str>::from("shared"));
    trip(RefCell::new(vec![1_u8]));
    trip([String::from("a"), "b".into()]);
}
#[test]
fn a_shared_node_stays_shared_and_weak_finds_it() {
    let a = Rc::new(5_u32);
    let b: (Rc<u32>, Rc<u32>, Weak<u32>) = (a.clone(), a.clone(), Rc::downgrade(&a));
    let back: (Rc<u32>, Rc<u32>, Weak<u32>) = cerial::deserialize(&cerial::serialize(&b).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&back.0, &back.1));
    assert!(Rc::ptr_eq(&back.2.upgrade().unwrap(), &back.0));
    let c: (Weak<u32>, Rc<u32>) = (Rc::downgrade(&a), a.clone());
    let back: (Weak<u32>, Rc<u32>) = cerial::deserialize(&cerial::serialize(&c).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&back.0.upgrade().unwrap(), &back.1));
}
