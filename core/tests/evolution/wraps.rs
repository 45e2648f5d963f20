//! Where a value may stand: each case of the table is tried in all of these places.

use std::cell::RefCell;
use std::collections::{BTreeMap, LinkedList};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use cerial::Cerial;

/// A place for a value of any type.
pub trait Wrap {
    type Of<T: Cerial + 'static>: Cerial;
    /// The place, as errors name it.
    const PATH: &'static str;
    fn wrap<T: Cerial + 'static>(value: T) -> Self::Of<T>;
    fn unwrap<T: Cerial + 'static>(wrapped: Self::Of<T>) -> T;
}

macro_rules! wraps {
    ($($name:ident, $path:literal, <$t:ident> $of:ty, |$value:ident| $wrap:expr, |$wrapped:ident| $unwrap:expr;)*) => {$(
        pub struct $name;
        impl Wrap for $name {
            type Of<$t: Cerial + 'static> = $of;
            const PATH: &'static str = $path;
            fn wrap<$t: Cerial + 'static>($value: $t) -> $of {
                $wrap
            }
            fn unwrap<$t: Cerial + 'static>($wrapped: $of) -> $t {
                $unwrap
            }
        }
    )*};
}

wraps! {
    AtRoot, "", <T> T, |v| v, |w| w;
    InList, "[0]", <T> Vec<T>, |v| vec![v], |w| only(w);
    InLinkedList, "[0]", <T> LinkedList<T>, |v| LinkedList::from([v]), |w| only(w);
    InTuple, "[1]", <T> (u8, T, String), |v| (1, v, "x".into()), |w| w.1;
    InArray, "[0]", <T> [T; 1], |v| [v], |w| only(w);
    InOption, "", <T> Option<T>, |v| Some(v), |w| w.unwrap();
    InBox, "", <T> Box<T>, |v| Box::new(v), |w| *w;
    InMap, "[0]", <T> BTreeMap<String, T>, |v| BTreeMap::from([("k".into(), v)]), |w| only(w.into_values());
    InRc, "", <T> Rc<T>, |v| Rc::new(v), |w| Rc::into_inner(w).unwrap();
    InLock, "", <T> Arc<Mutex<T>>, |v| Arc::new(Mutex::new(v)),
        |w| Arc::into_inner(w).unwrap().into_inner().unwrap();
    InCell, "", <T> RefCell<T>, |v| RefCell::new(v), |w| w.into_inner();
    InGeneric, "content", <T> Page<T>, |v| Page { number: 1, content: v }, |w| w.content;
    InVariant, "Sent.what", <T> Message<T>, |v| Message::Sent { what: v, to: "x".into() }, |w| w.sent();
    Deep, "[0].Sent.what.content[0]", <T> Vec<Message<Page<Vec<T>>>>,
        |v| vec![Message::Sent { what: Page { number: 2, content: vec![v] }, to: "y".into() }],
        |w| only(only(w).sent().content);
}

fn only<T>(items: impl IntoIterator<Item = T>) -> T {
    let mut items = items.into_iter();
    let first = items.next().unwrap();
    assert!(items.next().is_none());
    first
}

#[derive(Cerial)]
#[cerial(name = "t::Page")]
pub struct Page<T> {
    number: u8,
    content: T,
}

#[derive(Cerial)]
#[cerial(name = "t::Message")]
pub enum Message<T> {
    Sent { what: T, to: String },
    Lost,
}

impl<T> Message<T> {
    fn sent(self) -> T {
        match self {
            Message::Sent { what, .. } => what,
            Message::Lost => panic!("it was sent"),
        }
    }
}
