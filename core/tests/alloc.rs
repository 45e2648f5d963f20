//! What the fast path allocates: nothing to write into a warm buffer, nothing to read a struct of primitives.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use cerial::{Cerial, Mode, Options};

struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is the system allocator's, with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller's contract is handed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<R>(f: impl FnOnce() -> R) -> (usize, R) {
    let before = CALLS.with(Cell::get);
    let result = f();
    (CALLS.with(Cell::get) - before, result)
}

#[derive(Cerial, Clone, Copy, Debug, PartialEq)]
struct Sample {
    id: u64,
    position: [f32; 3],
    level: Option<u16>,
    valid: bool,
    unit: char,
}

const SAMPLE: Sample = Sample { id: 7, position: [1.0, 2.0, 3.0], level: Some(4), valid: true, unit: 'm' };

#[derive(Cerial)]
struct Node {
    name: String,
    parent: Weak<RefCell<Node>>,
    children: Vec<Rc<RefCell<Node>>>,
}

#[derive(Cerial)]
enum Value {
    Int(i64),
    Text(String),
    List(Vec<Value>),
}

#[cerial::object]
trait Shape {
    fn area(&self) -> f64;
}

#[derive(Cerial)]
struct Square(f64);
#[derive(Cerial)]
struct Named {
    name: String,
    sides: Vec<f64>,
}

#[cerial::object]
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
#[cerial::object]
impl Shape for Named {
    fn area(&self) -> f64 {
        self.sides.iter().sum::<f64>() + self.name.len() as f64
    }
}

#[track_caller]
fn writes_without_allocating<T: Cerial>(value: &T) {
    for mode in [Mode::Compact, Mode::Portable] {
        let options = Options::new().mode(mode);
        let mut buffer = Vec::new();
        options.serialize_into(value, &mut buffer).expect("the value is written");
        let first = buffer.clone();
        buffer.clear();
        let (calls, result) = allocations(|| options.serialize_into(value, &mut buffer));
        result.expect("the value is written again");
        assert_eq!(calls, 0, "{mode:?}");
        assert_eq!(buffer, first, "{mode:?}");
    }
}

#[test]
fn writing_into_a_warm_buffer_allocates_nothing() {
    writes_without_allocating(&SAMPLE);
    writes_without_allocating(&vec![SAMPLE; 100]);
    writes_without_allocating(&vec![Some("text".to_owned()), None]);
    writes_without_allocating(&Value::List(vec![
        Value::Int(1),
        Value::Text("two".into()),
        Value::List(vec![]),
    ]));
    writes_without_allocating(&HashMap::from([("a".to_owned(), 1_u32), ("b".to_owned(), 2)]));
}

#[test]
fn writing_a_graph_again_allocates_nothing() {
    let root = Rc::new(RefCell::new(Node { name: "root".into(), parent: Weak::new(), children: vec![] }));
    for i in 0..300 {
        let child = Node { name: format!("{i}"), parent: Rc::downgrade(&root), children: vec![] };
        root.borrow_mut().children.push(Rc::new(RefCell::new(child)));
    }
    assert_eq!(root.borrow().children[7].borrow().name, "7");
    writes_without_allocating(&root);
}

#[test]
fn writing_trait_objects_again_allocates_nothing_and_names_their_types_again() {
    let shape = |i: usize| -> Box<dyn Shape> {
        match i % 2 {
            0 => Box::new(Square(i as f64)),
            _ => Box::new(Named { name: format!("{i}"), sides: vec![1.0; i] }),
        }
    };
    let shapes: Vec<Box<dyn Shape>> = (0..9).map(shape).collect();
    assert_eq!(shapes[2].area() + shapes[3].area(), 8.0);
    writes_without_allocating(&shapes);
}

#[test]
fn reading_a_struct_of_primitives_allocates_nothing() {
    for mode in [Mode::Compact, Mode::Portable] {
        let options = Options::new().mode(mode);
        let bytes = options.serialize(&SAMPLE).unwrap();
        options.deserialize::<Sample>(&bytes).unwrap();
        let (calls, back) = allocations(|| options.deserialize::<Sample>(&bytes));
        assert_eq!((calls, back.unwrap()), (0, SAMPLE), "{mode:?}");
    }
}

#[test]
fn text_and_lists_are_allocated_once_each() {
    let options = Options::new().mode(Mode::Compact);
    let value = (vec![1_u32; 1000], "a text".to_owned(), vec![SAMPLE; 50]);
    let bytes = options.serialize(&value).unwrap();
    options.deserialize::<(Vec<u32>, String, Vec<Sample>)>(&bytes).unwrap();
    let (calls, back) = allocations(|| options.deserialize::<(Vec<u32>, String, Vec<Sample>)>(&bytes));
    assert!(back.unwrap() == value);
    assert_eq!(calls, 3);
}
