//! Values of other crates' types.

use std::collections::hash_map::RandomState;

use arrayvec::{ArrayString, ArrayVec};
use cerial_plugins::Drained;
use dashmap::{DashMap, DashSet};
use indexmap::{IndexMap, IndexSet};
use nalgebra::{DMatrix, DVector, Matrix2x3, Point3, Quaternion, Translation2, UnitQuaternion};
use ndarray::{Array1, Array2, ArrayD, arr2};
use num_bigint::{BigInt, BigUint};
use num_complex::Complex;
use num_rational::Ratio;
use ordered_float::{NotNan, OrderedFloat};
use smallvec::SmallVec;

fn crossbeam(items: [u8; 3]) -> Drained<crossbeam_channel::Receiver<u8>> {
    let (sender, receiver) = crossbeam_channel::unbounded();
    items.into_iter().for_each(|item| sender.send(item).unwrap());
    Drained::new(receiver)
}

fn tokio_items(items: [u8; 3]) -> Drained<tokio::sync::mpsc::UnboundedReceiver<u8>> {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    items.into_iter().for_each(|item| sender.send(item).unwrap());
    Drained::new(receiver)
}

fn mapped(bytes: &[u8]) -> memmap2::MmapMut {
    let mut map = memmap2::MmapMut::map_anon(bytes.len()).unwrap();
    map.copy_from_slice(bytes);
    map
}

type Park<T> = (parking_lot::Mutex<T>, parking_lot::RwLock<T>, parking_lot::FairMutex<T>);
type Sets = (IndexSet<u8>, hashbrown::HashSet<u8>, DashSet<u8>);

crate::entries! {
    "parking_lot::Mutex<T>, RwLock<T>, FairMutex<T>": cerial Park<u8> = [(1.into(), 2.into(), 3.into())],
        |a, b| (*a.0.lock(), *a.1.read(), *a.2.lock()) == (*b.0.lock(), *b.1.read(), *b.2.lock());
    "parking_lot::ReentrantMutex<T>": cerial parking_lot::ReentrantMutex<u8> = [1.into()],
        |a, b| *a.lock() == *b.lock();
    "parking_lot::Condvar": handler parking_lot::Condvar = [parking_lot::Condvar::new()], |_, _| true;
    "parking_lot::Once": handler parking_lot::Once = {
        let done = parking_lot::Once::new();
        done.call_once(|| {});
        [done, parking_lot::Once::new()]
    }, |a, b| a.state() == b.state();
    "tokio::sync::Mutex<T>, RwLock<T>": cerial (tokio::sync::Mutex<u8>, tokio::sync::RwLock<u8>) = [(1.into(), 2.into())],
        |a, b| *a.0.try_lock().unwrap() == *b.0.try_lock().unwrap()
            && *a.1.try_read().unwrap() == *b.1.try_read().unwrap();
    "tokio::sync::OnceCell<T>": cerial tokio::sync::OnceCell<u8> = [tokio::sync::OnceCell::from(1), tokio::sync::OnceCell::new()];
    "tokio::sync::Notify": handler tokio::sync::Notify = [tokio::sync::Notify::new()], |_, _| true;
    "tokio::sync::Semaphore": handler tokio::sync::Semaphore = [tokio::sync::Semaphore::new(5)],
        |a, b| a.available_permits() == b.available_permits();
    "Drained of tokio's Receiver<T>, UnboundedReceiver<T>": cerial
        Drained<tokio::sync::mpsc::UnboundedReceiver<u8>> = [tokio_items([1, 2, 3])],
        |_, b| [b.next_now(), b.next_now(), b.next_now(), b.next_now()] == [Some(1), Some(2), Some(3), None];
    "Drained of crossbeam_channel::Receiver<T>": cerial Drained<crossbeam_channel::Receiver<u8>> = [crossbeam([1, 2, 3])],
        |_, b| [b.next_now(), b.next_now(), b.next_now(), b.next_now()] == [Some(1), Some(2), Some(3), None];

    "IndexMap<K, V, S>, IndexSet<T, S>": cerial IndexMap<String, u8, RandomState> =
        [IndexMap::from_iter([("b".to_owned(), 1), ("a".to_owned(), 2)])], |a, b| a.as_slice() == b.as_slice();
    "hashbrown::HashMap<K, V, S>, HashSet<T, S>": cerial hashbrown::HashMap<u8, u8> = [[(1, 2), (3, 4)].into()];
    "DashMap<K, V, S>, DashSet<T, S>": cerial DashMap<u8, String> = [DashMap::from_iter([(1, "a".to_owned())])],
        |a, b| a.len() == b.len() && a.iter().all(|e| b.get(e.key()).is_some_and(|v| *v == *e));
    "sets of indexmap, hashbrown and dashmap": cerial Sets = [([2, 1].into(), [1, 2].into(), DashSet::from_iter([3]))],
        |a, b| a.0.as_slice() == b.0.as_slice() && a.1 == b.1 && a.2.iter().all(|v| b.2.contains(&*v));
    "SmallVec<A>": cerial SmallVec<[String; 2]> = [SmallVec::from_vec(vec!["a".into(), "b".into(), "c".into()])];
    "ArrayVec<T, N>, ArrayString<N>": cerial (ArrayVec<u16, 4>, ArrayString<8>) =
        [([1, 2].into_iter().collect(), ArrayString::from("é").unwrap())];
    "ndarray::Array<A, D>": cerial (Array1<u8>, Array2<f32>, ArrayD<String>) = [
        (Array1::from(vec![1, 2]), arr2(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), ArrayD::default(vec![1, 2, 1])),
        (Array1::from(vec![]), arr2(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).reversed_axes(), ArrayD::default(vec![])),
    ];
    "nalgebra::SMatrix, SVector": cerial (Matrix2x3<f32>, Point3<u8>, Translation2<i8>) =
        [(Matrix2x3::new(1.0, 2.0, 3.0, 4.0, 5.0, 6.0), Point3::new(1, 2, 3), Translation2::new(-1, 1))];
    "nalgebra::DMatrix<T>, DVector<T>": cerial (DMatrix<f64>, DVector<u8>) =
        [(DMatrix::from_row_slice(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), DVector::from_vec(vec![1, 2])),
         (DMatrix::zeros(0, 5), DVector::from_vec(vec![]))];
    "nalgebra::Quaternion<T>, UnitQuaternion": cerial (Quaternion<f64>, UnitQuaternion<f32>) =
        [(Quaternion::new(1.0, 2.0, 3.0, 4.0), UnitQuaternion::from_euler_angles(0.1, 0.2, 0.3))];
    "num_complex::Complex<T>": cerial Complex<f64> = [Complex::new(1.5, -0.0)];
    "num_rational::Ratio<T>": cerial Ratio<i64> = [Ratio::new(-1, 3), Ratio::new(0, 1), Ratio::new_raw(i64::MIN, 1)];
    "ordered_float::OrderedFloat<T>, NotNan<T>": cerial (OrderedFloat<f64>, NotNan<f32>) =
        [(OrderedFloat(f64::NAN), NotNan::new(1.5).unwrap())];
    "num_bigint::BigInt": handler BigInt = [BigInt::from(-7), BigInt::ZERO, "123456789012345678901234567890".parse().unwrap()];
    "num_bigint::BigUint": handler BigUint = [BigUint::ZERO, BigUint::from(u128::MAX)];
    "rust_decimal::Decimal": handler rust_decimal::Decimal = ["1.50", "-0.0000000000000000000000000001", "79228162514264337593543950335"]
        .map(|d| d.parse().unwrap()), |a: &rust_decimal::Decimal, b: &rust_decimal::Decimal| a == b && a.scale() == b.scale();
    "semver::Version": handler semver::Version = ["1.2.3-rc.1+build.5".parse().unwrap()];
    "semver::VersionReq": handler semver::VersionReq = [">=1.2, <2".parse().unwrap(), semver::VersionReq::STAR];
    "semver::Comparator": handler semver::Comparator = ["~1.2".parse().unwrap()];
    "bytes::Bytes": handler bytes::Bytes = [bytes::Bytes::from_static(b"abc"), bytes::Bytes::new()];
    "bytes::BytesMut": handler bytes::BytesMut = [bytes::BytesMut::from(&b"abc"[..])];
    "memmap2::Mmap": handler memmap2::Mmap = [mapped(b"abc").make_read_only().unwrap()], |a, b| a[..] == b[..];
    "memmap2::MmapMut": handler memmap2::MmapMut = [mapped(b"abc")], |a, b| a[..] == b[..];
    "log::Level": handler log::Level = log::Level::iter().collect::<Vec<_>>();
    "log::LevelFilter": handler log::LevelFilter = log::LevelFilter::iter().collect::<Vec<_>>();
    "tracing::Level": handler tracing_core::Level = [tracing_core::Level::TRACE, tracing_core::Level::ERROR];
    "tracing::LevelFilter": handler tracing_core::LevelFilter =
        [tracing_core::LevelFilter::OFF, tracing_core::LevelFilter::INFO];
}
