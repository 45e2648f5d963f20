//! The std types, there and back.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

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
fn paths_addresses_and_times_are_roots_and_generic_arguments() {
    use std::ffi::{CString, OsStr, OsString};
    use std::net::{IpAddr, SocketAddr};
    use std::os::unix::ffi::OsStringExt;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    let odd = OsString::from_vec(b"/tmp/\xff\xfe".to_vec());
    trip(PathBuf::from("/srv/data"));
    trip(PathBuf::from(&odd));
    trip::<Box<Path>>(Path::new(&odd).into());
    trip(vec![PathBuf::new(), "relative/../x y".into(), "é/ü".into()]);
    trip(BTreeMap::from([(PathBuf::from("a"), Some(odd.clone()))]));
    trip::<Box<OsStr>>(odd.into_boxed_os_str());
    trip(CString::from(c"\xff\x01"));
    trip(vec![IpAddr::from([192, 0, 2, 1]), IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])]);
    trip(HashMap::from([(SocketAddr::from(([127, 0, 0, 1], 80)), SystemTime::now())]));
    for by in [Duration::ZERO, Duration::from_nanos(1), Duration::new(1_700_000_000, 999_999_999)] {
        trip((UNIX_EPOCH + by, UNIX_EPOCH - by));
    }
}

#[test]
fn an_error_of_the_system_comes_back_as_that_one() {
    let error = std::fs::metadata("/no/such/file").unwrap_err();
    let text = error.to_string();
    let result: Result<u64, std::io::Error> = Err(error);
    let back: Result<u64, std::io::Error> =
        cerial::deserialize(&cerial::serialize(&result).unwrap()).unwrap();
    let back = back.unwrap_err();
    assert_eq!((back.kind(), back.raw_os_error()), (std::io::ErrorKind::NotFound, Some(2)));
    assert_eq!(back.to_string(), text);
    let own = std::io::Error::new(std::io::ErrorKind::InvalidData, "seven legs");
    let back: std::io::Error = cerial::deserialize(&cerial::serialize(&own).unwrap()).unwrap();
    assert_eq!((back.kind(), back.to_string().as_str()), (std::io::ErrorKind::InvalidData, "seven legs"));
}

#[test]
fn a_time_without_whole_nanoseconds_and_a_c_string_with_a_zero_are_refused() {
    #[derive(cerial::Cerial)]
    #[cerial(name = "std::SystemTime")]
    struct Since1970 {
        secs_since_epoch: i64,
        nanos_since_epoch: u32,
    }
    let bytes =
        cerial::serialize(&Since1970 { secs_since_epoch: 0, nanos_since_epoch: 1_000_000_000 }).unwrap();
    let error = cerial::deserialize::<std::time::SystemTime>(&bytes).unwrap_err();
    assert!(error.to_string().contains("cannot hold the time"), "{error}");
    let bytes = cerial::serialize(&vec![b'a', 0, b'b']).unwrap();
    let error = cerial::deserialize::<std::ffi::CString>(&bytes).unwrap_err();
    assert!(error.to_string().contains("zero"), "{error}");
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
