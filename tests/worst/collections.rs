//! Every collection of std: empty, nested, with keys of every kind.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::hash::BuildHasherDefault;

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Unit,
    Number(i32),
    Both { name: String, at: (u8, bool) },
}

type Fixed = BuildHasherDefault<DefaultHasher>;

#[derive(Cerial)]
#[expect(clippy::type_complexity, clippy::redundant_allocation, reason = "that is the point")]
pub struct Collections {
    list: Vec<Vec<Option<String>>>,
    empty: (Vec<String>, BTreeMap<u8, u8>, HashSet<u8>, VecDeque<()>),
    units: Vec<()>,
    numbers: (Vec<u64>, Vec<f32>, Box<[i16]>, [[u8; 3]; 40]),
    deque: VecDeque<u16>,
    linked: LinkedList<String>,
    heap: BinaryHeap<(u8, String)>,
    tree: BTreeMap<Key, Vec<u8>>,
    sorted: BTreeSet<(i8, char)>,
    hashed: HashMap<Key, HashMap<u8, String>>,
    fixed: HashMap<String, u32, Fixed>,
    set: HashSet<Vec<u8>>,
    nested: BTreeMap<String, BTreeMap<(u8, u8), Option<Box<[Key]>>>>,
    boxed: Box<Box<Vec<Box<str>>>>,
}

fn key(cx: &mut Build) -> Key {
    match cx.rng.u8(..3) {
        0 => Key::Unit,
        1 => Key::Number(cx.rng.i32(..)),
        _ => Key::Both { name: cx.text(4), at: (cx.rng.u8(..), cx.rng.bool()) },
    }
}

impl Noun for Collections {
    const NAME: &'static str = "collections";

    fn new(cx: &mut Build) -> Collections {
        let mut deque = VecDeque::with_capacity(8);
        for n in 0..12 {
            // Turns round in its buffer.
            if deque.len() == 6 {
                deque.pop_front();
            }
            deque.push_back(cx.rng.u16(..).wrapping_add(n));
        }
        Collections {
            list: cx.some(4, |cx| cx.some(3, |cx| cx.rng.bool().then(|| cx.text(4)))),
            empty: Default::default(),
            units: vec![(); cx.rng.usize(..9)],
            numbers: (
                cx.some(40, |cx| cx.rng.u64(..)),
                cx.some(40, |cx| cx.rng.f32()),
                cx.some(9, |cx| cx.rng.i16(..)).into(),
                [[cx.rng.u8(..), 1, 2]; 40],
            ),
            deque,
            linked: cx.some(4, |cx| cx.text(4)).into_iter().collect(),
            heap: cx.some(6, |cx| (cx.rng.u8(..), cx.text(2))).into_iter().collect(),
            tree: cx.some(5, |cx| (key(cx), vec![cx.rng.u8(..)])).into_iter().collect(),
            sorted: cx.some(9, |cx| (cx.rng.i8(..), cx.rng.char(..))).into_iter().collect(),
            hashed: cx
                .some(5, |cx| {
                    let key = key(cx);
                    (key, cx.some(2, |cx| (cx.rng.u8(..), cx.text(3))).into_iter().collect())
                })
                .into_iter()
                .collect(),
            fixed: cx.some(5, |cx| (cx.text(4), cx.rng.u32(..))).into_iter().collect(),
            set: cx.some(5, |cx| cx.some(4, |cx| cx.rng.u8(..))).into_iter().collect(),
            nested: cx
                .some(3, |cx| {
                    let name = cx.text(3);
                    let rows = cx.some(2, |cx| ((cx.rng.u8(..), 0), Some(cx.some(2, key).into())));
                    (name, rows.into_iter().collect())
                })
                .into_iter()
                .collect(),
            boxed: Box::new(Box::new(cx.some(3, |cx| cx.text(3).into()))),
        }
    }

    fn verify(&self, came: &Collections, checks: &mut Checks<'_>) {
        checks.same("list", &came.list, &self.list);
        checks.same("empty", &came.empty, &self.empty);
        checks.same("units", came.units.len(), self.units.len());
        checks.same("numbers", &came.numbers, &self.numbers);
        checks.same("deque", &came.deque, &self.deque);
        checks.same("linked", came.linked.front(), self.linked.front());
        checks.same("linked's end", came.linked.back(), self.linked.back());
        checks.same("heap", came.heap.clone().into_sorted_vec(), self.heap.clone().into_sorted_vec());
        checks.same("heap's top", came.heap.peek(), self.heap.peek());
        checks.same("tree", &came.tree, &self.tree);
        checks.same("tree's first", came.tree.first_key_value(), self.tree.first_key_value());
        checks.same("sorted", &came.sorted, &self.sorted);
        checks.same("hashed", came.hashed.len(), self.hashed.len());
        // Found by its hash, in a table with a hasher of its own.
        checks
            .that("hashed finds", self.hashed.iter().all(|(key, value)| came.hashed.get(key) == Some(value)));
        checks.that("fixed finds", self.fixed.iter().all(|(key, value)| came.fixed.get(key) == Some(value)));
        checks.same("set", &came.set, &self.set);
        checks.same("nested", &came.nested, &self.nested);
        checks.same("boxed", &came.boxed, &self.boxed);
    }
}
part!(Collections);
