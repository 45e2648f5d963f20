//! The peers, each by its two expressions.

/// A peer from its two expressions: write into `buffer`, read from `bytes`.
macro_rules! peer {
    ($out:ident, $name:literal, $t:ty, $value:ident, |$v:ident, $buffer:ident| $write:expr, |$bytes:ident| $read:expr) => {{
        let value: &'static $t = $value;
        let mut buffer: Vec<u8> = Vec::new();
        let mut write = move |$v: &$t, $buffer: &mut Vec<u8>| $write;
        let read = move |$bytes: &[u8]| -> $t { $read };
        write(value, &mut buffer);
        let bytes = buffer.clone();
        assert!(read(&bytes) == *value, concat!($name, " does not come back equal"));
        $out.push($crate::harness::Contender {
            name: $name,
            bytes: bytes.len(),
            write: Box::new(move |n| {
                $crate::harness::timed_write(n, || {
                    buffer.clear();
                    write(std::hint::black_box(value), &mut buffer);
                    std::hint::black_box(&buffer);
                })
            }),
            read: Box::new(move |n| $crate::harness::timed(n, || read(std::hint::black_box(&bytes)))),
        });
    }};
}

macro_rules! peers {
    ($out:ident, $t:ty, $value:ident) => {{
        let fixed = bincode::config::legacy();
        peer!($out, "bincode 2 fixed", $t, $value,
            |v, b| { bincode::encode_into_std_write(v, b, fixed).expect("writes"); },
            |b| bincode::decode_from_slice(b, fixed).expect("reads").0);
        let var = bincode::config::standard();
        peer!($out, "bincode 2", $t, $value,
            |v, b| { bincode::encode_into_std_write(v, b, var).expect("writes"); },
            |b| bincode::decode_from_slice(b, var).expect("reads").0);
        peer!($out, "postcard", $t, $value,
            |v, b| { *b = postcard::to_extend(v, std::mem::take(b)).expect("writes"); },
            |b| postcard::from_bytes(b).expect("reads"));
        peer!($out, "rmp-serde", $t, $value,
            |v, b| rmp_serde::encode::write(b, v).expect("writes"),
            |b| rmp_serde::from_slice(b).expect("reads"));
        peer!($out, "serde_json", $t, $value,
            |v, b| serde_json::to_writer(b, v).expect("writes"),
            |b| serde_json::from_slice(b).expect("reads"));
        peer!($out, "ciborium", $t, $value,
            |v, b| ciborium::into_writer(v, b).expect("writes"),
            |b| ciborium::from_reader(b).expect("reads"));
        let config = $crate::wincode_config();
        peer!($out, "wincode", $t, $value,
            |v, b| wincode::config::serialize_into(b, v, config).expect("writes"),
            |b| wincode::config::deserialize(b, config).expect("reads"));
    }};
}

/// Fory, where its derive takes the workload's type or one of its own like it.
macro_rules! fory {
    ($out:ident, $t:ty, $value:ident, $fory:expr) => {{
        let f: &'static fory::Fory = $fory;
        peer!($out, "fory", $t, $value,
            |v, b| { f.serialize_to(b, v).expect("writes"); },
            |b| f.deserialize(b).expect("reads"));
    }};
}

macro_rules! bitcode {
    ($out:ident, $t:ty, $value:ident) => {{
        let mut encoder = bitcode::Buffer::new();
        peer!($out, "bitcode", $t, $value,
            |v, b| b.extend_from_slice(encoder.encode(v)),
            |b| bitcode::decode(b).expect("reads"));
    }};
}
