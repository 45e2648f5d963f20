//! Trait objects: ours behind every pointer, nested, shared; and typetag's.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use suitkaise::{Cerial, cerial};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[cerial::object]
pub trait Shape {
    fn area(&self) -> f64;
}

#[derive(Cerial)]
pub struct Square(pub f64);

#[derive(Cerial)]
struct Group {
    name: String,
    members: Vec<Box<dyn Shape>>,
}

#[cerial::object]
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

#[cerial::object]
impl Shape for Group {
    fn area(&self) -> f64 {
        self.name.len() as f64 + self.members.iter().map(|member| member.area()).sum::<f64>()
    }
}

#[cerial::object]
pub trait Rule: Send + Sync {
    fn allows(&self, n: i64) -> bool;
}

#[derive(Cerial)]
struct Between(i64, i64);

#[cerial::object]
impl Rule for Between {
    fn allows(&self, n: i64) -> bool {
        (self.0..self.1).contains(&n)
    }
}

#[typetag::serde(tag = "kind")]
trait Tagged {
    fn tell(&self) -> String;
}

#[derive(Serialize, Deserialize)]
struct Word(String);

#[derive(Serialize, Deserialize)]
struct Twice {
    inner: Box<dyn Tagged>,
}

#[typetag::serde]
impl Tagged for Word {
    fn tell(&self) -> String {
        self.0.clone()
    }
}

#[typetag::serde]
impl Tagged for Twice {
    fn tell(&self) -> String {
        self.inner.tell().repeat(2)
    }
}

#[derive(Cerial)]
pub struct Objects {
    boxed: Box<dyn Shape>,
    list: Vec<Box<dyn Shape>>,
    by_name: BTreeMap<String, Option<Box<dyn Shape>>>,
    shared: (Rc<dyn Shape>, Rc<dyn Shape>),
    pooled: Rc<dyn Shape>,
    rules: Vec<Arc<dyn Rule>>,
    again: Arc<dyn Rule>,
    tagged: Box<dyn Tagged>,
}

fn shape(cx: &mut Build, depth: u32) -> Box<dyn Shape> {
    if depth == 0 || cx.rng.bool() {
        return Box::new(Square(cx.rng.f64()));
    }
    let name = cx.text(4);
    Box::new(Group { name, members: cx.some(3, |cx| shape(cx, depth - 1)) })
}

impl Noun for Objects {
    const NAME: &'static str = "objects";

    fn new(cx: &mut Build) -> Objects {
        let one: Rc<dyn Shape> = Rc::new(Square(cx.rng.f64()));
        let rule: Arc<dyn Rule> = Arc::new(Between(cx.rng.i64(-9..0), cx.rng.i64(0..9)));
        let mut tagged: Box<dyn Tagged> = Box::new(Word(cx.text(5)));
        for _ in 0..cx.rng.u8(..4) {
            tagged = Box::new(Twice { inner: tagged });
        }
        Objects {
            boxed: shape(cx, 3),
            list: cx.some(4, |cx| shape(cx, 2)),
            by_name: (0..3).map(|n| (n.to_string(), cx.rng.bool().then(|| shape(cx, 1)))).collect(),
            shared: (one.clone(), one),
            pooled: cx.pool.shape.clone(),
            rules: vec![rule.clone(), Arc::new(Between(0, 1))],
            again: rule,
            tagged,
        }
    }

    fn verify(&self, came: &Objects, checks: &mut Checks<'_>) {
        checks.same("boxed", came.boxed.area(), self.boxed.area());
        let areas = |list: &[Box<dyn Shape>]| list.iter().map(|shape| shape.area()).collect::<Vec<_>>();
        checks.same("list", areas(&came.list), areas(&self.list));
        let named = |map: &BTreeMap<String, Option<Box<dyn Shape>>>| {
            map.iter().map(|(k, v)| (k.clone(), v.as_ref().map(|v| v.area()))).collect::<Vec<_>>()
        };
        checks.same("by_name", named(&came.by_name), named(&self.by_name));
        checks.same("shared", came.shared.0.area(), self.shared.0.area());
        checks.that("shared is one", Rc::ptr_eq(&came.shared.0, &came.shared.1));
        checks.that("pooled is the pool's", Rc::ptr_eq(&came.pooled, &checks.pool.shape));
        let allowed = |rule: &dyn Rule| (-10..10).filter(|n| rule.allows(*n)).collect::<Vec<_>>();
        checks.same("rules", came.rules.len(), self.rules.len());
        for (came, sent) in came.rules.iter().zip(&self.rules) {
            checks.same("rule", allowed(&**came), allowed(&**sent));
        }
        checks.that("the rule is one", Arc::ptr_eq(&came.rules[0], &came.again));
        checks.same("tagged", came.tagged.tell(), self.tagged.tell());
    }
}
part!(Objects);
