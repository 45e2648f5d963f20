//! `#[cerial(pod)]`: lists are copied as a whole, and the bytes are those of the field by field way.

use cerial::{Cerial, Limits, Mode, Options};

#[derive(Cerial, Clone, Copy, Debug, PartialEq)]
#[cerial(pod, name = "Corner")]
#[repr(C)]
struct Corner {
    position: [f32; 3],
    color: u32,
    weight: u64,
}

/// The same, field by field.
#[derive(Cerial, Clone, Copy, Debug, PartialEq)]
#[cerial(name = "Corner")]
struct ByField {
    position: [f32; 3],
    color: u32,
    weight: u64,
}

#[derive(Cerial, Clone, Copy, Debug, PartialEq)]
#[cerial(pod)]
#[repr(C)]
struct Edge(Corner, Corner);

fn corner(i: u32) -> Corner {
    Corner { position: [i as f32, f32::NAN.copysign(-1.0), -0.0], color: i * 7, weight: u64::from(i) << 40 }
}

#[test]
fn pod_bytes_are_those_of_the_fields() {
    let options = Options::new();
    let plain: Vec<Corner> = (0..100).map(corner).collect();
    let by_field: Vec<ByField> =
        plain.iter().map(|c| ByField { position: c.position, color: c.color, weight: c.weight }).collect();
    let bytes = options.serialize(&plain).unwrap();
    assert_eq!(bytes, options.serialize(&by_field).unwrap());
    let back: Vec<ByField> = options.deserialize(&bytes).unwrap();
    let bits = |p: [f32; 3]| p.map(f32::to_bits);
    assert!(
        back.iter().zip(&plain).all(|(a, b)| bits(a.position) == bits(b.position) && a.weight == b.weight)
    );
    let back: Vec<Corner> = options.deserialize(&bytes).unwrap();
    assert!(back.iter().zip(&plain).all(|(a, b)| bits(a.position) == bits(b.position) && a.color == b.color));
}

#[test]
fn pod_of_pod_comes_back_in_every_kind_of_list() {
    let edge = Edge(corner(1), Corner { position: [0.5; 3], ..corner(2) });
    let edge = Edge(Corner { position: [1.5; 3], ..edge.0 }, edge.1);
    let value = (
        vec![edge; 5],
        [edge; 2],
        std::collections::VecDeque::from([edge]),
        vec![[1_u16, 2]; 3],
        Box::<[i64]>::from([-1]),
    );
    for mode in [Mode::Compact, Mode::Portable] {
        let options = Options::new().mode(mode);
        let bytes = options.serialize(&value).unwrap();
        assert!(options.deserialize_as(&bytes, &value) == value);
    }
}

trait Same {
    fn deserialize_as<T: Cerial>(&self, bytes: &[u8], like: &T) -> T;
}
impl Same for Options {
    fn deserialize_as<T: Cerial>(&self, bytes: &[u8], _: &T) -> T {
        self.deserialize(bytes).expect("the value is read")
    }
}

#[test]
fn bulk_lists_are_checked_before_memory_is_spent() {
    let options = Options::new().mode(Mode::Compact);
    let bytes = options.serialize(&vec![corner(1); 4]).unwrap();
    assert!(options.deserialize::<Vec<Corner>>(&bytes[..bytes.len() - 1]).is_err());
    let tight = Options::new().limits(Limits::new().alloc_bytes(95));
    assert_eq!(tight.deserialize::<Vec<Corner>>(&bytes).unwrap_err().kind(), cerial::ErrorKind::Limit);
}
