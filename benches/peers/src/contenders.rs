//! The peers, each by its two expressions: write into `buffer`, read from `bytes`. All of them run with their documented
//! best settings: buffers are reused where the format can, limits are raised where a default would refuse the workload.

/// A peer from its two expressions.
macro_rules! peer {
    ($out:ident, $name:expr, $t:ty, $value:ident, |$v:ident, $buffer:ident| $write:expr, |$bytes:ident| $read:expr) => {{
        let value: &'static $t = $value;
        let mut buffer: Vec<u8> = Vec::new();
        // Some have a buffer of their own that they change.
        #[allow(unused_mut)]
        let mut write = move |$v: &$t, $buffer: &mut Vec<u8>| $write;
        #[allow(unused_mut)]
        let mut read = move |$bytes: &[u8]| -> $t { $read };
        write(value, &mut buffer);
        let bytes = buffer.clone();
        assert!(read(&bytes) == *value, "{} does not come back equal", $name);
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

/// The peers that take every workload's type.
macro_rules! peers {
    ($out:ident, $t:ty, $value:ident) => {{
        let fixed = bincode::config::legacy();
        peer!(
            $out,
            "bincode 2 fixed",
            $t,
            $value,
            |v, b| {
                bincode::encode_into_std_write(v, b, fixed).expect("writes");
            },
            |b| bincode::decode_from_slice(b, fixed).expect("reads").0
        );
        let var = bincode::config::standard();
        peer!(
            $out,
            "bincode 2",
            $t,
            $value,
            |v, b| {
                bincode::encode_into_std_write(v, b, var).expect("writes");
            },
            |b| bincode::decode_from_slice(b, var).expect("reads").0
        );
        peer!(
            $out,
            "bincode 2 serde",
            $t,
            $value,
            |v, b| {
                bincode::serde::encode_into_std_write(v, b, var).expect("writes");
            },
            |b| bincode::serde::decode_from_slice(b, var).expect("reads").0
        );
        slice_writers!($out, $t, $value);
        peer!(
            $out,
            "bitcode serde",
            $t,
            $value,
            |v, b| b.extend_from_slice(&bitcode::serialize(v).expect("writes")),
            |b| bitcode::deserialize(b).expect("reads")
        );
        peer!($out, "rmp-serde", $t, $value, |v, b| rmp_serde::encode::write(b, v).expect("writes"), |b| {
            rmp_serde::from_slice(b).expect("reads")
        });
        peer!(
            $out,
            "rmp-serde named",
            $t,
            $value,
            |v, b| rmp_serde::encode::write_named(b, v).expect("writes"),
            |b| rmp_serde::from_slice(b).expect("reads")
        );
        peer!($out, "serde_json", $t, $value, |v, b| serde_json::to_writer(b, v).expect("writes"), |b| {
            serde_json::from_slice(b).expect("reads")
        });
        peer!($out, "sonic-rs", $t, $value, |v, b| sonic_rs::to_writer(b, v).expect("writes"), |b| {
            sonic_rs::from_slice(b).expect("reads")
        });
        let mut scratch = Vec::new();
        peer!($out, "simd-json", $t, $value, |v, b| simd_json::to_writer(b, v).expect("writes"), |b| {
            scratch.clear();
            scratch.extend_from_slice(b);
            simd_json::from_slice(&mut scratch).expect("reads")
        });
        peer!($out, "ciborium", $t, $value, |v, b| ciborium::into_writer(v, b).expect("writes"), |b| {
            ciborium::from_reader(b).expect("reads")
        });
        peer!($out, "borsh", $t, $value, |v, b| borsh::to_writer(b, v).expect("writes"), |b| {
            borsh::from_slice(b).expect("reads")
        });
        peer!($out, "nanoserde", $t, $value, |v, b| nanoserde::SerBin::ser_bin(v, b), |b| {
            nanoserde::DeBin::deserialize_bin(b).expect("reads")
        });
        peer!(
            $out,
            "musli storage",
            $t,
            $value,
            |v, b| {
                musli::storage::encode(b, v).expect("writes");
            },
            |b| musli::storage::from_slice(b).expect("reads")
        );
        peer!(
            $out,
            "musli descriptive",
            $t,
            $value,
            |v, b| {
                musli::descriptive::encode(b, v).expect("writes");
            },
            |b| musli::descriptive::from_slice(b).expect("reads")
        );
        let config = $crate::wincode_config();
        peer!(
            $out,
            "wincode",
            $t,
            $value,
            |v, b| wincode::config::serialize_into(b, v, config).expect("writes"),
            |b| wincode::config::deserialize(b, config).expect("reads")
        );
        rkyv!($out, $t, $value);
    }};
}

/// Formats whose best way is into a slice that is long enough.
macro_rules! slice_writers {
    ($out:ident, $t:ty, $value:ident) => {{
        let full = |b: &mut Vec<u8>, n: usize| b.resize(n, 0);
        let room = postcard::to_stdvec::<$t>($value).expect("writes").len();
        peer!(
            $out,
            "postcard",
            $t,
            $value,
            |v, b| {
                full(b, room);
                postcard::to_slice(v, b).expect("writes");
            },
            |b| postcard::from_bytes(b).expect("reads")
        );
        let room = speedy::Writable::<speedy::LittleEndian>::bytes_needed($value).expect("writes");
        peer!(
            $out,
            "speedy",
            $t,
            $value,
            |v, b| {
                full(b, room);
                speedy::Writable::<speedy::LittleEndian>::write_to_buffer(v, b).expect("writes");
            },
            |b| speedy::Readable::<speedy::LittleEndian>::read_from_buffer(b).expect("reads")
        );
    }};
}

/// rkyv, read back into the owned type: with its checks, as all others are.
macro_rules! rkyv {
    ($out:ident, $t:ty, $value:ident) => {{
        use rkyv::rancor::Failure;
        let value: &'static $t = $value;
        let bytes = rkyv::to_bytes::<Failure>(value).expect("writes");
        assert!(rkyv::from_bytes::<$t, Failure>(&bytes).expect("reads") == *value);
        let mut kept = rkyv::util::AlignedVec::<16>::new();
        $out.push($crate::harness::Contender {
            name: "rkyv",
            bytes: bytes.len(),
            write: Box::new(move |n| {
                $crate::harness::timed_write(n, || {
                    let mut buffer = std::mem::take(&mut kept);
                    buffer.clear();
                    kept = rkyv::api::high::to_bytes_in::<_, Failure>(std::hint::black_box(value), buffer)
                        .expect("writes");
                    std::hint::black_box(&kept);
                })
            }),
            read: Box::new(move |n| {
                $crate::harness::timed(n, || {
                    rkyv::from_bytes::<$t, Failure>(std::hint::black_box(&bytes)).expect("reads")
                })
            }),
        });
    }};
}

/// Savefile, for what its derive takes.
macro_rules! savefile {
    ($out:ident, $t:ty, $value:ident) => {{
        peer!($out, "savefile", $t, $value, |v, b| savefile::save_noschema(b, 0, v).expect("writes"), |b| {
            let mut b = b;
            savefile::load_noschema(&mut b, 0).expect("reads")
        });
    }};
}

/// Fory in its three modes, for the workload's type or one of its own like it; `$ids` registers the types.
macro_rules! fory {
    ($out:ident, $t:ty, $value:ident, $ids:expr) => {{
        for (name, xlang, compatible) in
            [("fory", false, false), ("fory compatible", false, true), ("fory xlang", true, true)]
        {
            // A type that one of the modes refuses is left out of it, and said so.
            match $crate::fory(xlang, compatible, $ids) {
                Ok(f) if f.serialize($value).is_ok_and(|b| f.deserialize::<$t>(&b).is_ok()) => {
                    peer!(
                        $out,
                        name,
                        $t,
                        $value,
                        |v, b| {
                            f.serialize_to(b, v).expect("writes");
                        },
                        |b| f.deserialize(b).expect("reads")
                    );
                }
                _ => println!("{name} refuses this workload"),
            }
        }
    }};
}

macro_rules! bitcode {
    ($out:ident, $t:ty, $value:ident) => {{
        let mut encoder = bitcode::Buffer::new();
        let mut decoder = bitcode::Buffer::new();
        peer!($out, "bitcode", $t, $value, |v, b| b.extend_from_slice(encoder.encode(v)), |b| decoder
            .decode(b)
            .expect("reads"));
    }};
}
