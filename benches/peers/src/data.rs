//! The workloads' types and values. Every type derives every peer's macro.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

macro_rules! all {
    ($($item:item)*) => {$(
        #[derive(
            Clone, PartialEq, Debug, cerial::Cerial, serde::Serialize, serde::Deserialize, bincode::Encode,
            bincode::Decode, bitcode::Encode, bitcode::Decode, wincode::SchemaWrite, wincode::SchemaRead,
            fory::ForyStruct, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize, speedy::Readable, speedy::Writable,
            borsh::BorshSerialize, borsh::BorshDeserialize, musli::Encode, musli::Decode, nanoserde::SerBin,
            nanoserde::DeBin, savefile_derive::Savefile,
        )]
        $item
    )*};
}

all! {
    #[derive(Copy)]
    #[repr(C)]
    #[cerial(pod)]
    pub struct Point { pub x: f64, pub y: f64 }

    #[derive(Copy)]
    #[repr(C)]
    #[cerial(pod)]
    pub struct Addr { pub a: u8, pub b: u8, pub c: u8, pub d: u8 }

    pub struct Log {
        pub addr: Addr,
        pub identity: String,
        pub userid: Option<String>,
        pub ts: u64,
        pub request: String,
        pub code: u16,
        pub size: u64,
        pub referer: Option<String>,
        pub latency_us: Option<u32>,
    }

    #[derive(Copy)]
    #[repr(C)]
    #[cerial(pod)]
    pub struct Vec3 { pub x: f32, pub y: f32, pub z: f32 }

    #[derive(Copy)]
    #[repr(C)]
    #[cerial(pod)]
    pub struct Tri { pub v0: Vec3, pub v1: Vec3, pub v2: Vec3, pub n: Vec3 }
}

all! {
    pub struct Indexed {
        pub id: u64,
        pub name: String,
        pub parent: Option<u32>,
        pub children: Vec<u32>,
        pub links: Vec<u32>,
    }
}

/// bitcode's native derive takes no recursive type, so this one goes without it.
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
    fory::ForyStruct,
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
pub struct Tree {
    pub id: u64,
    pub name: String,
    #[rkyv(omit_bounds)]
    pub children: Vec<Tree>,
}

#[derive(cerial::Cerial)]
pub struct Node {
    pub id: u64,
    pub name: String,
    pub parent: Weak<RefCell<Node>>,
    pub children: Vec<Rc<RefCell<Node>>>,
    pub links: Vec<Weak<RefCell<Node>>>,
}

#[derive(fory::ForyStruct)]
pub struct ForyNode {
    pub id: u64,
    pub name: String,
    pub parent: fory::RcWeak<RefCell<ForyNode>>,
    pub children: Vec<Rc<RefCell<ForyNode>>>,
    pub links: Vec<fory::RcWeak<RefCell<ForyNode>>>,
}

pub struct Rng(pub u64);
impl Rng {
    pub fn next(&mut self) -> u64 {
        let mut x = self.0;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.0 = x;
        x.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 11) % n
    }
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }
    pub fn word(&mut self, n: usize) -> String {
        (0..n).map(|_| (b'a' + self.below(26) as u8) as char).collect()
    }
}

pub fn log(n: usize) -> Vec<Log> {
    let mut r = Rng(42);
    let users = ["-", "alice", "bob", "carol", "mallory"];
    let paths =
        ["/index.html", "/api/v1/users", "/static/js/app.3f2a.js", "/images/banner-large.png", "/search"];
    (0..n)
        .map(|i| {
            let user = users[r.below(5) as usize];
            let path = paths[r.below(5) as usize];
            let query = r.below(30) as usize;
            Log {
                addr: Addr { a: r.next() as u8, b: r.next() as u8, c: r.next() as u8, d: r.next() as u8 },
                identity: r.word(8),
                userid: (user != "-").then(|| user.to_string()),
                ts: 1_700_000_000_000 + i as u64 * 37,
                request: format!("GET {path}?q={} HTTP/1.1", r.word(query)),
                code: [200u16, 200, 200, 301, 404, 500][r.below(6) as usize],
                size: r.below(1 << 20),
                referer: (r.below(2) == 1).then(|| format!("https://example.org/{}", r.word(12))),
                latency_us: (r.below(4) > 0).then(|| r.below(1 << 18) as u32),
            }
        })
        .collect()
}

pub fn mesh(n: usize) -> Vec<Tri> {
    let mut r = Rng(7);
    let mut v = || Vec3 { x: r.unit(), y: r.unit(), z: r.unit() };
    (0..n).map(|_| Tri { v0: v(), v1: v(), v2: v(), n: v() }).collect()
}

/// A 4-ary tree of `n` nodes.
pub fn tree(n: usize) -> Tree {
    fn build(i: usize, n: usize) -> Tree {
        let children = (4 * i + 1..=4 * i + 4).filter(|c| *c < n).map(|c| build(c, n)).collect();
        Tree { id: i as u64, name: format!("node-{i}"), children }
    }
    build(0, n)
}

macro_rules! graph {
    ($name:ident, $node:ident, $weak:ty, $empty:expr, $downgrade:expr) => {
        /// The tree as a graph of shared nodes with weak parents, and `links` random weak links a node.
        pub fn $name(n: usize, links: usize) -> Rc<RefCell<$node>> {
            let mut r = Rng(5);
            let nodes: Vec<_> = (0..n)
                .map(|i| {
                    Rc::new(RefCell::new($node {
                        id: i as u64,
                        name: format!("node-{i}"),
                        parent: $empty,
                        children: Vec::new(),
                        links: Vec::new(),
                    }))
                })
                .collect();
            for i in 1..n {
                let parent = &nodes[(i - 1) / 4];
                nodes[i].borrow_mut().parent = $downgrade(parent);
                parent.borrow_mut().children.push(nodes[i].clone());
            }
            for node in &nodes {
                for _ in 0..links {
                    let target = &nodes[r.below(n as u64) as usize];
                    node.borrow_mut().links.push($downgrade(target));
                }
            }
            nodes[0].clone()
        }
    };
}
graph!(graph, Node, Weak<RefCell<Node>>, Weak::new(), Rc::downgrade);
graph!(fory_graph, ForyNode, fory::RcWeak<RefCell<ForyNode>>, fory::RcWeak::new(), fory::RcWeak::from);

/// A number that depends on every node and every edge.
pub fn checksum(node: &Rc<RefCell<Node>>) -> u64 {
    let n = node.borrow();
    let weak = |w: &Weak<RefCell<Node>>| w.upgrade().map_or(0, |t| t.borrow().id);
    n.id + weak(&n.parent) * 3
        + n.links.iter().map(weak).sum::<u64>() * 5
        + n.children.iter().map(checksum).sum::<u64>()
}

pub fn fory_checksum(node: &Rc<RefCell<ForyNode>>) -> u64 {
    let n = node.borrow();
    let weak = |w: &fory::RcWeak<RefCell<ForyNode>>| w.upgrade().map_or(0, |t| t.borrow().id);
    n.id + weak(&n.parent) * 3
        + n.links.iter().map(weak).sum::<u64>() * 5
        + n.children.iter().map(fory_checksum).sum::<u64>()
}
