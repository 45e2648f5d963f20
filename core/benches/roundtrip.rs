//! Criterion's view of the core: the same values as `cargo xtask bench cerial`, ours alone, with memcpy as the floor.
#![allow(missing_docs)]

use std::hint::black_box;

use cerial::{Cerial, Mode, Options};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

#[derive(Cerial, Clone)]
struct Record {
    name: String,
    user: Option<String>,
    at: u64,
    code: u16,
    size: u64,
}

fn records(n: u64) -> Vec<Record> {
    let record = |i: u64| Record {
        name: format!("GET /static/{i}.js HTTP/1.1"),
        user: (!i.is_multiple_of(3)).then(|| format!("user{}", i % 100)),
        at: 1_700_000_000_000 + i * 37,
        code: 200,
        size: i * 911 % 1_048_576,
    };
    (0..n).map(record).collect()
}

fn roundtrip(c: &mut Criterion) {
    let value = records(10_000);
    let mut group = c.benchmark_group("10,000 records");
    for (name, mode) in [("compact", Mode::Compact), ("portable", Mode::Portable)] {
        let options = Options::new().mode(mode);
        let bytes = options.serialize(&value).expect("the records serialize");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let mut out = Vec::new();
        group.bench_function(format!("{name} serialize"), |b| {
            b.iter(|| {
                out.clear();
                options.serialize_into(black_box(&value), &mut out).expect("the records serialize");
            });
        });
        group.bench_function(format!("{name} deserialize"), |b| {
            b.iter(|| {
                options.deserialize::<Vec<Record>>(black_box(&bytes)).expect("the records deserialize")
            });
        });
        group.bench_function(format!("{name} memcpy of the bytes"), |b| b.iter(|| black_box(&bytes).clone()));
    }
    group.bench_function("clone", |b| b.iter(|| black_box(&value).clone()));
    group.finish();
}

criterion_group!(benches, roundtrip);
criterion_main!(benches);
