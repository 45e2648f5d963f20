//! A tree holds all that a value is: the bytes made from it are those that the value makes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cerial::{Cerial, Encode, Ir, Limits, Node, Options, Serde};

#[track_caller]
fn same<T: Encode + ?Sized>(value: &T) -> Ir {
    let bytes = cerial::serialize(value).unwrap();
    let ir = cerial::inspect(&bytes).unwrap();
    assert_eq!(ir.to_bytes().unwrap(), bytes, "{ir}");
    ir
}

#[derive(Cerial, Debug, PartialEq, Default, Clone)]
struct Scalars(bool, u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, f32, f64, char, ());

#[derive(Cerial, Debug, PartialEq, Clone)]
struct Named {
    id: u32,
    name: String,
    tags: Vec<String>,
    maybe: Option<u16>,
    text: Option<String>,
    pair: (u8, String),
    fixed: [u16; 3],
    texts: [String; 2],
    nested: Option<Box<Named>>,
}

#[derive(Cerial, Debug, PartialEq, Clone)]
struct UnitStruct;

#[derive(Cerial, Debug, PartialEq, Clone)]
enum Color {
    Red,
    Green,
}

#[derive(Cerial, Debug, PartialEq, Clone)]
enum Shape {
    Nothing,
    Circle(f64),
    Rect { w: u32, h: u32, label: String },
    Many(Vec<Shape>, Color),
}

fn named() -> Named {
    let leaf = Named {
        id: 7,
        name: "leaf".into(),
        tags: vec![],
        maybe: None,
        text: None,
        pair: (0, String::new()),
        fixed: [0; 3],
        texts: ["".into(), "".into()],
        nested: None,
    };
    Named {
        id: 1,
        name: "root".into(),
        tags: vec!["a".into(), "b".into()],
        maybe: Some(3),
        text: Some("t".into()),
        pair: (9, "p".into()),
        fixed: [1, 2, 3],
        texts: ["x".into(), "y".into()],
        nested: Some(Box::new(leaf)),
    }
}

#[test]
fn plain_types_give_the_same_bytes() {
    same(&Scalars(true, 1, 2, 3, 4, 5, -1, -2, -3, -4, -5, 1.5, f64::NAN, 'x', ()));
    same(&named());
    same(&UnitStruct);
    same(&vec![Color::Red, Color::Green]);
    same(&vec![Shape::Nothing, Shape::Circle(1.0), Shape::Many(vec![Shape::Nothing], Color::Green)]);
    same(&Shape::Rect { w: 1, h: 2, label: "r".into() });
}

#[test]
fn std_types_give_the_same_bytes() {
    same(&vec![Some(1_u8), None]);
    same(&vec![(); 5]);
    same(&[[1_u8; 4]; 3]);
    same(&vec![[0_u8, 1], [2, 3]]);
    same(&(1_u8, vec![0.5_f32; 9], b"bytes".to_vec(), "text".to_owned()));
    same(&BTreeMap::from([(1_u16, "a".to_owned()), (2, "b".into())]));
    same(&HashMap::from([("a".to_owned(), Some(Some(1_u8)))]));
    same(&(BTreeSet::from([1, 2]), VecDeque::from([1_u8, 2]), LinkedList::from(["x".to_owned()])));
    same(&(Ok::<u8, String>(4), Err::<u8, String>("e".into()), Duration::from_millis(1500), 1..5_u32));
    same(&(RefCell::new(vec![1_u8]), Cell::new(4_u8), Mutex::new("m".to_owned()), OnceCell::from(5_u8)));
    same(&(std::cmp::Ordering::Less, std::ops::Bound::Excluded(4_u8), ..));
}

#[derive(Cerial)]
struct Dir {
    name: String,
    parent: RefCell<Weak<Dir>>,
    children: RefCell<Vec<Rc<Dir>>>,
}

fn dirs() -> Rc<Dir> {
    let dir = |name: &str| {
        Rc::new(Dir { name: name.into(), parent: RefCell::default(), children: RefCell::default() })
    };
    let (root, a, b) = (dir("root"), dir("a"), dir("b"));
    for child in [&a, &b] {
        *child.parent.borrow_mut() = Rc::downgrade(&root);
        root.children.borrow_mut().push(child.clone());
    }
    root.children.borrow_mut().push(a);
    root
}

#[test]
fn shared_and_cyclic_graphs_give_the_same_bytes() {
    let text = Arc::<str>::from("shared");
    same(&(text.clone(), text.clone(), Arc::downgrade(&Arc::new(1_u8)), vec![text]));
    let ir = same(&dirs());
    assert!(ir.to_string().contains("~> #0"), "{ir}");
}

#[test]
fn a_graph_comes_back_from_its_tree() {
    let back: Rc<Dir> = cerial::deserialize_ir(&cerial::serialize_ir(&dirs()).unwrap()).unwrap();
    let children = back.children.borrow();
    assert_eq!(children.len(), 3);
    assert!(Rc::ptr_eq(&children[0], &children[2]));
    assert!(Rc::ptr_eq(&children[1].parent.borrow().upgrade().unwrap(), &back));
}

#[test]
fn values_of_serde_give_the_same_bytes() {
    let value =
        serde_json::json!({"a": [1, -2, 300, 70000, 3.5, null, true, u64::MAX, i64::MIN], "b": {"a": "d"}});
    same(&Serde(&value));
    same(&Serde((None::<u8>, Some(4), 'x', 1.5_f32, u128::MAX, i128::MIN, "y".repeat(40), vec![(); 20])));
    #[derive(serde::Serialize)]
    enum E {
        A,
        B(u8),
        C { x: u8, y: &'static str },
    }
    same(&Serde(vec![E::A, E::B(1), E::C { x: 1, y: "z" }, E::A, E::B(2)]));
}

struct Foreign(u32);
struct ForeignHandler;
impl cerial::Handler for ForeignHandler {
    type Value = Foreign;
    type State = (String, Vec<u32>);
    const KEY: &'static str = "tests::Foreign";
    fn extract(value: &Foreign, _: &mut cerial::Extract) -> cerial::Result<Self::State> {
        Ok(("n".into(), vec![value.0]))
    }
    fn rebuild(state: Self::State, _: &mut cerial::Rebuild) -> cerial::Result<Foreign> {
        Ok(Foreign(state.1[0]))
    }
}
cerial::plugin! { name: "tests", handlers: [ForeignHandler], reconnectors: [] }

#[derive(Cerial)]
struct Holder {
    first: Foreign,
    many: Vec<Foreign>,
}

#[test]
fn handled_values_give_the_same_bytes() {
    let ir = same(&Holder { first: Foreign(1), many: vec![Foreign(2), Foreign(3)] });
    assert_eq!(ir.names().len(), 1);
    assert_eq!(ir.names()[0].name, "tests::Foreign");
    assert!(ir.to_string().contains("via tests::Foreign"), "{ir}");
    let back: Holder = cerial::deserialize_ir(&ir).unwrap();
    assert_eq!((back.first.0, back.many[1].0), (1, 3));
}

#[test]
fn a_tree_is_walked_by_its_nodes() {
    let ir = cerial::serialize_ir(&(1_u8, "a".to_owned())).unwrap();
    assert_eq!(ir.root(), &Node::List(vec![Node::U8(1), Node::Text("a".into())]));
    assert_eq!(cerial::serialize_ir(&named()).unwrap().type_name(), "ir::Named");
}

#[test]
fn any_format_of_serde_carries_a_tree() {
    let ir = cerial::serialize_ir(&named()).unwrap();
    let json = serde_json::to_string(&ir).unwrap();
    assert_eq!(serde_json::from_str::<Ir>(&json).unwrap(), ir);
    let bytes = cerial::serialize(&Serde(&ir)).unwrap();
    assert_eq!(cerial::deserialize::<Serde<Ir>>(&bytes).unwrap().0, ir);
    let back: Named = cerial::deserialize_ir(&ir).unwrap();
    assert_eq!(back, named());
}

#[derive(Cerial)]
struct Chain {
    next: Option<Box<Chain>>,
}

#[test]
fn a_tree_may_be_as_deep_as_a_value() {
    let chain = |n| (0..n).fold(Chain { next: None }, |chain, _| Chain { next: Some(Box::new(chain)) });
    same(&chain(400));
    let deep = Options::new().limits(Limits::new().depth(20_000));
    let value = chain(10_000);
    let ir = deep.serialize_ir(&value).unwrap();
    assert_eq!(ir.to_bytes().unwrap(), deep.serialize(&value).unwrap());
    drop(ir);
    std::mem::forget(value);
}
