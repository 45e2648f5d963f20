//! Shared and cyclic graphs: who points at whom is the same.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

/// A node of a random graph: strong edges to earlier nodes, weak ones to any.
#[derive(Cerial)]
struct Node {
    id: u32,
    down: Vec<Rc<Node>>,
    any: RefCell<Vec<Weak<Node>>>,
}

/// A folder: strong edges down, a weak one up.
#[derive(Cerial)]
struct Folder {
    name: String,
    parent: std::sync::Weak<Folder>,
    inside: Mutex<Vec<Arc<Folder>>>,
}

/// A dictionary that may hold itself.
#[derive(Cerial, Default)]
struct Dict {
    entries: RefCell<BTreeMap<String, Weak<Dict>>>,
    owned: RefCell<Vec<Rc<Dict>>>,
}

#[derive(Cerial)]
#[expect(clippy::redundant_allocation, reason = "that is the point")]
pub struct Graph {
    /// Stands before what it points at.
    first: Weak<Node>,
    nodes: Vec<Rc<Node>>,
    dead: (Weak<Node>, Weak<String>, std::sync::Weak<Folder>),
    text: (Rc<str>, Rc<str>, Rc<String>, Weak<String>),
    slice: (Arc<[u64]>, Arc<[u64]>),
    cell: Vec<Rc<RefCell<u8>>>,
    root: Arc<Folder>,
    within: Rc<Dict>,
    mutual: (Rc<Dict>, Rc<Dict>),
    boxed: Rc<Box<Rc<String>>>,
}

fn folder(cx: &mut Build, depth: u32, parent: std::sync::Weak<Folder>) -> Arc<Folder> {
    let folder = Arc::new(Folder { name: cx.text(3), parent, inside: Mutex::default() });
    if depth > 0 {
        let inside = cx.some(3, |cx| folder_in(cx, depth - 1, &folder));
        *folder.inside.lock().expect("it is not poisoned") = inside;
    }
    folder
}

fn folder_in(cx: &mut Build, depth: u32, parent: &Arc<Folder>) -> Arc<Folder> {
    folder(cx, depth, Arc::downgrade(parent))
}

/// The addresses that a list of pointers leads to, as positions in the graph.
fn places(nodes: &[Rc<Node>], pointers: impl Iterator<Item = *const Node>) -> Vec<Option<usize>> {
    pointers.map(|pointer| nodes.iter().position(|node| Rc::as_ptr(node) == pointer)).collect()
}

impl Noun for Graph {
    const NAME: &'static str = "graph";

    fn new(cx: &mut Build) -> Graph {
        let mut nodes: Vec<Rc<Node>> = Vec::new();
        for id in 0..cx.rng.u32(1..30) {
            let down = if nodes.is_empty() {
                vec![]
            } else {
                cx.some(3, |cx| nodes[cx.rng.usize(..nodes.len())].clone())
            };
            nodes.push(Rc::new(Node { id, down, any: RefCell::default() }));
        }
        for node in &nodes {
            *node.any.borrow_mut() = cx.some(3, |cx| Rc::downgrade(&nodes[cx.rng.usize(..nodes.len())]));
        }
        let text: Rc<str> = cx.text(9).into();
        let watched = Rc::new(cx.text(9));
        let slice: Arc<[u64]> = cx.some(9, |cx| cx.rng.u64(..)).into();
        let cell = Rc::new(RefCell::new(cx.rng.u8(..)));
        let within = Rc::new(Dict::default());
        for name in ["self", "again"] {
            within.entries.borrow_mut().insert(name.into(), Rc::downgrade(&within));
        }
        // Three levels down, and back to the top.
        let (a, b, c) = (Rc::new(Dict::default()), Rc::new(Dict::default()), Rc::new(Dict::default()));
        c.entries.borrow_mut().insert("top".into(), Rc::downgrade(&within));
        b.owned.borrow_mut().push(c);
        a.owned.borrow_mut().push(b);
        within.owned.borrow_mut().push(a);
        let mutual = (Rc::new(Dict::default()), Rc::new(Dict::default()));
        mutual.0.entries.borrow_mut().insert("other".into(), Rc::downgrade(&mutual.1));
        mutual.1.entries.borrow_mut().insert("other".into(), Rc::downgrade(&mutual.0));
        let gone = Rc::new(Node { id: 0, down: vec![], any: RefCell::default() });
        Graph {
            first: Rc::downgrade(&nodes[cx.rng.usize(..nodes.len())]),
            dead: (Rc::downgrade(&gone), Rc::downgrade(&Rc::default()), std::sync::Weak::new()),
            text: (text.clone(), text, watched.clone(), Rc::downgrade(&watched)),
            slice: (slice.clone(), slice),
            cell: vec![cell; 3],
            root: folder(cx, 3, std::sync::Weak::new()),
            within,
            mutual,
            boxed: Rc::new(Box::new(Rc::new(cx.text(3)))),
            nodes,
        }
    }

    fn verify(&self, came: &Graph, checks: &mut Checks<'_>) {
        checks.same("nodes", came.nodes.len(), self.nodes.len());
        let first = |graph: &Graph| places(&graph.nodes, [graph.first.as_ptr()].into_iter());
        checks.same("first", first(came), first(self));
        for (came_node, node) in came.nodes.iter().zip(&self.nodes) {
            checks.same("id", came_node.id, node.id);
            let down = |g: &Graph, n: &Node| places(&g.nodes, n.down.iter().map(Rc::as_ptr));
            checks.same("strong edges", down(came, came_node), down(self, node));
            let any = |g: &Graph, n: &Node| places(&g.nodes, n.any.borrow().iter().map(Weak::as_ptr));
            checks.same("weak edges", any(came, came_node), any(self, node));
            checks.same("owners", Rc::strong_count(came_node), Rc::strong_count(node));
            checks.same("watchers", Rc::weak_count(came_node), Rc::weak_count(node));
        }
        checks.that("dead", came.dead.0.upgrade().is_none() && came.dead.1.upgrade().is_none());
        checks.that("dead too", came.dead.2.upgrade().is_none());
        checks.same("text", &*came.text.0, &*self.text.0);
        checks.that("text is one", Rc::ptr_eq(&came.text.0, &came.text.1));
        let upgraded = came.text.3.upgrade();
        checks.that("text is watched", upgraded.is_some_and(|text| Rc::ptr_eq(&text, &came.text.2)));
        checks.same("slice", &came.slice.0, &self.slice.0);
        checks.that("slice is one", Arc::ptr_eq(&came.slice.0, &came.slice.1));
        *came.cell[0].borrow_mut() ^= 1;
        checks.same("cell is one", *came.cell[2].borrow(), *self.cell[2].borrow() ^ 1);
        checks.inside("root", |checks| same_folder(&came.root, &self.root, checks));
        let within = &came.within;
        checks.same("within", within.entries.borrow().len(), 2);
        let leads_home = |weak: &Weak<Dict>| weak.upgrade().is_some_and(|dict| Rc::ptr_eq(&dict, within));
        checks.that("within itself", within.entries.borrow().values().all(leads_home));
        let deep = within.owned.borrow()[0].owned.borrow()[0].owned.borrow()[0].clone();
        checks.that("back to the top", deep.entries.borrow().values().all(leads_home));
        let other = came.mutual.0.entries.borrow()["other"].upgrade();
        checks.that("mutual", other.is_some_and(|other| Rc::ptr_eq(&other, &came.mutual.1)));
        let other = came.mutual.1.entries.borrow()["other"].upgrade();
        checks.that("mutual back", other.is_some_and(|other| Rc::ptr_eq(&other, &came.mutual.0)));
        checks.same("boxed", &**came.boxed, &**self.boxed);
    }
}
part!(Graph);

fn same_folder(came: &Arc<Folder>, sent: &Arc<Folder>, checks: &mut Checks<'_>) {
    checks.same("name", &came.name, &sent.name);
    let (inside, want) = (came.inside.try_lock(), sent.inside.try_lock());
    let (Some(inside), Ok(want)) = (checks.ok("is free", inside), want) else { return };
    checks.same("inside", inside.len(), want.len());
    for (child, want) in inside.iter().zip(&*want) {
        let parent = child.parent.upgrade();
        checks.that("parent", parent.is_some_and(|parent| Arc::ptr_eq(&parent, came)));
        same_folder(child, want, checks);
    }
}
