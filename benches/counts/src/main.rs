//! The hot paths whose instructions `cargo xtask counts` counts: `counts NAME TIMES` runs one that often, `counts` lists
//! them.
//!
//! What a run does is the same on every machine: no random hashers, no clock, no threads, and buffers that are warm.

use std::process::ExitCode;
use std::rc::{Rc, Weak};

use cerial::{Cerial, Extract, Handler, Mode, Options, Rebuild, Result, Via};

#[derive(Cerial)]
struct Point {
    x: f64,
    y: f64,
    z: f64,
    id: u32,
    on: bool,
}

#[derive(Cerial)]
struct Log {
    address: [u8; 4],
    identity: Option<String>,
    user: String,
    date: (u16, u8, u8),
    request: String,
    code: u16,
    size: u64,
}

#[derive(Cerial)]
struct Node {
    id: u32,
    parent: Weak<Node>,
    children: Vec<Rc<Node>>,
}

struct Money(i64);
struct MoneyHandler;
impl Handler for MoneyHandler {
    type Value = Money;
    type State = (u16, i64);
    const KEY: &'static str = "counts::Money";
    fn extract(money: &Money, _: &mut Extract) -> Result<Self::State> {
        Ok((978, money.0))
    }
    fn rebuild((_, cents): Self::State, _: &mut Rebuild) -> Result<Money> {
        Ok(Money(cents))
    }
}
cerial::plugin! { name: "counts", handlers: [MoneyHandler], reconnectors: [] }

/// Runs a path that many times.
type Path = fn(usize) -> Result<()>;

const PATHS: &[(&str, Path)] = &[
    ("point_write", point_write),
    ("log_write", log_write),
    ("log_read", log_read),
    ("graph_read", graph_read),
    ("handler_read", handler_read),
];

fn compact() -> Options {
    Options::new().mode(Mode::Compact)
}

fn logs() -> Vec<Log> {
    let log = |n: u16| Log {
        address: n.to_be_bytes().repeat(2).try_into().unwrap_or_default(),
        identity: (n % 3 == 0).then(|| format!("id{n}")),
        user: format!("user{}", n % 7),
        date: (2024, 1 + (n % 12) as u8, 1 + (n % 28) as u8),
        request: format!("GET /things/{n}/parts HTTP/1.1"),
        code: 200 + n % 300,
        size: u64::from(n) * 1000,
    };
    (0..200).map(log).collect()
}

/// A root with `wide` children, each with as many.
fn tree(wide: u32) -> Rc<Node> {
    fn below(id: u32, wide: u32, depth: u32, parent: Weak<Node>) -> Rc<Node> {
        Rc::new_cyclic(|me| {
            let child = |n| below(id * wide + n, wide, depth - 1, me.clone());
            Node { id, parent, children: if depth == 0 { vec![] } else { (0..wide).map(child).collect() } }
        })
    }
    below(1, wide, 2, Weak::new())
}

/// Writes a value again and again into one buffer.
fn write<T: Cerial>(value: &T, options: &Options, times: usize) -> Result<()> {
    let mut out = options.serialize(value)?;
    for _ in 0..times {
        out.clear();
        options.serialize_into(std::hint::black_box(value), &mut out)?;
        std::hint::black_box(&out);
    }
    Ok(())
}

/// Reads a value again and again.
fn read<T: Cerial>(value: &T, options: &Options, times: usize) -> Result<()> {
    let bytes = options.serialize(value)?;
    for _ in 0..times {
        drop(std::hint::black_box(options.deserialize::<T>(std::hint::black_box(&bytes))?));
    }
    Ok(())
}

fn point_write(times: usize) -> Result<()> {
    write(&Point { x: 1.0, y: -2.0, z: 0.5, id: 7, on: true }, &Options::new(), 100 * times)
}

fn log_write(times: usize) -> Result<()> {
    write(&logs(), &compact(), times)
}

fn log_read(times: usize) -> Result<()> {
    read(&logs(), &compact(), times)
}

fn graph_read(times: usize) -> Result<()> {
    read(&tree(14), &compact(), times)
}

fn handler_read(times: usize) -> Result<()> {
    read(&(0..200).map(|n| Via(Money(n))).collect::<Vec<_>>(), &compact(), times)
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(name) = args.next() else {
        PATHS.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    };
    let (path, times) = (PATHS.iter().find(|(known, _)| *known == name), args.next().map(|n| n.parse()));
    let (Some((_, path)), Some(Ok(times))) = (path, times) else {
        eprintln!("usage: counts NAME TIMES");
        return ExitCode::from(2);
    };
    match path(times) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:?}");
            ExitCode::FAILURE
        }
    }
}
