//! Trait objects: behind every pointer, across threads, of generic types, and what is said where one is missing.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::{Rc, Weak as RcWeak};
use std::sync::{Arc, Mutex, Weak};

use cerial::{Cerial, ErrorKind, Mode, Options, Registry};

#[cerial::object]
trait Shape: Debug {
    fn area(&self) -> f64;
}

#[derive(Cerial, Debug)]
struct Circle<T> {
    r: T,
}
impl<T: Copy + Into<f64> + Debug + Cerial + 'static> Shape for Circle<T> {
    fn area(&self) -> f64 {
        self.r.into()
    }
}
cerial::objects! {
    impl Shape for Circle<f32>;
    impl Shape for Circle<u8>;
}

/// Not `Send`.
#[derive(Cerial, Debug)]
struct Local {
    side: Rc<f64>,
}
#[cerial::object]
impl Shape for Local {
    fn area(&self) -> f64 {
        *self.side
    }
}

#[derive(Cerial, Debug)]
struct Missing;
impl Shape for Missing {
    fn area(&self) -> f64 {
        0.0
    }
}

#[track_caller]
fn trip<T: Cerial>(value: &T) -> T {
    let compact = Options::new().mode(Mode::Compact);
    compact.deserialize::<T>(&compact.serialize(value).unwrap()).unwrap();
    cerial::from_json::<T>(&cerial::to_json(value).unwrap()).unwrap();
    let bytes = cerial::serialize(value).unwrap();
    assert_eq!(cerial::inspect(&bytes).unwrap().to_bytes().unwrap(), bytes);
    cerial::deserialize(&bytes).unwrap()
}

#[derive(Cerial)]
struct Pointers {
    plain: Box<dyn Shape>,
    sent: Box<dyn Shape + Send>,
    synced: Rc<dyn Shape + Sync>,
    both: Arc<dyn Shape + Send + Sync>,
    locked: Arc<Mutex<Box<dyn Shape + Send>>>,
    all: Vec<Arc<dyn Shape + Sync + Send>>,
}

#[test]
fn objects_stand_behind_every_pointer_with_the_auto_traits_that_threads_need() {
    let both: Arc<dyn Shape + Send + Sync> = Arc::new(Circle { r: 4_u8 });
    let value = Pointers {
        plain: Box::new(Local { side: Rc::new(1.0) }),
        sent: Box::new(Circle { r: 2_u8 }),
        synced: Rc::new(Circle { r: 3.0_f32 }),
        both: both.clone(),
        locked: Arc::new(Mutex::new(Box::new(Circle { r: 5.0_f32 }))),
        all: vec![both.clone(), both],
    };
    let back = trip(&value);
    let areas = [back.plain.area(), back.sent.area(), back.synced.area(), back.both.area()];
    assert_eq!(areas, [1.0, 2.0, 3.0, 4.0]);
    assert!(Arc::ptr_eq(&back.both, &back.all[1]));
    let area =
        std::thread::spawn(move || back.locked.lock().unwrap().area() + back.both.area()).join().unwrap();
    assert_eq!(area, 9.0);
}

#[test]
fn a_type_that_is_not_send_is_refused_where_send_is_asked_for() {
    let plain: Vec<Box<dyn Shape>> = vec![Box::new(Local { side: Rc::new(1.0) })];
    // The bytes of the one are those of the other.
    let error =
        cerial::deserialize::<Vec<Box<dyn Shape + Send>>>(&cerial::serialize(&plain).unwrap()).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::TypeMismatch, "[0]"));
    assert!(error.to_string().contains("`objects::Local` cannot stand behind"), "{error}");
}

#[test]
fn a_type_that_is_not_registered_is_named() {
    let error = cerial::serialize(&vec![Box::new(Missing) as Box<dyn Shape>]).unwrap_err();
    assert_eq!((error.kind(), &*error.path()), (ErrorKind::Unknown, "[0]"));
    assert!(error.to_string().contains("`objects::Missing` is not registered for `dyn Shape`"), "{error}");
    assert!(error.help().unwrap().contains("cerial::objects!"), "{error:?}");
}

#[test]
fn an_unknown_name_lists_the_near_ones() {
    let text = r#"{"$type": "objects::Locale", "$value": {"side": {"$id": 0, "$value": 1.0}}}"#;
    let error = cerial::from_json::<Box<dyn Shape>>(text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unknown);
    let bytes = cerial::serialize(&(Box::new(Local { side: Rc::new(1.0) }) as Box<dyn Shape>)).unwrap();
    let place = bytes.windows(14).position(|w| w == b"objects::Local").unwrap();
    let mut bytes = bytes;
    bytes[place + 13] = b'e';
    let error = cerial::deserialize::<Box<dyn Shape>>(&bytes).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("no type `objects::Locae` is registered for `dyn Shape` (near: objects::Local)"),
        "{text}"
    );
}

// -- weak pointers --------------------------------------------------------------------------------------------------

#[cerial::object]
trait Widget: Debug {
    fn name(&self) -> String;
    fn parent(&self) -> Option<Rc<dyn Widget>>;
}

#[derive(Cerial, Debug)]
struct Button {
    name: String,
    parent: RefCell<RcWeak<dyn Widget>>,
}
#[cerial::object]
impl Widget for Button {
    fn name(&self) -> String {
        self.name.clone()
    }
    fn parent(&self) -> Option<Rc<dyn Widget>> {
        self.parent.borrow().upgrade()
    }
}

#[derive(Cerial, Debug)]
struct Panel {
    children: RefCell<Vec<Rc<dyn Widget>>>,
    focus: RefCell<RcWeak<dyn Widget>>,
}
#[cerial::object]
impl Widget for Panel {
    fn name(&self) -> String {
        format!("panel of {}", self.children.borrow().len())
    }
    fn parent(&self) -> Option<Rc<dyn Widget>> {
        self.focus.borrow().upgrade()
    }
}

#[test]
fn a_weak_to_an_object_finds_it_whether_it_stands_before_or_behind() {
    let nobody = || RefCell::new(RcWeak::<Button>::new() as RcWeak<dyn Widget>);
    let buttons = ["yes", "no"].map(|name| Rc::new(Button { name: name.into(), parent: nobody() }));
    let children = buttons.iter().map(|button| button.clone() as Rc<dyn Widget>).collect();
    let panel = Rc::new(Panel { children: RefCell::new(children), focus: nobody() });
    let root: Rc<dyn Widget> = panel.clone();
    *buttons[1].parent.borrow_mut() = Rc::downgrade(&root);
    *panel.focus.borrow_mut() = Rc::downgrade(&panel.children.borrow()[1]);
    // The weak pointers stand before their targets here.
    let first: RcWeak<dyn Widget> = Rc::downgrade(&root);
    let dead: RcWeak<dyn Widget> =
        Rc::downgrade(&(Rc::new(Button { name: "gone".into(), parent: nobody() }) as _));
    let (first, dead, back) = trip(&(first, dead, root));
    assert!(dead.upgrade().is_none());
    assert!(Rc::ptr_eq(&first.upgrade().unwrap(), &back));
    assert_eq!(back.name(), "panel of 2");
    let focus = back.parent().unwrap();
    assert_eq!(focus.name(), "no");
    assert!(Rc::ptr_eq(&focus.parent().unwrap(), &back));
}

#[derive(Cerial)]
struct Watch {
    shape: Weak<dyn Shape + Send + Sync>,
    held: Option<Arc<dyn Shape + Send + Sync>>,
}

#[test]
fn an_arc_of_an_object_is_watched_across_threads() {
    let held: Arc<dyn Shape + Send + Sync> = Arc::new(Circle { r: 2_u8 });
    let back = trip(&Watch { shape: Arc::downgrade(&held), held: Some(held.clone()) });
    assert!(Arc::ptr_eq(&back.shape.upgrade().unwrap(), back.held.as_ref().unwrap()));
    // What nobody holds does not travel.
    assert!(trip(&Watch { shape: Arc::downgrade(&held), held: None }).shape.upgrade().is_none());
}

// -- registries -----------------------------------------------------------------------------------------------------

mod by_hand {
    use super::{Circle, Shape};
    cerial::plugin! {
        name: "shapes", handlers: [], reconnectors: [],
        objects: [impl Shape for Circle<f32>; impl Shape for Circle<u8>]
    }
}

#[test]
fn a_plugins_list_registers_types_behind_traits_too() {
    let mut builder = Registry::empty();
    by_hand::register(&mut builder);
    by_hand::register(&mut builder);
    let options = Options::new().with_registry(Arc::new(builder.build()));
    let shape: Box<dyn Shape> = Box::new(Circle { r: 2_u8 });
    assert_eq!(
        options.deserialize::<Box<dyn Shape>>(&options.serialize(&shape).unwrap()).unwrap().area(),
        2.0
    );
    let local: Box<dyn Shape> = Box::new(Local { side: Rc::new(1.0) });
    assert_eq!(options.serialize(&local).unwrap_err().kind(), ErrorKind::Unknown);
}

mod one {
    #[derive(cerial::Cerial, Debug)]
    #[cerial(name = "acme.Twin")]
    pub(crate) struct Twin(pub(crate) u8);
}
mod two {
    #[derive(cerial::Cerial, Debug)]
    #[cerial(name = "acme.Twin")]
    pub(crate) struct Twin(pub(crate) u8);
}
#[cerial::object]
trait Twins {
    fn number(&self) -> u8;
}
#[cerial::object]
impl Twins for one::Twin {
    fn number(&self) -> u8 {
        self.0
    }
}
#[cerial::object]
impl Twins for two::Twin {
    fn number(&self) -> u8 {
        self.0
    }
}

#[test]
fn two_types_of_one_name_poison_it() {
    let twins: [Box<dyn Twins>; 2] = [Box::new(one::Twin(1)), Box::new(two::Twin(2))];
    assert_eq!(twins.iter().map(|twin| twin.number()).sum::<u8>(), 3);
    for twin in &twins {
        let error = cerial::serialize(twin).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Duplicate);
        let text = error.to_string();
        assert!(text.contains("two types claim the name `acme.Twin`: `objects::"), "{text}");
    }
}

// -- preflight ------------------------------------------------------------------------------------------------------

mod foreign {
    #[derive(Debug)]
    pub(crate) struct Canvas;
}

#[cerial::object]
trait Layer {}
#[derive(Cerial)]
struct Drawing {
    canvas: Vec<foreign::Canvas>,
    below: Option<Box<dyn Layer>>,
}
#[cerial::object]
impl Layer for Drawing {}
#[cerial::object]
trait Nobody {}
#[derive(Cerial)]
struct Page {
    layers: Vec<Box<dyn Layer>>,
    nobody: Option<Arc<dyn Nobody + Send + Sync>>,
}

#[test]
fn preflight_looks_behind_trait_objects() {
    let error = cerial::preflight::<Page>().unwrap_err();
    let text = error.to_string();
    assert!(text.contains("2 fields"), "{text}");
    assert!(
        text.contains("`layers -> objects::Drawing.canvas`: no handler for `objects::foreign::Canvas`"),
        "{text}"
    );
    assert!(text.contains("`nobody`: no type is registered for `dyn Nobody`"), "{text}");
    cerial::preflight::<Pointers>().unwrap();
}

// -- typetag --------------------------------------------------------------------------------------------------------

#[typetag::serde(tag = "type")]
trait Event {
    fn describe(&self) -> String;
}
#[derive(serde::Serialize, serde::Deserialize)]
struct Click {
    x: u32,
}
#[typetag::serde]
impl Event for Click {
    fn describe(&self) -> String {
        format!("click at {}", self.x)
    }
}
#[derive(serde::Serialize, serde::Deserialize)]
struct Typed(String);
#[typetag::serde]
impl Event for Typed {
    fn describe(&self) -> String {
        format!("typed {}", self.0)
    }
}
#[derive(Cerial)]
struct History {
    last: Box<dyn Event>,
    all: Vec<Box<dyn Event>>,
}

#[test]
fn typetags_own_objects_travel_by_serde() {
    let value = History {
        last: Box::new(Click { x: 7 }),
        all: vec![Box::new(Click { x: 1 }), Box::new(Typed("hi".into()))],
    };
    let back = trip(&value);
    assert_eq!(back.last.describe(), "click at 7");
    assert_eq!(back.all.iter().map(|e| e.describe()).collect::<Vec<_>>(), ["click at 1", "typed hi"]);
}
