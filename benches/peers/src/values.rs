//! Maps, trees of any value, a graph by index, borrowed records.

use std::collections::HashMap;

use crate::bench::Bench;
use crate::data::{Addr, Indexed, Log, Rng, log};
use crate::{contender, leak, ours};

#[derive(
    Clone,
    PartialEq,
    Debug,
    cerial::Cerial,
    serde::Serialize,
    serde::Deserialize,
    bincode::Encode,
    bincode::Decode,
    wincode::SchemaWrite,
    wincode::SchemaRead,
    bitcode::Encode,
    bitcode::Decode,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
    speedy::Readable,
    speedy::Writable,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    musli::Encode,
    musli::Decode,
    nanoserde::SerBin,
    nanoserde::DeBin,
)]
pub enum Prim {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
}

#[derive(
    Clone,
    PartialEq,
    Debug,
    cerial::Cerial,
    serde::Serialize,
    serde::Deserialize,
    bincode::Encode,
    bincode::Decode,
    wincode::SchemaWrite,
    wincode::SchemaRead,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
    speedy::Readable,
    speedy::Writable,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    musli::Encode,
    musli::Decode,
    nanoserde::SerBin,
    nanoserde::DeBin,
)]
#[rkyv(serialize_bounds(__S: rkyv::ser::Writer + rkyv::ser::Allocator, __S::Error: rkyv::rancor::Source))]
#[rkyv(deserialize_bounds(__D::Error: rkyv::rancor::Source))]
#[rkyv(bytecheck(bounds(__C: rkyv::validation::ArchiveContext, __C::Error: rkyv::rancor::Source)))]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    List(#[rkyv(omit_bounds)] Vec<Value>),
    Map(#[rkyv(omit_bounds)] Vec<Entry>),
}

#[derive(
    Clone,
    PartialEq,
    Debug,
    cerial::Cerial,
    serde::Serialize,
    serde::Deserialize,
    bincode::Encode,
    bincode::Decode,
    wincode::SchemaWrite,
    wincode::SchemaRead,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
    speedy::Readable,
    speedy::Writable,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    musli::Encode,
    musli::Decode,
    nanoserde::SerBin,
    nanoserde::DeBin,
)]
#[rkyv(serialize_bounds(__S: rkyv::ser::Writer + rkyv::ser::Allocator, __S::Error: rkyv::rancor::Source))]
#[rkyv(deserialize_bounds(__D::Error: rkyv::rancor::Source))]
#[rkyv(bytecheck(bounds(__C: rkyv::validation::ArchiveContext, __C::Error: rkyv::rancor::Source)))]
pub struct Entry {
    pub key: String,
    #[rkyv(omit_bounds)]
    pub value: Value,
}

/// Fory's unions: it wants a variant with two fields to write the others without an envelope.
#[derive(Clone, PartialEq, Debug, fory::ForyUnion)]
enum ForyPrim {
    #[fory(default)]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Native(u8, u8),
}

#[derive(Clone, PartialEq, Debug, fory::ForyUnion)]
enum ForyValue {
    #[fory(default)]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    List(Vec<ForyValue>),
    Map(Vec<ForyEntry>),
    Native(u8, u8),
}

#[derive(Clone, PartialEq, Debug, fory::ForyStruct)]
struct ForyEntry {
    key: String,
    value: ForyValue,
}

fn fory_value(value: &Value) -> ForyValue {
    match value {
        Value::Null => ForyValue::Null,
        Value::Bool(v) => ForyValue::Bool(*v),
        Value::Int(v) => ForyValue::Int(*v),
        Value::Float(v) => ForyValue::Float(*v),
        Value::Str(v) => ForyValue::Str(v.clone()),
        Value::List(all) => ForyValue::List(all.iter().map(fory_value).collect()),
        Value::Map(all) => ForyValue::Map(
            all.iter().map(|e| ForyEntry { key: e.key.clone(), value: fory_value(&e.value) }).collect(),
        ),
    }
}

#[derive(
    PartialEq,
    Debug,
    cerial::Cerial,
    serde::Serialize,
    serde::Deserialize,
    bincode::Encode,
    bincode::BorrowDecode,
    bitcode::Encode,
    bitcode::Decode,
    wincode::SchemaWrite,
    wincode::SchemaRead,
    musli::Encode,
    musli::Decode,
)]
struct LogRef<'a> {
    addr: Addr,
    #[serde(borrow)]
    identity: &'a str,
    #[serde(borrow)]
    userid: Option<&'a str>,
    ts: u64,
    #[serde(borrow)]
    request: &'a str,
    code: u16,
    size: u64,
    #[serde(borrow)]
    referer: Option<&'a str>,
    latency_us: Option<u32>,
}

fn borrowed(logs: &'static [Log]) -> Vec<LogRef<'static>> {
    let each = logs.iter().map(|l| LogRef {
        addr: l.addr,
        identity: &l.identity,
        userid: l.userid.as_deref(),
        ts: l.ts,
        request: &l.request,
        code: l.code,
        size: l.size,
        referer: l.referer.as_deref(),
        latency_us: l.latency_us,
    });
    each.collect()
}

fn prims() -> HashMap<String, Prim> {
    let mut r = Rng(3);
    let mut prim = |i| match i % 5 {
        0 => Prim::Null,
        1 => Prim::Bool(i % 2 == 0),
        2 => Prim::Int(r.next() as i64 >> r.below(50)),
        3 => Prim::Float(r.unit().into()),
        _ => Prim::Str(r.word(12)),
    };
    (0..16).map(|i| (format!("field_{i}"), prim(i))).collect()
}

fn strings(n: usize) -> HashMap<String, String> {
    let mut r = Rng(9);
    let mut text = |least: u64, span| {
        let n = least + r.below(span);
        r.word(n as usize)
    };
    (0..n).map(|i| (format!("{}{i}", text(12, 20)), text(20, 100))).collect()
}

fn value(nodes: i64) -> Value {
    fn any(r: &mut Rng, depth: usize, left: &mut i64) -> Value {
        *left -= 1;
        match r.below(if depth == 0 { 5 } else { 10 }) {
            0 => Value::Null,
            1 => Value::Bool(r.below(2) == 0),
            2 => {
                let shift = r.below(50);
                Value::Int(r.next() as i64 >> shift)
            }
            3 => Value::Float(r.unit().into()),
            4 => {
                let n = 4 + r.below(20);
                Value::Str(r.word(n as usize))
            }
            5 | 6 => Value::List((0..2 + r.below(8)).map(|_| any(r, depth - 1, left)).collect()),
            _ => {
                let mut entry = |_| {
                    let n = 3 + r.below(10);
                    Entry { key: r.word(n as usize), value: any(r, depth - 1, left) }
                };
                Value::Map((0..5).map(&mut entry).collect())
            }
        }
    }
    let (mut r, mut left, mut top) = (Rng(77), nodes, Vec::new());
    while left > 0 {
        top.push(any(&mut r, 6, &mut left));
    }
    Value::List(top)
}

fn indexed(n: usize) -> Vec<Indexed> {
    let mut r = Rng(5);
    let mut nodes: Vec<Indexed> = (0..n)
        .map(|i| Indexed {
            id: i as u64,
            name: format!("node-{i}"),
            parent: (i > 0).then(|| (i as u32).saturating_sub(1) / 4),
            children: Vec::new(),
            links: vec![r.below(n as u64) as u32, r.below(n as u64) as u32],
        })
        .collect();
    for i in 1..n {
        nodes[(i - 1) / 4].children.push(i as u32);
    }
    nodes
}

pub fn rows(bench: &mut Bench) {
    if bench.wants("prims") {
        let value: &'static HashMap<String, Prim> = leak(prims());
        let mut all = ours(value);
        peers!(all, HashMap<String, Prim>, value);
        bitcode!(all, HashMap<String, Prim>, value);
        let like = |prim: &Prim| match prim {
            Prim::Null => ForyPrim::Null,
            Prim::Bool(v) => ForyPrim::Bool(*v),
            Prim::Int(v) => ForyPrim::Int(*v),
            Prim::Float(v) => ForyPrim::Float(*v),
            Prim::Str(v) => ForyPrim::Str(v.clone()),
        };
        let value: &'static HashMap<String, ForyPrim> =
            leak(value.iter().map(|(k, v)| (k.clone(), like(v))).collect());
        fory!(all, HashMap<String, ForyPrim>, value, |f| f.register::<ForyPrim>(100));
        bench.workload("prims", "map of 16 enums", all);
    }
    if bench.wants("value") {
        let value: &'static Value = leak(value(10_000));
        let mut all = ours(value);
        peers!(all, Value, value);
        let value: &'static ForyValue = leak(fory_value(value));
        fory!(all, ForyValue, value, |f| {
            f.register::<ForyEntry>(101)?;
            f.register::<ForyValue>(100)
        });
        bench.workload("value", "tree of 10,000 values", all);
    }
    if bench.wants("strmap") {
        let value: &'static HashMap<String, String> = leak(strings(2_000));
        let mut all = ours(value);
        peers!(all, HashMap<String, String>, value);
        bitcode!(all, HashMap<String, String>, value);
        fory!(all, HashMap<String, String>, value, |_| Ok(()));
        bench.workload("strmap", "2,000 strings by string", all);
    }
    if bench.wants("index") {
        let value: &'static Vec<Indexed> = leak(indexed(10_000));
        let mut all = ours(value);
        peers!(all, Vec<Indexed>, value);
        bitcode!(all, Vec<Indexed>, value);
        fory!(all, Vec<Indexed>, value, |f| f.register::<Indexed>(100));
        bench.workload("index", "10,000 nodes by index", all);
    }
    if bench.wants("borrow") {
        borrowed_row(bench);
    }
}

fn borrowed_row(bench: &mut Bench) {
    type Logs = Vec<LogRef<'static>>;
    let value: &'static Logs = leak(borrowed(leak(log(10_000))));
    let mut all = Vec::new();
    for (name, mode) in
        [("cerial compact", cerial::Mode::Compact), ("cerial portable", cerial::Mode::Portable)]
    {
        let options: &'static cerial::Options = leak(cerial::Options::new().mode(mode));
        all.push(contender(
            name,
            value,
            |v: &Logs, b| options.serialize_into(v, b).expect("ours writes"),
            |b| -> Logs { options.deserialize_borrowed(b).expect("ours reads") },
            |back| back == value,
        ));
    }
    let var = bincode::config::standard();
    all.push(contender(
        "bincode 2",
        value,
        move |v: &Logs, b| {
            bincode::encode_into_std_write(v, b, var).expect("writes");
        },
        move |b| -> Logs { bincode::borrow_decode_from_slice(b, var).expect("reads").0 },
        |back| back == value,
    ));
    all.push(contender(
        "postcard",
        value,
        |v: &Logs, b| *b = postcard::to_extend(v, std::mem::take(b)).expect("writes"),
        |b| -> Logs { postcard::from_bytes(b).expect("reads") },
        |back| back == value,
    ));
    all.push(contender(
        "rmp-serde",
        value,
        |v: &Logs, b| rmp_serde::encode::write(b, v).expect("writes"),
        |b| -> Logs { rmp_serde::from_slice(b).expect("reads") },
        |back| back == value,
    ));
    all.push(contender(
        "musli storage",
        value,
        |v: &Logs, b| {
            musli::storage::encode(b, v).expect("writes");
        },
        |b| -> Logs { musli::storage::from_slice(b).expect("reads") },
        |back| back == value,
    ));
    all.push(contender(
        "sonic-rs",
        value,
        |v: &Logs, b| sonic_rs::to_writer(b, v).expect("writes"),
        |b| -> Logs { sonic_rs::from_slice(b).expect("reads") },
        |back| back == value,
    ));
    let mut encoder = bitcode::Buffer::new();
    all.push(contender(
        "bitcode",
        value,
        move |v: &Logs, b| b.extend_from_slice(encoder.encode(v)),
        |b| -> Logs { bitcode::decode(b).expect("reads") },
        |back| back == value,
    ));
    let config = crate::wincode_config();
    all.push(contender(
        "wincode",
        value,
        move |v: &Logs, b| wincode::config::serialize_into(b, v, config).expect("writes"),
        move |b| -> Logs { wincode::config::deserialize(b, config).expect("reads") },
        |back| back == value,
    ));
    bench.workload("borrow", "10,000 records, text borrowed", all);
}
