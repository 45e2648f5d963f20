//! Random nested collections whose leaves are primitives and objects of the pool, which so stand in many places.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use suitkaise::{Cerial, Queue};

use crate::build::Build;
use crate::checks::Checks;
use crate::objects::Shape;
use crate::part::{Noun, part};

#[derive(Cerial)]
enum Tree {
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
    Keyed(Vec<((i8, char), Tree)>),
    Boxed(Option<Box<Tree>>),
    Nothing,
    Flag(bool),
    Int(i128),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    PoolText(Rc<str>),
    PoolLock(Arc<Mutex<Vec<u32>>>),
    PoolShape(Rc<dyn Shape>),
    PoolQueue(Arc<Queue<u8>>),
    PoolPattern(Rc<regex::Regex>),
}

#[derive(Cerial)]
pub struct Nested {
    trees: [Tree; 7],
}

/// 2 to 4 children a node, of which one in three is a collection again.
fn tree(cx: &mut Build, depth: u32) -> Tree {
    let children = cx.rng.usize(2..=4);
    let below = |cx: &mut Build| {
        if depth > 0 && cx.rng.u8(..10) < 3 { tree(cx, depth - 1) } else { leaf(cx) }
    };
    match cx.rng.u8(..4) {
        0 => Tree::List((0..children).map(|_| below(cx)).collect()),
        1 => Tree::Map((0..children).map(|n| (format!("{n}{}", cx.text(3)), below(cx))).collect()),
        2 => Tree::Keyed((0..children).map(|_| ((cx.rng.i8(..), cx.rng.char(..)), below(cx))).collect()),
        _ => Tree::Boxed(Some(Box::new(below(cx)))),
    }
}

fn leaf(cx: &mut Build) -> Tree {
    match cx.rng.u8(..12) {
        0 => Tree::Nothing,
        1 => Tree::Flag(cx.rng.bool()),
        2 => Tree::Int(cx.rng.i128(..)),
        3 => Tree::Float(cx.rng.f64()),
        4 => Tree::Text(cx.text(9)),
        5 => Tree::Bytes(cx.some(9, |cx| cx.rng.u8(..))),
        6 => Tree::PoolText(cx.pool.text.clone()),
        7 => Tree::PoolLock(cx.pool.lock.clone()),
        8 => Tree::PoolShape(cx.pool.shape.clone()),
        9 => Tree::PoolQueue(cx.pool.queue.clone()),
        10 => Tree::PoolPattern(cx.pool.pattern.clone()),
        _ => Tree::Boxed(None),
    }
}

impl Noun for Nested {
    const NAME: &'static str = "nested";

    fn new(cx: &mut Build) -> Nested {
        Nested {
            trees: std::array::from_fn(|_| {
                let depth = cx.rng.u32(2..=5);
                tree(cx, depth)
            }),
        }
    }

    fn verify(&self, came: &Nested, checks: &mut Checks<'_>) {
        for (at, (came, sent)) in came.trees.iter().zip(&self.trees).enumerate() {
            checks.inside(at, |checks| same(came, sent, checks));
        }
    }
}
part!(Nested);

fn same(came: &Tree, sent: &Tree, checks: &mut Checks<'_>) {
    let all = |came: &mut dyn Iterator<Item = &Tree>,
               sent: &mut dyn Iterator<Item = &Tree>,
               checks: &mut Checks<'_>| {
        for (at, sent) in sent.enumerate() {
            checks.inside(at, |checks| match came.next() {
                Some(came) => same(came, sent, checks),
                None => checks.that("is there", false),
            });
        }
        checks.that("no more", came.next().is_none());
    };
    match (came, sent) {
        (Tree::List(came), Tree::List(sent)) => all(&mut came.iter(), &mut sent.iter(), checks),
        (Tree::Map(came), Tree::Map(sent)) => {
            checks.that("keys", came.keys().eq(sent.keys()));
            all(&mut came.values(), &mut sent.values(), checks);
        }
        (Tree::Keyed(came), Tree::Keyed(sent)) => {
            checks.that("keys", came.iter().map(|(key, _)| key).eq(sent.iter().map(|(key, _)| key)));
            all(&mut came.iter().map(|(_, tree)| tree), &mut sent.iter().map(|(_, tree)| tree), checks);
        }
        (Tree::Boxed(came), Tree::Boxed(sent)) => {
            all(&mut came.iter().map(|tree| &**tree), &mut sent.iter().map(|tree| &**tree), checks);
        }
        (Tree::Nothing, Tree::Nothing) => {}
        (Tree::Flag(came), Tree::Flag(sent)) => checks.same("flag", came, sent),
        (Tree::Int(came), Tree::Int(sent)) => checks.same("int", came, sent),
        (Tree::Float(came), Tree::Float(sent)) => checks.same("float", came.to_bits(), sent.to_bits()),
        (Tree::Text(came), Tree::Text(sent)) => checks.same("text", came, sent),
        (Tree::Bytes(came), Tree::Bytes(sent)) => checks.same("bytes", came, sent),
        (Tree::PoolText(came), _) => checks.that("text of the pool", Rc::ptr_eq(came, &checks.pool.text)),
        (Tree::PoolLock(came), _) => checks.that("lock of the pool", Arc::ptr_eq(came, &checks.pool.lock)),
        (Tree::PoolShape(came), _) => checks.that("shape of the pool", Rc::ptr_eq(came, &checks.pool.shape)),
        (Tree::PoolQueue(came), _) => checks.that("queue of the pool", Arc::ptr_eq(came, &checks.pool.queue)),
        (Tree::PoolPattern(came), _) => {
            checks.that("pattern of the pool", Rc::ptr_eq(came, &checks.pool.pattern))
        }
        _ => checks.that("is of the same kind", false),
    }
    checks.same("kind", std::mem::discriminant(came), std::mem::discriminant(sent));
}
